//! `Session`: what a session knows, and how it answers a line.
//!
//! Lines enter as text, answers leave as text; where both come from and go to is nobody's business
//! here. The records are never changed: every answer is what the statements so far make of them.

use std::fmt::Write as _;
use std::time::Duration;

use holt_pdata::{Batch, Signal};
use holt_runtime::Program;
use holt_runtime::functions::Dialect;
use holt_runtime::paths::{self, ContextDecl};
use holt_runtime::program::{Engine, Expression};

use super::buffer::Buffer;
use super::entry::{Entry, entries, is_command};
use super::evaluate::{self, Compiler, Said, Steps, per_record, run, run_watched, timed};
use super::findings::{self, Above};
use super::moment::Moment;
use super::paint::Paint;
use super::{commands, keys, records, show};
use crate::cmd::eval::debug_text::is_debug_text;
use crate::cmd::eval::diff;

/// What a session begins with.
pub(super) struct Start {
    /// What the records are.
    pub(super) signal: Signal,
    /// What executes.
    pub(super) engine: Engine,
    /// Which functions there are.
    pub(super) dialect: Dialect,
    /// The context of statements, if it is named.
    pub(super) context: Option<String>,
    /// Whether answers have colours.
    pub(super) color: bool,
    /// What the records are called.
    pub(super) name: String,
    /// The records.
    pub(super) batches: Vec<Batch>,
}

/// How records are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// What changed; a record by its paths.
    #[default]
    Diff,
    /// OTLP/JSON.
    Json,
    /// The same as YAML.
    Yaml,
}

/// What a line comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// What is printed.
    pub(super) text: String,
    /// Whether the session is over.
    pub(super) quit: bool,
}

impl Answer {
    /// An answer of text alone.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), quit: false }
    }
}

/// A session.
pub(super) struct Session {
    pub(super) compiler: Compiler,
    /// The context of statements to come, if it is named.
    pub(super) context: Option<String>,
    pub(super) paint: Paint,
    /// What the records are called.
    pub(super) name: String,
    /// All records.
    pub(super) input: Vec<Batch>,
    /// A condition, and the records for which it holds.
    pub(super) view: Option<(String, Vec<Batch>)>,
    /// The statements so far.
    pub(super) buffer: Buffer,
    /// What is made of them.
    pub(super) program: Program,
    /// Earlier statements, for undoing.
    pub(super) done: Vec<Buffer>,
    /// Statements that were undone.
    pub(super) undone: Vec<Buffer>,
    /// The record that expressions show, counted from 0.
    pub(super) current: usize,
    pub(super) mode: Mode,
    /// How many statements were stepped through.
    pub(super) stepped: usize,
    /// The expression that was evaluated last, if nothing came after it.
    pub(super) asked: Option<String>,
    /// Columns of the terminal.
    pub(super) width: Option<usize>,
}

/// A value and how many records have it stand side by side up to so many characters.
const SIDE_BY_SIDE: usize = 100;
/// Lines of a difference that are shown.
const MOST_LINES: usize = 80;
/// Keys that a note names.
const KEYS: usize = 8;
/// How much time may be spent on finding out how long a statement takes.
const TIMING: Duration = Duration::from_millis(3);

impl Session {
    /// A session without statements.
    pub(super) fn new(start: Start) -> Self {
        let Start { signal, engine, dialect, context, color, name, batches } = start;
        Self {
            compiler: Compiler { signal, dialect, engine },
            context,
            paint: Paint(color),
            name,
            input: batches,
            view: None,
            buffer: Buffer::default(),
            program: Program::new(signal, Vec::new(), engine),
            done: Vec::new(),
            undone: Vec::new(),
            current: 0,
            mode: Mode::default(),
            stepped: 0,
            asked: None,
            width: None,
        }
    }

    /// Begins with the statements of a program.
    ///
    /// # Errors
    /// When they are not OTTL: processors make programs from other settings too.
    pub(super) fn adopt(&mut self, program: &Program) -> Result<(), String> {
        let buffer = Buffer::of(program);
        match self.compiler.program(&buffer) {
            (Some(program), _) => {
                self.program = program;
                self.buffer = buffer;
                Ok(())
            }
            (None, said) => {
                let first = said.findings.first().map(|finding| finding.message.clone());
                Err(first.unwrap_or_else(|| "they do not compile".to_owned()))
            }
        }
    }

    /// What is said first.
    pub(super) fn greeting(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let records = self.counted(records::count(&self.input, self.item_context().level));
        let name = &self.name;
        let mut out = format!("holt {version} · OTTL · {records} ({name}) · .help\n");
        let steps = self.buffer.steps().count();
        if steps > 0 {
            let s = if steps == 1 { "" } else { "s" };
            let _ = writeln!(
                out,
                "with {steps} statement{s}: .explain shows what they are, .step runs them one by one"
            );
        }
        self.paint.dim(out.trim_end()) + "\n"
    }

    /// What stands before a line to come.
    pub(super) fn prompt(&self) -> String {
        format!("{}[{}]> ", self.current_context().0.name, self.current + 1)
    }

    /// The records at hand.
    pub(super) fn records(&self) -> &[Batch] {
        self.view.as_ref().map_or(&self.input, |(_, batches)| batches)
    }

    /// The context of the next expression, and whether paths may leave its name out.
    pub(super) fn current_context(&self) -> (&'static ContextDecl, bool) {
        let named = self.context.as_deref().and_then(|name| paths::context(&name.to_lowercase()));
        if let Some(context) = named {
            return (context, true);
        }
        match (self.program.trees().last(), self.buffer.groups.last()) {
            (Some(tree), Some(group)) => (tree.context, group.context.is_some()),
            _ => (self.item_context(), false),
        }
    }

    /// The context of the signal's items.
    pub(super) fn item_context(&self) -> &'static ContextDecl {
        let name = match self.compiler.signal {
            Signal::Logs => "log",
            Signal::Traces => "span",
            Signal::Metrics => "metric",
            Signal::Profiles => "profile",
        };
        let fallback = &paths::CONTEXTS;
        paths::context(name).unwrap_or_else(|| {
            let [first, ..] = fallback;
            first
        })
    }

    /// So many items of the signal.
    fn counted(&self, count: usize) -> String {
        let what = match self.compiler.signal {
            Signal::Logs => "log record",
            Signal::Traces => "span",
            Signal::Metrics => "metric",
            Signal::Profiles => "profile",
        };
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {what}{s}")
    }

    /// Answers a line, or a text of several.
    pub(super) fn answer(&mut self, text: &str) -> Answer {
        let mut answer = Answer::default();
        let list = entries(text);
        let alone = list.len() == 1 && !text.trim_start().starts_with("- ");
        for Entry { text, unescaped } in list {
            if !alone {
                let _ = writeln!(answer.text, "{}", self.paint.dim(&format!("· {text}")));
            }
            if unescaped {
                let note = "note: `$$` is read as `$`, as in a configuration file";
                let _ = writeln!(answer.text, "{}", self.paint.dim(note));
            }
            // Of a pasted list, the items are repeated behind a mark of two columns.
            let indent = if alone { self.prompt().chars().count() } else { 2 };
            let said = self.entry(&text, indent);
            answer.text.push_str(&said.text);
            if !said.text.is_empty() && !said.text.ends_with('\n') {
                answer.text.push('\n');
            }
            answer.quit |= said.quit;
        }
        answer.text = harmless(answer.text);
        answer
    }

    fn entry(&mut self, text: &str, indent: usize) -> Answer {
        if is_command(text) {
            return commands::run(self, text, indent);
        }
        if is_debug_text(text) {
            return commands::files::pasted(self, text);
        }
        if is_statement(text) {
            return Answer::of(self.statement(text, indent));
        }
        Answer::of(self.expression(text, indent))
    }

    /// Findings, under the line above where that is possible.
    pub(super) fn said(&self, said: &Said, indent: usize) -> String {
        let above = said.entry.map(|source| Above { source, indent, width: self.width });
        findings::shown(&said.findings, &said.sources, above, self.paint)
    }

    /// Adds a statement and shows what it does.
    fn statement(&mut self, text: &str, indent: usize) -> String {
        self.asked = None;
        let mut buffer = self.buffer.clone();
        buffer.push(self.context.as_deref(), text);
        let (program, said) = self.compiler.program(&buffer);
        let mut out = self.said(&said, indent);
        let Some(program) = program else { return out };
        let context = program.trees().last().map(|tree| tree.context);
        if let (Some(now), Some(before)) = (context, self.program.trees().last())
            && buffer.groups.len() == self.buffer.groups.len()
            && now != before.context
        {
            let note = format!(
                "note: the list runs in the context {} now, for each {0} once; .context begins a \
                 group of its own",
                now.name
            );
            let _ = writeln!(out, "{}", self.paint.dim(&note));
        }
        match self.effect(&self.program, &program) {
            Ok(shown) => out.push_str(&shown),
            Err(refused) => {
                out.push_str(&refused);
                return out;
            }
        }
        out.push_str(&self.absences(text, &program));
        self.replace(buffer, program);
        out
    }

    /// Notes about keys that a statement reads and no record has.
    fn absences(&self, statement: &str, after: &Program) -> String {
        let mut out = String::new();
        let Some(tree) = after.trees().last() else { return out };
        let named = self.buffer.groups.last().is_some_and(|group| group.context.is_some());
        let within = Some((tree.context, named || self.context.is_some()));
        for (path, map) in commands::why::keyed(statement) {
            let (Some(expression), _) = self.compiler.expression(path, within) else { continue };
            let moment = Moment::now();
            if !evaluate::is_never(&self.program, self.records(), &expression, &moment) {
                continue;
            }
            let keys = keys::of(self, tree.context, map, None).unwrap_or_default();
            let known: Vec<String> = keys
                .iter()
                .take(KEYS)
                .map(|key| format!("{} ({})", show::cut(&key.name, 40), key.records))
                .collect();
            let known = match (known.is_empty(), keys.len() > KEYS) {
                (true, _) => "none".to_owned(),
                (false, true) => format!("{}, …", known.join(", ")),
                (false, false) => known.join(", "),
            };
            let note = format!("note: {path} is nil in all records; keys there are: {known}");
            let _ = writeln!(out, "{}", self.paint.dim(&note));
        }
        out
    }

    /// What the last statement of a program does beyond the program before it; or that the records
    /// are refused.
    ///
    /// # Errors
    /// In words, when the records are refused.
    pub(super) fn effect(&self, before: &Program, after: &Program) -> Result<String, String> {
        let moment = Moment::now();
        let refused = |error: holt_runtime::program::RunError| {
            let text = format!("error: the records are refused: {error}");
            format!("{}\n", self.paint.red(&text))
        };
        let old = run(before, self.records(), &moment).map_err(refused)?;
        let (new, steps) = run_watched(after, self.records(), &moment).map_err(refused)?;
        let (times, _) = timed(&[before, after], self.records(), &moment, TIMING);
        let time = match times.as_slice() {
            [before, after] => after.saturating_sub(*before),
            _ => Duration::ZERO,
        };
        Ok(self.counts(&steps, time) + &self.changed(&old, &new))
    }

    /// `matched 3/5 · 2 skipped · 0 errors · 210 ns/record`, and the errors.
    fn counts(&self, steps: &Steps, time: Duration) -> String {
        let Steps { matched, skipped, failed, errors, .. } = steps;
        let total = steps.total();
        let head = format!("matched {matched}/{total}");
        let head = if *matched > 0 { self.paint.green(&head) } else { self.paint.yellow(&head) };
        let word = if *failed == 1 { "error" } else { "errors" };
        let failures = format!("{failed} {word}");
        let failures = if *failed > 0 { self.paint.red(&failures) } else { failures };
        let time = self.paint.dim(&per_record(time, total));
        let mut out = format!("{head} · {skipped} skipped · {failures} · {time}\n");
        for (error, record) in errors {
            let text = format!("  record {record}: {}", show::cut(error, 200));
            let _ = writeln!(out, "{}", self.paint.red(&text));
        }
        out
    }

    /// What is different between two outcomes, or the second one.
    fn changed(&self, old: &[Batch], new: &[Batch]) -> String {
        match self.mode {
            Mode::Diff => {
                let lines = records::changes(old, new);
                let shown = lines.get(..MOST_LINES).unwrap_or(&lines);
                let mut out = diff::render(shown, 0, self.paint.0);
                if lines.is_empty() {
                    let _ = writeln!(out, "{}", self.paint.dim("nothing changed"));
                }
                if lines.len() > shown.len() {
                    let text = format!("… {} more lines", lines.len() - shown.len());
                    let _ = writeln!(out, "{}", self.paint.dim(&text));
                }
                out
            }
            Mode::Json | Mode::Yaml => commands::show::whole(new, self.mode),
        }
    }

    /// Makes these the statements, in a way that can be undone.
    pub(super) fn replace(&mut self, buffer: Buffer, program: Program) {
        self.done.push(std::mem::replace(&mut self.buffer, buffer));
        self.undone.clear();
        self.program = program;
        self.stepped = 0;
    }

    /// Compiles an expression for the records at hand; says what is wrong with it.
    pub(super) fn compiled(&self, text: &str, indent: usize) -> (Option<Expression>, String) {
        let (expression, said) = self.compiler.expression(text, Some(self.current_context()));
        (expression, self.said(&said, indent))
    }

    /// Evaluates an expression for all records.
    fn expression(&mut self, text: &str, indent: usize) -> String {
        let (expression, mut out) = self.compiled(text, indent);
        let Some(expression) = expression else { return out };
        self.asked = Some(text.to_owned());
        let yielded = match self.observe(&[&expression]) {
            Ok(yielded) => yielded.into_iter().next().unwrap_or_default(),
            Err(refused) => return out + &refused,
        };
        let own = expression.context() == self.current_context().0;
        let place = if own { self.current } else { 0 };
        let Some(here) = yielded.get(place).or(yielded.last()) else {
            let _ = writeln!(out, "{}", self.paint.dim("there is no record to evaluate it on"));
            return out;
        };
        let mut line = here.line(self.paint);
        if yielded.len() > 1 {
            let what = if own { "" } else { expression.context().name };
            let space = if own { "" } else { ", each a " };
            let summary = show::summary(&yielded) + space + what;
            let columns = here.line(Paint(false)).chars().count();
            if columns + summary.chars().count() < SIDE_BY_SIDE {
                let gap = 40_usize.saturating_sub(columns).max(3);
                line.extend(std::iter::repeat_n(' ', gap));
            } else {
                line.push_str("\n  ");
            }
            line.push_str(&self.paint.dim(&summary));
        }
        let _ = writeln!(out, "{line}");
        out
    }

    /// What expressions of one context yield behind the statements.
    ///
    /// # Errors
    /// In words, when the records are refused.
    pub(super) fn observe(
        &self,
        expressions: &[&Expression],
    ) -> Result<Vec<Vec<show::Yielded>>, String> {
        let moment = Moment::now();
        evaluate::observe(&self.program, self.records(), expressions, &moment).map_err(|error| {
            let text = format!("error: the records are refused: {error}");
            format!("{}\n", self.paint.red(&text))
        })
    }

    /// The records as the statements leave them.
    ///
    /// # Errors
    /// In words, when they are refused.
    pub(super) fn outcome(&self, moment: &Moment) -> Result<Vec<Batch>, String> {
        run(&self.program, self.records(), moment)
            .map_err(|error| format!("the records are refused: {error}"))
    }
}

/// A text without the control characters that quoting leaves in: some terminals act on them.
fn harmless(text: String) -> String {
    let acts = |letter: char| matches!(letter, '\u{7f}'..='\u{9f}');
    if !text.contains(acts) {
        return text;
    }
    text.chars()
        .flat_map(|letter| {
            let escaped = acts(letter).then(|| letter.escape_unicode());
            let plain = (!acts(letter)).then_some(letter);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// Whether a text is meant as a statement: it is one, or it begins as one.
pub(super) fn is_statement(text: &str) -> bool {
    if holt_grammar::parse_statement(text).is_ok() {
        return true;
    }
    let tokens = holt_grammar::token::lex(text);
    let mut kinds = tokens.iter().map(|token| token.kind).filter(|kind| !kind.is_trivia());
    use holt_grammar::token::TokenKind;
    matches!(kinds.next(), Some(TokenKind::LowerWord | TokenKind::LowerMixedWord))
        && kinds.next() == Some(TokenKind::OpenParen)
}

#[cfg(test)]
#[path = "tests.rs"]
pub(super) mod tests;
