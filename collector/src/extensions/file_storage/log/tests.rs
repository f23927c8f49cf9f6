//! The log against a model, against files that end early, and against bytes that changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use tempfile::TempDir;

use super::record::{RECORD_HEADER, SEGMENT_HEADER};
use super::{Log, LogOptions, OpenLog};
use crate::component::storage::{DurableQueue, Kept, Record, StorageError};

fn record(content: &str) -> Record {
    let body = Bytes::copy_from_slice(content.as_bytes());
    Record { items: content.len(), context: Bytes::from_static(b"context"), body }
}

fn open(folder: &Path) -> OpenLog {
    open_with(folder, &Arc::default())
}

fn open_with(folder: &Path, options: &Arc<LogOptions>) -> OpenLog {
    Log::open(folder.to_owned(), options.clone(), ()).unwrap()
}

async fn put(log: &Log, content: &str) -> u64 {
    log.put(record(content)).await.map(Kept::keep).unwrap()
}

/// The bodies of what waits.
async fn bodies(open: &OpenLog) -> Vec<String> {
    let mut bodies = Vec::new();
    for waiting in &open.waiting {
        let record = open.log.get(waiting.number).await.unwrap();
        assert_eq!((waiting.items, waiting.bytes), (record.items, record.body.len()));
        bodies.push(String::from_utf8(record.body.to_vec()).unwrap());
    }
    bodies
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|one| one == extension)).collect();
    found.sort();
    found
}

#[tokio::test]
async fn what_was_put_is_there_until_it_is_done() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    let numbers = [put(&first.log, "a").await, put(&first.log, "bb").await];
    put(&first.log, "ccc").await;
    first.log.done(numbers[1]);
    drop(first);
    let second = open(folder.path());
    assert_eq!(bodies(&second).await, ["a", "ccc"]);
    put(&second.log, "dddd").await;
    second.log.done(numbers[0]);
    drop(second);
    let third = open(folder.path());
    assert_eq!(bodies(&third).await, ["ccc", "dddd"]);
    third.waiting.iter().for_each(|waiting| third.log.done(waiting.number));
    drop(third);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing waits");
}

#[tokio::test]
async fn puts_of_many_are_all_stored() {
    let folder = TempDir::new().unwrap();
    let options = Arc::new(LogOptions::default());
    options.set(true, 0);
    let open = open_with(folder.path(), &options);
    let texts: Vec<String> = (0..300).map(|index| index.to_string()).collect();
    futures_util::future::join_all(texts.iter().map(|text| put(&open.log, text))).await;
    drop(open);
    let mut bodies = bodies(&open_with(folder.path(), &options)).await;
    bodies.sort_by_key(|text| text.parse::<u32>().unwrap());
    assert_eq!(bodies, texts);
}

#[tokio::test]
async fn whoever_goes_away_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    drop(first.log.put(record("refused")).await.unwrap());
    put(&first.log, "kept").await;
    drop(first);
    assert_eq!(bodies(&open(folder.path())).await, ["kept"]);
}

#[tokio::test]
async fn room_is_given_back_by_segments() {
    const MOST: u64 = 256 << 10;
    let folder = TempDir::new().unwrap();
    let options = Arc::new(LogOptions::default());
    options.set(false, MOST);
    let open = open_with(folder.path(), &options);
    let text = "x".repeat(10 << 10);
    let mut waiting = Vec::new();
    let full = loop {
        match open.log.put(record(&text)).await {
            Ok(kept) => waiting.push(kept.keep()),
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StorageError::Full(_)), "{full}");
    assert_eq!(waiting.len(), 25);
    for round in 0..100 {
        // Ten are in flight, and the disk takes no more than it should.
        waiting.drain(..10).for_each(|number| open.log.done(number));
        open.log.flush().await;
        for _ in 0..7 {
            waiting.push(put(&open.log, &text).await);
        }
        let size: u64 =
            files(folder.path(), "segment").iter().map(|path| path.metadata().unwrap().len()).sum();
        assert!(size <= MOST, "{size} bytes in round {round}");
        while waiting.len() < 20 {
            waiting.push(put(&open.log, &text).await);
        }
    }
}

#[tokio::test]
async fn what_is_done_takes_no_room_from_what_comes() {
    let folder = TempDir::new().unwrap();
    let options = Arc::new(LogOptions::default());
    options.set(false, 64 << 10);
    let open = open_with(folder.path(), &options);
    let small = put(&open.log, &"x".repeat(1000)).await;
    open.log.done(small);
    // Only if what is done is removed.
    put(&open.log, &"y".repeat((64 << 10) - 500)).await;
}

#[tokio::test]
async fn a_full_disk_refuses_until_there_is_room() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path());
    put(&first.log, "before").await;
    let room = &first.log.shared.room;
    for some in [0, 1, 40] {
        room.store(some, std::sync::atomic::Ordering::Relaxed);
        let refused = first.log.put(record("too much")).await.map(Kept::keep);
        assert!(matches!(refused, Err(StorageError::Full(_))), "{refused:?}");
    }
    room.store(u64::MAX, std::sync::atomic::Ordering::Relaxed);
    put(&first.log, "after").await;
    drop(first);
    let second = open(folder.path());
    assert_eq!((bodies(&second).await, second.damaged), (vec!["before".into(), "after".into()], 0));
}

#[tokio::test]
async fn a_record_that_changed_on_the_disk_is_set_aside() {
    let folder = TempDir::new().unwrap();
    let log = open(folder.path()).log;
    let numbers = [put(&log, "aaaa").await, put(&log, "bbbb").await, put(&log, "cccc").await];
    let segment = files(folder.path(), "segment").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.windows(4).position(|bytes| bytes == b"bbbb").unwrap();
    bytes[at] = b'x';
    fs::write(&segment, bytes).unwrap();
    assert_eq!(log.get(numbers[0]).await.unwrap(), record("aaaa"));
    let damaged = log.get(numbers[1]).await;
    assert!(matches!(damaged, Err(StorageError::Damaged(_))), "{damaged:?}");
    assert_eq!(log.get(numbers[2]).await.unwrap(), record("cccc"));
    let aside = files(folder.path(), "damaged");
    assert!(fs::read(&aside[0]).unwrap().ends_with(b"xbbb"), "{aside:?}");
}

#[tokio::test]
async fn a_segment_without_a_single_record_is_renamed() {
    let folder = TempDir::new().unwrap();
    let name = format!("{:020}.segment", 7);
    fs::write(folder.path().join(&name), [b'?'; 500]).unwrap();
    let opened = open(folder.path());
    assert_eq!((opened.waiting.len(), opened.damaged), (0, 1));
    put(&opened.log, "a").await;
    drop(opened);
    let reopened = open(folder.path());
    assert_eq!((bodies(&reopened).await, reopened.damaged), (vec!["a".to_owned()], 0));
    assert!(folder.path().join(format!("{name}.damaged")).exists());
}

#[test]
fn a_later_format_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let mut header = super::record::segment_header(1);
    header[8] = 9;
    let checksum = crc32fast::hash(&header[..20]).to_le_bytes();
    header[20..].copy_from_slice(&checksum);
    let path = folder.path().join(format!("{:020}.segment", 1));
    fs::write(&path, header).unwrap();
    let opened = Log::open(folder.path().to_owned(), Arc::default(), ());
    let Err(StorageError::System(text)) = opened.map(|_| ()) else { panic!("it opened") };
    assert!(text.contains("later version"), "{text}");
    assert_eq!(fs::read(path).unwrap(), header);
}

/// A folder with a segment of three records, and its bytes.
async fn three() -> (TempDir, PathBuf, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let open = open(folder.path());
    for text in ["first", "second", "third"] {
        put(&open.log, text).await;
    }
    drop(open);
    let segment = files(folder.path(), "segment").remove(0);
    let bytes = fs::read(&segment).unwrap();
    (folder, segment, bytes)
}

#[tokio::test]
async fn a_torn_tail_loses_only_itself() {
    let (folder, segment, bytes) = three().await;
    let last = bytes.len() - RECORD_HEADER - "contextthird".len();
    for length in last..bytes.len() {
        fs::write(&segment, &bytes[..length]).unwrap();
        let open = open(folder.path());
        assert_eq!(bodies(&open).await, ["first", "second"], "{length} bytes");
        assert_eq!(open.damaged, 0, "what is torn was never promised");
        let again = put(&open.log, "again").await;
        drop(open);
        let open = super::tests::open(folder.path());
        assert_eq!(bodies(&open).await, ["first", "second", "again"], "{length} bytes");
        open.log.done(again);
    }
    assert_eq!(files(folder.path(), "damaged").len(), 0);
}

#[tokio::test]
async fn a_flipped_byte_loses_its_record_and_no_other() {
    let (folder, segment, bytes) = three().await;
    let texts = ["first", "second", "third"];
    let mut ends = vec![SEGMENT_HEADER];
    for text in texts {
        ends.push(ends[ends.len() - 1] + RECORD_HEADER + "context".len() + text.len());
    }
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            fs::write(&segment, &flipped).unwrap();
            let open = open(folder.path());
            let mut read = Vec::new();
            for waiting in &open.waiting {
                match open.log.get(waiting.number).await {
                    Ok(record) => read.push(String::from_utf8(record.body.to_vec()).unwrap()),
                    Err(error) => assert!(matches!(error, StorageError::Damaged(_)), "{error}"),
                }
            }
            let hit = ends.iter().filter(|end| at >= **end).count();
            let expected: Vec<&str> = (1..4)
                .zip(texts)
                .filter(|(index, _)| *index != hit)
                .map(|(_, text)| text)
                .collect();
            assert_eq!(read, expected, "byte {at}, bit {bit}");
            drop(open);
            for path in files(folder.path(), "damaged") {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

/// What is done to a log.
#[derive(Clone, Debug)]
enum Step {
    Put(String),
    /// Done with the waiting record at this place, counted from the first one and round again.
    Done(usize),
    Reopen,
    /// The process ends: bytes that it was writing are left behind.
    Crash(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => "[a-z]{0,2000}".prop_map(Step::Put),
        3 => any::<usize>().prop_map(Step::Done),
        1 => Just(Step::Reopen),
        1 => proptest::collection::vec(any::<u8>(), 0..31).prop_map(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_behaves_as_a_list(steps in proptest::collection::vec(step(), 1..60), most in 0_u64..2) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = TempDir::new().unwrap();
            let options = Arc::new(LogOptions::default());
            // Small segments, or large ones.
            options.set(false, most * (1 << 20) / 32);
            let mut log = open_with(folder.path(), &options);
            let mut model = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Put(text) => match log.log.put(record(&text)).await {
                        Ok(kept) => drop(model.insert(kept.keep(), text)),
                        Err(error) => assert!(matches!(error, StorageError::Full(_)), "{error}"),
                    },
                    Step::Done(_) if model.is_empty() => {}
                    Step::Done(place) => {
                        let number = *model.keys().nth(place % model.len()).unwrap();
                        model.remove(&number);
                        log.log.done(number);
                    }
                    Step::Reopen | Step::Crash(_) => {
                        drop(log);
                        if let (Step::Crash(junk), Some(last)) =
                            (step, files(folder.path(), "segment").last())
                        {
                            let mut bytes = fs::read(last).unwrap();
                            bytes.extend(junk);
                            fs::write(last, bytes).unwrap();
                        }
                        log = open_with(folder.path(), &options);
                        let expected: Vec<String> = model.values().cloned().collect();
                        assert_eq!(bodies(&log).await, expected);
                        assert_eq!(log.damaged, 0);
                    }
                }
            }
        });
    }
}
