//! Walking a batch to edit it: which records an editor sees, and what becomes of its edits.
//!
//! A batch enters with an [`Editor`] and the [`Level`] it works at; a batch leaves. The editor sees
//! one record at a time together with the open records above it, edits any of them, and says
//! whether the record stays; it may also add records, which it then sees in their turn
//! ([`Open::append`]). Parents are written after their children, since children may edit them.

use bytes::Bytes;

use crate::appended::{Appended, POINTS};
use crate::batch::{Batch, Signal};
use crate::dictionary::Dictionary;
use crate::record::Record;
use crate::schema::{Message, Role, messages};
use crate::splice::{Patch, Splice};
use crate::wire::{Fields, put_len};

/// What an editor sees one of at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// A resource.
    Resource,
    /// An instrumentation scope.
    Scope,
    /// A span, metric, log record or profile.
    Record,
    /// A span event.
    SpanEvent,
    /// A span link.
    SpanLink,
    /// A datapoint of any kind of metric.
    DataPoint,
    /// An exemplar of a datapoint.
    Exemplar,
    /// A sample of a profile.
    Sample,
}

/// The open records of a walk, from the resource down to the level of the editor. Records below
/// that level are stale.
#[derive(Clone, Debug)]
pub struct Open<'a> {
    /// The resource.
    pub resource: Record<'a>,
    /// The message around resource and scopes; holds the resource's `schema_url` (field 3).
    pub resource_envelope: Record<'a>,
    /// The instrumentation scope.
    pub scope: Record<'a>,
    /// The message around scope and records; holds the scope's `schema_url` (field 3).
    pub scope_envelope: Record<'a>,
    /// The span, metric, log record or profile.
    pub record: Record<'a>,
    /// The metric's gauge, sum or histogram message, while its datapoints are walked.
    pub metric_data: Record<'a>,
    /// The span event, span link, datapoint or sample.
    pub child: Record<'a>,
    /// What the records of a profiles request point into.
    pub dictionary: Dictionary<'a>,
    /// The exemplar.
    pub grandchild: Record<'a>,
    /// To be set by an edit that removes or adds items in another way than by its verdict.
    pub items_changed: bool,
    /// Records that were added to the scope.
    pub(crate) appended: Appended<'a>,
    /// The datapoints before this one with their edits, for editors that look back.
    pub(crate) earlier_points: Vec<u8>,
    /// Number of datapoints of the metric up to this one.
    pub(crate) points_seen: usize,
    /// Changes with every resource: what was computed from a resource holds while it is the same.
    pub resource_index: usize,
    /// Changes with every scope.
    pub scope_index: usize,
}

/// Whether a record stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, with its edits.
    Keep,
    /// It goes. A parent that loses its last child that way goes too.
    Drop,
}

/// What is done to each record.
pub trait Editor<'a> {
    /// What ends the walk early; the batch is then left as it was.
    type Error;

    /// Sees and edits one record.
    ///
    /// # Errors
    /// Ends the walk; no edit of it is kept.
    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error>;

    /// Whether it calls [`Open::all_points`], for which edited datapoints must be kept.
    fn looks_back(&self) -> bool {
        false
    }

    /// Whether resources, scopes and metrics that hold nothing go too, wherever the walk comes by,
    /// also those that came empty.
    fn prunes(&self) -> bool {
        false
    }
}

/// Walks `batch` and returns it with the editor's edits; an untouched batch shares its bytes.
///
/// # Errors
/// The editor's.
pub fn edit<'a, E: Editor<'a>>(
    batch: &'a Batch,
    level: Level,
    editor: &mut E,
) -> Result<Batch, E::Error> {
    let input: &'a [u8] = batch.bytes();
    let tables = Tables::of(batch.signal());
    let mut walk = Walk {
        level,
        tables,
        editor,
        splice: Splice::new(input),
        open: Open::new(tables),
        patches: Vec::new(),
        dropped: false,
    };
    walk.request(input)?;
    let recount = walk.dropped || walk.open.items_changed;
    Ok(match walk.splice.finish() {
        None => batch.clone(),
        Some(bytes) => {
            let items =
                if recount { crate::count::items(tables.request, &bytes) } else { batch.items() };
            Batch::trusted(batch.signal(), Bytes::from(bytes), items)
        }
    })
}

/// The messages of a signal, by their place in the hierarchy.
#[derive(Clone, Copy, Debug)]
struct Tables {
    signal: Signal,
    request: &'static Message,
    resource_envelope: &'static Message,
    scope_envelope: &'static Message,
    record: &'static Message,
}

impl Tables {
    fn of(signal: Signal) -> Self {
        let (resource_envelope, scope_envelope, record): (&'static _, &'static _, &'static _) =
            match signal {
                Signal::Traces => {
                    (&messages::RESOURCE_SPANS, &messages::SCOPE_SPANS, &messages::SPAN)
                }
                Signal::Metrics => {
                    (&messages::RESOURCE_METRICS, &messages::SCOPE_METRICS, &messages::METRIC)
                }
                Signal::Logs => {
                    (&messages::RESOURCE_LOGS, &messages::SCOPE_LOGS, &messages::LOG_RECORD)
                }
                Signal::Profiles => {
                    (&messages::RESOURCE_PROFILES, &messages::SCOPE_PROFILES, &messages::PROFILE)
                }
            };
        Self { signal, request: signal.request(), resource_envelope, scope_envelope, record }
    }
}

impl Open<'_> {
    /// Number of items in what an editor at `level` sees, as it came. Span events, links and
    /// exemplars are none.
    pub fn items(&self, level: Level) -> usize {
        let record = match level {
            Level::Resource => &self.resource_envelope,
            Level::Scope => &self.scope_envelope,
            Level::Record => &self.record,
            Level::DataPoint | Level::Sample => &self.child,
            Level::SpanEvent | Level::SpanLink | Level::Exemplar => return 0,
        };
        match record.message().role {
            Role::Item => 1,
            _ => crate::count::items(record.message(), record.raw()),
        }
    }

    fn new(tables: Tables) -> Self {
        Self {
            resource: Record::new(&messages::RESOURCE),
            resource_envelope: Record::new(tables.resource_envelope),
            scope: Record::new(&messages::INSTRUMENTATION_SCOPE),
            scope_envelope: Record::new(tables.scope_envelope),
            record: Record::new(tables.record),
            metric_data: Record::new(&messages::GAUGE),
            child: Record::new(&messages::SPAN_EVENT),
            dictionary: Dictionary::default(),
            grandchild: Record::new(&messages::EXEMPLAR),
            items_changed: false,
            appended: Appended::default(),
            earlier_points: Vec::new(),
            points_seen: 0,
            resource_index: 0,
            scope_index: 0,
        }
    }
}

/// In every envelope, field 1 is the resource or scope, field 2 the children.
const HEAD: u32 = 1;
const CHILDREN: u32 = 2;

struct Walk<'a, 'e, E> {
    level: Level,
    tables: Tables,
    editor: &'e mut E,
    splice: Splice<'a>,
    open: Open<'a>,
    /// Scratch for the patches of one message.
    patches: Vec<Patch>,
    dropped: bool,
}

/// An encoded message and where it stands in the request.
#[derive(Clone, Copy)]
struct Place<'a> {
    bytes: &'a [u8],
    base: usize,
}

impl<'a> Place<'a> {
    /// Calls `visit` for every field with its number, payload and range in the request.
    fn each<E>(
        self,
        mut visit: impl FnMut(u32, Place<'a>, std::ops::Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut fields = Fields::new(self.bytes);
        let mut start = self.base;
        while let Some(field) = fields.next() {
            let end = self.base + fields.offset();
            let payload = Place { bytes: field.bytes, base: end - field.bytes.len() };
            visit(field.number, payload, start..end)?;
            start = end;
        }
        Ok(())
    }

    fn find(self, number: u32) -> Place<'a> {
        let mut fields = Fields::new(self.bytes);
        while let Some(field) = fields.next() {
            if field.number == number {
                let base = self.base + fields.offset() - field.bytes.len();
                return Place { bytes: field.bytes, base };
            }
        }
        Place { bytes: &[], base: self.base }
    }
}

impl<'a, E: Editor<'a>> Walk<'a, '_, E> {
    fn request(&mut self, input: &'a [u8]) -> Result<(), E::Error> {
        if self.tables.signal == Signal::Profiles {
            self.open.dictionary = Dictionary::of_request(input);
        }
        Place { bytes: input, base: 0 }.each(|number, payload, range| {
            if number != 1 {
                self.splice.keep(range);
                return Ok(());
            }
            self.splice.open(number, range.start);
            let verdict = self.resource(payload)?;
            self.end(verdict, range.end);
            Ok(())
        })?;
        let Self { open, splice, patches, .. } = self;
        patches.clear();
        open.dictionary.patches(input.len(), &mut splice.new, patches);
        splice.patch(patches);
        Ok(())
    }

    fn end(&mut self, verdict: Verdict, field_end: usize) {
        match verdict {
            Verdict::Keep => self.splice.close(field_end),
            Verdict::Drop => {
                self.dropped = true;
                self.splice.abandon();
            }
        }
    }

    fn resource(&mut self, envelope: Place<'a>) -> Result<Verdict, E::Error> {
        let resource = envelope.find(HEAD);
        self.open.resource_index += 1;
        self.open.resource.open(&messages::RESOURCE, resource.bytes, resource.base);
        let table = self.tables.resource_envelope;
        self.open.resource_envelope.open(table, envelope.bytes, envelope.base);
        let verdict = if self.level == Level::Resource {
            self.whole(envelope)?
        } else {
            self.children(envelope, CHILDREN, Self::scope)?
        };
        if verdict == Verdict::Keep {
            let Self { open, splice, patches, .. } = self;
            write_head(&open.resource_envelope, &open.resource, None, splice, patches);
        }
        Ok(verdict)
    }

    fn scope(&mut self, envelope: Place<'a>) -> Result<Verdict, E::Error> {
        let scope = envelope.find(HEAD);
        self.open.scope_index += 1;
        self.open.scope.open(&messages::INSTRUMENTATION_SCOPE, scope.bytes, scope.base);
        let table = self.tables.scope_envelope;
        self.open.scope_envelope.open(table, envelope.bytes, envelope.base);
        let mut added = None;
        let mut verdict = if self.level == Level::Scope {
            self.whole(envelope)?
        } else {
            self.open.appended.begin(envelope.bytes.len());
            let verdict = self.children(envelope, CHILDREN, Self::record)?;
            added = self.appended(envelope)?;
            self.open.appended.end();
            verdict
        };
        if added.is_some() {
            verdict = Verdict::Keep;
        }
        if verdict == Verdict::Keep {
            let Self { open, splice, patches, .. } = self;
            write_head(&open.scope_envelope, &open.scope, added, splice, patches);
        }
        Ok(verdict)
    }

    /// Walks what was added to the scope, each record as a request of its own. `None` when nothing
    /// is left of it.
    fn appended(&mut self, envelope: Place<'a>) -> Result<Option<Patch>, E::Error> {
        let begin = self.splice.new.len();
        let mut index = 0;
        while let Some(record) = self.open.appended.get(index) {
            index += 1;
            let outer = std::mem::replace(&mut self.splice, Splice::new(record));
            let verdict = self.record(Place { bytes: record, base: 0 })?;
            let splice = std::mem::replace(&mut self.splice, outer);
            if verdict == Verdict::Keep {
                let edited = splice.finish();
                put_len(&mut self.splice.new, CHILDREN, edited.as_deref().unwrap_or(record));
            }
        }
        if begin == self.splice.new.len() {
            return Ok(None);
        }
        let mut fields = Fields::new(envelope.bytes);
        let mut place = 0;
        while let Some(field) = fields.next() {
            if field.number <= CHILDREN {
                place = fields.offset();
            }
        }
        let place = envelope.base + place;
        let bytes = begin..self.splice.new.len();
        Ok(Some(Patch { start: place, end: place, number: CHILDREN, bytes }))
    }

    /// Lets the editor see a resource or scope; its children stay as they are.
    fn whole(&mut self, envelope: Place<'a>) -> Result<Verdict, E::Error> {
        self.splice.keep(envelope.base..envelope.base + envelope.bytes.len());
        let verdict = self.editor.edit(&mut self.open)?;
        let hollow = || Fields::new(envelope.bytes).all(|field| field.number != CHILDREN);
        Ok(if self.editor.prunes() && hollow() { Verdict::Drop } else { verdict })
    }

    fn record(&mut self, record: Place<'a>) -> Result<Verdict, E::Error> {
        self.open.record.open(self.tables.record, record.bytes, record.base);
        let children = match (self.level, self.tables.signal) {
            (Level::SpanEvent, Signal::Traces) => {
                Some((messages::numbers::SPAN::events, &messages::SPAN_EVENT))
            }
            (Level::SpanLink, Signal::Traces) => {
                Some((messages::numbers::SPAN::links, &messages::SPAN_LINK))
            }
            (Level::Sample, Signal::Profiles) => {
                Some((messages::numbers::PROFILE::samples, &messages::SAMPLE))
            }
            _ => None,
        };
        let verdict = if let Some((number, table)) = children {
            self.children_of(
                record,
                number,
                |open| &open.record,
                |walk, child| walk.child(table, child),
            )?;
            // A record stays when its last child goes.
            Verdict::Keep
        } else if self.tables.signal == Signal::Metrics
            && matches!(self.level, Level::DataPoint | Level::Exemplar)
        {
            self.metric(record)?
        } else {
            self.splice.keep(record.base..record.base + record.bytes.len());
            self.editor.edit(&mut self.open)?
        };
        if verdict == Verdict::Keep {
            let Self { open, splice, patches, .. } = self;
            write(&open.record, splice, patches);
        }
        Ok(verdict)
    }

    fn metric(&mut self, metric: Place<'a>) -> Result<Verdict, E::Error> {
        let mut verdict = Verdict::Keep;
        metric.each(|number, data, range| {
            let Some((table, point)) = data_tables(number) else {
                self.splice.keep(range);
                return Ok(());
            };
            self.splice.open(number, range.start);
            self.open.metric_data.open(table, data.bytes, data.base);
            self.open.earlier_points.clear();
            self.open.points_seen = 0;
            verdict = self.children_of(
                data,
                POINTS,
                |open| &open.metric_data,
                |walk, child| match walk.level {
                    Level::Exemplar => walk.point(point, child),
                    _ => walk.child(point, child),
                },
            )?;
            if verdict == Verdict::Keep {
                let Self { open, splice, patches, .. } = self;
                write(&open.metric_data, splice, patches);
            }
            self.end(verdict, range.end);
            Ok(())
        })?;
        Ok(verdict)
    }

    /// A datapoint whose exemplars are walked.
    fn point(&mut self, table: &'static Message, point: Place<'a>) -> Result<Verdict, E::Error> {
        self.open.child.open(table, point.bytes, point.base);
        let exemplars = table.fields.iter().find(|field| field.name == "exemplars");
        match exemplars {
            Some(field) => {
                let number = field.number;
                // Who removes all datapoints removes this one, with its exemplars.
                let is_gone = |walk: &Self| {
                    let Open { child, metric_data, .. } = &walk.open;
                    child.is_written(number) || metric_data.is_written(POINTS)
                };
                self.children_until(point, number, is_gone, Self::exemplar)?;
                if self.open.child.is_written(number) {
                    self.splice.restart();
                    self.splice.keep(point.base..point.base + point.bytes.len());
                }
            }
            None => self.splice.keep(point.base..point.base + point.bytes.len()),
        }
        let Self { open, splice, patches, .. } = self;
        write(&open.child, splice, patches);
        // A datapoint stays when its last exemplar goes.
        Ok(Verdict::Keep)
    }

    fn exemplar(&mut self, exemplar: Place<'a>) -> Result<Verdict, E::Error> {
        self.open.grandchild.open(&messages::EXEMPLAR, exemplar.bytes, exemplar.base);
        self.splice.keep(exemplar.base..exemplar.base + exemplar.bytes.len());
        let verdict = self.editor.edit(&mut self.open)?;
        if verdict == Verdict::Keep {
            let Self { open, splice, patches, .. } = self;
            write(&open.grandchild, splice, patches);
        }
        Ok(verdict)
    }

    fn child(&mut self, table: &'static Message, child: Place<'a>) -> Result<Verdict, E::Error> {
        self.open.child.open(table, child.bytes, child.base);
        self.splice.keep(child.base..child.base + child.bytes.len());
        self.open.points_seen += 1;
        let verdict = self.editor.edit(&mut self.open)?;
        if verdict == Verdict::Keep {
            let Self { open, splice, patches, .. } = self;
            write(&open.child, splice, patches);
            if self.editor.looks_back() {
                let mut point = Vec::new();
                self.open.child.encode(&mut point);
                put_len(&mut self.open.earlier_points, POINTS, &point);
            }
        }
        Ok(verdict)
    }

    /// Walks the messages in field `number`; all other fields stay. `Drop` when the last of the
    /// messages went, or there are none and the editor prunes.
    fn children(
        &mut self,
        parent: Place<'a>,
        number: u32,
        visit: impl FnMut(&mut Self, Place<'a>) -> Result<Verdict, E::Error>,
    ) -> Result<Verdict, E::Error> {
        self.children_until(parent, number, |_| false, visit)
    }

    /// As [`Self::children`], of a record that an editor may rid of all of them: the walk then ends,
    /// and what was done to them is forgotten.
    fn children_of(
        &mut self,
        parent: Place<'a>,
        number: u32,
        record: impl for<'o> Fn(&'o Open<'a>) -> &'o Record<'a>,
        visit: impl FnMut(&mut Self, Place<'a>) -> Result<Verdict, E::Error>,
    ) -> Result<Verdict, E::Error> {
        let is_written = |walk: &Self| record(&walk.open).is_written(number);
        let verdict = self.children_until(parent, number, is_written, visit)?;
        if !is_written(self) {
            return Ok(verdict);
        }
        self.splice.restart();
        self.splice.keep(parent.base..parent.base + parent.bytes.len());
        Ok(Verdict::Keep)
    }

    /// Walks the messages in field `number` until `ends` says so.
    fn children_until(
        &mut self,
        parent: Place<'a>,
        number: u32,
        ends: impl Fn(&Self) -> bool,
        mut visit: impl FnMut(&mut Self, Place<'a>) -> Result<Verdict, E::Error>,
    ) -> Result<Verdict, E::Error> {
        let (mut kept, mut dropped) = (false, false);
        parent.each(|found, payload, range| {
            if found != number || ends(self) {
                self.splice.keep(range);
                return Ok(());
            }
            self.splice.open(number, range.start);
            let verdict = visit(self, payload)?;
            kept |= verdict == Verdict::Keep;
            dropped |= verdict == Verdict::Drop;
            self.end(verdict, range.end);
            Ok(())
        })?;
        let drops = !kept && (dropped || self.editor.prunes());
        Ok(if drops { Verdict::Drop } else { Verdict::Keep })
    }
}

/// The message of a metric's data field and that of its datapoints.
pub(crate) fn data_tables(number: u32) -> Option<(&'static Message, &'static Message)> {
    use messages::numbers::METRIC;
    Some(match number {
        METRIC::gauge => (&messages::GAUGE, &messages::NUMBER_DATA_POINT),
        METRIC::sum => (&messages::SUM, &messages::NUMBER_DATA_POINT),
        METRIC::histogram => (&messages::HISTOGRAM, &messages::HISTOGRAM_DATA_POINT),
        METRIC::exponential_histogram => {
            (&messages::EXPONENTIAL_HISTOGRAM, &messages::EXPONENTIAL_HISTOGRAM_DATA_POINT)
        }
        METRIC::summary => (&messages::SUMMARY, &messages::SUMMARY_DATA_POINT),
        _ => return None,
    })
}

/// Writes a record's edits into the current level.
fn write(record: &Record<'_>, splice: &mut Splice<'_>, patches: &mut Vec<Patch>) {
    if record.is_changed() {
        patches.clear();
        record.patches(&mut splice.new, patches);
        splice.patch(patches);
    }
}

/// Writes the edits of an envelope and of the resource or scope in it, and what was added to it.
fn write_head(
    envelope: &Record<'_>,
    head: &Record<'_>,
    added: Option<Patch>,
    splice: &mut Splice<'_>,
    patches: &mut Vec<Patch>,
) {
    if !head.is_changed() && added.is_none() {
        return write(envelope, splice, patches);
    }
    patches.clear();
    if head.is_changed() {
        let mut encoded = Vec::with_capacity(head.raw().len() + 64);
        head.encode(&mut encoded);
        envelope.patches_with_message(HEAD, &encoded, &mut splice.new, patches);
    } else {
        envelope.patches(&mut splice.new, patches);
    }
    if let Some(added) = added {
        patches.push(added);
        patches.sort_by_key(Patch::order);
    }
    splice.patch(patches);
}
