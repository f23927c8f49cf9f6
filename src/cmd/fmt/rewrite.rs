//! Formatting one text: a configuration enters, the text that it should be leaves.
//!
//! Migrations come first, by the findings of the compiler and the lint rules, which know what paths
//! and groups mean; then blanks, which need no more than the text itself.

use std::collections::HashMap;

use holt_collector::config::read_text;
use holt_collector::config::yaml::Node;
use holt_collector::lint::suppress;
use holt_collector::ottl::layout::{Layout, is_variable, layout, same_but_blanks};
use holt_collector::ottl::places::of_tree;
use holt_grammar::diag::{Applicability, Diagnostic, Severity, fix};
use holt_grammar::source::{Location, SourceMap};

use crate::cmd::check::discover::Input;
use crate::cmd::check::examine::{Examined, Rules, looks_like_configuration};

/// What to do beyond blanks.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cmd) struct Wanted {
    /// Whether paths get the context that they leave out.
    pub(in crate::cmd) prefix_paths: bool,
    /// Whether groups become lists.
    pub(in crate::cmd) flatten: bool,
}

/// What became of a text.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Rewritten {
    /// The new text, if it differs.
    pub(in crate::cmd) text: Option<String>,
    /// How many places changed.
    pub(in crate::cmd) changes: usize,
    /// What cannot be read.
    pub(in crate::cmd) findings: Vec<Diagnostic>,
    /// The texts that the findings are about.
    pub(in crate::cmd) sources: SourceMap,
    /// Whether the text holds a configuration.
    pub(in crate::cmd) is_configuration: bool,
}

/// A path without its context.
const NO_PREFIX: &str = "T110";
/// A group that names the context which is inferred anyway.
const NAMED_CONTEXT: &str = "T111";
/// Fixes that overlap wait for the next round.
const ROUNDS: usize = 10;

/// Formats a text.
pub(in crate::cmd) async fn rewrite(input: &Input, wanted: Wanted) -> Rewritten {
    let mut text = input.text.clone();
    let mut changes = 0;
    let codes = [(wanted.prefix_paths, NO_PREFIX), (wanted.flatten, NAMED_CONTEXT)];
    for code in codes.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, code)| code) {
        changes += migrate(input, &mut text, code).await;
    }
    let mut rewritten = blanks(input, &text);
    rewritten.changes += changes;
    let text = rewritten.text.take().unwrap_or(text);
    rewritten.text = (text != input.text).then_some(text);
    rewritten
}

/// Makes blanks canonical.
fn blanks(input: &Input, text: &str) -> Rewritten {
    let mut rewritten = Rewritten::default();
    let sources = &mut rewritten.sources;
    let trees = match read_text(&input.name, text, sources) {
        Ok(trees) => trees,
        Err(findings) => {
            // Templates and other YAML stand in directories too.
            if input.named || looks_like_configuration(text) {
                rewritten.findings = findings;
            }
            return rewritten;
        }
    };
    let Some(source) = sources.find(&input.name) else { return rewritten };
    rewritten.is_configuration = !trees.is_empty();
    let mut found: Vec<Diagnostic> = Vec::new();
    for written in trees.iter().flat_map(of_tree) {
        match layout(&written, sources) {
            Layout::Good => {}
            Layout::Bad(finding) => found.push(finding),
            Layout::Unreadable(errors) => found.extend(errors),
        }
    }
    // Behind an anchor the same text is met several times.
    let mut found = suppress::apply(found, sources, &[source]);
    found.retain(|finding| finding.code != suppress::UNUSED);
    crate::session::arrange(&mut found);
    let (errors, found): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| finding.severity == Severity::Error);
    rewritten.findings = errors;
    let applied = fix::apply(&found, sources, Applicability::Safe, &|other| other == source);
    let Some((_, new)) = applied.texts.into_iter().next() else { return rewritten };
    if is_same(&trees, &new) {
        rewritten.changes = applied.mended;
        rewritten.text = Some(new);
    } else {
        let message = format!("{} cannot be formatted without changing it", input.name);
        let finding = Diagnostic::error("C001", message)
            .note("this is a defect of Holt: please report it together with the file");
        rewritten.findings.push(finding);
    }
    rewritten
}

/// Whether a text holds the same configurations, but for the blanks of statements.
fn is_same(trees: &[Node], text: &str) -> bool {
    read_text("", text, &mut SourceMap::default()).is_ok_and(|new| {
        new.len() == trees.len()
            && trees.iter().zip(&new).all(|(old, new)| same_but_blanks(old, new))
    })
}

/// Applies the fixes of one code until there are none left; answers how many there were. What makes
/// new errors is taken back.
async fn migrate(input: &Input, text: &mut String, code: &str) -> usize {
    let mut changes = 0;
    let mut errors_before = None;
    let mut before = (text.clone(), 0);
    for _ in 0..ROUNDS {
        let current = Input {
            name: input.name.clone(),
            path: input.path.clone(),
            text: text.clone(),
            named: input.named,
        };
        let mut examined = Examined::texts(std::slice::from_ref(&current), &Rules::default()).await;
        let errors = examined.findings.iter().filter(|one| one.severity == Severity::Error).count();
        if errors > *errors_before.get_or_insert(errors) {
            (*text, changes) = before;
            break;
        }
        let Some(source) = examined.sources.find(&input.name) else { break };
        examined.findings.retain(|finding| finding.code == code);
        keep_certain(&mut examined, text);
        let applied =
            fix::apply(&examined.findings, &examined.sources, Applicability::Safe, &|other| {
                other == source
            });
        let Some((_, new)) = applied.texts.into_iter().next() else { break };
        before = (std::mem::replace(text, new), changes);
        changes += applied.mended;
    }
    changes
}

/// Leaves the findings whose fix is right for every use of the text, whatever placeholders stand for.
fn keep_certain(examined: &mut Examined, text: &str) {
    let mut sources = SourceMap::default();
    let trees = read_text("", text, &mut sources).unwrap_or_default();
    let variable: Vec<_> = trees
        .iter()
        .flat_map(of_tree)
        .filter(|written| is_variable(&written.text, &sources))
        .filter_map(|written| written.text.location().map(|place| place.span))
        .collect();
    let edits = |finding: &Diagnostic| {
        finding.fixes.iter().flat_map(|fix| fix.edits.clone()).collect::<Vec<_>>()
    };
    // A text behind an anchor may be used in several contexts.
    let mut asked: HashMap<Location, String> = HashMap::new();
    let mut contested: Vec<Location> = Vec::new();
    for (place, text) in examined.findings.iter().flat_map(edits) {
        if *asked.entry(place).or_insert_with(|| text.clone()) != text {
            contested.push(place);
        }
    }
    examined.findings.retain(|finding| {
        edits(finding).iter().all(|(place, _)| {
            let is_within = |whole: &holt_grammar::span::Span| {
                whole.start <= place.span.start && place.span.end <= whole.end
            };
            !contested.contains(place) && !variable.iter().any(is_within)
        })
    });
}
