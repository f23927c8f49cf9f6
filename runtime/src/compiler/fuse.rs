//! Which groups may run in one pass.
//!
//! The reference runs each group over the whole batch before the next. Two neighbours may share a
//! pass only if record by record cannot be told from one after the other.

use super::effects::{Effects, Slots};
use super::hir::Group;
use crate::paths::Slot;
use crate::program::ErrorMode;
use holt_pdata::Signal;

/// Why two groups cannot share a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// They see different things.
    #[error("they run in different contexts")]
    Context,
    /// A failure of one refuses the batch, which is decided before the next one runs.
    #[error("one of them refuses the batch when a statement fails")]
    MayRefuse,
    /// The scratch map carries values from record to record.
    #[error("one of them shares its cache")]
    SharedCache,
    /// The order in which they add to the dictionary of the request shows in its indices.
    #[error("they add to one dictionary")]
    Dictionary,
    /// What one adds, the other would see too early or too late.
    #[error("one of them adds items or makes them over")]
    Reshapes,
    /// A resource or scope that goes because it is empty is not for the next one to see.
    #[error("the first drops resources or scopes that are empty")]
    Drops,
    /// What one writes to a parent from its last child, the other may see from the first.
    #[error("one of them writes a parent that the other uses")]
    Parent,
}

/// Whether `later` may run in the same pass as `earlier`.
///
/// # Errors
/// Why it may not.
pub fn legal(earlier: &Group, later: &Group) -> Result<(), WhyNot> {
    if earlier.context != later.context {
        return Err(WhyNot::Context);
    }
    if [earlier, later].iter().any(|group| group.error_mode == ErrorMode::Propagate) {
        return Err(WhyNot::MayRefuse);
    }
    if earlier.context.signals == [Signal::Profiles] {
        return Err(WhyNot::Dictionary);
    }
    if earlier.shared_cache || later.shared_cache {
        return Err(WhyNot::SharedCache);
    }
    let own = earlier.context.prefixes.first().map_or(Slot::Grandchild, |prefix| prefix.slot);
    let parents = Slots::above(own);
    let disturbs = |one: Effects, other: Effects| {
        !one.writes.and(parents).and(other.reads.or(other.writes)).is_empty()
    };
    let (earlier, later) = (Effects::of(earlier), Effects::of(later));
    if earlier.reshapes || later.reshapes {
        return Err(WhyNot::Reshapes);
    }
    if earlier.drops && own <= Slot::Scope {
        return Err(WhyNot::Drops);
    }
    if disturbs(earlier, later) || disturbs(later, earlier) {
        return Err(WhyNot::Parent);
    }
    Ok(())
}

/// Splits groups into runs of neighbours that share a pass: each may run with all before it.
pub fn passes(groups: Vec<Group>) -> Vec<Vec<Group>> {
    let mut passes: Vec<Vec<Group>> = Vec::new();
    for group in groups {
        match passes.last_mut() {
            Some(pass) if pass.iter().all(|earlier| legal(earlier, &group).is_ok()) => {
                pass.push(group);
            }
            _ => passes.push(vec![group]),
        }
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::hir::Action;
    use crate::compiler::hir::builder::{attribute, group, load, nil, path, set, statement, text};
    use crate::paths::context;

    /// A group that sets an attribute of one record to that of another.
    fn copies(context_name: &str, to: &str, from: &str) -> Group {
        let context = context(context_name).unwrap();
        let target = attribute(context, to, "a").unwrap();
        let value = load(attribute(context, from, "b").unwrap());
        group(context, vec![statement("copy", None, set(target, value))])
    }

    #[test]
    fn groups_that_mind_their_own_records_share_a_pass() {
        let one = copies("datapoint", "datapoint", "resource");
        let other = copies("datapoint", "datapoint", "scope");
        assert_eq!(legal(&one, &other), Ok(()));
        assert_eq!(passes(vec![one.clone(), other, one]).len(), 1);
    }

    #[test]
    fn writing_what_is_walked_keeps_them_apart() {
        let context = context("spanevent").unwrap();
        let events = path(context, "span", "events").unwrap();
        let empties = group(context, vec![statement("empty", None, set(events, nil()))]);
        let other = copies("spanevent", "spanevent", "resource");
        assert_eq!(legal(&empties, &other), Err(WhyNot::Reshapes));
        assert_eq!(legal(&other, &empties), Err(WhyNot::Reshapes));
    }

    #[test]
    fn a_written_parent_keeps_them_apart() {
        let writes = copies("span", "resource", "span");
        let reads = copies("span", "span", "resource");
        let neither = copies("span", "span", "scope");
        assert_eq!(legal(&writes, &reads), Err(WhyNot::Parent));
        assert_eq!(legal(&reads, &writes), Err(WhyNot::Parent));
        assert_eq!(legal(&writes, &writes), Err(WhyNot::Parent));
        assert_eq!(legal(&writes, &neither), Ok(()));
        assert_eq!(passes(vec![writes, neither, reads]).len(), 2);
    }

    #[test]
    fn error_mode_context_and_cache_keep_them_apart() {
        let plain = copies("span", "span", "span");
        let refusing = Group { error_mode: ErrorMode::Propagate, ..plain.clone() };
        let sharing = Group { shared_cache: true, ..plain.clone() };
        assert_eq!(legal(&plain, &refusing), Err(WhyNot::MayRefuse));
        assert_eq!(legal(&sharing, &plain), Err(WhyNot::SharedCache));
        assert_eq!(legal(&plain, &copies("spanevent", "span", "span")), Err(WhyNot::Context));
        // Empty scopes go before the next group, empty spans are for all to see.
        let drops =
            |name| group(context(name).unwrap(), vec![statement("drop", None, Action::Drop)]);
        assert_eq!(legal(&drops("scope"), &copies("scope", "scope", "scope")), Err(WhyNot::Drops));
        assert_eq!(legal(&copies("scope", "resource", "scope"), &drops("scope")), Ok(()));
        assert_eq!(legal(&drops("span"), &copies("span", "resource", "span")), Ok(()));
        // A constant written to a parent is as good as any other value.
        let context = context("span").unwrap();
        let target = attribute(context, "resource", "b").unwrap();
        let constant = group(context, vec![statement("set", None, set(target, text("x")))]);
        assert_eq!(legal(&constant, &copies("span", "span", "resource")), Err(WhyNot::Parent));
    }
}
