//! The fields of an event.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use tracing::field::{Field, Visit};

/// Name of a field whose text is a JSON object of more fields, for events whose fields are only
/// known when they happen.
pub const FURTHER_FIELDS: &str = "holt.further_fields";

/// The fields of an event in the order they were given; the message apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) message: String,
    pub(super) rest: Vec<(Cow<'static, str>, Value)>,
}

impl Fields {
    fn further(&mut self, json: &str) {
        if let Ok(Value::Object(fields)) = serde_json::from_str(json) {
            self.rest.extend(fields.into_iter().map(|(key, value)| (Cow::Owned(key), value)));
        }
    }

    fn push(&mut self, field: &Field, value: Value) {
        self.rest.push((Cow::Borrowed(field.name()), value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "message" => self.message = text,
            _ => self.push(field, Value::String(text)),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            FURTHER_FIELDS => self.further(value),
            _ => self.push(field, Value::from(value)),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Value::from(value));
    }
}
