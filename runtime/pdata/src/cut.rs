//! Joining batches and cutting them, on encoded bytes.
//!
//! Joining appends requests, since a request is one repeated field. Cutting copies ranges: every
//! part repeats the resource, scope and metric fields around its items, nothing is decoded.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::batch::{Batch, Signal};
use crate::count;
use crate::edit::data_tables;
use crate::splice::Splice;
use crate::wire::Fields;

/// How large a part may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Spans, datapoints, log records or profile samples. A profile is never cut.
    Items(usize),
    /// Bytes of the encoded request. A single item beyond it becomes a part of its own.
    Bytes(usize),
}

impl Batch {
    /// Joins batches of one signal into one request. `None` when there is no batch, when signals
    /// differ, or for two profiles: each profiles request has a dictionary of its own, so they are
    /// sent apart.
    pub fn concat(batches: &[Self]) -> Option<Self> {
        let (first, rest) = batches.split_first()?;
        if rest.is_empty() {
            return Some(first.clone());
        }
        let signal = first.signal();
        if signal == Signal::Profiles || rest.iter().any(|batch| batch.signal() != signal) {
            return None;
        }
        let length = batches.iter().map(Self::encoded_len).sum();
        let mut bytes = BytesMut::with_capacity(length);
        for batch in batches {
            bytes.extend_from_slice(batch.bytes());
        }
        let items = batches.iter().map(Self::items).sum();
        Some(Self::trusted(signal, bytes.freeze(), items))
    }

    /// Cuts the batch at item boundaries into parts within `limit`, in order. Nothing is lost:
    /// resources and scopes without items stay, in one of the parts.
    pub fn split(&self, limit: Limit) -> Vec<Self> {
        let fits = match limit {
            Limit::Items(most) => self.items() <= most.max(1),
            Limit::Bytes(most) => self.encoded_len() <= most,
        };
        if fits {
            return vec![self.clone()];
        }
        let mut cutter = Cutter {
            signal: self.signal(),
            limit,
            input: self.bytes(),
            splice: Splice::new(self.bytes()),
            levels: Vec::new(),
            size: 0,
            occupied: false,
            parts: Vec::new(),
        };
        cutter.request();
        cutter.parts
    }
}

/// The most that tag and length of a message take, for lengths below 2^28 and the numbers in use.
const HEADER: usize = 6;

/// A message around items that is being walked.
struct Level {
    number: u32,
    field: Range<usize>,
    /// Fields that every part repeats: those with numbers below the children's, and those above.
    before: Vec<Range<usize>>,
    after: Vec<Range<usize>>,
    /// Whether it stands in the part under construction.
    open: bool,
    /// Whether it stands in any part.
    written: bool,
}

impl Level {
    /// Bytes that it takes in a part, without its children.
    fn size(&self) -> usize {
        self.before.iter().chain(&self.after).map(Range::len).sum::<usize>() + HEADER
    }

    /// Ends it in the part under construction.
    fn close(&self, splice: &mut Splice<'_>) {
        for range in &self.after {
            splice.keep(range.clone());
        }
        splice.close(self.field.end);
    }
}

struct Cutter<'a> {
    signal: Signal,
    limit: Limit,
    input: &'a [u8],
    splice: Splice<'a>,
    levels: Vec<Level>,
    size: usize,
    occupied: bool,
    parts: Vec<Batch>,
}

impl Cutter<'_> {
    fn request(&mut self) {
        let [before, after] = own_ranges(self.input, 0, |number| number == 1);
        let field = 0..self.input.len();
        let (open, written) = (false, false);
        self.levels.push(Level { number: 0, field, before, after, open, written });
        self.children(0..self.input.len(), |number| number == 1);
        if !self.levels.iter().all(|level| level.written) {
            self.open_levels();
        }
        self.end_part();
    }

    /// Depth 1 is the resource, 2 the scope, 3 the record; only metrics go deeper.
    fn children(&mut self, message: Range<usize>, is_child: impl Fn(u32) -> bool) {
        let bytes = self.input.get(message.clone()).unwrap_or_default();
        let mut fields = Fields::new(bytes);
        let mut start = message.start;
        while let Some(field) = fields.next() {
            let end = message.start + fields.offset();
            if is_child(field.number) {
                self.child(field.number, start..end, end - field.bytes.len()..end);
            }
            start = end;
        }
    }

    fn child(&mut self, number: u32, field: Range<usize>, message: Range<usize>) {
        match (self.levels.len(), self.signal) {
            (1 | 2, _) => self.level(number, field, message, |number| number == 2),
            (3, Signal::Metrics) => {
                self.level(number, field, message, |number| data_tables(number).is_some());
            }
            (4, Signal::Metrics) => self.level(number, field, message, |number| number == 1),
            _ => self.item(field, message),
        }
    }

    fn level(
        &mut self,
        number: u32,
        field: Range<usize>,
        message: Range<usize>,
        is_child: impl Fn(u32) -> bool,
    ) {
        let bytes = self.input.get(message.clone()).unwrap_or_default();
        let [before, after] = own_ranges(bytes, message.start, &is_child);
        let (open, written) = (false, false);
        self.levels.push(Level { number, field, before, after, open, written });
        self.children(message, is_child);
        if self.levels.last().is_some_and(|level| !level.written) {
            // It holds no items, but bytes.
            if matches!(self.limit, Limit::Bytes(_)) {
                self.make_room(self.unopened_size());
                self.occupied = true;
            }
            self.open_levels();
        }
        if let Some(level) = self.levels.pop()
            && level.open
        {
            self.splice.omit();
            level.close(&mut self.splice);
        }
    }

    fn item(&mut self, field: Range<usize>, message: Range<usize>) {
        let size = match self.limit {
            Limit::Bytes(_) => field.len() + self.unopened_size(),
            Limit::Items(_) if self.signal == Signal::Profiles => {
                let profile = self.input.get(message).unwrap_or_default();
                count::items(&crate::messages::PROFILE, profile)
            }
            Limit::Items(_) => 1,
        };
        self.make_room(size);
        self.open_levels();
        self.splice.keep(field);
        self.occupied = true;
    }

    /// Bytes that opening the levels around an item will take.
    fn unopened_size(&self) -> usize {
        self.levels.iter().filter(|level| !level.open).map(Level::size).sum()
    }

    /// Counts what comes next, in a new part if this one has no room for it.
    fn make_room(&mut self, size: usize) {
        let (Limit::Items(most) | Limit::Bytes(most)) = self.limit;
        if self.occupied && self.size + size > most {
            let open =
                self.levels.iter().filter(|level| level.open).map(Level::size).sum::<usize>();
            self.end_part();
            // In a new part the messages around stand again.
            if matches!(self.limit, Limit::Bytes(_)) {
                self.size = open;
            }
        }
        self.size += size;
    }

    fn open_levels(&mut self) {
        for (depth, level) in self.levels.iter_mut().enumerate() {
            if level.open {
                continue;
            }
            level.open = true;
            level.written = true;
            if depth > 0 {
                self.splice.open(level.number, level.field.start);
            }
            for range in &level.before {
                self.splice.keep(range.clone());
            }
        }
    }

    fn end_part(&mut self) {
        for level in self.levels.iter_mut().skip(1).rev().filter(|level| level.open) {
            level.open = false;
            self.splice.omit();
            level.close(&mut self.splice);
        }
        if let Some(request) = self.levels.first_mut().filter(|request| request.open) {
            request.open = false;
            for range in &request.after {
                self.splice.keep(range.clone());
            }
        }
        self.splice.omit();
        let splice = std::mem::replace(&mut self.splice, Splice::new(self.input));
        let bytes = Bytes::from(splice.finish().unwrap_or_default());
        let items = count::items(self.signal.request(), &bytes);
        self.parts.push(Batch::trusted(self.signal, bytes, items));
        self.size = 0;
        self.occupied = false;
    }
}

/// The ranges of a message's fields that are not children, neighbours joined: those that belong
/// before the children by their numbers, and those that belong behind them.
fn own_ranges(bytes: &[u8], base: usize, is_child: impl Fn(u32) -> bool) -> [Vec<Range<usize>>; 2] {
    let first_child = (1..16).find(|number| is_child(*number)).unwrap_or_default();
    let [mut before, mut after]: [Vec<Range<usize>>; 2] = Default::default();
    let mut fields = Fields::new(bytes);
    let mut start = base;
    while let Some(field) = fields.next() {
        let end = base + fields.offset();
        if !is_child(field.number) {
            let ranges = if field.number < first_child { &mut before } else { &mut after };
            match ranges.last_mut().filter(|last| last.end == start) {
                Some(last) => last.end = end,
                None => ranges.push(start..end),
            }
        }
        start = end;
    }
    [before, after]
}
