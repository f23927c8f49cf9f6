//! Which statements ran and which conditions held: steps of runs in, counts for each place out.

use std::collections::BTreeMap;

use holt_grammar::source::SourceMap;
use holt_runtime::Program;
use holt_runtime::program::{Step, Tally};

/// A statement or condition in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    /// The name of the text.
    pub(super) file: String,
    /// One-based.
    pub(super) line: u32,
    /// One-based, in characters.
    pub(super) column: u32,
}

impl Point {
    /// The place of a guard or statement, if it has one.
    pub(super) fn of(tally: &Tally, sources: &SourceMap) -> Option<Self> {
        let place = tally.place?;
        let (line, column) = sources.line_column(place.source, place.span.start)?;
        let file = sources.get(place.source)?.name.clone();
        Some(Self { file, line, column })
    }
}

/// How often a statement or condition was what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hits {
    /// Whether it is a condition, or has one.
    pub(super) conditional: bool,
    /// Times it was reached.
    pub(super) executed: u64,
    /// Times its condition held, or it has none.
    pub(super) matched: u64,
    /// Times its condition did not hold.
    pub(super) unmatched: u64,
    /// Times it failed.
    pub(super) failed: u64,
}

impl Hits {
    /// Whether its condition was true, and false; nothing without a condition.
    pub(super) fn branches(&self) -> Vec<bool> {
        match self.conditional {
            true => vec![self.matched > 0, self.unmatched > 0],
            false => Vec::new(),
        }
    }
}

/// The counts of everything that can run, by component.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    /// What runs where nothing tells which component it belongs to is under no name.
    points: BTreeMap<Point, Hits>,
    owners: BTreeMap<Point, String>,
}

/// Counts of a component or of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) statements: usize,
    pub(super) matched: usize,
    pub(super) branches: usize,
    pub(super) taken: usize,
}

impl Sum {
    fn add(&mut self, hits: &Hits) {
        self.statements += 1;
        self.matched += usize::from(hits.matched > 0);
        let branches = hits.branches();
        self.branches += branches.len();
        self.taken += branches.into_iter().filter(|taken| *taken).count();
    }

    /// Statements that ran, of a hundred.
    pub(super) fn percent(&self) -> f64 {
        match self.statements {
            0 => 100.0,
            all => self.matched as f64 * 100.0 / all as f64,
        }
    }
}

impl Coverage {
    /// Lists what a component may run.
    pub(super) fn declare(&mut self, owner: &str, program: &Program, sources: &SourceMap) {
        for tally in program.tallies() {
            let Some(point) = Point::of(tally, sources) else { continue };
            let conditional = tally.is_guard
                || holt_grammar::parse_statement(&tally.text)
                    .is_ok_and(|statement| statement.condition.is_some());
            self.points.entry(point.clone()).or_default().conditional = conditional;
            self.owners.insert(point, owner.to_owned());
        }
    }

    /// Counts a step.
    pub(super) fn note(&mut self, point: Point, step: Step<'_>) {
        let hits = self.points.entry(point).or_default();
        hits.executed += 1;
        match step {
            Step::Matched => hits.matched += 1,
            Step::NotMatched => hits.unmatched += 1,
            Step::Failed(_) => hits.failed += 1,
        }
    }

    /// Adds the counts of another run.
    pub(super) fn add(&mut self, other: Self) {
        for (point, hits) in other.points {
            let known = self.points.entry(point).or_default();
            known.conditional |= hits.conditional;
            known.executed += hits.executed;
            known.matched += hits.matched;
            known.unmatched += hits.unmatched;
            known.failed += hits.failed;
        }
        self.owners.extend(other.owners);
    }

    /// Everything that was listed, in order of its place, with the component it belongs to. Statements
    /// of tests themselves are not.
    pub(super) fn points(&self) -> impl Iterator<Item = (&Point, &Hits, &str)> {
        let owned = |point| Some(self.owners.get(point)?.as_str());
        self.points.iter().filter_map(move |(point, hits)| Some((point, hits, owned(point)?)))
    }

    /// The sums of every component, and of all.
    pub(super) fn sums(&self) -> (BTreeMap<(&str, &str), Sum>, Sum) {
        let mut by_owner: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
        let mut all = Sum::default();
        for (point, hits, owner) in self.points() {
            by_owner.entry((&point.file, owner)).or_default().add(hits);
            all.add(hits);
        }
        (by_owner, all)
    }

    /// The lines that were not covered, with what is missing.
    pub(super) fn uncovered(&self) -> Vec<(&Point, &str, &'static str)> {
        let missing = |hits: &Hits| match hits {
            Hits { executed: 0, .. } => Some("never reached"),
            Hits { matched: 0, failed: 1.., unmatched: 0, .. } => Some("always failed"),
            Hits { conditional: true, matched: 0, .. } => Some("the condition was never true"),
            Hits { matched: 0, .. } => Some("never took effect"),
            Hits { conditional: true, unmatched: 0, .. } => Some("the condition was never false"),
            _ => None,
        };
        let found = self.points();
        found.filter_map(|(point, hits, owner)| Some((point, owner, missing(hits)?))).collect()
    }
}
