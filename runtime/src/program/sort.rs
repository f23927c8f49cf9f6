//! Sorting: which condition of a group each item meets first, for components that send items
//! different ways. Nothing is edited; the items are told apart by their order.

use bumpalo::Bump;
use holt_pdata::{Batch, Editor, Open, Verdict, edit};

use super::record::Recorder;
use super::run::Running;
use super::{Program, RunError, references};
use crate::frame::{Frame, State};
use crate::host::Host;
use crate::vm::Outcome;

impl Program {
    /// For each item that the first group sees, in order: the index among the group's guards of the
    /// first that holds, if any does. The group must be one that drops what its guards hold for.
    ///
    /// `wanted` tells which items are asked about, in order; the others are passed over. Without it all
    /// are.
    ///
    /// # Errors
    /// When a guard fails under [`super::ErrorMode::Propagate`].
    pub fn sort(
        &self,
        batch: &Batch,
        host: &dyn Host,
        wanted: Option<&[bool]>,
    ) -> Result<Vec<Option<usize>>, RunError> {
        let first = self.passes.first().and_then(|pass| Some((pass, pass.trees.first()?)));
        let Some((pass, group)) = first else { return Ok(Vec::new()) };
        let batch = references::resolved(batch);
        let engine = self.engine_of(pass).unwrap_or(Running::Tree(group, 0));
        let arena = Bump::new();
        let level = group.context.level;
        let mut sorter = Sorter {
            state: State::new(&arena, host, engine.patterns(), self.take_kept(), level),
            engine,
            recorder: Recorder::new(&self.tallies, 0, None),
            held: vec![0; group.guards.len()],
            places: Vec::new(),
            wanted,
        };
        // The recorder knows why it ended early.
        let _ = edit(&batch, level, &mut sorter);
        let Sorter { state, recorder, places, .. } = sorter;
        self.give_kept(state.work.into_kept());
        match recorder.finish() {
            Some(refusal) => Err(refusal),
            None => Ok(places),
        }
    }
}

/// Asks the guards about each item.
struct Sorter<'a, 'r> {
    engine: Running<'a>,
    state: State<'a>,
    recorder: Recorder<'r>,
    /// How often each guard has held before this item.
    held: Vec<u64>,
    places: Vec<Option<usize>>,
    wanted: Option<&'r [bool]>,
}

/// The batch is refused; the recorder knows why.
struct Refused;

impl<'a> Editor<'a> for Sorter<'a, '_> {
    type Error = Refused;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Refused> {
        let item = self.places.len();
        if self.wanted.is_some_and(|wanted| !wanted.get(item).copied().unwrap_or_default()) {
            self.places.push(None);
            return Ok(Verdict::Keep);
        }
        self.state.epochs.enter(open);
        self.state.cache.entries.clear();
        let mut frame = Frame { open, state: &mut self.state };
        let place = match self.engine.run(&mut frame, &mut self.recorder) {
            Outcome::Refused => return Err(Refused),
            Outcome::Done => None,
            Outcome::Dropped => self.recorder.held_since(&mut self.held),
        };
        self.places.push(place);
        Ok(Verdict::Keep)
    }
}

#[cfg(test)]
mod tests {
    use holt_grammar::parse::Verbatim;
    use holt_grammar::source::SourceMap;
    use holt_pdata::{Signal, json};

    use crate::functions::Dialect;
    use crate::host::FixedHost;
    use crate::program::{Engine, ErrorMode, Group, SourceText, compile};

    const REQUEST: &str = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"body": {"stringValue": "a"}}, {"body": {"stringValue": "b"}},
        {"body": {"stringValue": "{}"}}, {"body": {"stringValue": "a"}}]}]}]}"#;

    /// The places of the log records by conditions, for every engine.
    fn places(conditions: &[&str], error_mode: ErrorMode) -> Option<Vec<Option<usize>>> {
        places_among(conditions, error_mode, None)
    }

    fn places_among(
        conditions: &[&str],
        error_mode: ErrorMode,
        wanted: Option<&[bool]>,
    ) -> Option<Vec<Option<usize>>> {
        let text = |text: &&str| {
            let source = SourceMap::default().add("test", *text);
            SourceText::new(*text, Verbatim { source, offset: 0 })
        };
        let conditions: Vec<_> = conditions.iter().map(text).collect();
        let group = Group { conditions, drops: true, error_mode, ..Group::default() };
        let batch = json::decode(Signal::Logs, REQUEST.as_bytes()).unwrap();
        let mut all = Engine::ALL.into_iter().map(|engine| {
            let groups = [group.clone()];
            let compiled = compile(Signal::Logs, &groups, Dialect::STANDARD, engine).unwrap();
            compiled.program.sort(&batch, &FixedHost::default(), wanted).ok()
        });
        let first = all.next().unwrap();
        assert!(all.all(|other| other == first));
        first
    }

    #[test]
    fn the_first_condition_that_holds_counts() {
        let conditions = [r#"log.body == "b""#, r#"log.body == "a""#, r#"log.body != "{}""#];
        let expected = Some(vec![Some(1), Some(0), None, Some(1)]);
        assert_eq!(places(&conditions, ErrorMode::Ignore), expected);
    }

    #[test]
    fn a_condition_that_fails_does_not_hold() {
        let conditions = [r#"ParseJSON(log.body) != nil"#, r#"log.body == "a""#];
        let expected = Some(vec![Some(1), None, Some(0), Some(1)]);
        assert_eq!(places(&conditions, ErrorMode::Ignore), expected);
        assert_eq!(places(&conditions, ErrorMode::Propagate), None);
    }

    #[test]
    fn items_that_are_not_wanted_are_not_asked_about() {
        let conditions = [r#"ParseJSON(log.body) != nil"#];
        let wanted = [false, false, true];
        let expected = Some(vec![None, None, Some(0), None]);
        assert_eq!(places_among(&conditions, ErrorMode::Propagate, Some(&wanted)), expected);
    }
}
