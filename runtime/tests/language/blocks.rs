//! Fenced blocks of a Markdown page.

/// What is wrong with a page, and in which line.
pub(crate) type Fault = (usize, String);

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// The line of its fence, from 1.
    pub(crate) line: usize,
    /// The words behind its fence.
    pub(crate) words: Vec<String>,
    /// Its lines with their numbers.
    pub(crate) lines: Vec<(usize, String)>,
}

impl Block {
    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|(_, line)| format!("{line}\n")).collect()
    }
}

/// The fenced blocks of a page, in order.
pub(crate) fn blocks(page: &str) -> Result<Vec<Block>, Fault> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fence: Option<String> = None;
    for (index, line) in page.lines().enumerate() {
        let number = index + 1;
        let ticks = line.len() - line.trim_start_matches('`').len();
        match &fence {
            Some(open) if line.trim_end() == open => fence = None,
            Some(_) => blocks.last_mut().unwrap().lines.push((number, line.to_owned())),
            None if ticks >= 3 => {
                let (ticks, info) = line.split_at(ticks);
                fence = Some(ticks.to_owned());
                let words = info.split_whitespace().map(str::to_owned).collect();
                blocks.push(Block { line: number, words, lines: Vec::new() });
            }
            None => {}
        }
    }
    match fence {
        Some(_) => Err((blocks.last().unwrap().line, "the block does not end".to_owned())),
        None => Ok(blocks),
    }
}
