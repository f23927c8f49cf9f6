//! The thread that writes a queue: what was asked for since it last looked comes in, and goes to the
//! disk together. Whoever asks alone waits for one write; whoever asks beside others shares it, and
//! the wait for the disk when there is one.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::index::Place;
use super::record::{RECORD_HEADER, RecordHeader, SEGMENT_HEADER};
use super::segment::{Growing, Segment, begin};
use super::{Put, Requests, Shared};
use crate::component::storage::{Kept, StorageError};

/// Size from which a segment is followed by the next one.
const SEGMENT_SIZE: u64 = 16 << 20;

/// Part of the greatest size of a queue that one segment may take, since room is given back by
/// segments.
const SEGMENTS_IN_MAX_SIZE: u64 = 8;

/// A segment takes at least so much.
const LEAST_SEGMENT_SIZE: u64 = 4 << 10;

/// Size from which a segment in which everything is done is removed, instead of being filled.
const WORTH_REMOVING: u64 = 1 << 20;

/// Time between attempts to write marks on a disk that is full.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    shared: Arc<Shared>,
    active: Option<Growing>,
    active_base: u64,
    next: u64,
    /// Segments whose marks could not be written yet, with the marks.
    unmarked: Vec<(u64, Vec<u64>)>,
}

/// A put that fits, with its place.
struct Accepted {
    header: RecordHeader,
    encoded: [u8; RECORD_HEADER],
    put: Put,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, active: Option<Growing>, next: u64) -> Self {
        let newest = shared.index().segments.last_key_value().map(|(base, _)| *base);
        let active_base = newest.unwrap_or(0);
        Self { shared, active, active_base, next, unmarked: Vec::new() }
    }

    /// Serves requests until the queue is closed.
    pub(super) fn run(mut self) {
        loop {
            let patience = (!self.unmarked.is_empty()).then_some(PAUSE);
            let Requests { puts, done, flushes, closed } = self.shared.next_requests(patience);
            // First, for the room that it gives back.
            self.mark(&done);
            self.put_all(puts);
            for flush in flushes {
                // Whoever waited may have gone.
                let _ = flush.send(());
            }
            if closed {
                return self.close();
            }
        }
    }

    /// Leaves no files behind when nothing waits.
    fn close(mut self) {
        self.active = None;
        let drained = self.shared.index().segments.values().all(|segment| segment.open == 0);
        if drained {
            self.remove_drained(0);
        }
    }

    fn put_all(&mut self, puts: Vec<Put>) {
        let mut puts = puts.into_iter().peekable();
        while let Some(first) = puts.peek() {
            let length = first.record.context.len() + first.record.body.len() + RECORD_HEADER;
            if let Err(error) = self.roll(length as u64) {
                for put in puts {
                    put.fail(&error);
                }
                return;
            }
            let group = self.accept(&mut puts);
            self.write(group);
        }
    }

    fn segment_size(&self) -> u64 {
        match self.shared.options.max_size() {
            0 => SEGMENT_SIZE,
            most => (most / SEGMENTS_IN_MAX_SIZE).clamp(LEAST_SEGMENT_SIZE, SEGMENT_SIZE),
        }
    }

    fn is_synced(&self) -> bool {
        self.shared.options.fsync()
    }

    /// Makes sure that there is a segment for a record of that length.
    fn roll(&mut self, length: u64) -> Result<(), StorageError> {
        let has_room =
            self.active.as_ref().is_some_and(|active| active.length() < self.segment_size());
        if has_room && !self.wastes_room(length) {
            return Ok(());
        }
        self.active = None;
        self.remove_drained(0);
        let folder = &self.shared.folder;
        let file = begin(folder, self.next, self.is_synced())
            .map_err(|error| write_error(folder, &error))?;
        #[cfg(test)]
        let file = {
            let mut file = file;
            file.room = self.shared.room.clone();
            file
        };
        let mut index = self.shared.index();
        index.bytes += file.length();
        index.segments.insert(self.next, Segment::new(self.next, file.length(), 0, 0));
        drop(index);
        self.active_base = self.next;
        self.active = Some(file);
        Ok(())
    }

    /// Whether a record of that length fails for the greatest size although everything in the active
    /// segment is done.
    fn wastes_room(&self, length: u64) -> bool {
        let most = self.shared.options.max_size();
        let index = self.shared.index();
        let active = index.segments.get(&self.active_base);
        most > 0
            && index.bytes + length > most
            && active.is_some_and(|one| one.open == 0 && one.length > SEGMENT_HEADER as u64)
    }

    /// Takes the puts that belong into the active segment. Those beyond the greatest size fail.
    fn accept(&self, puts: &mut std::iter::Peekable<impl Iterator<Item = Put>>) -> Vec<Accepted> {
        let mut group = Vec::new();
        let mut length = self.active.as_ref().map_or(0, Growing::length);
        let most = self.shared.options.max_size();
        let mut bytes = self.shared.index().bytes;
        let mut number = self.next;
        while length < self.segment_size() {
            let Some(put) = puts.next() else { break };
            let header = match RecordHeader::of(number, &put.record, put.checksum) {
                Ok(header) => header,
                Err(error) => {
                    put.fail(&error);
                    continue;
                }
            };
            if most > 0 && bytes + header.length() > most {
                let text = format!("the storage has reached its `max_size` of {most} bytes");
                put.fail(&StorageError::Full(text));
                continue;
            }
            bytes += header.length();
            length += header.length();
            number += 1;
            group.push(Accepted { header, encoded: header.encode(), put });
        }
        group
    }

    fn write(&mut self, group: Vec<Accepted>) {
        let sync = self.is_synced();
        let Some(active) = &mut self.active else { return };
        if group.is_empty() {
            return;
        }
        let start = active.length();
        let mut slices: Vec<IoSlice<'_>> = group
            .iter()
            .flat_map(|one| [&one.encoded[..], &one.put.record.context, &one.put.record.body])
            .filter(|part| !part.is_empty())
            .map(IoSlice::new)
            .collect();
        if let Err(error) = active.append(&mut slices, sync) {
            let error = write_error(&self.shared.folder, &error);
            // After a failed wait for the disk nobody knows what is on it, and on a full disk the
            // room of this file is needed as soon as everything in it is done: nothing more is
            // written to it.
            self.active = None;
            for one in group {
                one.put.fail(&error);
            }
            return;
        }
        let end = active.length();
        let mut index = self.shared.index();
        index.bytes += end - start;
        let mut offset = start;
        for one in &group {
            let place = Place { base: self.active_base, offset, header: one.header };
            index.records.insert(one.header.number, place);
            offset += one.header.length();
        }
        if let Some(segment) = index.segments.get_mut(&self.active_base) {
            segment.length = end;
            segment.open += group.len();
        }
        drop(index);
        self.next += group.len() as u64;
        for Accepted { header, put, .. } in group {
            put.succeed(header.number, &self.shared);
        }
    }

    /// Marks records as done, and removes the segments in which all are.
    fn mark(&mut self, numbers: &[u64]) {
        if numbers.is_empty() && self.unmarked.is_empty() {
            return;
        }
        let mut by_segment = std::mem::take(&mut self.unmarked);
        {
            let mut index = self.shared.index();
            for number in numbers {
                let Some(place) = index.records.remove(number) else { continue };
                match by_segment.iter_mut().find(|(base, _)| *base == place.base) {
                    Some((_, numbers)) => numbers.push(*number),
                    None => by_segment.push((place.base, vec![*number])),
                }
                if let Some(segment) = index.segments.get_mut(&place.base) {
                    segment.open = segment.open.saturating_sub(1);
                }
            }
        }
        self.remove_drained(WORTH_REMOVING.min(self.segment_size() / 2));
        for (base, numbers) in by_segment {
            let mut index = self.shared.index();
            // Marks of a segment that is gone are not needed.
            let Some(segment) = index.segments.get_mut(&base) else { continue };
            if let Err(error) = segment.mark(&self.shared.folder, &numbers) {
                tracing::debug!(%error, "Marks of what is done wait for room on the disk");
                self.unmarked.push((base, numbers));
            }
        }
    }

    /// Removes segments in which everything is done; the active one if it has at least so many bytes.
    fn remove_drained(&mut self, worth: u64) {
        let active = self.active.as_ref().map(|_| self.active_base);
        let mut index = self.shared.index();
        let drained: Vec<u64> = index
            .segments
            .values()
            .filter(|one| one.open == 0 && (Some(one.base) != active || one.length >= worth))
            .map(|one| one.base)
            .collect();
        for base in drained {
            let Some(segment) = index.segments.get(&base) else { continue };
            if let Err(error) = segment.remove(&self.shared.folder) {
                let folder = self.shared.folder.display();
                tracing::warn!(%error, %folder, "Cannot remove a file of a queue");
                continue;
            }
            index.bytes = index.bytes.saturating_sub(segment.length);
            index.segments.remove(&base);
            if Some(base) == active {
                self.active = None;
            }
        }
    }
}

/// What a failed write means.
fn write_error(folder: &Path, error: &io::Error) -> StorageError {
    let text = format!("cannot store in {}: {error}", folder.display());
    match error.kind() {
        io::ErrorKind::StorageFull
        | io::ErrorKind::QuotaExceeded
        | io::ErrorKind::FileTooLarge
        | io::ErrorKind::WriteZero => StorageError::Full(text),
        _ => StorageError::System(text),
    }
}

impl Put {
    fn fail(self, error: &StorageError) {
        // Whoever asked may have gone.
        let _ = self.answer.send(Err(error.clone()));
    }

    fn succeed(self, number: u64, shared: &Arc<Shared>) {
        let shared = shared.clone();
        // If whoever asked has gone, the answer is dropped and with it the record.
        let _ = self.answer.send(Ok(Kept::new(number, move |number| shared.done(number))));
    }
}

/// An answer that is waited for.
pub(super) type Answer = oneshot::Sender<Result<Kept, StorageError>>;
