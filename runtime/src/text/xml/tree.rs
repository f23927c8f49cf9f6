//! `Tree`: a document whose nodes are linked by numbers.
//!
//! Nodes are added at the end of their parent and can be taken out; numbers stay valid as long as
//! the tree. Text is borrowed from the document where possible.

use std::borrow::Cow;

use super::MAX_NODES;
use crate::error::EvalError;

/// Names a node of a tree.
pub type NodeId = u32;

/// The node that holds everything.
pub const ROOT: NodeId = 0;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The node that holds everything.
    Document,
    /// `<?xml …?>`
    Declaration,
    /// An element.
    Element,
    /// Text.
    Text,
    /// A CDATA section.
    CData,
    /// A comment.
    Comment,
    /// A document type.
    Directive,
    /// A processing instruction.
    Instruction,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind,
    /// The prefix of an element's name.
    pub prefix: &'t str,
    /// The name of an element without prefix, the target of an instruction, or the text.
    pub data: Cow<'t, str>,
    /// The namespace of an element, or what an instruction says.
    pub detail: Cow<'t, str>,
    /// The attributes of an element or of the declaration.
    pub attributes: Vec<Attribute<'t>>,
    /// Its place in the tree.
    pub(super) links: Links,
}

/// The neighbours of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    parent: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
}

/// An attribute of a node.
#[derive(Clone, Debug)]
pub struct Attribute<'t> {
    /// The prefix that it is written with.
    pub prefix: &'t str,
    /// The name without prefix.
    pub local: &'t str,
    /// The value.
    pub value: Cow<'t, str>,
    /// The namespace of the name.
    pub namespace: Cow<'t, str>,
}

impl<'t> Node<'t> {
    /// A node that has nothing but its data.
    pub fn new(kind: Kind, data: impl Into<Cow<'t, str>>) -> Self {
        Self {
            kind,
            prefix: "",
            data: data.into(),
            detail: Cow::Borrowed(""),
            attributes: Vec::new(),
            links: Links::default(),
        }
    }
}

/// A document.
#[derive(Clone, Debug)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    attributes: usize,
}

impl<'t> Tree<'t> {
    /// A tree with nothing but a root of that kind.
    pub fn empty(kind: Kind) -> Self {
        Self { nodes: vec![Node::new(kind, "")], attributes: 0 }
    }

    /// A node.
    pub fn get(&self, id: NodeId) -> Option<&Node<'t>> {
        self.nodes.get(id as usize)
    }

    /// A node, to change what it holds.
    pub fn get_mut(&mut self, id: NodeId) -> Option<&mut Node<'t>> {
        self.nodes.get_mut(id as usize)
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.get(id).map_or(Kind::Document, |node| node.kind)
    }

    /// The node that holds it.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.links.parent
    }

    /// Its first child.
    pub fn first(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.links.first
    }

    /// The sibling behind it.
    pub fn next(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.links.next
    }

    /// The sibling before it.
    pub fn previous(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.links.previous
    }

    /// Its attributes.
    pub fn attributes(&self, id: NodeId) -> &[Attribute<'t>] {
        self.get(id).map_or(&[], |node| &node.attributes)
    }

    /// Its children in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first(id), |child| self.next(*child))
    }

    /// The node that follows in document order among `top` and what is inside it.
    pub fn after(&self, id: NodeId, top: NodeId) -> Option<NodeId> {
        if let Some(first) = self.first(id) {
            return Some(first);
        }
        let mut at = id;
        while at != top {
            if let Some(next) = self.next(at) {
                return Some(next);
            }
            at = self.parent(at)?;
        }
        None
    }

    /// `top` and everything inside it, in document order.
    pub fn subtree(&self, top: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(top), move |id| self.after(*id, top))
    }

    /// Adds a node behind the last child of `parent`.
    ///
    /// # Errors
    /// When the tree has too many nodes.
    pub fn append(&mut self, parent: NodeId, mut node: Node<'t>) -> Result<NodeId, EvalError> {
        const TOO_MANY: &str = "the document has too many nodes";
        self.attributes += node.attributes.len();
        let id = NodeId::try_from(self.nodes.len())
            .ok()
            .filter(|_| self.nodes.len() + self.attributes < MAX_NODES)
            .ok_or_else(|| EvalError::Function(TOO_MANY.into()))?;
        let last = self.get(parent).and_then(|parent| parent.links.last);
        node.links.parent = Some(parent);
        node.links.previous = last;
        self.nodes.push(node);
        if let Some(last) = last.and_then(|last| self.get_mut(last)) {
            last.links.next = Some(id);
        }
        if let Some(parent) = self.get_mut(parent) {
            parent.links.first = parent.links.first.or(Some(id));
            parent.links.last = Some(id);
        }
        Ok(id)
    }

    /// Takes a node out of its parent, with everything inside it.
    pub fn detach(&mut self, id: NodeId) {
        let Some(node) = self.get_mut(id) else { return };
        let inside = Links { parent: None, previous: None, next: None, ..node.links.clone() };
        let Links { parent, previous, next, .. } = std::mem::replace(&mut node.links, inside);
        let Some(parent) = parent else { return };
        match previous {
            Some(previous) => self.get_mut(previous).map(|node| node.links.next = next),
            None => self.get_mut(parent).map(|node| node.links.first = next),
        };
        match next {
            Some(next) => self.get_mut(next).map(|node| node.links.previous = previous),
            None => self.get_mut(parent).map(|node| node.links.last = previous),
        };
    }

    /// Removes the first attribute that has this name and no prefix.
    pub fn remove_attribute(&mut self, id: NodeId, local: &str) {
        let Some(node) = self.get_mut(id) else { return };
        let is_it = |one: &Attribute<'_>| one.prefix.is_empty() && one.local == local;
        if let Some(at) = node.attributes.iter().position(is_it) {
            node.attributes.remove(at);
        }
    }
}
