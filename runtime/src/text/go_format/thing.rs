//! What is shown: values, and what stands inside them in Go.

use crate::text::time::civil::Civil;
use crate::text::time::duration::push_duration;
use crate::text::time::format::push_time;
use crate::text::time::layout::MONTHS;
use crate::text::time::zone::Zone;
use crate::types::Kind;
use crate::value::{Time, Value};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Thing<'a> {
    /// A value.
    Value(Value<'a>),
    /// A byte of several.
    Byte(u8),
    /// A number without a sign, inside a time.
    Word(u64),
    /// The zone of a time: a pointer that is nil.
    Location,
}

/// Seconds from the start of the year 1, from which Go counts, to 1970.
const TO_1970: i64 = 62_135_596_800;

impl Thing<'_> {
    /// The name of its type in Go.
    pub(super) const fn type_name(self) -> &'static str {
        let value = match self {
            Self::Value(value) => value,
            Self::Byte(_) => return "uint8",
            Self::Word(_) => return "uint64",
            Self::Location => return "*time.Location",
        };
        match value {
            Value::Items(_) => "[]interface {}",
            Value::Typed(list) => list.of.go_type(),
            Value::Message(whole) => whole.shape.go_type,
            _ => match value.kind() {
                Kind::Bool => "bool",
                Kind::Int => "int64",
                Kind::Float => "float64",
                Kind::String => "string",
                Kind::Bytes => "[]uint8",
                Kind::Time => "time.Time",
                Kind::Duration => "time.Duration",
                Kind::Map => "pcommon.Map",
                Kind::List => "pcommon.Slice",
                Kind::TraceId => "pcommon.TraceID",
                Kind::SpanId => "pcommon.SpanID",
                Kind::ProfileId => "pprofile.ProfileID",
                Kind::Nil | Kind::Message | Kind::Pattern | Kind::Function => "<nil>",
            },
        }
    }

    /// The text that the type itself gives its values.
    pub(super) fn own_text(self) -> Option<String> {
        let Self::Value(value) = self else { return None };
        let mut text = String::new();
        match value {
            Value::Time(time) => {
                push_time(&mut text, time, "2006-01-02 15:04:05.999999999 -0700 MST");
            }
            Value::Duration(nanos) => push_duration(&mut text, nanos),
            Value::TraceId(id) | Value::ProfileId(id) => text = id_text(&id),
            Value::SpanId(id) => text = id_text(&id),
            _ => return None,
        }
        Some(text)
    }

    /// The Go source that the type itself gives for its values.
    pub(super) fn own_source(self) -> Option<String> {
        let Self::Value(Value::Time(time)) = self else { return None };
        let (offset, _) = time.zone().at(time.seconds());
        let Civil { year, month, day, hour, minute, second, .. } =
            Civil::of(time.seconds().wrapping_add(offset));
        let month = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index));
        let zone = match time.zone() {
            Zone::UTC => "time.UTC".to_owned(),
            zone => format!("time.Location({:?})", zone.name()),
        };
        Some(format!(
            "time.Date({year}, time.{}, {day}, {hour}, {minute}, {second}, {}, {zone})",
            month.unwrap_or(&""),
            time.subsecond_nanos()
        ))
    }
}

/// The fields of a time.
pub(super) fn fields(time: Time) -> [(&'static str, Thing<'static>); 3] {
    [
        ("wall", Thing::Word(time.subsecond_nanos().into())),
        ("ext", Thing::Value(Value::Int(time.seconds().wrapping_add(TO_1970)))),
        ("loc", Thing::Location),
    ]
}

/// An id in hexadecimal; nothing for one without any bit.
fn id_text(id: &[u8]) -> String {
    if id.iter().all(|byte| *byte == 0) { String::new() } else { crate::paths::hex(id) }
}
