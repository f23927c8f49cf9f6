//! Text to program: all stages in a row.

use holt_grammar::ast::{Condition, Statement};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_pdata::Signal;

use super::{Compiled, Engine, Group, Program, SourceText};
use crate::compiler::check::Checker;
use crate::compiler::hir::{self, builder};
use crate::compiler::lint::{Linted, lint};
use crate::compiler::resolve::{self, Resolver, choose_context};
use crate::functions::Dialect;
use crate::paths::ContextDecl;
use crate::types::Type;

/// Compiles the statement groups of a signal, in which the functions of `dialect` are known.
///
/// # Errors
/// All findings, warnings among them, when one is an error: the reference refuses to start with
/// these statements.
pub fn compile(
    signal: Signal,
    groups: &[Group],
    dialect: Dialect,
    engine: Engine,
) -> Result<Compiled, Vec<Diagnostic>> {
    let Trees { trees, warnings } = compile_trees(signal, groups, dialect)?;
    Ok(Compiled { program: Program::new(signal, trees, engine), warnings })
}

/// Typed trees and what there is to say about their texts.
#[derive(Debug)]
pub struct Trees {
    /// The trees of the groups that are not empty.
    pub trees: Vec<hir::Group>,
    /// Findings that do not keep them from running.
    pub warnings: Vec<Diagnostic>,
}

/// As [`compile`], for those who arrange the groups before they make a program of them.
///
/// # Errors
/// As [`compile`].
pub fn compile_trees(
    signal: Signal,
    groups: &[Group],
    dialect: Dialect,
) -> Result<Trees, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let trees: Vec<_> = groups
        .iter()
        .filter_map(|group| compile_group(signal, group, dialect, &mut findings))
        .collect();
    match findings.iter().any(|finding| finding.severity == Severity::Error) {
        true => Err(findings),
        false => Ok(Trees { trees, warnings: findings }),
    }
}

/// The typed tree of a group. `None` when something is wrong with it, and for an empty one.
fn compile_group(
    signal: Signal,
    group: &Group,
    dialect: Dialect,
    findings: &mut Vec<Diagnostic>,
) -> Option<hir::Group> {
    let statements: Vec<Option<Statement>> = group
        .statements
        .iter()
        .map(|text| parsed(text, holt_grammar::parse_statement(&text.text), findings))
        .collect();
    let conditions: Vec<Option<Condition>> = group
        .conditions
        .iter()
        .map(|text| parsed(text, holt_grammar::parse_condition(&text.text), findings))
        .collect();
    let readable: Vec<_> = statements.iter().flatten().cloned().collect();
    let readable_conditions: Vec<_> =
        conditions.iter().flatten().map(|condition| condition.expr.clone()).collect();
    let complete =
        readable.len() == statements.len() && readable_conditions.len() == conditions.len();
    // What cannot be read may hold the path that decides the context: then nothing is said about it.
    let mut unsaid = Vec::new();
    let sayings = if complete { &mut *findings } else { &mut unsaid };
    let chosen = choose_context(signal, dialect, group, &readable, &readable_conditions, sayings);
    let (context, named) = chosen?;
    let found_before = findings.len();
    let mut one = One { context, named, dialect, shows: group.shows_contexts, findings };
    let guards: Vec<_> = group
        .conditions
        .iter()
        .zip(&conditions)
        .map(|(text, tree)| one.guard(text, tree.as_ref()?))
        .collect();
    let statements: Vec<_> = group
        .statements
        .iter()
        .zip(&statements)
        .map(|(text, tree)| one.statement(text, tree.as_ref()?))
        .collect();
    let (mut guards, resolved_guards) = unzip(guards)?;
    let (mut statements, resolved) = unzip(statements)?;
    if group.drops {
        if guards.is_empty() {
            let condition = builder::truth(false);
            guards.push(hir::Guard { text: "no condition".into(), place: None, condition });
        }
        statements.push(builder::statement("drop", None, hir::Action::Drop));
    }
    let new = findings.get(found_before..).unwrap_or_default();
    if new.iter().all(|finding| finding.severity != Severity::Error) {
        let linted = Linted {
            error_mode: group.error_mode,
            guards: group.conditions.iter().zip(resolved_guards).collect(),
            statements: group.statements.iter().zip(resolved).collect(),
        };
        lint(&linted, findings);
    }
    Some(hir::Group {
        context,
        guards,
        statements,
        error_mode: group.error_mode,
        shared_cache: group.shared_cache,
    })
}

/// Two lists of a list of pairs; `None` when a pair is missing.
fn unzip<A, B>(pairs: Vec<Option<(A, B)>>) -> Option<(Vec<A>, Vec<B>)> {
    let pairs: Option<Vec<_>> = pairs.into_iter().collect();
    Some(pairs?.into_iter().unzip())
}

fn parsed<T>(
    text: &SourceText,
    result: Result<T, Vec<holt_grammar::parse::SyntaxError>>,
    findings: &mut Vec<Diagnostic>,
) -> Option<T> {
    match result {
        Ok(tree) => Some(tree),
        Err(errors) => {
            findings.extend(errors.into_iter().map(|error| error.into_diagnostic(text)));
            None
        }
    }
}

/// Lets a store that would store nil leave its target alone.
fn leave_for_nil(statement: &mut hir::Statement) {
    let hir::Action::Store { value, .. } = &statement.action else { return };
    if value.ty.is_disjoint(Type::NIL) {
        return;
    }
    let mut conditions = Vec::from_iter(statement.condition.take());
    conditions.push(builder::is_present(value.clone()));
    statement.condition = Some(builder::all(conditions));
}

/// Takes one text of a group through the stages.
struct One<'f> {
    context: &'static ContextDecl,
    named: bool,
    dialect: Dialect,
    /// Whether messages show conditions with their contexts.
    shows: bool,
    findings: &'f mut Vec<Diagnostic>,
}

impl One<'_> {
    fn statement(
        &mut self,
        text: &SourceText,
        tree: &Statement,
    ) -> Option<(hir::Statement, resolve::Statement)> {
        let mut resolver =
            Resolver::new(self.context, self.named, self.dialect, text, self.findings);
        let resolved = resolver.statement(tree);
        let rewritten = resolver.rewritten();
        let resolved = resolved?;
        let mut typed =
            Checker::new(self.context, text, self.findings).statement(&resolved, &rewritten)?;
        if !self.dialect.sets_nil {
            leave_for_nil(&mut typed);
        }
        Some((typed, resolved))
    }

    fn guard(
        &mut self,
        text: &SourceText,
        tree: &Condition,
    ) -> Option<(hir::Guard, resolve::Condition)> {
        // Where the context is inferred, conditions know no more than statements.
        let dialect = if self.named { self.dialect.of_guards() } else { self.dialect };
        let mut resolver = Resolver::new(self.context, self.named, dialect, text, self.findings);
        let resolved = resolver.condition(&tree.expr);
        let shown = if self.shows { resolver.rewritten() } else { text.text.clone() };
        let resolved = resolved?;
        let condition = Checker::new(self.context, text, self.findings).condition(&resolved)?;
        let place = Some(text.locate(text.whole()));
        Some((hir::Guard { text: shown.into(), place, condition }, resolved))
    }
}
