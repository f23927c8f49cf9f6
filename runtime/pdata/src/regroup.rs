//! Log records apart from each other and together again: every record with a resource and scope of
//! its own, and equal resources and scopes made one.
//!
//! Both walk the encoded request and copy ranges; attributes are looked at only to compare them.

use std::collections::HashMap;

use bytes::Bytes;

use crate::batch::{Batch, Signal};
use crate::schema::messages::numbers::{INSTRUMENTATION_SCOPE, RESOURCE};
use crate::value::{MapView, ValueView};
use crate::view::AttributesView;
use crate::wire::{Fields, put_len, put_varint};

/// In the messages around resources and scopes: the resource or scope, what it holds, its schema.
const HEAD: u32 = 1;
const CHILDREN: u32 = 2;
const SCHEMA: u32 = 3;

impl Batch {
    /// Every log record with a copy of its resource's attributes and of its scope, in order. As in
    /// the reference, counts of dropped attributes and the resource's schema do not come along, and
    /// what holds no record goes. Batches of other signals stay as they are.
    #[must_use]
    pub fn flattened(&self) -> Self {
        if self.signal() != Signal::Logs {
            return self.clone();
        }
        let mut out = Vec::with_capacity(self.encoded_len() * 2);
        let (mut resource, mut scope) = (Vec::new(), Vec::new());
        for envelope in payloads(self.bytes(), HEAD) {
            resource.clear();
            kept(head(envelope), &[RESOURCE::attributes], &mut resource);
            for scope_envelope in payloads(envelope, CHILDREN) {
                scope.clear();
                let fields = [
                    INSTRUMENTATION_SCOPE::name,
                    INSTRUMENTATION_SCOPE::version,
                    INSTRUMENTATION_SCOPE::attributes,
                ];
                kept(head(scope_envelope), &fields, &mut scope);
                for record in payloads(scope_envelope, CHILDREN) {
                    let mut inner = Vec::with_capacity(record.len() + scope.len() + 16);
                    put_len(&mut inner, HEAD, &scope);
                    put_len(&mut inner, CHILDREN, record);
                    kept(scope_envelope, &[SCHEMA], &mut inner);
                    let mut outer = Vec::with_capacity(inner.len() + resource.len() + 16);
                    put_len(&mut outer, HEAD, &resource);
                    put_len(&mut outer, CHILDREN, &inner);
                    put_len(&mut out, HEAD, &outer);
                }
            }
        }
        Self::trusted(self.signal(), Bytes::from(out), self.items())
    }

    /// Log records of resources with equal attributes together, in the place of the first of them,
    /// and within these those of equal scopes. Batches of other signals stay as they are.
    #[must_use]
    pub fn grouped(&self) -> Self {
        if self.signal() != Signal::Logs {
            return self.clone();
        }
        let mut resources = Groups::default();
        for envelope in payloads(self.bytes(), HEAD) {
            let mut key = Vec::new();
            attributes(AttributesView::new(head(envelope), RESOURCE::attributes), &mut key);
            resources.add(key, envelope);
        }
        let mut out = Vec::with_capacity(self.encoded_len());
        for envelopes in resources.groups {
            let mut scopes = Groups::default();
            for scope in envelopes.iter().flat_map(|envelope| payloads(envelope, CHILDREN)) {
                scopes.add(scope_key(scope), scope);
            }
            let children: Vec<Vec<u8>> = scopes
                .groups
                .into_iter()
                .map(|scopes| {
                    let records = scopes.iter().flat_map(|scope| payloads(scope, CHILDREN));
                    joined(&scopes, records)
                })
                .collect();
            let resource = joined(&envelopes, children.iter().map(Vec::as_slice));
            put_len(&mut out, HEAD, &resource);
        }
        Self::trusted(self.signal(), Bytes::from(out), self.items())
    }
}

/// Messages in groups of equal keys, in the order in which these came.
#[derive(Default)]
struct Groups<'a> {
    places: HashMap<Vec<u8>, usize>,
    groups: Vec<Vec<&'a [u8]>>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, key: Vec<u8>, message: &'a [u8]) {
        let next = self.groups.len();
        let place = *self.places.entry(key).or_insert(next);
        match self.groups.get_mut(place) {
            Some(group) => group.push(message),
            None => self.groups.push(vec![message]),
        }
    }
}

/// The payloads of the fields of that number.
fn payloads(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Fields::new(message).filter(move |field| field.number == number).map(|field| field.bytes)
}

/// The resource or scope of the message around it; empty when absent.
fn head(envelope: &[u8]) -> &[u8] {
    payloads(envelope, HEAD).next().unwrap_or_default()
}

/// Appends the fields of these numbers.
fn kept(message: &[u8], numbers: &[u32], out: &mut Vec<u8>) {
    ranges(message, |number| numbers.contains(&number), out);
}

/// Appends the fields whose number is wanted.
fn ranges(message: &[u8], wanted: impl Fn(u32) -> bool, out: &mut Vec<u8>) {
    let mut fields = Fields::new(message);
    let mut start = 0;
    while let Some(field) = fields.next() {
        let end = fields.offset();
        if wanted(field.number) {
            out.extend_from_slice(message.get(start..end).unwrap_or_default());
        }
        start = end;
    }
}

/// The first message with these children in the place of its own.
fn joined<'a>(messages: &[&[u8]], children: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let first = messages.first().copied().unwrap_or_default();
    let mut out = Vec::new();
    ranges(first, |number| number < CHILDREN, &mut out);
    children.for_each(|child| put_len(&mut out, CHILDREN, child));
    ranges(first, |number| number > CHILDREN, &mut out);
    out
}

/// What a scope is told apart by: name, version, attributes and schema.
fn scope_key(envelope: &[u8]) -> Vec<u8> {
    let mut key = Vec::new();
    let scope = head(envelope);
    for (message, number) in [
        (scope, INSTRUMENTATION_SCOPE::name),
        (scope, INSTRUMENTATION_SCOPE::version),
        (envelope, SCHEMA),
    ] {
        text(payloads(message, number).next().unwrap_or_default(), &mut key);
    }
    attributes(AttributesView::new(scope, INSTRUMENTATION_SCOPE::attributes), &mut key);
    key
}

fn text(text: &[u8], key: &mut Vec<u8>) {
    put_varint(key, text.len() as u64);
    key.extend_from_slice(text);
}

/// Appends a form of attributes that is the same whatever their order.
fn attributes(view: AttributesView<'_>, key: &mut Vec<u8>) {
    entries(view.iter().map(|entry| (entry.key(), entry.get())), key);
}

fn entries<'a>(entries: impl Iterator<Item = (&'a str, ValueView<'a>)>, key: &mut Vec<u8>) {
    let mut sorted: Vec<Vec<u8>> = entries
        .map(|(name, held)| {
            let mut entry = Vec::new();
            text(name.as_bytes(), &mut entry);
            value(held, &mut entry);
            entry
        })
        .collect();
    sorted.sort_unstable();
    put_varint(key, sorted.len() as u64);
    sorted.iter().for_each(|entry| text(entry, key));
}

/// Appends a form of a value in which maps have no order.
fn value(held: ValueView<'_>, key: &mut Vec<u8>) {
    match held {
        ValueView::Array(list) => {
            key.push(b'[');
            put_varint(key, list.len() as u64);
            list.iter().for_each(|item| value(item, key));
        }
        ValueView::Map(map) => {
            key.push(b'{');
            entries(MapView::iter(map), key);
        }
        other => {
            key.push(b'=');
            let mut encoded = Vec::new();
            other.encode(&mut encoded);
            text(&encoded, key);
        }
    }
}
