//! Tokens to a tree, with namespaces resolved as the reference does it.
//!
//! The reference writes attributes with the prefix that was declared last for their namespace, and
//! keeps the prefix of an element only if it is that one. Both matter only to documents that declare
//! a namespace more than once.

use std::borrow::Cow;
use std::collections::HashMap;

use super::token::{Name, RawAttribute, Token, Tokens};
use super::tree::{Attribute, Kind, Node, NodeId, ROOT, Tree};
use crate::error::EvalError;

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

impl<'t> Tree<'t> {
    /// The tree of a document or fragment with at least one element. Its declaration is kept only if
    /// it stands at the very beginning.
    ///
    /// # Errors
    /// When the text is not well-formed, uses a prefix that it does not declare, or is too large.
    pub fn parse(text: &'t str) -> Result<Self, EvalError> {
        let mut tokens = Tokens::new(text);
        let mut tree = Self::empty(Kind::Document);
        let mut namespaces = Namespaces::new();
        let mut open = vec![ROOT];
        // What precedes the declaration, the first instruction or element does not belong to the
        // document.
        let mut begun = false;
        while let Some(token) = tokens.token()? {
            let parent = open.last().copied().unwrap_or(ROOT);
            let node = match token {
                Token::Start { name, attributes, empty } => {
                    begun = true;
                    let node = namespaces.element(name, attributes, open.len())?;
                    let id = tree.append(parent, node)?;
                    if empty {
                        namespaces.leave(open.len());
                    } else {
                        open.push(id);
                    }
                    continue;
                }
                Token::End => {
                    open.pop();
                    namespaces.leave(open.len());
                    continue;
                }
                Token::Instruction { target, data } => {
                    begun = true;
                    instruction(target, data)
                }
                Token::Text(text) => Node::new(Kind::Text, text),
                Token::CData(text) => Node::new(Kind::CData, text),
                Token::Comment(text) => Node::new(Kind::Comment, text),
                Token::Directive(text) => Node::new(Kind::Directive, text),
            };
            if begun {
                tree.append(parent, node)?;
            }
        }
        if !tree.children(ROOT).any(|child| tree.kind(child) == Kind::Element) {
            return Err(EvalError::Function("the XML document has no element".into()));
        }
        let first = tree.first(ROOT).filter(|_| !text.starts_with("<?xml"));
        let stray = |id: &NodeId| matches!(tree.kind(*id), Kind::Declaration | Kind::Instruction);
        if let Some(first) = first.filter(stray) {
            tree.detach(first);
        }
        Ok(tree)
    }
}

/// The declaration, whose parts are split at spaces, or another instruction.
fn instruction<'t>(target: &'t str, data: &'t str) -> Node<'t> {
    if target != "xml" {
        let detail = Cow::Borrowed(data.trim());
        return Node { detail, ..Node::new(Kind::Instruction, target) };
    }
    let mut attributes: Vec<Attribute<'t>> = Vec::new();
    for part in data.split(' ') {
        let Some((name, value)) = part.trim().split_once('=') else { continue };
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) if !prefix.is_empty() => (prefix, local),
            _ => ("", name),
        };
        let is_new = |one: &Attribute<'_>| (one.prefix, one.local) != (prefix, local);
        if !name.is_empty() && attributes.iter().all(is_new) {
            let value = Cow::Borrowed(value.trim_matches(['"', '\'']));
            attributes.push(Attribute { prefix, local, value, namespace: Cow::Borrowed("") });
        }
    }
    Node { attributes, ..Node::new(Kind::Declaration, target) }
}

/// The namespaces that are declared where the reader stands.
struct Namespaces<'t> {
    /// Prefixes, what they stand for, and the depth of the element that says so.
    declared: Vec<(&'t str, Cow<'t, str>, usize)>,
    /// The prefix by which each namespace is written, and the depth where that was settled; never
    /// forgotten.
    written: HashMap<Cow<'t, str>, (&'t str, usize)>,
}

impl<'t> Namespaces<'t> {
    fn new() -> Self {
        let written = HashMap::from([(Cow::Borrowed(XML_NAMESPACE), ("xml", 0))]);
        Self { declared: Vec::new(), written }
    }

    /// What a prefix stands for; a prefix that is not declared stands for itself.
    fn resolve(&self, prefix: &'t str) -> Cow<'t, str> {
        if prefix == "xml" {
            return Cow::Borrowed(XML_NAMESPACE);
        }
        let found = self.declared.iter().rev().find(|(declared, ..)| *declared == prefix);
        found.map_or(Cow::Borrowed(prefix), |(_, namespace, _)| namespace.clone())
    }

    /// An element of that depth, with what it declares.
    fn element(
        &mut self,
        name: Name<'t>,
        attributes: Vec<RawAttribute<'t>>,
        depth: usize,
    ) -> Result<Node<'t>, EvalError> {
        for attribute in &attributes {
            let namespace = &attribute.value;
            match (attribute.name.prefix, attribute.name.local) {
                ("", "xmlns") => {
                    self.declared.push(("", namespace.clone(), depth));
                    if self.written.get(namespace).is_none_or(|(_, settled)| *settled >= depth) {
                        self.written.insert(namespace.clone(), ("", depth));
                    }
                }
                ("xmlns", prefix) => {
                    self.declared.push((prefix, namespace.clone(), depth));
                    self.written.insert(namespace.clone(), (prefix, depth));
                }
                _ => {}
            }
        }
        let namespace = self.resolve(name.prefix);
        let written = self.written.get(&namespace).map(|(prefix, _)| *prefix);
        if !namespace.is_empty() && written.is_none() {
            let what = format!("the XML prefix {namespace:?} is not declared");
            return Err(EvalError::Function(what.into()));
        }
        let keeps = !namespace.is_empty() && written == Some(name.prefix);
        let attributes = attributes.into_iter().map(|one| self.attribute(one)).collect();
        Ok(Node {
            prefix: if keeps { name.prefix } else { "" },
            detail: namespace,
            attributes,
            ..Node::new(Kind::Element, name.local)
        })
    }

    fn attribute(&self, attribute: RawAttribute<'t>) -> Attribute<'t> {
        let RawAttribute { name, value } = attribute;
        let namespace = match name.prefix {
            "" | "xmlns" => Cow::Borrowed(name.prefix),
            prefix => self.resolve(prefix),
        };
        let written = self.written.get(&namespace).map(|(prefix, _)| *prefix);
        // A prefix that is not declared is kept as it is.
        let prefix = written.unwrap_or(name.prefix);
        Attribute { prefix, local: name.local, value, namespace }
    }

    /// Forgets what elements of that depth declared.
    fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|(.., declared)| *declared >= depth) {
            self.declared.pop();
        }
    }
}
