//! `set_semconv_span_name`

use holt_pdata::messages::numbers::SPAN;
use holt_pdata::{Record, ValueView};

use super::super::text_of::text_of;
use super::super::{
    ArgumentFault, Arguments, By, Example, FunctionDecl, Offered, Param, Shim, Takes,
};
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SET_SEMCONV_SPAN_NAME: FunctionDecl = FunctionDecl {
    name: "set_semconv_span_name",
    doc: "Names the span after its attributes, as the semantic conventions for HTTP, RPC, databases and \
          messaging have it. The name that it had goes to an attribute, if one is named and the name \
          changes. A span that the conventions do not name keeps its name.",
    params: &[
        Param::required("semconv_version", Takes::Literal(Type::STRING)),
        Param::optional("original_span_name_attribute", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::to(By::Transform, &["span"]),
    check: Some(check),
    examples: &[Example {
        given: r#"{"name": "GET", "kind": 2, "attributes": [
            {"key": "http.request.method", "value": {"stringValue": "GET"}},
            {"key": "http.route", "value": {"stringValue": "/u/{id}"}}]}"#,
        statement: r#"set_semconv_span_name("1.37.0", "original")"#,
        expect: r#"{"name": "GET /u/{id}", "kind": 2, "attributes": [
            {"key": "http.request.method", "value": {"stringValue": "GET"}},
            {"key": "http.route", "value": {"stringValue": "/u/{id}"}},
            {"key": "original", "value": {"stringValue": "GET"}}]}"#,
    }],
    run: Shim::ItemEditor(set_semconv_span_name),
};

/// The conventions that are known. All of them name spans alike.
const OLDEST: [u64; 3] = [1, 37, 0];
const NEWEST: [u64; 3] = [1, 43, 0];

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    if let Some(text) = args.text(0) {
        let (version, is_preview) = version(text).ok_or_else(|| {
            ArgumentFault::new(0, "takes the version of the semantic conventions", "such as 1.37.0")
        })?;
        // A preview comes before what it is a preview of.
        if version < OLDEST || version > NEWEST || (version == OLDEST && is_preview) {
            let message = "knows the semantic conventions from 1.37.0 to 1.43.0";
            return Err(ArgumentFault::new(0, message, ""));
        }
    }
    if args.text(1) == Some("") {
        return Err(ArgumentFault::new(1, "needs the name of an attribute, or none at all", ""));
    }
    Ok(())
}

/// A version such as `1.37`, and whether it is a preview.
fn version(text: &str) -> Option<([u64; 3], bool)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, metadata) = split_off(text, '+');
    let (numbers, preview) = split_off(text, '-');
    let mut version = [0; 3];
    let mut parts = numbers.split('.');
    for number in &mut version {
        let Some(part) = parts.next() else { break };
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    let named = |label: Option<&str>, part: fn(&str) -> bool| {
        label.is_none_or(|label| label.split('.').all(|text| is_label(text) && part(text)))
    };
    let fits = parts.next().is_none() && named(preview, is_plain) && named(metadata, |_| true);
    fits.then_some((version, preview.is_some()))
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether it is no number that is filled up with zeros.
fn is_plain(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    !is_number || text.len() == 1 || !text.starts_with('0')
}

fn split_off(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    }
}

fn set_semconv_span_name<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [_, attribute] = *args else { return Err(EvalError::Internal("set_semconv_span_name")) };
    let names = Names { span: &frame.open.record, work: &frame.state.work };
    let Some(name) = names.name() else { return Ok(()) };
    let original = frame.open.record.text(SPAN::name);
    if name == original {
        return Ok(());
    }
    let name = frame.state.work.arena.alloc_str(&name);
    frame.open.record.set_text(SPAN::name, name);
    if let Value::Str(attribute) = attribute {
        frame.open.record.set_attribute(attribute, ValueView::Str(original));
    }
    Ok(())
}

/// Kinds of span.
const SERVER: u64 = 2;
const CLIENT: u64 = 3;
const PRODUCER: u64 = 4;
const CONSUMER: u64 = 5;

/// Finds the name of a span.
struct Names<'s, 'a> {
    span: &'s Record<'a>,
    work: &'s Workspace<'a>,
}

impl<'a> Names<'_, 'a> {
    /// The name that the conventions give; the first group of them that applies decides.
    fn name(&self) -> Option<String> {
        let kind = self.span.field(SPAN::kind).map_or(0, |field| field.scalar);

        match kind {
            SERVER => self.http("http.route").or_else(|| self.rpc()).or_else(|| self.messaging()),
            CLIENT => self
                .http("url.template")
                .or_else(|| self.rpc())
                .or_else(|| self.database())
                .or_else(|| self.messaging()),
            PRODUCER | CONSUMER => self.messaging(),
            _ => None,
        }
    }

    /// The text of the first of these attributes that there is.
    fn text(&self, keys: &[&str]) -> Option<&'a str> {
        let value = keys.iter().find_map(|key| self.span.attribute(key))?;
        Some(text_of(self.work, value.into()))
    }

    fn is_true(&self, key: &str) -> bool {
        matches!(self.span.attribute(key), Some(ValueView::Bool(true)))
    }

    fn http(&self, subject: &str) -> Option<String> {
        let method = self.text(&["http.request.method", "http.method"])?;
        told(match self.text(&[subject]) {
            Some(subject) => format!("{method} {subject}"),
            None => method.to_owned(),
        })
    }

    fn rpc(&self) -> Option<String> {
        let system = self.text(&["rpc.system.name", "rpc.system"])?;
        let method = self.text(&["rpc.method", "rpc.grpc.method"]);
        let service = self.text(&["rpc.service", "rpc.grpc.service"]);
        told(match (service, method) {
            (Some(service), Some(method)) => format!("{service}/{method}"),
            (None, Some(method)) => method.to_owned(),
            (Some(service), None) => format!("{service}/*"),
            (None, None) => system.to_owned(),
        })
    }

    fn database(&self) -> Option<String> {
        let system = self.text(&["db.system.name", "db.system"])?;
        if let Some(summary) = self.text(&["db.query.summary"]) {
            return told(summary.to_owned());
        }
        let operation = self.text(&["db.operation.name", "db.operation"]).unwrap_or_default();
        let target = self.database_target().unwrap_or_default();
        told(match (operation, target.as_str()) {
            ("", "") => system.to_owned(),
            ("", target) => target.to_owned(),
            (operation, "") => operation.to_owned(),
            (operation, target) => format!("{operation} {target}"),
        })
    }

    fn database_target(&self) -> Option<String> {
        let namespace =
            self.text(&["db.namespace", "db.name"]).filter(|namespace| !namespace.is_empty());
        let object = self.text(&["db.collection.name", "db.stored_procedure.name"]);
        match (namespace, object) {
            (Some(namespace), Some(object)) => Some(format!("{namespace}.{object}")),
            (one, other) => one.or(other).map(str::to_owned).or_else(|| self.server()),
        }
    }

    fn messaging(&self) -> Option<String> {
        let system = self.text(&["messaging.system"])?;
        let operation = self.text(&["messaging.operation.name", "messaging.operation"]);
        let destination = self.destination().filter(|destination| !destination.is_empty());
        told(match (operation, destination) {
            (Some(operation), Some(destination)) => format!("{operation} {destination}"),
            (None, Some(destination)) => destination,
            (Some(operation), None) => operation.to_owned(),
            (None, None) => system.to_owned(),
        })
    }

    fn destination(&self) -> Option<String> {
        if self.is_true("messaging.destination.temporary") {
            return Some("(temporary)".to_owned());
        }
        if self.is_true("messaging.destination.anonymous") {
            return Some("(anonymous)".to_owned());
        }
        let named = self.text(&[
            "messaging.destination.template",
            "messaging.destination.name",
            "messaging.destination",
        ]);
        named.map(str::to_owned).or_else(|| self.server())
    }

    fn server(&self) -> Option<String> {
        let address = self.text(&["server.address"])?;
        Some(match self.text(&["server.port"]) {
            Some(port) => format!("{address}:{port}"),
            None => address.to_owned(),
        })
    }
}

/// A name, if it says something: the next group of conventions is asked otherwise.
fn told(name: String) -> Option<String> {
    (!name.is_empty()).then_some(name)
}
