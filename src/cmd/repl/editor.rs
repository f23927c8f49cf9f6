//! Lines from a person at a terminal: editing with history, completion, colours and hints.
//!
//! Everything that has to be known comes from the session; here it only gets its form.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holt_grammar::diag::Severity;
use nu_ansi_term::{Color, Style};
use reedline::{
    Completer, CompletionResult, DefaultHinter, EditCommand, Emacs, FileBackedHistory, Highlighter,
    Hinter, History, IdeMenu, KeyCode, KeyModifiers, MenuBuilder, Prompt, PromptEditMode,
    PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span, StyledText,
    Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};
use unicode_width::UnicodeWidthStr;

use super::complete::complete;
use super::entry::is_open;
use super::highlight::{Class, pieces};
use super::session::Session;
use super::signature;
use crate::output;

/// Lines that history keeps.
const HISTORY: usize = 2000;
const MENU: &str = "completions";

type Shared = Arc<Mutex<Session>>;

fn lock(session: &Shared) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers lines until the person leaves. Answers what went wrong with the terminal, if anything did.
pub(super) fn run(session: Session) -> Result<(), String> {
    output::text(&session.greeting());
    let color = session.paint.0;
    let session: Shared = Arc::new(Mutex::new(session));
    let mut editor = editor(&session, color);
    loop {
        let prompt = Line { text: lock(&session).prompt() };
        match editor.read_line(&prompt) {
            Ok(Signal::Success(text)) => {
                // What was typed is worth keeping even if the process is killed.
                let _ = editor.sync_history();
                let mut session = lock(&session);
                // It may have changed while the line was typed.
                session.width = crossterm::terminal::size().ok().map(|(columns, _)| columns.into());
                let answer = session.answer(&text);
                output::text(&answer.text);
                if answer.quit {
                    return Ok(());
                }
            }
            Ok(Signal::CtrlD) => return Ok(()),
            // What was typed is given up.
            Ok(_) => {}
            Err(error) => return Err(format!("cannot read from the terminal: {error}")),
        }
    }
}

fn editor(session: &Shared, color: bool) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let tab = ReedlineEvent::UntilFound(vec![
        ReedlineEvent::Menu(MENU.to_owned()),
        ReedlineEvent::MenuNext,
    ]);
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, tab);
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    let newline = ReedlineEvent::Edit(vec![EditCommand::InsertNewline]);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, newline);
    let menu = IdeMenu::default().with_name(MENU).with_max_completion_height(12);
    let editor = Reedline::create()
        .use_bracketed_paste(true)
        .with_ansi_colors(color)
        .with_completer(Box::new(Known(session.clone())))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_highlighter(Box::new(Colors(session.clone(), color)))
        .with_validator(Box::new(Complete))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    let ghost = if color { Style::new().fg(Color::DarkGray) } else { Style::new() };
    let editor = match color {
        true => {
            let history = DefaultHinter::default().with_style(ghost);
            editor.with_hinter(Box::new(Hints { history, ghost }))
        }
        // Without colours a hint looks as if it had been typed.
        false => editor,
    };
    match history() {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

/// The history of earlier sessions; `None` where there is no place for it.
fn history() -> Option<FileBackedHistory> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = set("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/state")))?;
    let folder = state.join("holt");
    std::fs::create_dir_all(&folder).ok()?;
    FileBackedHistory::with_file(HISTORY, folder.join("history")).ok()
}

/// What stands before a line.
struct Line {
    text: String,
}

impl Prompt for Line {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.text.trim_end_matches("> "))
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{:>width$}", ". ", width = self.text.width()))
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!(" search {}: ", search.term))
    }
}

/// Completes from what the session knows.
struct Known(Shared);

impl Completer for Known {
    fn complete(&mut self, line: &str, at: usize) -> CompletionResult {
        let candidates = complete(&lock(&self.0), line, at);
        let suggestions: Vec<Suggestion> = candidates
            .into_iter()
            .map(|one| Suggestion {
                value: one.text,
                description: (!one.about.is_empty()).then_some(one.about),
                span: Span::new(one.start.min(at), at),
                append_whitespace: one.space,
                ..Suggestion::default()
            })
            .collect();
        CompletionResult::fresh(suggestions)
    }
}

/// Colours a line.
struct Colors(Shared, bool);

impl Highlighter for Colors {
    fn highlight(&self, line: &str, cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        if !self.1 {
            styled.push((Style::new(), line.to_owned()));
            return styled;
        }
        for piece in pieces(&lock(&self.0), line, cursor) {
            let style = match piece.class {
                Class::Plain => Style::new(),
                Class::Keyword => Style::new().fg(Color::Purple),
                Class::String => Style::new().fg(Color::Green),
                Class::Literal | Class::Symbol => Style::new().fg(Color::Yellow),
                Class::Function => Style::new().fg(Color::Blue),
                Class::Path => Style::new().fg(Color::Cyan),
                Class::Command => Style::new().bold(),
            };
            let style = match piece.wrong {
                Some(Severity::Error) => Style::new().fg(Color::Red).underline(),
                Some(_) => style.underline(),
                None => style,
            };
            let text = line.get(piece.range).unwrap_or_default();
            styled.push((style, text.to_owned()));
        }
        styled
    }
}

/// Shows how a line of history goes on, or else the parameters of the call that is being written.
struct Hints {
    history: DefaultHinter,
    ghost: Style,
}

impl Hinter for Hints {
    fn handle(
        &mut self,
        line: &str,
        at: usize,
        history: &dyn History,
        color: bool,
        folder: &str,
    ) -> String {
        let hint = self.history.handle(line, at, history, color, folder);
        // On a further line it would be taken for text.
        if !hint.is_empty() || line.contains('\n') || at < line.len() {
            return hint;
        }
        match signature::at_end(line) {
            Some(parameters) => self.ghost.paint(format!("  {parameters}")).to_string(),
            None => hint,
        }
    }

    fn complete_hint(&self) -> String {
        self.history.complete_hint()
    }

    fn next_hint_token(&self) -> String {
        self.history.next_hint_token()
    }
}

/// Knows when more is to come.
struct Complete;

impl Validator for Complete {
    fn validate(&self, line: &str) -> ValidationResult {
        if is_open(line) { ValidationResult::Incomplete } else { ValidationResult::Complete }
    }
}
