//! Expressions to items and values.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::tree::{Kind, ROOT, Tree};
use super::axes::{passes, walk};
use super::{Arithmetic, Axis, Comparison, Expr, Item, Logic, Start, Step};
use crate::error::EvalError;
use crate::text::number::parse_float;

/// So many items may an expression look at: paths inside predicates must not stop the collector.
const MAX_STEPS: u64 = 1 << 22;

/// What an expression yields.
#[derive(Clone, Debug)]
pub(super) enum Outcome<'r> {
    Items(Vec<Item>),
    Number(f64),
    Text(Cow<'r, str>),
    Bool(bool),
}

/// What an expression is evaluated for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    pub(super) item: Item,
    pub(super) position: usize,
    pub(super) size: usize,
}

/// The items that an expression selects in a tree.
pub(super) fn select(expr: &Expr, tree: &Tree<'_>) -> Result<Vec<Item>, EvalError> {
    let mut run = Run { tree, steps: 0 };
    let here = Here { item: Item::node(ROOT), position: 1, size: 1 };
    match expr {
        // The reference takes the alternatives of a whole expression for a union.
        Expr::Logic(Logic::Or, left, right) => run.union([&**left, &**right].into_iter(), here),
        expr => match run.eval(expr, here)? {
            Outcome::Items(items) => Ok(items),
            _ => Ok(Vec::new()),
        },
    }
}

pub(super) struct Run<'r> {
    pub(super) tree: &'r Tree<'r>,
    steps: u64,
}

impl<'r> Run<'r> {
    /// Counts items that are looked at.
    pub(super) fn count(&mut self, steps: usize) -> Result<(), EvalError> {
        self.steps += steps as u64;
        if self.steps > MAX_STEPS {
            return Err(EvalError::Function("the XPath takes too many steps".into()));
        }
        Ok(())
    }

    pub(super) fn eval(&mut self, expr: &'r Expr, here: Here) -> Result<Outcome<'r>, EvalError> {
        self.count(1)?;
        Ok(match expr {
            Expr::Number(number) => Outcome::Number(*number),
            Expr::Text(text) => Outcome::Text(Cow::Borrowed(text)),
            Expr::Path(start, steps) => Outcome::Items(self.path(start, steps, here)?),
            Expr::Filter(base, predicates) => {
                let mut items = self.items(base, here)?;
                for predicate in predicates {
                    items = self.filtered(items, predicate)?;
                }
                Outcome::Items(items)
            }
            Expr::Union(all) => Outcome::Items(self.union(all.iter(), here)?),
            Expr::Logic(logic, left, right) => {
                let left = self.truth(left, here)?;
                let decided = left == (*logic == Logic::Or);
                Outcome::Bool(if decided { left } else { self.truth(right, here)? })
            }
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.eval(left, here)?, self.eval(right, here)?);
                Outcome::Bool(self.compares(*comparison, &left, &right)?)
            }
            Expr::Arithmetic(operator, left, right) => {
                let (left, right) = (self.number(left, here)?, self.number(right, here)?);
                Outcome::Number(match operator {
                    Arithmetic::Add => left + right,
                    Arithmetic::Subtract => left - right,
                    Arithmetic::Multiply => left * right,
                    Arithmetic::Divide => left / right,
                    Arithmetic::Remainder => left % right,
                })
            }
            Expr::Negate(expr) => Outcome::Number(-self.number(expr, here)?),
            Expr::Call(function, args, pattern) => {
                self.call(*function, args, pattern.as_ref(), here)?
            }
        })
    }

    /// The items of an expression; none if it yields something else.
    pub(super) fn items(&mut self, expr: &'r Expr, here: Here) -> Result<Vec<Item>, EvalError> {
        match self.eval(expr, here)? {
            Outcome::Items(items) => Ok(items),
            _ => Ok(Vec::new()),
        }
    }

    /// The items of several expressions, one after the other.
    fn union(
        &mut self,
        all: impl Iterator<Item = &'r Expr>,
        here: Here,
    ) -> Result<Vec<Item>, EvalError> {
        let (mut items, mut known) = (Vec::new(), HashSet::new());
        for expr in all {
            let more = self.items(expr, here)?;
            items.extend(more.into_iter().filter(|item| known.insert(*item)));
        }
        Ok(items)
    }

    fn path(
        &mut self,
        start: &'r Start,
        steps: &'r [Step],
        here: Here,
    ) -> Result<Vec<Item>, EvalError> {
        let mut items = match start {
            Start::Root => vec![Item::node(ROOT)],
            Start::Here => vec![here.item],
            Start::Of(expr) => self.items(expr, here)?,
        };
        for step in steps {
            let mut reached = Vec::new();
            for item in &items {
                self.step(step, *item, &mut reached)?;
            }
            // From different items, these axes reach different ones.
            let disjoint =
                matches!(step, Step::Along(Axis::Child | Axis::Attribute | Axis::Itself, ..));
            if !disjoint {
                let mut known = HashSet::new();
                reached.retain(|item| known.insert(*item));
            }
            items = reached;
        }
        Ok(items)
    }

    fn step(
        &mut self,
        step: &'r Step,
        from: Item,
        reached: &mut Vec<Item>,
    ) -> Result<(), EvalError> {
        let (axis, test, predicates) = match step {
            Step::Along(axis, test, predicates) => (*axis, test, predicates),
            Step::Each(steps) => {
                return steps.iter().try_for_each(|step| self.step(step, from, reached));
            }
        };
        let tree = self.tree;
        let mut found = Vec::new();
        let mut counted = Ok(());
        walk(tree, axis, from, &mut |item| {
            counted = self.count(1);
            if passes(tree, axis, test, item) {
                found.push(item);
            }
            counted.is_ok()
        });
        counted?;
        for predicate in predicates {
            found = self.filtered(found, predicate)?;
        }
        reached.append(&mut found);
        Ok(())
    }

    /// The items for which a predicate holds.
    fn filtered(
        &mut self,
        mut items: Vec<Item>,
        predicate: &'r Expr,
    ) -> Result<Vec<Item>, EvalError> {
        let size = items.len();
        let mut position = 0;
        let mut failed = Ok(());
        items.retain(|item| {
            position += 1;
            // Attributes have no order: the reference takes each for the first and the last.
            let here = match item.attribute {
                Some(_) => Here { item: *item, position: 1, size: 1 },
                None => Here { item: *item, position, size },
            };
            if failed.is_err() {
                return false;
            }
            match self.eval(predicate, here) {
                Ok(Outcome::Number(number)) => number.trunc() == here.position as f64,
                Ok(outcome) => truth(&outcome),
                Err(error) => {
                    failed = Err(error);
                    false
                }
            }
        });
        failed.map(|()| items)
    }

    pub(super) fn truth(&mut self, expr: &'r Expr, here: Here) -> Result<bool, EvalError> {
        Ok(truth(&self.eval(expr, here)?))
    }

    pub(super) fn number(&mut self, expr: &'r Expr, here: Here) -> Result<f64, EvalError> {
        let outcome = self.eval(expr, here)?;
        self.number_of(&outcome)
    }

    pub(super) fn text(&mut self, expr: &'r Expr, here: Here) -> Result<Cow<'r, str>, EvalError> {
        let outcome = self.eval(expr, here)?;
        self.text_of(outcome)
    }

    pub(super) fn number_of(&mut self, outcome: &Outcome<'r>) -> Result<f64, EvalError> {
        Ok(match outcome {
            Outcome::Number(number) => *number,
            Outcome::Bool(truth) => f64::from(u8::from(*truth)),
            Outcome::Text(text) => number_in(text),
            Outcome::Items(items) => match items.first() {
                Some(item) => number_in(&self.value(*item)?),
                None => f64::NAN,
            },
        })
    }

    pub(super) fn text_of(&mut self, outcome: Outcome<'r>) -> Result<Cow<'r, str>, EvalError> {
        Ok(match outcome {
            Outcome::Text(text) => text,
            Outcome::Bool(truth) => Cow::Borrowed(if truth { "true" } else { "false" }),
            Outcome::Number(number) => Cow::Owned(number_text(number)),
            Outcome::Items(items) => match items.first() {
                Some(item) => self.value(*item)?,
                None => Cow::Borrowed(""),
            },
        })
    }

    /// The text of an item. CDATA sections have none of their own, only as part of their element.
    pub(super) fn value(&mut self, item: Item) -> Result<Cow<'r, str>, EvalError> {
        let tree = self.tree;
        let Some(node) = tree.get(item.node) else { return Ok(Cow::Borrowed("")) };
        if let Some(place) = item.attribute {
            let attribute = node.attributes.get(place as usize);
            return Ok(Cow::Borrowed(attribute.map_or("", |attribute| &*attribute.value)));
        }
        match node.kind {
            Kind::Element => self.inner_text(item),
            Kind::Text | Kind::Comment => Ok(Cow::Borrowed(&*node.data)),
            _ => Ok(Cow::Borrowed("")),
        }
    }

    /// The text inside an element: that of text and CDATA sections, without comments.
    fn inner_text(&mut self, element: Item) -> Result<Cow<'r, str>, EvalError> {
        let tree = self.tree;
        let mut all = Cow::Borrowed("");
        for id in tree.subtree(element.node) {
            self.count(1)?;
            let Some(node) = tree.get(id) else { continue };
            if !matches!(node.kind, Kind::Text | Kind::CData) {
                continue;
            }
            if all.is_empty() {
                all = Cow::Borrowed(&*node.data);
            } else {
                all.to_mut().push_str(&node.data);
            }
        }
        // Copying counts too.
        self.count(all.len() / 64)?;
        Ok(all)
    }

    fn compares(
        &mut self,
        comparison: Comparison,
        left: &Outcome<'r>,
        right: &Outcome<'r>,
    ) -> Result<bool, EvalError> {
        if matches!(left, Outcome::Bool(_)) || matches!(right, Outcome::Bool(_)) {
            let number = |outcome| f64::from(u8::from(truth(outcome)));
            return Ok(numbers_compare(comparison, number(left), number(right)));
        }
        match (left, right) {
            (Outcome::Items(items), other) => {
                for item in items {
                    let value = Outcome::Text(self.value(*item)?);
                    if self.compares(comparison, &value, other)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (one, Outcome::Items(items)) => {
                self.count(items.len())?;
                for item in items {
                    let value = Outcome::Text(self.value(*item)?);
                    if self.compares(comparison, one, &value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (Outcome::Text(left), Outcome::Text(right)) => Ok(match comparison {
                Comparison::Equal => left == right,
                Comparison::NotEqual => left != right,
                _ => numbers_compare(comparison, number_in(left), number_in(right)),
            }),
            (left, right) => {
                let (left, right) = (self.number_of(left)?, self.number_of(right)?);
                Ok(numbers_compare(comparison, left, right))
            }
        }
    }
}

pub(super) fn truth(outcome: &Outcome<'_>) -> bool {
    match outcome {
        Outcome::Bool(truth) => *truth,
        Outcome::Number(number) => *number != 0.0,
        Outcome::Text(text) => !text.is_empty(),
        Outcome::Items(items) => !items.is_empty(),
    }
}

fn numbers_compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// The number that a text is, or NaN.
pub(super) fn number_in(text: &str) -> f64 {
    parse_float(text.trim()).unwrap_or(f64::NAN)
}

/// A number without exponent.
fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if number == 0.0 {
        "0".to_owned()
    } else {
        number.to_string()
    }
}
