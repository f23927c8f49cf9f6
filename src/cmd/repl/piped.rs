//! Lines from standard input when nobody sits there: each is echoed behind its prompt, then
//! answered.

use std::io::BufRead;

use super::entry::is_open;
use super::session::Session;
use crate::output;

/// Answers all lines of standard input.
pub(super) fn run(session: &mut Session) {
    output::text(&session.greeting());
    let mut pending = String::new();
    for line in std::io::stdin().lock().split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        pending.push_str(line.trim_end_matches('\r'));
        if is_open(&pending) && !line.trim().is_empty() {
            pending.push('\n');
            continue;
        }
        if !answer(session, &std::mem::take(&mut pending)) {
            return;
        }
    }
    answer(session, &pending);
}

/// Echoes and answers a text; answers whether the session goes on.
fn answer(session: &mut Session, text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let prompt = session.prompt();
    let indent = " ".repeat(prompt.chars().count());
    output::line(&format!("{prompt}{}", text.replace('\n', &format!("\n{indent}"))));
    let answer = session.answer(text);
    output::text(&answer.text);
    !answer.quit
}
