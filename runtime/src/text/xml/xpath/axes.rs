//! What axes reach from an item, in their order: away from the item for those that look back.
//!
//! As in the reference, blank text that is not the first child of its parent is passed over.

use super::super::tree::{Kind, NodeId, Tree};
use super::{Axis, Item, Test};

fn is_seen(tree: &Tree<'_>, id: NodeId) -> bool {
    let is_blank = |id| tree.get(id).is_some_and(|node| node.data.trim().is_empty());
    tree.kind(id) != Kind::Text || tree.previous(id).is_none() || !is_blank(id)
}

fn seen_sibling(
    tree: &Tree<'_>,
    id: NodeId,
    step: impl Fn(&Tree<'_>, NodeId) -> Option<NodeId>,
) -> Option<NodeId> {
    let siblings = std::iter::successors(step(tree, id), |id| step(tree, *id));
    siblings.into_iter().find(|id| is_seen(tree, *id))
}

fn next(tree: &Tree<'_>, id: NodeId) -> Option<NodeId> {
    seen_sibling(tree, id, |tree, id| tree.next(id))
}

fn previous(tree: &Tree<'_>, id: NodeId) -> Option<NodeId> {
    let found = seen_sibling(tree, id, |tree, id| tree.previous(id))?;
    // Going back, blank text is passed over even at the very beginning.
    let node = tree.get(found)?;
    (node.kind != Kind::Text || !node.data.trim().is_empty()).then_some(found)
}

/// Calls `visit` for each item, until it says that it has had enough.
pub(super) fn walk(tree: &Tree<'_>, axis: Axis, from: Item, visit: &mut dyn FnMut(Item) -> bool) {
    let mut nodes = |nodes: &mut dyn Iterator<Item = NodeId>| {
        while nodes.next().is_some_and(|node| visit(Item::node(node))) {}
    };
    let here = from.node;
    let is_attribute = from.attribute.is_some();
    let holder = if is_attribute { Some(here) } else { tree.parent(here) };
    let up = |first: Option<NodeId>| std::iter::successors(first, |id| tree.parent(*id));
    let subtree = move |top: NodeId| tree.subtree(top).filter(move |id| is_seen(tree, *id));
    let nexts = |id: NodeId| std::iter::successors(next(tree, id), |id| next(tree, *id));
    let previouses =
        |id: NodeId| std::iter::successors(previous(tree, id), |id| previous(tree, *id));
    match axis {
        Axis::Attribute => {
            let count = if is_attribute { 0 } else { tree.attributes(here).len() };
            let count = if tree.kind(here) == Kind::Element { count } else { 0 };
            let mut places = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(Some);
            places.all(|attribute| visit(Item { node: here, attribute }));
        }
        Axis::Itself => {
            visit(from);
        }
        Axis::Parent => nodes(&mut holder.into_iter()),
        Axis::Ancestor => nodes(&mut up(holder)),
        Axis::AncestorOrSelf if is_attribute => {
            if visit(from) {
                walk(tree, Axis::Ancestor, from, visit);
            }
        }
        Axis::AncestorOrSelf => nodes(&mut up(Some(here))),
        Axis::DescendantOrSelf if is_attribute => {
            visit(from);
        }
        Axis::Following => {
            // An attribute is followed by what follows its element.
            nodes(&mut up(Some(here)).flat_map(nexts).flat_map(subtree));
        }
        Axis::Preceding => nodes(&mut up(Some(here)).flat_map(previouses).flat_map(subtree)),
        _ if is_attribute => {}
        Axis::Child => nodes(&mut tree.children(here).filter(|id| is_seen(tree, *id))),
        Axis::Descendant => nodes(&mut subtree(here).filter(|id| *id != here)),
        Axis::DescendantOrSelf => {
            // The item itself was seen already.
            nodes(&mut tree.subtree(here).filter(|id| *id == here || is_seen(tree, *id)));
        }
        Axis::FollowingSibling => nodes(&mut nexts(here)),
        Axis::PrecedingSibling => nodes(&mut previouses(here)),
    }
}

/// Whether an item passes the test of a step along an axis.
pub(super) fn passes(tree: &Tree<'_>, axis: Axis, test: &Test, item: Item) -> bool {
    let Some(node) = tree.get(item.node) else { return false };
    let attribute = item.attribute.and_then(|place| node.attributes.get(place as usize));
    // The reference takes instructions for elements.
    let is_element = matches!(node.kind, Kind::Element | Kind::Instruction);
    let is_named = if axis == Axis::Attribute {
        attribute.is_some()
    } else {
        attribute.is_none() && is_element
    };
    match test {
        Test::Anything => true,
        Test::Text => {
            attribute.is_none() && matches!(node.kind, Kind::Text | Kind::CData | Kind::Directive)
        }
        Test::Comment => attribute.is_none() && node.kind == Kind::Comment,
        Test::Instruction(target) => {
            node.kind == Kind::Instruction
                && target.as_ref().is_none_or(|target| *target == *node.data)
        }
        Test::AnyName => is_named,
        Test::Name { prefix, local } => {
            let name = attribute.map_or((node.prefix, &*node.data), |one| (one.prefix, one.local));
            is_named && name == (prefix, local)
        }
    }
}
