//! Whether a group needs the context that it names.

use holt_grammar::ast::{Condition, Statement};
use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;

use super::Group;
use crate::compiler::resolve::{Resolver, choose_context};
use crate::functions::Dialect;

/// Whether a group would mean the same if it did not name its context: all its paths say theirs, and
/// the one inferred from them is the one that it names.
pub fn infers_named_context(signal: Signal, group: &Group, dialect: Dialect) -> bool {
    let statements: Option<Vec<Statement>> = group
        .statements
        .iter()
        .map(|text| holt_grammar::parse_statement(&text.text).ok())
        .collect();
    let conditions: Option<Vec<Condition>> = group
        .conditions
        .iter()
        .map(|text| holt_grammar::parse_condition(&text.text).ok())
        .collect();
    let (Some(statements), Some(conditions)) = (statements, conditions) else { return false };
    let expressions: Vec<_> = conditions.iter().map(|condition| condition.expr.clone()).collect();
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut choose = |group: &Group| {
        choose_context(signal, dialect, group, &statements, &expressions, &mut findings)
    };
    let unnamed = Group { context: None, ..group.clone() };
    let (Some((named, true)), Some((inferred, false))) = (choose(group), choose(&unnamed)) else {
        return false;
    };
    if named != inferred {
        return false;
    }
    let mut resolves = |text, resolve: &dyn Fn(&mut Resolver<'_>) -> bool| {
        resolve(&mut Resolver::new(inferred, false, dialect, text, &mut findings))
    };
    for (text, tree) in group.statements.iter().zip(&statements) {
        if !resolves(text, &|resolver| resolver.statement(tree).is_some()) {
            return false;
        }
    }
    for (text, tree) in group.conditions.iter().zip(&expressions) {
        if !resolves(text, &|resolver| resolver.condition(tree).is_some()) {
            return false;
        }
    }
    true
}
