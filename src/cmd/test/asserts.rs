//! Assertions: OTTL conditions that must hold for everything that comes out. They are compiled as
//! those of a configuration are, and evaluated as a program of their own.

use holt_collector::config::feature_gates::Gates;
use holt_collector::config::values::Text;
use holt_collector::ottl::dialect;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::parse::Locate;
use holt_grammar::source::Location;
use holt_grammar::span::Span;
use holt_pdata::{Open, Signal};
use holt_runtime::Program;
use holt_runtime::frame::Frame;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Engine, Group, SourceText, Step, Trace, compile, why};

use super::file::{Test, TestFile};
use super::host::TestHost;
use super::judge::Failure;
use super::subject::Broken;
use super::trial::Outcome;
use crate::cmd::eval::trace::heading;

/// Which assertions of a test do not hold.
pub(super) fn failures(
    test: &Test,
    file: &TestFile,
    gates: &Gates,
    outcome: &Outcome,
) -> Result<Vec<Failure>, Broken> {
    let host = TestHost::new(test.now, test.seed, file.variables.clone());
    let mut signals: Vec<Signal> = outcome.inputs.iter().map(|batch| batch.signal()).collect();
    signals.dedup();
    let mut failures = Vec::new();
    for text in &test.asserts {
        let programs = programs(text, &signals, gates, test.place)
            .map_err(|findings| Broken { findings, sources: file.sources.clone() })?;
        let mut holds = Holds::default();
        for program in &programs {
            let of_signal = outcome.outputs.iter().filter(|one| one.signal() == program.signal());
            for batch in of_signal {
                holds.context = program.trees().next().map(|tree| tree.context);
                // Nothing is refused: failures are told to the trace, and skipped.
                let _ =
                    program.run_traced(batch, &host, &mut Watching { program, holds: &mut holds });
            }
        }
        let condition = text.as_str();
        if holds.seen == 0 {
            let what = format!("nothing came out for which `{condition}` could hold");
            failures.push(Failure::new(what, ""));
        } else if !holds.details.is_empty() {
            let what = format!("`{condition}` does not hold");
            failures.push(Failure::new(what, holds.details));
        }
    }
    Ok(failures)
}

/// The programs that evaluate a condition, one for each signal that it is about.
fn programs(
    text: &Text,
    signals: &[Signal],
    gates: &Gates,
    place: Location,
) -> Result<Vec<Program>, Vec<Diagnostic>> {
    let mut programs = Vec::new();
    let mut refused = None;
    for signal in signals {
        let place = Place { text: text.clone(), place };
        let group = Group {
            conditions: vec![SourceText::new(text.as_str(), place)],
            drops: true,
            shows_contexts: true,
            ..Group::default()
        };
        match compile(*signal, &[group], dialect(Dialect::TRANSFORM, gates), Engine::Auto) {
            Ok(compiled) => programs.push(compiled.program),
            Err(findings) => {
                refused.get_or_insert(findings);
            }
        }
    }
    match refused {
        Some(mut findings) if programs.is_empty() => {
            findings.retain(|finding| finding.severity == Severity::Error);
            Err(findings)
        }
        _ => Ok(programs),
    }
}

/// Where a condition stands in the test file.
struct Place {
    text: Text,
    place: Location,
}

impl Locate for Place {
    fn locate(&self, span: Span) -> Location {
        self.text.locate(span).unwrap_or(self.place)
    }
}

/// What a condition was for the records that came out.
#[derive(Default)]
struct Holds {
    context: Option<&'static holt_runtime::paths::ContextDecl>,
    seen: usize,
    details: String,
}

struct Watching<'w> {
    program: &'w Program,
    holds: &'w mut Holds,
}

impl Watching<'_> {
    fn is_guard(&self, statement: usize) -> bool {
        self.program.tallies().get(statement).is_some_and(|tally| tally.is_guard)
    }
}

impl Trace for Watching<'_> {
    fn step(&mut self, statement: usize, step: Step<'_>, open: &Open<'_>) {
        if !self.is_guard(statement) {
            return;
        }
        self.holds.seen += 1;
        match step {
            Step::Matched => {}
            Step::NotMatched => self.holds.details.push_str(&format!("{}\n", heading(open))),
            Step::Failed(error) => {
                self.holds.details.push_str(&format!("{}\n  fails: {error}\n", heading(open)));
            }
        }
    }

    fn look(&mut self, statement: usize, step: Step<'_>, frame: &Frame<'_, '_>) {
        let (true, Step::NotMatched, Some(context)) =
            (self.is_guard(statement), step, self.holds.context)
        else {
            return;
        };
        let Some(tally) = self.program.tallies().get(statement) else { return };
        for part in why::parts(context, &tally.text, true, frame) {
            let space = "  ".repeat(part.depth + 1);
            let value = match &part.value {
                Ok(value) => format!("→ {value}"),
                Err(error) => format!("fails: {error}"),
            };
            self.holds.details.push_str(&format!("{space}{}  {value}\n", part.text));
        }
    }
}
