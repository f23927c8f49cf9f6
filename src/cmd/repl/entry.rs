//! What was typed or pasted, as entries: whether it is complete, and what of it is YAML around OTTL.

use holt_grammar::token::{self, TokenKind};

use crate::cmd::eval::debug_text::is_debug_text;

/// One statement, expression or command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its text, as OTTL sees it.
    pub(super) text: String,
    /// Whether `$$` was read as the `$` that it means in a configuration.
    pub(super) unescaped: bool,
}

/// Whether a text is a command.
pub(super) fn is_command(text: &str) -> bool {
    let mut letters = text.trim_start().chars();
    letters.next() == Some('.') && letters.next().is_none_or(|letter| letter.is_ascii_alphabetic())
}

/// Whether more is to come: brackets or quotes are open, or it ends in a word that wants an operand.
/// An empty line ends a text in any case.
pub(super) fn is_open(text: &str) -> bool {
    if is_command(text) || text.ends_with("\n\n") || text.trim().is_empty() {
        return false;
    }
    // Nothing but an empty line says where such text ends.
    if is_debug_text(text) {
        return true;
    }
    let text = text.trim_start();
    if text.strip_prefix("- ").is_some_and(|rest| is_block_marker(rest.trim())) {
        return true;
    }
    let mut depth = 0_i64;
    let mut last = None;
    for token in token::lex(text).into_iter().filter(|token| !token.kind.is_trivia()) {
        if token.kind.is_open() {
            depth += 1;
        } else if token.kind.is_close() {
            depth -= 1;
        }
        last = Some(token.kind);
    }
    let wants_more = [
        TokenKind::Where,
        TokenKind::And,
        TokenKind::Or,
        TokenKind::Not,
        TokenKind::UnterminatedString,
    ];
    depth > 0 || last.is_some_and(|last| wants_more.contains(&last))
}

/// The entries of a text: items of a pasted YAML list are one each, without dash and quotes, and so
/// are pasted lines that can stand alone.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let text = text.trim();
    if is_debug_text(text) {
        return vec![Entry { text: text.to_owned(), unescaped: false }];
    }
    if !text.starts_with("- ") {
        let verbatim = |text: String| Entry { text, unescaped: false };
        return lines(text).into_iter().map(verbatim).collect();
    }
    let mut items: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.trim_start().strip_prefix("- "), items.last_mut()) {
            (Some(rest), _) => items.push(rest.trim().to_owned()),
            (None, Some(item)) => {
                item.push('\n');
                item.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    let items = items.into_iter().map(|item| from_yaml(&item));
    items.filter(|entry| !entry.text.is_empty()).collect()
}

/// The lines of a text, if every one of them says something by itself; otherwise the text.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let whole = vec![text.to_owned()];
    if !text.contains('\n') || stands_alone(text) {
        return whole;
    }
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for line in text.lines() {
        piece.push_str(line);
        if is_open(&piece) {
            piece.push('\n');
        } else if !piece.trim().is_empty() {
            pieces.push(std::mem::take(&mut piece).trim().to_owned());
        }
    }
    let all = piece.is_empty() && pieces.iter().all(|piece| stands_alone(piece));
    if all { pieces } else { whole }
}

/// Whether a text is one entry as it is.
fn stands_alone(text: &str) -> bool {
    is_command(text) && !text.contains('\n')
        || holt_grammar::parse_statement(text).is_ok()
        || holt_grammar::parse_condition(text).is_ok()
        || holt_grammar::parse_value_expression(text).is_ok()
}

/// `>-`, `|` and their like.
fn is_block_marker(text: &str) -> bool {
    let mut letters = text.chars();
    matches!(letters.next(), Some('|' | '>'))
        && letters.all(|letter| matches!(letter, '+' | '-' | '0'..='9'))
}

/// The text of a list item.
fn from_yaml(item: &str) -> Entry {
    let item = match item.split_once('\n') {
        Some((first, rest)) if is_block_marker(first.trim()) => rest,
        _ => item,
    };
    let quoted = |mark: char| item.len() > 1 && item.starts_with(mark) && item.ends_with(mark);
    let text = if quoted('\'') {
        item.trim_matches('\'').replace("''", "'")
    } else if quoted('"') {
        serde_json::from_str(item).unwrap_or_else(|_| item.to_owned())
    } else {
        item.to_owned()
    };
    let unescaped = text.contains("$$");
    Entry { text: text.replace("$$", "$"), unescaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_open_until_it_can_stand_alone() {
        for open in [
            "set(log.body,",
            "set(log.body, \"a",
            "set(log.body, \"a\") where",
            "log.body == \"a\" and",
            "log.body == \"a\" or\n",
            "not",
            "set(log.attributes[\"a\"]",
            "{\"a\": [1",
            "- >-",
            "- |",
        ] {
            assert!(is_open(open), "{open}");
        }
        for complete in [
            "",
            "set(log.body, \"a(\")",
            ".why (",
            "log.body",
            "))",
            "set(log.body,\n\n",
            "nowhere",
        ] {
            assert!(!is_open(complete), "{complete}");
        }
    }

    #[test]
    fn items_of_a_list_lose_dash_quotes_and_escapes() {
        let texts = |text: &str| -> Vec<(String, bool)> {
            entries(text).into_iter().map(|entry| (entry.text, entry.unescaped)).collect()
        };
        assert_eq!(texts("  log.body \n"), [("log.body".to_owned(), false)]);
        assert_eq!(texts(" \n"), []);
        let pasted = "- set(a, \"$$1\")\n    - 'it''s'\n    - \"say \\\"hi\\\"\"\n    - >-\n      set(b,\n        1)";
        let expected = [
            ("set(a, \"$1\")", true),
            ("it's", false),
            ("say \"hi\"", false),
            ("set(b,\n1)", false),
        ];
        assert_eq!(texts(pasted), expected.map(|(text, mark)| (text.to_owned(), mark)));
        // Outside YAML, `$$` is what it says.
        assert_eq!(texts("set(a, \"$$1\")"), [("set(a, \"$$1\")".to_owned(), false)]);
    }

    #[test]
    fn lines_that_stand_alone_are_entries() {
        let texts = |text: &str| -> Vec<String> {
            entries(text).into_iter().map(|entry| entry.text).collect()
        };
        let pasted = "set(log.body, 1)\n\nlog.body\n.yaml\nset(log.body,\n  2)";
        assert_eq!(texts(pasted), ["set(log.body, 1)", "log.body", ".yaml", "set(log.body,\n  2)"]);
        for whole in
            ["set(log.body, 1)\nwhere log.flags == 1", "set(log.body, 1)\n)", "log.body\n== 1"]
        {
            assert_eq!(texts(whole), [whole]);
        }
    }

    #[test]
    fn commands_begin_with_a_dot_and_a_letter() {
        assert!(is_command(" .help") && is_command("."));
        assert!(!is_command(".5 + log.flags") && !is_command("log.body"));
    }
}
