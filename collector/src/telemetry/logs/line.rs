//! Lines of the log as Go's zap writes them.

use serde_json::Value;
use tracing::Level;

use super::fields::Fields;
use crate::config::print::plain;
use crate::config::service::{LogEncoding, LogSettings};
use crate::telemetry::Resource;

/// What is known of a line.
pub(super) struct Line {
    pub(super) level: Level,
    /// File and line of the source.
    pub(super) place: Option<(&'static str, u32)>,
    pub(super) fields: Fields,
    pub(super) stack: Option<String>,
}

/// The form of all lines.
pub(super) struct Form {
    encoding: LogEncoding,
    shows_caller: bool,
    /// What every line says, as JSON: key and value.
    always: Vec<(String, Value)>,
}

impl Form {
    pub(super) fn new(settings: &LogSettings, resource: &Resource) -> Self {
        let initial = settings.initial_fields.as_ref().map(plain);
        let mut always: Vec<(String, Value)> = match initial {
            Some(Value::Object(fields)) => fields.into_iter().collect(),
            _ => Vec::new(),
        };
        always.sort_by(|(one, _), (other, _)| one.cmp(other));
        let attributes: serde_json::Map<String, Value> = resource
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_string().into()))
            .collect();
        if !settings.disable_zap_resource && !attributes.is_empty() {
            always.push(("resource".to_owned(), Value::Object(attributes)));
        }
        Self { encoding: settings.encoding, shows_caller: !settings.disable_caller, always }
    }

    /// The line, with its end.
    pub(super) fn line(&self, line: &Line) -> String {
        match self.encoding {
            LogEncoding::Console => self.console(line),
            LogEncoding::Json => self.json(line),
        }
    }

    fn caller(&self, line: &Line) -> Option<String> {
        let (file, number) = line.place.filter(|_| self.shows_caller)?;
        // The folder and the file, as zap has it.
        let mut parts: Vec<&str> = file.rsplit(['/', '\\']).take(2).collect();
        parts.reverse();
        Some(format!("{}:{number}", parts.join("/")))
    }

    fn fields<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let always = self.always.iter().map(|(key, value)| (key.as_str(), value));
        always.chain(line.fields.rest.iter().map(|(key, value)| (key.as_ref(), value)))
    }

    fn console(&self, line: &Line) -> String {
        let mut text = format!("{}\t{}", timestamp(), name(line.level));
        if let Some(caller) = self.caller(line) {
            text.push('\t');
            text.push_str(&caller);
        }
        text.push('\t');
        text.push_str(&line.fields.message);
        let mut is_first = true;
        for (key, value) in self.fields(line) {
            text.push_str(if is_first { "\t{" } else { ", " });
            text.push_str(&format!("{}: {}", Value::from(key), spaced(value)));
            is_first = false;
        }
        if !is_first {
            text.push('}');
        }
        text.push('\n');
        if let Some(stack) = &line.stack {
            text.push_str(stack.trim_end());
            text.push('\n');
        }
        text
    }

    fn json(&self, line: &Line) -> String {
        let mut text = format!("{{\"level\":\"{}\",\"ts\":\"{}\"", name(line.level), timestamp());
        if let Some(caller) = self.caller(line) {
            text.push_str(&format!(",\"caller\":{}", Value::from(caller)));
        }
        text.push_str(&format!(",\"msg\":{}", Value::from(line.fields.message.as_str())));
        for (key, value) in self.fields(line) {
            text.push_str(&format!(",{}:{value}", Value::from(key)));
        }
        if let Some(stack) = &line.stack {
            text.push_str(&format!(",\"stacktrace\":{}", Value::from(stack.as_str())));
        }
        text.push_str("}\n");
        text
    }
}

/// JSON with blanks behind commas and colons, as on the console.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), spaced(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

pub(super) const fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

/// Local time to the millisecond, `Z` for UTC.
fn timestamp() -> String {
    let text = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string();
    text.strip_suffix("+0000").map(|utc| format!("{utc}Z")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: Level) -> Line {
        let rest = vec![("endpoint".into(), Value::from("a\tb")), ("items".into(), Value::from(3))];
        let fields = Fields { message: "Starting".to_owned(), rest };
        Line { level, place: Some(("collector/src/service/mod.rs", 7)), fields, stack: None }
    }

    fn form(settings: LogSettings) -> Form {
        let mut resource = Resource::default();
        resource.set("service.name", "holt");
        Form::new(&settings, &resource)
    }

    #[test]
    fn console_lines_have_the_form_of_the_reference() {
        let text = form(LogSettings::default()).line(&line(Level::INFO));
        let (time, rest) = text.split_once('\t').unwrap();
        assert!(time.len() >= 24 && time.as_bytes()[10] == b'T', "{time}");
        assert_eq!(
            rest,
            "info\tservice/mod.rs:7\tStarting\t{\"resource\": {\"service.name\": \"holt\"}, \
             \"endpoint\": \"a\\tb\", \"items\": 3}\n"
        );
    }

    #[test]
    fn json_lines_are_objects() {
        let settings = LogSettings { encoding: LogEncoding::Json, ..LogSettings::default() };
        let text =
            form(settings).line(&Line { stack: Some("0: main".to_owned()), ..line(Level::WARN) });
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["level"], &value["items"]), (&Value::from("warn"), &Value::from(3)));
        assert_eq!(value["caller"], "service/mod.rs:7");
        assert_eq!(value["resource"]["service.name"], "holt");
        assert_eq!(value["stacktrace"], "0: main");
        let keys = ["{\"level\":", ",\"ts\":", ",\"caller\":", ",\"msg\":", ",\"resource\":"];
        let places: Vec<_> = keys.iter().map(|key| text.find(key).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn caller_and_resource_can_be_left_out() {
        let settings = LogSettings {
            disable_caller: true,
            disable_zap_resource: true,
            ..LogSettings::default()
        };
        let text = form(settings).line(&line(Level::ERROR));
        let (_, rest) = text.split_once('\t').unwrap();
        assert_eq!(rest, "error\tStarting\t{\"endpoint\": \"a\\tb\", \"items\": 3}\n");
    }
}
