//! The schema as OTLP/JSON needs it: JSON names, the order in which fields are written, lengths of
//! ids, and the bits that tell repeated keys. Worked out once per process.

use std::sync::LazyLock;

use crate::batch::Signal;
use crate::schema::{Field, Kind, Label, Message, messages};

/// A message with what JSON needs.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) message: &'static Message,
    /// In the order of the field numbers.
    pub(super) fields: Vec<PlanField>,
    /// Indexes into `fields`, in the order in which JSON shows them.
    pub(super) order: Vec<usize>,
    /// Index into `fields` by field number; `NONE` where the number is not in use.
    by_number: [u8; NUMBERS],
}

/// A field with what JSON needs.
#[derive(Debug)]
pub(super) struct PlanField {
    pub(super) field: &'static Field,
    /// Place in [`Plan::fields`].
    pub(super) index: usize,
    /// Name in JSON: the lowerCamelCase form.
    pub(super) name: String,
    /// The name as it is written: quoted, with a colon.
    pub(super) key: String,
    /// Bit of a singular field or of the oneof group, 0 for repeated fields.
    pub(super) bit: u32,
    /// For ids, the length in bytes.
    pub(super) id_length: usize,
    /// For messages, the index of their plan.
    child: usize,
}

/// More than the highest field number of any message, and than the number of fields of one.
pub(super) const NUMBERS: usize = 20;
const NONE: u8 = u8::MAX;

/// All plans. Requests stand apart, since no message refers to them.
struct Plans {
    traces: Plan,
    metrics: Plan,
    logs: Plan,
    profiles: Plan,
    /// By the index of the message in [`messages::ALL`].
    children: Vec<Plan>,
}

static PLANS: LazyLock<Plans> = LazyLock::new(|| Plans {
    traces: Plan::new(&messages::TRACES),
    metrics: Plan::new(&messages::METRICS),
    logs: Plan::new(&messages::LOGS),
    profiles: Plan::new(&messages::PROFILES),
    children: messages::ALL.iter().map(|message| Plan::new(message)).collect(),
});

/// Messages whose fields are declared in another order than that of their numbers, which is the
/// order that the Go collector writes.
fn declared_order(message: &'static Message) -> Option<&'static [u32]> {
    Some(match message.name {
        "Span" => &[1, 2, 3, 4, 16, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        "NumberDataPoint" => &[7, 2, 3, 4, 6, 5, 8],
        "HistogramDataPoint" => &[9, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12],
        "SummaryDataPoint" => &[7, 2, 3, 4, 5, 6, 8],
        "Exemplar" => &[7, 2, 3, 6, 5, 4],
        "LogRecord" => &[1, 11, 2, 3, 5, 6, 7, 8, 9, 10, 12],
        _ => return None,
    })
}

impl Plan {
    /// The plan of a signal's request.
    pub(super) fn of(signal: Signal) -> &'static Self {
        match signal {
            Signal::Traces => &PLANS.traces,
            Signal::Metrics => &PLANS.metrics,
            Signal::Logs => &PLANS.logs,
            Signal::Profiles => &PLANS.profiles,
        }
    }

    /// The plan of a message within a request.
    pub(super) fn of_message(message: &'static Message) -> Option<&'static Self> {
        PLANS.children.get(index_of(message))
    }

    fn new(message: &'static Message) -> Self {
        let fields: Vec<PlanField> = message
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| PlanField::new(field, index))
            .collect();
        let mut by_number = [NONE; NUMBERS];
        for field in &fields {
            if let Some(slot) = by_number.get_mut(field.field.number as usize) {
                *slot = field.index as u8;
            }
        }
        let order = match declared_order(message) {
            Some(numbers) => numbers
                .iter()
                .filter_map(|number| fields.iter().position(|field| field.field.number == *number))
                .collect(),
            None => (0..fields.len()).collect(),
        };
        Self { message, fields, order, by_number }
    }

    /// The field with that JSON name or `.proto` name. `guess` is where it probably stands in
    /// [`Self::fields`]: writers keep to an order.
    #[inline]
    pub(super) fn find(&'static self, key: &[u8], guess: usize) -> Option<&'static PlanField> {
        let camel = |field: &&PlanField| field.name.as_bytes() == key;
        self.fields
            .get(guess)
            .filter(camel)
            .or_else(|| self.fields.iter().find(camel))
            .or_else(|| self.fields.iter().find(|field| field.field.name.as_bytes() == key))
    }

    /// Place in [`Self::fields`] of the field with that number.
    #[inline]
    pub(super) fn position(&self, number: u32) -> Option<usize> {
        let index = *self.by_number.get(number as usize)?;
        (index != NONE).then_some(usize::from(index))
    }
}

impl PlanField {
    fn new(field: &'static Field, index: usize) -> Self {
        let name = camel_case(field.name);
        let key = format!("\"{name}\":");
        let bit = match field.label {
            Label::Many => 0,
            Label::OneOf => 1 << 31,
            Label::One | Label::Optional => 1 << index,
        };
        let id_length = if field.name.ends_with("span_id") { 8 } else { 16 };
        let child = match field.kind {
            Kind::Message(message) => index_of(message),
            _ => usize::MAX,
        };
        Self { field, index, name, key, bit, id_length, child }
    }

    /// The plan of the message in this field.
    #[inline]
    pub(super) fn child(&self) -> Option<&'static Plan> {
        PLANS.children.get(self.child)
    }
}

fn index_of(message: &'static Message) -> usize {
    messages::ALL.iter().position(|known| std::ptr::eq(*known, message)).unwrap_or(usize::MAX)
}

fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            _ => {
                camel.push(if upper { letter.to_ascii_uppercase() } else { letter });
                upper = false;
            }
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_camel_case() {
        assert_eq!(camel_case("string_value_strindex"), "stringValueStrindex");
        assert_eq!(camel_case("name"), "name");
    }

    #[test]
    fn every_field_is_written_once() {
        for plan in &PLANS.children {
            assert!(plan.fields.len() < NUMBERS);
            assert!(plan.fields.iter().all(|field| plan.position(field.field.number).is_some()));
            let mut order = plan.order.clone();
            order.sort_unstable();
            assert_eq!(order, (0..plan.fields.len()).collect::<Vec<_>>(), "{}", plan.message.name);
        }
    }
}
