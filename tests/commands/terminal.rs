//! `holt repl` at a terminal: what a person types, and what the screen then shows.
//!
//! A pseudo-terminal carries the keys in; an emulated screen shows what came out. Tests wait for
//! what they expect on the screen, with a deadline.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::common::{PATIENCE, Sandbox};

/// The cursor is asked for with this.
const WHERE: &[u8] = b"\x1b[6n";

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

struct Screen {
    parser: vt100::Parser,
    /// Whether everything has come.
    ended: bool,
}

/// A session at a terminal.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<(Mutex<Screen>, Condvar)>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        Self::of_size(sandbox, arguments, 40, 120)
    }

    /// A session at a terminal of a size, once it is ready for a line.
    pub(crate) fn of_size(sandbox: &Sandbox, arguments: &[&str], rows: u16, columns: u16) -> Self {
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_holt"));
        command.args([&["repl"], arguments].concat());
        command.cwd(sandbox.path());
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", sandbox.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keys = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let parser = vt100::Parser::new(some(rows), some(columns), 0);
        let screen = Arc::new((Mutex::new(Screen { parser, ended: false }), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let (shared, answers) = (screen.clone(), keys.clone());
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            let mut last: Vec<u8> = Vec::new();
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                for byte in chunk.iter().take(count) {
                    let position = {
                        let mut screen = shared.0.lock().unwrap();
                        screen.parser.process(&[*byte]);
                        screen.parser.screen().cursor_position()
                    };
                    last.push(*byte);
                    if last.ends_with(WHERE) {
                        last.clear();
                        let (row, column) = position;
                        let answer = format!("\x1b[{};{}R", row + 1, column + 1);
                        let _ = answers.lock().unwrap().write_all(answer.as_bytes());
                    }
                }
                shared.1.notify_all();
            }
            shared.0.lock().unwrap().ended = true;
            shared.1.notify_all();
        });
        let terminal = Self { master: pair.master, keys, child, screen };
        terminal.wait_for("log[1]> ");
        terminal
    }

    /// Types keys.
    pub(crate) fn press(&self, keys: &str) {
        let mut writer = self.keys.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Returns once something holds of the screen.
    fn wait(&self, what: &str, holds: impl Fn(&Screen) -> bool) {
        let begin = Instant::now();
        let mut screen = self.screen.0.lock().unwrap();
        while !holds(&screen) {
            let text = screen.parser.screen().contents();
            let left = PATIENCE.checked_sub(begin.elapsed());
            let left = left.unwrap_or_else(|| panic!("{what} did not appear in\n{text}"));
            screen = self.screen.1.wait_timeout(screen, left).unwrap().0;
        }
    }

    /// Returns once a text is on the screen.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.parser.screen().contents().contains(text));
    }

    /// Returns once the line of the cursor reads like this.
    pub(crate) fn wait_for_line(&self, line: &str) {
        self.wait(line, |screen| {
            let screen = screen.parser.screen();
            let (row, _) = screen.cursor_position();
            let columns = screen.size().1;
            screen.rows(0, columns.into()).nth(row.into()).is_some_and(|row| row.trim_end() == line)
        });
    }

    /// Returns once a text is on the screen whose first character satisfies a condition.
    fn wait_for_cell(&self, text: &str, holds: impl Fn(&vt100::Cell) -> bool) {
        self.wait(text, |screen| {
            let screen = screen.parser.screen();
            let columns = screen.size().1;
            screen.rows(0, columns.into()).enumerate().any(|(row, line)| {
                line.match_indices(text).any(|(at, _)| {
                    let column = line[..at].chars().count();
                    let cell = screen.cell(row as u16, column as u16);
                    cell.is_some_and(&holds)
                })
            })
        });
    }

    /// What is made of the screen as it is.
    pub(crate) fn look<T>(&self, at: impl Fn(&vt100::Screen) -> T) -> T {
        at(self.screen.0.lock().unwrap().parser.screen())
    }

    fn resize(&self, rows: u16, columns: u16) {
        self.screen.0.lock().unwrap().parser.screen_mut().set_size(some(rows), some(columns));
        self.master.resize(size(rows, columns)).unwrap();
    }

    /// Returns the exit code once the session is over.
    fn end(mut self) -> u32 {
        self.wait("the end", |screen| screen.ended);
        self.child.wait().unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

const GREEN: vt100::Color = vt100::Color::Idx(2);
const RED: vt100::Color = vt100::Color::Idx(1);

#[test]
fn tab_completes_from_the_records() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::start(&sandbox, &[]);
    terminal.press("log.attributes[\"\t");
    // All keys are offered with what their values are.
    terminal.wait_for("http.response.status_code");
    terminal.wait_for("string · 100 %");
    terminal.press("str\t");
    terminal.wait_for_line("log[1]> log.attributes[\"stream\"]");
    terminal.press("\r");
    terminal.wait_for("\"stdout\"  string");
    terminal.wait_for_line("log[1]>");
    terminal.press(".und\t\r");
    terminal.wait_for("there is nothing to undo");
    terminal.wait_for_line("log[1]>");
    terminal.press("\u{4}");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn differences_and_mistakes_have_colours() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::start(&sandbox, &[]);
    terminal.press("set(log.attributes[\"a\"], 1)\r");
    terminal.wait_for("matched 5/5");
    terminal.wait_for_cell("+ log.attributes[\"a\"]: 1", |cell| cell.fgcolor() == GREEN);
    terminal.wait_for_line("log[1]>");
    // While it is typed, before anything is run.
    terminal.press("set(log.bdy, 1)");
    terminal.wait_for_cell("bdy", |cell| cell.underline() && cell.fgcolor() == RED);
    terminal.wait_for_cell("set(log.bdy", |cell| !cell.underline());
    // Parameters that are still to come stand behind the cursor.
    terminal.press("\u{3}");
    terminal.wait_for_line("log[1]>");
    terminal.press("delete_key(log.attributes, ");
    terminal.wait_for_line("log[1]> delete_key(log.attributes,   key: string");
    // What was typed is given up.
    terminal.press("\u{3}");
    terminal.wait_for_line("log[1]>");
    terminal.press("set(log.bdy, 2)\r");
    terminal.wait_for_cell("^^^ T103", |cell| cell.fgcolor() == RED);
    terminal.wait_for_line("log[1]>");
    terminal.press(".quit\r");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn lines_go_on_and_are_remembered() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::start(&sandbox, &[]);
    terminal.press("set(log.attributes[\"b\"],\r");
    terminal.wait_for_line("      .");
    terminal.press("2)\r");
    terminal.wait_for("matched 5/5");
    terminal.wait_for_line("log[1]>");
    terminal.press("log.severity_text\r");
    terminal.wait_for("\"INFO\"  string");
    terminal.wait_for_line("log[1]>");
    terminal.press("\u{1b}[A");
    terminal.wait_for_line("log[1]> log.severity_text");
    terminal.press("\u{3}");
    terminal.wait_for_line("log[1]>");
    // What is pasted is answered line by line.
    terminal.press("\u{1b}[200~- set(log.attributes[\"c\"], 1)\n- log.flags\n\u{1b}[201~\r");
    terminal.wait_for("· log.flags");
    terminal.wait_for("0  int");
    terminal.wait_for_line("log[1]>");
    // What history goes on with stands behind the cursor, but is not typed.
    terminal.press("log.sev");
    terminal.wait_for_line("log[1]> log.severity_text");
    terminal.press("\u{3}");
    terminal.wait_for_line("log[1]>");
    terminal.press("\u{4}");
    assert_eq!(terminal.end(), 0);
    let history = std::fs::read_to_string(sandbox.path().join("holt/history")).unwrap();
    assert!(history.contains("log.severity_text"), "{history}");
    // The next session knows it.
    let terminal = Terminal::start(&sandbox, &[]);
    terminal.press("\u{1b}[A");
    terminal.wait_for("- log.flags");
}

#[test]
fn another_size_is_taken_note_of() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::start(&sandbox, &[]);
    terminal.resize(30, 40);
    terminal.press("log.severity_text\r");
    terminal.wait_for("\"INFO\"  string");
    terminal.wait_for_line("log[1]>");
    // Under a line that is broken no carets fit.
    terminal.press("set(log.bdy, \"a text that is long\")\r");
    terminal.wait_for("entry:1:9");
    terminal.wait_for_line("log[1]>");
    terminal.resize(30, 100);
    terminal.press("set(log.bdy, \"a text that is short\")\r");
    terminal.wait_for("^^^ T103");
}

#[test]
fn without_colours_there_are_none() {
    let sandbox = Sandbox::new();
    let terminal = Terminal::start(&sandbox, &["--no-color"]);
    terminal.press("set(log.attributes[\"a\"], 1)\r");
    terminal.wait_for_cell("+ log.attributes[\"a\"]: 1", |cell| {
        cell.fgcolor() == vt100::Color::Default && !cell.bold()
    });
    terminal.wait_for_line("log[1]>");
    terminal.press("set(log.bdy, 1)\r");
    terminal.wait_for_cell("^^^ T103", |cell| cell.fgcolor() == vt100::Color::Default);
}
