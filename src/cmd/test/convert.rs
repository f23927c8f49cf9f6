//! From the short form of a record to OTLP/JSON: a node of the test file in, a tree out, with
//! everything that is wrong on the way as findings.
//!
//! In what is expected, a key that is set to nothing must not be there; it is `null` in the tree.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use holt_collector::config::codes::{UNKNOWN_KEY, WRONG_VALUE};
use holt_collector::config::de::suggest;
use holt_collector::config::yaml::{Kind, Node, ScalarValue};
use holt_grammar::diag::Diagnostic;
use holt_pdata::schema::Enum;
use serde_json::{Map, Number, Value, json};

use super::fields::{Field, Form, METRIC_OF_POINT, POINT, SCOPE, TYPES};

/// The key of bytes, in place of a value: `{$bytes: aGk=}`.
const BYTES: &str = "$bytes";

/// Converts records.
pub(super) struct Converter<'f> {
    /// What is wrong.
    pub(super) findings: &'f mut Vec<Diagnostic>,
    /// Whether the record is expected, and not put in.
    pub(super) expected: bool,
}

impl Converter<'_> {
    /// Says that a value does not fit.
    pub(super) fn wrong(&mut self, node: &Node, message: impl Into<String>, note: &str) {
        let finding = Diagnostic::error(WRONG_VALUE, message).label(node.location, "").note(note);
        self.findings.push(finding);
    }

    fn unfit(&mut self, node: &Node, key: &str, wanted: &str) {
        let message = format!("`{key}`: expected {wanted}, found {}", node.describe());
        let finding = Diagnostic::error(WRONG_VALUE, message).label(node.location, "");
        self.findings.push(finding);
    }

    /// A map with keys of these tables.
    pub(super) fn object(
        &mut self,
        node: &Node,
        what: &str,
        tables: &[&'static [Field]],
    ) -> Map<String, Value> {
        let mut out = Map::new();
        let Some(mapping) = node.as_mapping() else {
            if !node.is_null() {
                self.unfit(node, what, "a map");
            }
            return out;
        };
        for (key, entry) in &mapping.entries {
            let known = || tables.iter().copied().flatten();
            let Some(field) = known().find(|field| field.key == key) else {
                let names = || known().map(|field| field.key);
                let mut finding =
                    Diagnostic::error(UNKNOWN_KEY, format!("`{what}`: unknown key `{key}`"))
                        .label(entry.key, "");
                if let Some(near) = suggest::nearest(key, names()) {
                    finding = finding.note(format!("did you mean `{near}`?"));
                }
                self.findings
                    .push(finding.note(format!("the keys here are {}", suggest::list(names()))));
                continue;
            };
            if let Some((name, value)) = self.field(&entry.value, field) {
                out.insert(name.to_owned(), value);
            }
        }
        out
    }

    /// The name and value of a field; none when it is wrong, or set to nothing in a record that is
    /// put in.
    fn field(&mut self, node: &Node, field: &'static Field) -> Option<(&'static str, Value)> {
        let key = field.key;
        if node.is_null() && !matches!(field.form, Form::Any) {
            return self.expected.then_some((field.json, Value::Null));
        }
        let value = match field.form {
            Form::Any => self.any(node),
            Form::Attributes => self.attributes(node, key),
            Form::Text => match node.as_scalar() {
                Some(scalar) => Some(json!(scalar.text)),
                None => None.or_else(|| self.none(node, key, "text")),
            },
            Form::Whole => self.whole(node, key).map(|value| json!(value)),
            Form::Long => self.whole(node, key).map(|value| json!(value.to_string())),
            Form::Double => self.double(node, key),
            Form::Bool => match node.as_scalar().map(|scalar| scalar.value) {
                Some(ScalarValue::Bool(value)) => Some(json!(value)),
                _ => self.none(node, key, "true or false"),
            },
            Form::Time => self.time(node, key).map(|nanos| json!(nanos.to_string())),
            Form::Id(bytes) => self.id(node, key, bytes),
            Form::Symbol(symbols, prefix) => self.symbol(node, key, symbols, prefix),
            Form::Object(table) => Some(Value::Object(self.object(node, key, &[table]))),
            Form::Objects(table) => self.list(node, key, |convert, item| {
                let mut object = convert.object(item, key, &[table]);
                if std::ptr::eq(table, POINT.as_slice()) {
                    split_value(&mut object);
                }
                Some(Value::Object(object))
            }),
            Form::Longs => self.list(node, key, |convert, item| {
                convert.whole(item, key).map(|value| json!(value.to_string()))
            }),
            Form::Doubles => self.list(node, key, |convert, item| convert.double(item, key)),
            Form::Resource => {
                self.attributes(node, key).map(|attributes| json!({ "attributes": attributes }))
            }
            Form::Scope => self.named(node, key, &SCOPE),
            Form::Metric => self.named(node, key, &METRIC_OF_POINT),
            Form::Value => match node.as_scalar().map(|scalar| scalar.value) {
                Some(ScalarValue::Integer(value)) => Some(json!({"asInt": value.to_string()})),
                _ => self.double(node, key).map(|value| json!({ "asDouble": value })),
            },
            Form::Type => match node.as_scalar() {
                Some(scalar) if TYPES.iter().any(|(name, _)| *name == scalar.text) => {
                    Some(json!(scalar.text))
                }
                _ => {
                    let names = suggest::list(TYPES.iter().map(|(name, _)| *name));
                    self.none(node, key, &format!("one of {names}"))
                }
            },
        };
        Some((field.json, value?))
    }

    fn none<T>(&mut self, node: &Node, key: &str, wanted: &str) -> Option<T> {
        self.unfit(node, key, wanted);
        None
    }

    /// A map, or only the name of what it describes.
    fn named(&mut self, node: &Node, key: &str, table: &'static [Field]) -> Option<Value> {
        match node.as_scalar() {
            Some(scalar) => Some(json!({ "name": scalar.text })),
            None => Some(Value::Object(self.object(node, key, &[table]))),
        }
    }

    fn list(
        &mut self,
        node: &Node,
        key: &str,
        mut convert: impl FnMut(&mut Self, &Node) -> Option<Value>,
    ) -> Option<Value> {
        let Some(items) = node.as_sequence() else { return self.none(node, key, "a list") };
        Some(items.iter().filter_map(|item| convert(self, item)).collect())
    }

    fn whole(&mut self, node: &Node, key: &str) -> Option<i128> {
        match node.as_scalar().map(|scalar| scalar.value) {
            Some(ScalarValue::Integer(value)) => Some(i128::from(value)),
            Some(ScalarValue::Unsigned(value)) => Some(i128::from(value)),
            _ => self.none(node, key, "a whole number"),
        }
    }

    fn double(&mut self, node: &Node, key: &str) -> Option<Value> {
        match node.as_scalar().map(|scalar| scalar.value) {
            Some(ScalarValue::Integer(value)) => Some(json!(value)),
            Some(ScalarValue::Unsigned(value)) => Some(json!(value)),
            Some(ScalarValue::Float(value)) => Some(double(value)),
            _ => self.none(node, key, "a number"),
        }
    }

    /// A time in nanoseconds since 1970.
    pub(super) fn time(&mut self, node: &Node, key: &str) -> Option<i128> {
        const WANTED: &str = "nanoseconds since 1970 or a time such as 2026-01-31T08:00:00Z";
        let Some(scalar) = node.as_scalar() else { return self.none(node, key, WANTED) };
        match scalar.value {
            ScalarValue::Integer(value) => Some(i128::from(value)),
            ScalarValue::Unsigned(value) => Some(i128::from(value)),
            _ => match scalar.text.parse::<jiff::Timestamp>() {
                Ok(time) => Some(time.as_nanosecond()),
                Err(_) => self.none(node, key, WANTED),
            },
        }
    }

    fn id(&mut self, node: &Node, key: &str, bytes: usize) -> Option<Value> {
        let digits = node.as_scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
        let is_id = digits.len() == bytes * 2 && digits.bytes().all(|one| one.is_ascii_hexdigit());
        if is_id || digits.is_empty() && node.as_scalar().is_some() {
            return Some(json!(digits.to_ascii_lowercase()));
        }
        self.none(node, key, &format!("{} hexadecimal digits in quotes", bytes * 2))
    }

    fn symbol(
        &mut self,
        node: &Node,
        key: &str,
        symbols: &'static Enum,
        prefix: &str,
    ) -> Option<Value> {
        let scalar = node.as_scalar();
        if let Some(ScalarValue::Integer(number)) = scalar.map(|scalar| scalar.value) {
            return Some(json!(number));
        }
        let name = scalar.map(|scalar| scalar.text.to_ascii_uppercase()).unwrap_or_default();
        let found = symbols.values.iter().find(|(symbol, _)| {
            *symbol == name || symbol.strip_prefix(prefix) == Some(name.as_str())
        });
        if let Some((_, number)) = found {
            return Some(json!(number));
        }
        let names = || symbols.values.iter().filter_map(|(symbol, _)| symbol.strip_prefix(prefix));
        let note = match suggest::nearest(&name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the names are {}", suggest::list(names())),
        };
        let message = format!("`{key}`: expected a number or a name, found {}", node.describe());
        self.wrong(node, message, &note);
        None
    }

    fn attributes(&mut self, node: &Node, key: &str) -> Option<Value> {
        let Some(mapping) = node.as_mapping() else { return self.none(node, key, "a map") };
        let entries = mapping.entries.iter().filter_map(|(key, entry)| {
            Some(json!({ "key": key, "value": self.any(&entry.value)? }))
        });
        Some(entries.collect())
    }

    /// Any value.
    fn any(&mut self, node: &Node) -> Option<Value> {
        Some(match &node.kind {
            Kind::Null if self.expected => Value::Null,
            Kind::Null => json!({}),
            Kind::Sequence(items) => {
                let values: Vec<Value> = items.iter().filter_map(|item| self.any(item)).collect();
                json!({ "arrayValue": { "values": values } })
            }
            Kind::Mapping(mapping) => match mapping.entries.get(BYTES) {
                Some(entry) if mapping.entries.len() == 1 => {
                    let text = entry.value.as_scalar().map(|scalar| scalar.text.as_str());
                    match text.filter(|text| BASE64_STANDARD.decode(text).is_ok()) {
                        Some(text) => json!({ "bytesValue": text }),
                        None => return self.none(&entry.value, BYTES, "bytes in base64"),
                    }
                }
                _ => json!({ "kvlistValue": { "values": self.attributes(node, "")? } }),
            },
            Kind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(value) => json!({ "boolValue": value }),
                ScalarValue::Integer(value) => json!({ "intValue": value.to_string() }),
                ScalarValue::Float(value) => json!({ "doubleValue": double(value) }),
                ScalarValue::Unsigned(_) => {
                    return self.none(node, "value", "a number that fits 64 bits with its sign");
                }
                _ => json!({ "stringValue": scalar.text }),
            },
        })
    }
}

/// A number as OTLP/JSON writes it.
fn double(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => json!("NaN"),
        None if value > 0.0 => json!("Infinity"),
        None => json!("-Infinity"),
    }
}

/// Gives the value of a datapoint the name that its type has.
pub(super) fn split_value(point: &mut Map<String, Value>) {
    // Of a quantile the value is a number already.
    if let Some(Value::Object(value)) = point.remove("value") {
        point.extend(value);
    }
}
