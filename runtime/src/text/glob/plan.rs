//! Nodes to a matcher.
//!
//! Parts of a sequence that can be decided together are joined, the widest run first; what is left is
//! split at its longest part of known length, which is looked for in the text while the matchers of
//! both sides decide about the rest.

use super::matcher::{Matcher, Set};
use super::parse::Node;

/// The matcher of nodes that follow each other.
pub(super) fn sequence(nodes: &[Node]) -> Matcher {
    if nodes.is_empty() {
        return Matcher::Nothing;
    }
    simplified(split(joined(nodes.iter().map(matcher).collect())))
}

fn matcher(node: &Node) -> Matcher {
    simplified(match node {
        Node::Text(text) => Matcher::text(text),
        Node::Star | Node::DoubleStar => Matcher::Anything,
        Node::Any => Matcher::One(Set::Any),
        Node::Listed { characters, not } => {
            Matcher::One(Set::Listed { characters: characters.clone(), not: *not })
        }
        Node::Range { low, high, not } => {
            Matcher::One(Set::Range { low: *low, high: *high, not: *not })
        }
        Node::Sequence(nodes) => sequence(nodes),
        Node::Nothing => Matcher::Nothing,
        Node::Choice(alternatives) => match factored(alternatives) {
            Some(nodes) => sequence(&nodes),
            None => Matcher::Either(alternatives.iter().map(matcher).collect()),
        },
    })
}

/// Alternatives whose ends are equal, with these ends taken out; `None` when there is nothing to
/// take out.
fn factored(alternatives: &[Node]) -> Option<Vec<Node>> {
    let sequences: Vec<&[Node]> = alternatives
        .iter()
        .map(|alternative| match alternative {
            Node::Sequence(nodes) => Some(nodes.as_slice()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (left, right) = common_ends(&sequences);
    if left == 0 && right == 0 {
        return None;
    }
    let mut rests: Vec<Node> = Vec::new();
    for nodes in &sequences {
        let rest = nodes.get(left..nodes.len().saturating_sub(right)).unwrap_or_default();
        let rest = if rest.is_empty() { Node::Nothing } else { Node::Sequence(rest.to_vec()) };
        if !rests.contains(&rest) {
            rests.push(rest);
        }
    }
    let first = sequences.first()?;
    let mut result = Vec::new();
    if left > 0 {
        result.push(Node::Sequence(first.get(..left)?.to_vec()));
    }
    match rests.as_slice() {
        [Node::Nothing] => {}
        [rest] => result.push(rest.clone()),
        _ => result.push(Node::Choice(rests)),
    }
    if right > 0 {
        result.push(Node::Sequence(first.get(first.len().checked_sub(right)?..)?.to_vec()));
    }
    Some(result)
}

/// How many nodes all sequences begin and end with. Both ends are looked at in turn; what they share
/// counts for the beginning.
fn common_ends(sequences: &[&[Node]]) -> (usize, usize) {
    let Some(shortest) = sequences.iter().copied().min_by_key(|nodes| nodes.len()) else {
        return (0, 0);
    };
    if sequences.len() < 2 {
        return (0, 0);
    }
    let length = shortest.len();
    let at_end = |nodes: &'_ [Node], back: usize| nodes.len().checked_sub(back);
    let (mut left, mut right) = (0, 0);
    let (mut left_open, mut right_open) = (true, true);
    for step in 0..length {
        if left + right >= length || !(left_open || right_open) {
            break;
        }
        let back = step + 1;
        let others = sequences.iter().filter(|nodes| !std::ptr::eq(**nodes, shortest));
        for nodes in others {
            left_open = left_open && nodes.get(step) == shortest.get(step);
            let ours = at_end(shortest, back).and_then(|at| shortest.get(at));
            let theirs = at_end(nodes, back).and_then(|at| nodes.get(at));
            let overlaps = left_open && length - back <= step;
            right_open = right_open && !overlaps && ours == theirs;
        }
        left += usize::from(left_open);
        right += usize::from(right_open);
    }
    (left, right)
}

/// Joins runs of matchers, the widest first, until nothing more can be joined.
fn joined(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    loop {
        let mut best: Option<(usize, usize, Matcher)> = None;
        for (start, end) in runs(&matchers) {
            let Some(run) = matchers.get(start..end).and_then(join) else { continue };
            let better = best.as_ref().is_none_or(|(from, to, known)| {
                let longer = match (known.length(), run.length()) {
                    (Some(known), Some(length)) => length > known,
                    _ => false,
                };
                longer || end - start > to - from
            });
            if better {
                best = Some((start, end, run));
            }
        }
        let Some((start, end, run)) = best else { return matchers };
        matchers.splice(start..end, [run]);
    }
}

/// The runs of at least two matchers that can be joined, as wide as they go, from the first on.
fn runs(matchers: &[Matcher]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    for start in 0..matchers.len() {
        let rest = matchers.get(start..).unwrap_or_default();
        let before = start.checked_sub(1).and_then(|before| matchers.get(before));
        let (Some(first), alike) = (rest.first(), |one: &Matcher, other: &Matcher| {
            one.excluded().is_some() && one.excluded() == other.excluded()
        }) else {
            continue;
        };
        let widths = [
            (before.is_none_or(|before| !alike(before, first)))
                .then(|| rest.iter().take_while(|next| alike(first, next)).count()),
            (before.is_none_or(|before| before.length().is_none()))
                .then(|| rest.iter().take_while(|next| next.length().is_some()).count()),
        ];
        let mut widths: Vec<usize> =
            widths.into_iter().flatten().filter(|width| *width > 1).collect();
        widths.sort_by(|one, other| other.cmp(one));
        widths.dedup();
        runs.extend(widths.into_iter().map(|width| (start, start + width)));
    }
    runs
}

/// The matcher of a run, `None` when it cannot be decided as a whole.
fn join(run: &[Matcher]) -> Option<Matcher> {
    let (first, _) = run.split_first().filter(|(_, rest)| !rest.is_empty())?;
    if let Some(excluded) = first.excluded()
        && run.iter().all(|matcher| matcher.excluded() == Some(excluded))
    {
        let characters = run.iter().filter(|matcher| matcher.length().is_some()).count();
        let open = characters < run.len();
        return Some(match (characters, open) {
            (0, _) => Matcher::Anything,
            (least, true) if excluded.is_empty() => Matcher::AtLeast(least),
            _ => {
                let mut all = vec![Matcher::AtLeast(characters)];
                if !open {
                    all.push(Matcher::AtMost(characters));
                }
                if !excluded.is_empty() {
                    all.push(Matcher::Without(excluded.to_owned()));
                }
                Matcher::All(all)
            }
        });
    }
    let length = run.iter().map(Matcher::length).sum::<Option<usize>>()?;
    Some(Matcher::Row { matchers: run.to_vec(), length })
}

/// Splits what could not be joined at the longest part of known length, the last of several.
fn split(mut matchers: Vec<Matcher>) -> Matcher {
    if matchers.len() < 2 {
        return matchers.pop().unwrap_or(Matcher::Nothing);
    }
    if let Some(run) = join(&matchers) {
        return run;
    }
    let known =
        matchers.iter().enumerate().filter_map(|(at, matcher)| Some((matcher.length()?, at)));
    let Some((_, at)) = known.max() else {
        let right = matchers.split_off(1);
        let value = matchers.pop().unwrap_or(Matcher::Nothing);
        return Matcher::around(value, None, Some(split(right)));
    };
    let right = matchers.split_off(at + 1);
    let value = matchers.pop().unwrap_or(Matcher::Nothing);
    let side = |matchers: Vec<Matcher>| (!matchers.is_empty()).then(|| split(matchers));
    Matcher::around(value, side(matchers), side(right))
}

/// A simpler matcher that decides the same, as far as the library looks for one.
fn simplified(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Either(mut alternatives) if alternatives.len() == 1 => {
            alternatives.pop().unwrap_or(Matcher::Nothing)
        }
        Matcher::One(Set::Listed { characters, not: false }) if characters.chars().count() == 1 => {
            Matcher::text(&characters)
        }
        Matcher::Around(mut around) => {
            around.left = around.left.map(simplified);
            around.right = around.right.map(simplified);
            let Matcher::Text { text, .. } = &around.value else {
                return Matcher::Around(around);
            };
            let text = text.clone();
            match (&around.left, &around.right) {
                (None, None) => Matcher::text(&text),
                (Some(Matcher::Anything), Some(Matcher::Anything)) => Matcher::With(text),
                (Some(Matcher::Anything), None) => Matcher::Ends(text),
                (None, Some(Matcher::Anything)) => Matcher::Begins(text),
                (None, Some(Matcher::Ends(end))) => Matcher::Both(text, end.clone()),
                (Some(Matcher::Begins(start)), None) => Matcher::Both(start.clone(), text),
                _ => Matcher::Around(around),
            }
        }
        other => other,
    }
}
