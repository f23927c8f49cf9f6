//! The output of a process, gathered by a thread: bytes in, lines to wait for out.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::PATIENCE;

/// What was written so far.
#[derive(Default)]
struct State {
    lines: Vec<String>,
    ended: bool,
}

/// The lines of one stream.
pub(super) struct Lines {
    shared: Arc<(Mutex<State>, Condvar)>,
    reader: JoinHandle<()>,
}

impl Lines {
    /// Begins to gather.
    pub(super) fn read(stream: impl Read + Send + 'static) -> Self {
        let shared = Arc::<(Mutex<State>, Condvar)>::default();
        let state = shared.clone();
        let reader = thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).unwrap() > 0 {
                let text = String::from_utf8_lossy(&line).into_owned();
                state.0.lock().unwrap().lines.push(text);
                state.1.notify_all();
                line.clear();
            }
            state.0.lock().unwrap().ended = true;
            state.1.notify_all();
        });
        Self { shared, reader }
    }

    /// The first line that contains `text`, once it is there.
    pub(super) fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.0.lock().unwrap();
        loop {
            if let Some(line) = state.lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                let written = state.lines.concat();
                // Not while the lock is held, or the message hides behind a poisoned one.
                drop(state);
                panic!("no line contains {text:?}:\n{written}");
            }
            state = self.shared.1.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Everything so far.
    pub(super) fn text(&self) -> String {
        self.shared.0.lock().unwrap().lines.concat()
    }

    /// Everything, once the stream has ended.
    pub(super) fn all(&mut self) -> String {
        let ended = super::poll(|| self.reader.is_finished());
        ended.unwrap_or_else(|()| panic!("the stream is still open:\n{}", self.text()));
        self.text()
    }
}
