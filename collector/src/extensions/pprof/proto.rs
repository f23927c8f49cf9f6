//! A profile in the form that `pprof` and its relatives read: protobuf, compressed with gzip.

use std::collections::HashMap;
use std::io::Write;
use std::time::UNIX_EPOCH;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use super::profiler::{Function as Named, Profile};

/// `perftools.profiles.Profile`, without what is not used.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Encoded {
    #[prost(message, repeated, tag = "1")]
    pub(super) sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    pub(super) sample: Vec<Sample>,
    #[prost(message, repeated, tag = "4")]
    pub(super) location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    pub(super) function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    pub(super) string_table: Vec<String>,
    #[prost(int64, tag = "9")]
    pub(super) time_nanos: i64,
    #[prost(int64, tag = "10")]
    pub(super) duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    pub(super) period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    pub(super) period: i64,
}

/// A unit, by places in the table of strings.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(super) struct ValueType {
    #[prost(int64, tag = "1")]
    pub(super) r#type: i64,
    #[prost(int64, tag = "2")]
    pub(super) unit: i64,
}

/// A stack with its values.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    pub(super) location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    pub(super) value: Vec<i64>,
}

/// A place in the program.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Location {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(message, repeated, tag = "4")]
    pub(super) line: Vec<Line>,
}

/// A line of a function.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(super) struct Line {
    #[prost(uint64, tag = "1")]
    pub(super) function_id: u64,
    #[prost(int64, tag = "2")]
    pub(super) line: i64,
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(super) struct Function {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(int64, tag = "2")]
    pub(super) name: i64,
    #[prost(int64, tag = "3")]
    pub(super) system_name: i64,
    #[prost(int64, tag = "4")]
    pub(super) filename: i64,
}

#[derive(Default)]
struct Tables {
    encoded: Encoded,
    strings: HashMap<String, i64>,
    locations: HashMap<Named, u64>,
}

impl Tables {
    fn string(&mut self, text: &str) -> i64 {
        if let Some(place) = self.strings.get(text) {
            return *place;
        }
        let place = number(self.encoded.string_table.len());
        self.encoded.string_table.push(text.to_owned());
        self.strings.insert(text.to_owned(), place);
        place
    }

    fn location(&mut self, named: &Named) -> u64 {
        if let Some(id) = self.locations.get(named) {
            return *id;
        }
        // Ids begin with 1; functions and locations go together.
        let id = u64::try_from(self.locations.len()).unwrap_or_default() + 1;
        let (name, filename) = (self.string(&named.name), self.string(&named.file));
        self.encoded.function.push(Function { id, name, system_name: name, filename });
        let line = Line { function_id: id, line: named.line.into() };
        self.encoded.location.push(Location { id, line: vec![line] });
        self.locations.insert(named.clone(), id);
        id
    }
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The profile as a file.
pub(super) fn encode(profile: &Profile) -> std::io::Result<Vec<u8>> {
    let mut tables = Tables::default();
    // The first string is the empty one.
    tables.string("");
    let samples = ValueType { r#type: tables.string("samples"), unit: tables.string("count") };
    let time = ValueType { r#type: tables.string("cpu"), unit: tables.string("nanoseconds") };
    let period = i64::try_from(Profile::PERIOD.as_nanos()).unwrap_or(i64::MAX);
    for (stack, count) in &profile.stacks {
        let location_id = stack.iter().map(|named| tables.location(named)).collect();
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        let value = vec![count, count.saturating_mul(period)];
        tables.encoded.sample.push(Sample { location_id, value });
    }
    let nanos =
        |duration: std::time::Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    let encoded = Encoded {
        sample_type: vec![samples, time],
        time_nanos: nanos(profile.start.duration_since(UNIX_EPOCH).unwrap_or_default()),
        duration_nanos: nanos(profile.duration),
        period_type: Some(time),
        period,
        ..tables.encoded
    };
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(&encoded.encode_to_vec())?;
    out.finish()
}
