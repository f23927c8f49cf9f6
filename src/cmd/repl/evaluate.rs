//! Compiles what a session holds, as the collector would, and runs it over the records.

use std::time::{Duration, Instant};

use holt_grammar::diag::Diagnostic;
use holt_grammar::parse::Verbatim;
use holt_grammar::source::{SourceId, SourceMap};
use holt_pdata::{Batch, Open, Signal};
use holt_runtime::compiler::hir::{Action, Group};
use holt_runtime::functions::Dialect;
use holt_runtime::paths::ContextDecl;
use holt_runtime::program::{
    Engine, Expression, RunError, SourceText, Step, Trace, Within, compile,
};
use holt_runtime::value::Value;
use holt_runtime::{Host, Program};

use super::buffer::Buffer;
use super::moment::Moment;
use super::show::Yielded;
use crate::cmd::eval::trace::heading;

/// What decides how texts are compiled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compiler {
    /// What the records are.
    pub(super) signal: Signal,
    /// Which functions there are.
    pub(super) dialect: Dialect,
    /// What executes.
    pub(super) engine: Engine,
}

/// Findings and the texts that they are about.
pub(super) struct Said {
    /// The findings.
    pub(super) findings: Vec<Diagnostic>,
    /// The texts.
    pub(super) sources: SourceMap,
    /// The text that was typed.
    pub(super) entry: Option<SourceId>,
}

impl Compiler {
    /// A program of all groups.
    pub(super) fn program(self, buffer: &Buffer) -> (Option<Program>, Said) {
        let sources = buffer.sources();
        let compiled = compile(self.signal, &sources.groups, self.dialect, self.engine);
        let (program, findings) = match compiled {
            Ok(compiled) => (Some(compiled.program), compiled.warnings),
            Err(findings) => (None, findings),
        };
        (program, Said { findings, sources: sources.map, entry: sources.last })
    }

    /// An expression in the context at hand, or else in the one that its paths ask for.
    pub(super) fn expression(
        self,
        text: &str,
        context: Option<(&'static ContextDecl, bool)>,
    ) -> (Option<Expression>, Said) {
        let mut sources = SourceMap::default();
        let source = sources.add("entry", text);
        let text = SourceText::new(text, Verbatim { source, offset: 0 });
        let compile = |within| Expression::compile(self.signal, within, &text, self.dialect);
        let compiled = match context {
            None => compile(Within::Inferred),
            Some((context, named)) => match compile(Within::Context(context, named)) {
                Ok(expression) => Ok(expression),
                Err(findings) => compile(Within::Inferred).map_err(|_| findings),
            },
        };
        let (expression, findings) = match compiled {
            Ok(mut expression) => {
                let warnings = std::mem::take(&mut expression.warnings);
                (Some(expression), warnings)
            }
            Err(findings) => (None, findings),
        };
        (expression, Said { findings, sources, entry: Some(source) })
    }
}

/// What became of the last statement of a program, record by record.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    /// The statement, by its place in the program.
    statement: usize,
    /// Records for which it ran.
    pub(super) matched: usize,
    /// Records for which its condition did not hold.
    pub(super) skipped: usize,
    /// Records for which it failed.
    pub(super) failed: usize,
    /// Different errors, each with the first record that it was raised for.
    pub(super) errors: Vec<(String, usize)>,
}

/// So many different errors are kept.
const ERRORS: usize = 3;

impl Steps {
    /// Records that it saw.
    pub(super) const fn total(&self) -> usize {
        self.matched + self.skipped + self.failed
    }
}

impl Trace for Steps {
    fn step(&mut self, statement: usize, step: Step<'_>, _: &Open<'_>) {
        if statement != self.statement {
            return;
        }
        match step {
            Step::Matched => self.matched += 1,
            Step::NotMatched => self.skipped += 1,
            Step::Failed(error) => {
                self.failed += 1;
                let error = error.to_string();
                let is_known = self.errors.iter().any(|(known, _)| *known == error);
                if !is_known && self.errors.len() < ERRORS {
                    self.errors.push((error, self.total()));
                }
            }
        }
    }
}

/// Runs a program over batches.
///
/// # Errors
/// When a batch is refused.
pub(super) fn run(
    program: &Program,
    batches: &[Batch],
    moment: &Moment,
) -> Result<Vec<Batch>, RunError> {
    moment.rewind();
    batches.iter().map(|batch| program.run(batch, moment)).collect()
}

/// As [`run`], watching the last statement.
///
/// # Errors
/// As [`run`].
pub(super) fn run_watched(
    program: &Program,
    batches: &[Batch],
    moment: &Moment,
) -> Result<(Vec<Batch>, Steps), RunError> {
    moment.rewind();
    let drops = |tree: &Group| tree.statements.iter().any(|one| matches!(one.action, Action::Drop));
    // What drops is the last condition; the drop itself comes behind it.
    let behind = if program.trees().last().is_some_and(drops) { 2 } else { 1 };
    let last = program.tallies().len().saturating_sub(behind);
    let mut steps = Steps { statement: last, ..Steps::default() };
    let run = |batch: &Batch| program.run_traced(batch, moment, &mut steps);
    let after: Result<Vec<_>, _> = batches.iter().map(run).collect();
    Ok((after?, steps))
}

/// What expressions yield for every record behind a program; a list for each expression.
///
/// # Errors
/// As [`run`].
pub(super) fn observe(
    program: &Program,
    batches: &[Batch],
    expressions: &[&Expression],
    moment: &Moment,
) -> Result<Vec<Vec<Yielded>>, RunError> {
    moment.rewind();
    let mut yielded = vec![Vec::new(); expressions.len()];
    for batch in batches {
        program.observe(batch, moment, expressions, &mut |index, value, _| {
            if let Some(list) = yielded.get_mut(index) {
                list.push(Yielded::new(value));
            }
        })?;
    }
    Ok(yielded)
}

/// What expressions yield for one record, counted from 0, behind a program; nothing for an expression
/// that sees no such record.
///
/// # Errors
/// As [`run`].
pub(super) fn observe_one(
    program: &Program,
    batches: &[Batch],
    expressions: &[&Expression],
    record: usize,
    moment: &Moment,
) -> Result<Vec<Option<Yielded>>, RunError> {
    moment.rewind();
    let mut yielded = vec![None; expressions.len()];
    let mut seen = vec![0_usize; expressions.len()];
    for batch in batches {
        program.observe(batch, moment, expressions, &mut |index, value, _| {
            let (Some(seen), Some(slot)) = (seen.get_mut(index), yielded.get_mut(index)) else {
                return;
            };
            if *seen == record {
                *slot = Some(Yielded::new(value));
            }
            *seen += 1;
        })?;
    }
    Ok(yielded)
}

/// Whether an expression yields nil for every record behind a program, of which there is one at
/// least.
pub(super) fn is_never(
    program: &Program,
    batches: &[Batch],
    expression: &Expression,
    moment: &Moment,
) -> bool {
    moment.rewind();
    let (mut records, mut values) = (0_usize, 0_usize);
    for batch in batches {
        let mut seen = |_: usize, value: Result<Value<'_>, _>, _: &Open<'_>| {
            records += 1;
            values += usize::from(!value.is_ok_and(Value::is_nil));
        };
        if program.observe(batch, moment, &[expression], &mut seen).is_err() || values > 0 {
            return false;
        }
    }
    records > 0
}

/// What the records of a context are called, in order, behind a program.
///
/// # Errors
/// As [`run`].
pub(super) fn headings(
    program: &Program,
    batches: &[Batch],
    any: &Expression,
    moment: &Moment,
) -> Result<Vec<String>, RunError> {
    moment.rewind();
    let mut headings = Vec::new();
    for batch in batches {
        program.observe(batch, moment, &[any], &mut |_, _, open| headings.push(heading(open)))?;
    }
    Ok(headings)
}

/// How long programs take for all batches, one number each: the least of many runs within the time
/// that may be spent, and at least of one. They run in turns, so that what slows the machine down
/// slows all of them.
pub(super) fn timed(
    programs: &[&Program],
    batches: &[Batch],
    host: &dyn Host,
    budget: Duration,
) -> (Vec<Duration>, usize) {
    let mut least = vec![Duration::MAX; programs.len()];
    let mut rounds = 0;
    let begin = Instant::now();
    while rounds == 0 || begin.elapsed() < budget {
        for (program, least) in programs.iter().zip(&mut least) {
            let start = Instant::now();
            for batch in batches {
                let _ = program.run(batch, host);
            }
            *least = start.elapsed().min(*least);
        }
        rounds += 1;
    }
    (least, rounds)
}

/// A time for each of so many records, in words.
pub(super) fn per_record(time: Duration, records: usize) -> String {
    let nanos = time.as_nanos() / u128::try_from(records.max(1)).unwrap_or(1);
    match nanos {
        0..1_000 => format!("{nanos} ns/record"),
        1_000..1_000_000 => format!("{}.{} µs/record", nanos / 1_000, nanos / 100 % 10),
        _ => format!("{}.{} ms/record", nanos / 1_000_000, nanos / 100_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_a_fitting_unit() {
        let time = |nanos| per_record(Duration::from_nanos(nanos), 2);
        assert_eq!(time(420), "210 ns/record");
        assert_eq!(time(3_800), "1.9 µs/record");
        assert_eq!(time(3_050_000), "1.5 ms/record");
        assert_eq!(per_record(Duration::ZERO, 0), "0 ns/record");
    }
}
