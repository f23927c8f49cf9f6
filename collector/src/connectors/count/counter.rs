//! Counting the items of one level: for each resource, how many items each metric has seen with
//! which attributes.

use std::collections::HashMap;
use std::sync::Arc;

use holt_pdata::messages::{self, AnyValueView, KeyValueView, ProfileView, numbers};
use holt_pdata::wire::Fields;
use holt_pdata::{Batch, Builder, Dictionary, Editor, Level, Open, ValueView, Verdict, edit};
use holt_runtime::Program;

/// A metric to count for.
pub(super) struct Definition {
    /// Its name.
    pub(super) name: String,
    /// Its description.
    pub(super) description: String,
    /// Keys of attributes, and encoded values for items without.
    pub(super) attributes: Vec<(String, Option<Vec<u8>>)>,
    /// What counts; everything when absent.
    pub(super) condition: Option<Arc<Program>>,
}

/// A kind of item, and the metrics that count it.
pub(super) struct Counted {
    /// What one item is.
    pub(super) level: Level,
    /// Fields with times of an item, in nanoseconds.
    pub(super) times: &'static [u32],
    /// The metrics.
    pub(super) definitions: Vec<Definition>,
}

/// What was counted of one resource.
#[derive(Default)]
pub(super) struct Counts {
    /// What was counted for each metric.
    pub(super) metrics: Vec<Points>,
    /// The first and the last time of its items.
    pub(super) times: Option<(u64, u64)>,
}

/// The datapoints of a metric.
#[derive(Default)]
pub(super) struct Points {
    /// Encoded attributes, and how many items have them.
    pub(super) all: Vec<(Vec<u8>, u64)>,
    /// Where those are that have equal attributes, whatever the order of their maps.
    places: HashMap<Vec<u8>, usize>,
}

impl Points {
    fn add(&mut self, attributes: Attributes<'_>) {
        let next = self.all.len();
        let place = *self.places.entry(attributes.identity()).or_insert(next);
        match self.all.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => self.all.push((attributes.encoded(), 1)),
        }
    }
}

/// The resources of a batch, by their order.
pub(super) struct Resource {
    /// Its encoded attributes, as entries of a resource.
    pub(super) attributes: Vec<u8>,
    /// What was counted, one for each kind of item.
    pub(super) counts: Vec<Counts>,
}

/// An item that cannot be counted.
#[derive(Debug, thiserror::Error)]
pub(super) enum Uncountable {
    /// A metric that holds nothing, not even a kind of data.
    #[error("metric {0:?}: invalid metric type: Empty")]
    NoData(String),
    /// A profile with an attribute that is not in its dictionary.
    #[error("attribute index {0} out of bounds [0, {1})")]
    NoAttribute(i32, usize),
}

/// Counts the items of one kind. `matches` tells for each metric which items it is about.
pub(super) fn count(
    batch: &Batch,
    counted: &Counted,
    matches: &[Option<Vec<Option<usize>>>],
    place: usize,
    resources: &mut [Resource],
) -> Result<(), Uncountable> {
    let mut counter = Counter { counted, matches, next: 0, place, resources };
    edit(batch, counted.level, &mut counter).map(|_| ())
}

/// Which items have all attributes that a metric counts apart, if it does: its condition is not asked
/// about the others.
pub(super) fn complete(batch: &Batch, level: Level, definition: &Definition) -> Option<Vec<bool>> {
    if definition.attributes.is_empty() {
        return None;
    }
    let mut complete = Complete { level, definition, items: Vec::new() };
    edit(batch, level, &mut complete).map(|_| ()).unwrap_or_else(|never| match never {});
    Some(complete.items)
}

struct Complete<'d> {
    level: Level,
    definition: &'d Definition,
    items: Vec<bool>,
}

impl<'a> Editor<'a> for Complete<'_> {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        self.items.push(attributes(self.definition, self.level, open).is_some());
        Ok(Verdict::Keep)
    }
}

/// The resources of a batch, with nothing counted of `kinds` kinds of item.
pub(super) fn resources(batch: &Batch, kinds: usize) -> Vec<Resource> {
    let mut all = Resources { all: Vec::new(), kinds };
    edit(batch, Level::Resource, &mut all).map(|_| ()).unwrap_or_else(|never| match never {});
    all.all
}

struct Resources {
    all: Vec<Resource>,
    kinds: usize,
}

impl<'a> Editor<'a> for Resources {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        let number = numbers::RESOURCE::attributes;
        let attributes = Builder::message_bytes(|resource| {
            for field in open.resource.repeated(number) {
                let (entry, dictionary) = (KeyValueView::new(field.bytes), &mut open.dictionary);
                put_entry(resource, number, entry, dictionary);
            }
        });
        let counts = std::iter::repeat_with(Counts::default).take(self.kinds).collect();
        self.all.push(Resource { attributes, counts });
        Ok(Verdict::Keep)
    }
}

/// Writes an entry with its text in place.
fn put_entry<'a>(
    out: &mut Builder,
    number: u32,
    entry: KeyValueView<'a>,
    dictionary: &mut Dictionary<'a>,
) {
    let key = match entry.key() {
        "" => dictionary.string(entry.key_strindex()).unwrap_or_default(),
        key => key,
    };
    let value = resolved(entry.get(), dictionary);
    out.message(number, |out| {
        out.text(numbers::KEY_VALUE::key, key);
        out.encoded(numbers::KEY_VALUE::value, &encoded(value));
    });
}

fn resolved<'a>(value: ValueView<'a>, dictionary: &mut Dictionary<'a>) -> ValueView<'a> {
    match value {
        ValueView::StrIndex(index) => dictionary.string(index).map_or(value, ValueView::Str),
        other => other,
    }
}

fn encoded(value: ValueView<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    out
}

struct Counter<'c> {
    counted: &'c Counted,
    matches: &'c [Option<Vec<Option<usize>>>],
    next: usize,
    place: usize,
    resources: &'c mut [Resource],
}

impl<'a> Editor<'a> for Counter<'_> {
    type Error = Uncountable;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Uncountable> {
        let item = self.next;
        self.next += 1;
        let message = match self.counted.level {
            Level::Record => open.record.raw(),
            _ => open.child.raw(),
        };
        let kind = open.record.message().name;
        if kind == messages::PROFILE.name {
            for index in ProfileView::new(message).attribute_indices().iter() {
                if open.dictionary.attribute(index).is_none() {
                    let known = open.dictionary.attribute_count();
                    return Err(Uncountable::NoAttribute(index, known));
                }
            }
        }
        if kind == messages::METRIC.name
            && self.counted.level == Level::Record
            && !Fields::new(message).any(|field| matches!(field.number, 5 | 7 | 9 | 10 | 11))
        {
            return Err(Uncountable::NoData(open.record.text(numbers::METRIC::name).to_owned()));
        }
        // Resources are counted from 1.
        let resource = open.resource_index.checked_sub(1);
        let resource = resource.and_then(|index| self.resources.get_mut(index));
        let Some(counts) = resource.and_then(|resource| resource.counts.get_mut(self.place)) else {
            return Ok(Verdict::Keep);
        };
        let times = Fields::new(message).filter(|field| self.counted.times.contains(&field.number));
        for time in times.map(|field| field.scalar).filter(|time| *time != 0) {
            let (first, last) = counts.times.unwrap_or((time, time));
            counts.times = Some((first.min(time), last.max(time)));
        }
        counts.metrics.resize_with(self.counted.definitions.len(), Points::default);
        let metrics = self.counted.definitions.iter().zip(self.matches).zip(&mut counts.metrics);
        for ((definition, matches), counts) in metrics {
            let counts_it =
                matches.as_ref().is_none_or(|places| places.get(item).copied().flatten().is_some());
            if !counts_it {
                continue;
            }
            if let Some(attributes) = attributes(definition, self.counted.level, open) {
                counts.add(attributes);
            }
        }
        Ok(Verdict::Keep)
    }
}

/// The attributes that an item counts under, with their encoded values.
struct Attributes<'k>(Vec<(&'k str, Vec<u8>)>);

impl Attributes<'_> {
    /// As those of a datapoint.
    fn encoded(&self) -> Vec<u8> {
        Builder::message_bytes(|point| {
            for (key, value) in &self.0 {
                point.message(numbers::NUMBER_DATA_POINT::attributes, |entry| {
                    entry.text(numbers::KEY_VALUE::key, key);
                    entry.encoded(numbers::KEY_VALUE::value, value);
                });
            }
        })
    }

    /// What is the same for equal attributes.
    fn identity(&self) -> Vec<u8> {
        Builder::message_bytes(|all| {
            for (_, value) in &self.0 {
                all.encoded(1, &identity(value));
            }
        })
    }
}

/// An encoded value with the entries of all maps in it in the order of their keys.
fn identity(value: &[u8]) -> Vec<u8> {
    match AnyValueView::new(value).get() {
        ValueView::Array(array) => Builder::message_bytes(|any| {
            any.message(numbers::ANY_VALUE::array_value, |array_value| {
                for value in array.iter() {
                    let value = identity(&encoded(value));
                    array_value.encoded(numbers::ARRAY_VALUE::values, &value);
                }
            });
        }),
        ValueView::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Builder::message_bytes(|any| {
                any.message(numbers::ANY_VALUE::kvlist_value, |list| {
                    for (key, value) in entries {
                        list.message(numbers::KEY_VALUE_LIST::values, |entry| {
                            entry.text(numbers::KEY_VALUE::key, key);
                            entry.encoded(numbers::KEY_VALUE::value, &identity(&encoded(value)));
                        });
                    }
                });
            })
        }
        _ => value.to_vec(),
    }
}

/// The attributes that an item counts under; `None` when it lacks one.
fn attributes<'d, 'a>(
    definition: &'d Definition,
    level: Level,
    open: &mut Open<'a>,
) -> Option<Attributes<'d>> {
    let mut values: Vec<(&str, Vec<u8>)> = Vec::new();
    for (key, default) in &definition.attributes {
        let value = match of_item(key, level, open) {
            Some(value) => encoded(resolved(value, &mut open.dictionary)),
            None => default.clone()?,
        };
        // A key that is asked for twice makes one attribute, and is one too few.
        if values.iter().any(|(known, _)| known == key) {
            return None;
        }
        values.push((key, value));
    }
    Some(Attributes(values))
}

/// The value of an attribute of an item, of its scope or of its resource.
fn of_item<'a>(key: &str, level: Level, open: &mut Open<'a>) -> Option<ValueView<'a>> {
    let own = match (level, open.record.message().name) {
        (Level::Record, name) if name == messages::PROFILE.name => {
            of_profile(key, open.record.raw(), &mut open.dictionary)
        }
        (Level::Record, name) if name == messages::METRIC.name => None,
        (Level::Record, _) => open.record.attribute(key),
        _ => open.child.attribute(key),
    };
    own.or_else(|| open.scope.attribute(key)).or_else(|| open.resource.attribute(key))
}

fn of_profile<'a>(
    key: &str,
    profile: &'a [u8],
    dictionary: &mut Dictionary<'a>,
) -> Option<ValueView<'a>> {
    for index in ProfileView::new(profile).attribute_indices().iter() {
        let attribute = dictionary.attribute(index)?;
        if dictionary.string(attribute.key_strindex()) == Some(key) {
            return Some(attribute.value().get());
        }
    }
    None
}
