//! Looking on: what expressions yield for the items of a batch, and why a condition held or not.
//!
//! For tools that explain a run. An [`Expression`] is compiled as those of statements are, and evaluated
//! by the reference evaluator: by [`Program::observe`] for every item behind the statements of a
//! program, whose scratch map it sees, and by [`why`] for each part of a condition. Nothing here is made
//! for speed.

mod expression;
pub mod why;

use std::collections::HashMap;

use bumpalo::Bump;
use holt_pdata::{Batch, Editor, MapView, Open, Verdict, edit};

use super::record::Recorder;
use super::run::{Run, Running, run_walk, walk};
use super::{Program, RunError, references};
use crate::compiler::effects::Effects;
use crate::compiler::hir::{self, builder};
use crate::error::EvalError;
use crate::frame::{Frame, State};
use crate::host::Host;
use crate::value::Value;
use crate::vm::Outcome;

pub use expression::{Expression, Within};

/// Gets what expressions yield: the index of the expression, its value or error, and the item.
pub type Seen<'s> = dyn FnMut(usize, Result<Value<'_>, EvalError>, &Open<'_>) + 's;

impl Program {
    /// Runs the program over a batch, and evaluates expressions of one context for every item that
    /// is left. If the last group is of that context, they are evaluated as if they stood behind
    /// its last statement; otherwise in a group of their own. Nothing is counted.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn observe(
        &self,
        batch: &Batch,
        host: &dyn Host,
        expressions: &[&Expression],
        seen: &mut Seen<'_>,
    ) -> Result<Batch, RunError> {
        let mut current = references::resolved(batch);
        let Some(first) = expressions.first() else { return self.run(batch, host) };
        let mut run = Run { host, shared: HashMap::new(), kept: self.take_kept(), prunes: false };
        let own = builder::group(first.context(), Vec::new());
        let mut trees: Vec<&hir::Group> = self.trees().collect();
        let last = match trees.last() {
            Some(last) if last.context == first.context() => trees.pop(),
            _ => None,
        };
        let mut at = 0;
        for tree in trees {
            let end = at + tree.guards.len() + tree.statements.len();
            let mut recorder =
                Recorder::new(self.tallies.get(at..end).unwrap_or_default(), at, None);
            run.prunes = Effects::of(tree).drops;
            let next = run_walk(tree, Running::Tree(tree, 0), &current, &mut recorder, &mut run);
            match (recorder.into_refusal(), next) {
                (Some(refusal), _) => return Err(refusal),
                (None, Some(next)) => current = next,
                (None, None) => {}
            }
            at = end;
        }
        let arena = Bump::new();
        let group = last.unwrap_or(&own);
        let known = run.shared.remove(group.context.name).filter(|_| group.shared_cache);
        let known = known.unwrap_or_default();
        let mut state = State::new(&arena, host, &[], run.kept, group.context.level);
        state.cache.entries = MapView::new(&known).iter().collect();
        let mut observer = Observer {
            group,
            state,
            recorder: Recorder::new(self.tallies.get(at..).unwrap_or_default(), at, None),
            expressions,
            seen,
            prunes: Effects::of(group).drops,
        };
        let result = edit(&current, group.context.level, &mut observer).ok();
        let Observer { state, recorder, .. } = observer;
        let refusal = recorder.into_refusal();
        self.give_kept(state.work.into_kept());
        match (refusal, result) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(result)) => Ok(result),
            (None, None) => Ok(current.clone()),
        }
    }
}

/// Runs a group on each item, and shows what expressions yield behind it.
struct Observer<'a, 'r, 's> {
    group: &'a hir::Group,
    state: State<'a>,
    recorder: Recorder<'r>,
    expressions: &'a [&'a Expression],
    seen: &'r mut Seen<'s>,
    prunes: bool,
}

/// The batch is refused; the recorder knows why.
struct Refused;

impl<'a> Editor<'a> for Observer<'a, '_, '_> {
    type Error = Refused;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Refused> {
        self.state.epochs.enter(open);
        if !self.group.shared_cache {
            self.state.cache.entries.clear();
        }
        let mut frame = Frame { open, state: &mut self.state };
        let verdict = match walk(self.group, 0, &mut frame, &mut self.recorder) {
            Outcome::Refused => return Err(Refused),
            Outcome::Dropped => Verdict::Drop,
            Outcome::Done => {
                for (index, expression) in self.expressions.iter().enumerate() {
                    let value = expression.evaluate(&mut frame);
                    (self.seen)(index, value, frame.open);
                }
                Verdict::Keep
            }
        };
        self.state.work.forget_patterns();
        self.state.locals.forget_calls();
        Ok(verdict)
    }

    fn prunes(&self) -> bool {
        self.prunes
    }

    fn looks_back(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use holt_grammar::parse::Verbatim;
    use holt_grammar::source::SourceMap;
    use holt_pdata::{Signal, json};

    use super::*;
    use crate::functions::Dialect;
    use crate::host::FixedHost;
    use crate::program::{Engine, Group, SourceText, compile};

    fn text(text: &str) -> SourceText {
        let source = SourceMap::default().add("test", text);
        SourceText::new(text, Verbatim { source, offset: 0 })
    }

    /// What an expression yields for the log records of a batch behind statements.
    fn observed(statements: &[&str], expression: &str) -> Vec<String> {
        let request = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [
            {"body": {"stringValue": "{\"n\": 1}"}}, {"body": {"stringValue": "plain"}}]}]}]}"#;
        let batch = json::decode(Signal::Logs, request.as_bytes()).unwrap();
        let statements = statements.iter().map(|one| text(one)).collect();
        let group = Group { statements, ..Group::default() };
        let dialect = Dialect::TRANSFORM;
        let program = compile(Signal::Logs, &[group], dialect, Engine::Auto).unwrap().program;
        let expression =
            Expression::compile(Signal::Logs, Within::Inferred, &text(expression), dialect)
                .unwrap();
        let mut seen = Vec::new();
        let host = FixedHost::default();
        program
            .observe(&batch, &host, &[&expression], &mut |_, value, _| {
                seen.push(match value {
                    Ok(value) => format!("{:?}", value.kind()),
                    Err(error) => error.to_string(),
                });
            })
            .unwrap();
        seen
    }

    #[test]
    fn expressions_see_what_statements_left_in_the_scratch_map() {
        let parse = r#"set(log.cache, ParseJSON(log.body)) where IsMatch(log.body, "^\\{")"#;
        assert_eq!(observed(&[parse], r#"log.cache["n"]"#), ["Float", "Nil"]);
        assert_eq!(observed(&[], r#"log.cache["n"]"#), ["Nil", "Nil"]);
    }

    #[test]
    fn conditions_values_and_failures_are_told_apart() {
        assert_eq!(observed(&[], r#"log.body == "plain""#), ["Bool", "Bool"]);
        assert_eq!(observed(&[], "Len(log.body)"), ["Int", "Int"]);
        let failing = observed(&[], "ParseJSON(log.body)");
        assert_eq!(failing[0], "Map");
        assert_ne!(failing[1], "Map");
    }

    #[test]
    fn another_context_has_a_walk_of_its_own() {
        let set = r#"set(resource.attributes["a"], "b") where log.body == "plain""#;
        assert_eq!(observed(&[set], r#"resource.attributes["a"]"#), ["String"]);
    }

    #[test]
    fn the_reading_that_gets_further_explains_what_is_wrong() {
        let dialect = Dialect::TRANSFORM;
        let refused = |expression: &str| {
            Expression::compile(Signal::Logs, Within::Inferred, &text(expression), dialect)
                .unwrap_err()
        };
        assert_eq!(refused("log.body == ").len(), 1);
        assert!(refused("Lenn(log.body)")[0].message.contains("Lenn"));
    }
}
