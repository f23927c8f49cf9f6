//! The statements and records of a session in the forms of files: a processor's configuration, plain
//! lines, a unit test.

use holt_pdata::{Batch, Signal};
use holt_runtime::program::ErrorMode;
use holt_runtime::text::rfc3339::push_rfc3339;
use holt_runtime::value::Time;
use serde_json::{Map, Value, json};

use super::buffer::{Buffer, Group};
use super::entry::is_open;
use super::{short, yaml};

/// The statements as processors of a configuration: `transform/repl`, `filter/repl` or both.
pub(super) fn configuration(buffer: &Buffer, signal: Signal) -> String {
    let (drops, changes): (Vec<&Group>, Vec<&Group>) =
        buffer.groups.iter().partition(|group| group.drops);
    let (statements, conditions) = match signal {
        Signal::Traces => ("trace_statements", "trace_conditions"),
        Signal::Metrics => ("metric_statements", "metric_conditions"),
        Signal::Logs => ("log_statements", "log_conditions"),
        Signal::Profiles => ("profile_statements", "profile_conditions"),
    };
    let mut processors = Map::new();
    for (id, key, groups) in
        [("transform/repl", statements, changes), ("filter/repl", conditions, drops)]
    {
        if !groups.is_empty() {
            processors.insert(id.to_owned(), json!({ (key): list(&groups) }));
        }
    }
    yaml::text(&json!({ "processors": processors }))
}

/// Groups as a list in the manner of the transform processor: plain texts where that is enough.
fn list(groups: &[&Group]) -> Value {
    // In a configuration, `$` stands before a variable.
    let text = |text: &String| Value::from(text.replace('$', "$$"));
    if let [group] = groups
        && group.context.is_none()
        && group.conditions.is_empty()
        && group.error_mode == ErrorMode::Ignore
        && !group.shared_cache
    {
        return group.statements.iter().map(text).collect();
    }
    let groups = groups.iter().map(|group| {
        let mut entry = Map::new();
        if let Some(context) = &group.context {
            entry.insert("context".to_owned(), json!(context));
        }
        if let Some(mode) = named(group.error_mode) {
            entry.insert("error_mode".to_owned(), json!(mode));
        }
        if group.shared_cache {
            entry.insert("shared_cache".to_owned(), json!(true));
        }
        for (key, texts) in [("conditions", &group.conditions), ("statements", &group.statements)] {
            if !texts.is_empty() {
                entry.insert(key.to_owned(), texts.iter().map(text).collect());
            }
        }
        Value::Object(entry)
    });
    groups.collect()
}

/// The statements as lines, with a command before those of a named context.
///
/// # Errors
/// When there are groups that lines cannot say.
pub(super) fn lines(buffer: &Buffer) -> Result<String, String> {
    let mut out = String::new();
    let mut context: Option<&str> = None;
    for group in &buffer.groups {
        let plain = group.conditions.is_empty()
            && !group.shared_cache
            && group.error_mode == ErrorMode::Ignore;
        if !plain {
            let message = "there are groups with conditions or modes of their own, which lines \
                           cannot say; .save them to a .yaml file";
            return Err(message.to_owned());
        }
        if group.context.as_deref() != context {
            context = group.context.as_deref();
            out.push_str(".context ");
            out.push_str(context.unwrap_or("infer"));
            out.push('\n');
        }
        for statement in &group.statements {
            out.push_str(statement);
            out.push('\n');
        }
    }
    Ok(out)
}

/// The statements of lines, as [`lines`] writes them; what begins with `#` is a comment.
///
/// # Errors
/// When a line is a command other than `.context`.
pub(super) fn from_lines(text: &str) -> Result<Buffer, String> {
    let mut buffer = Buffer::default();
    let mut context: Option<String> = None;
    let mut pending = String::new();
    for line in text.lines().chain([""]) {
        if pending.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        pending.push_str(line);
        if is_open(&pending) && !line.trim().is_empty() {
            pending.push('\n');
            continue;
        }
        let statement = std::mem::take(&mut pending);
        let statement = statement.trim();
        match statement.strip_prefix(".context") {
            Some(name) => {
                context = Some(name.trim().to_owned()).filter(|name| name != "infer");
            }
            None if super::entry::is_command(statement) => {
                return Err(format!(
                    "only .context is known among statements, found `{statement}`"
                ));
            }
            None => buffer.push(context.as_deref(), statement),
        }
    }
    Ok(buffer)
}

/// A test of the statements as an item of a list: the records before them, and after them what is
/// expected.
///
/// # Errors
/// When there is more than a test can say.
pub(super) fn test(
    name: &str,
    buffer: &Buffer,
    before: &[Batch],
    after: &[Batch],
    now: Time,
) -> Result<String, String> {
    let [group] = buffer.groups.as_slice() else {
        let message = "a test holds one group of statements, and there are several; \
                       .save them to a .yaml file, and test the processor";
        return Err(message.to_owned());
    };
    if group.shared_cache {
        return Err("a test cannot share the scratch map between records".to_owned());
    }
    let records = |batches: &[Batch]| -> Result<Value, String> {
        let records: Option<Vec<_>> = batches.iter().map(short::records).collect();
        let records = records.ok_or("there is no short form of profiles")?;
        Ok(records.into_iter().flatten().collect())
    };
    let mut parts = vec![json!({ "name": name })];
    if let Some(context) = &group.context {
        parts.push(json!({ "context": context }));
    }
    if let Some(mode) = named(group.error_mode) {
        parts.push(json!({ "error_mode": mode }));
    }
    if !group.conditions.is_empty() {
        parts.push(json!({ "conditions": group.conditions }));
    }
    if !group.drops {
        parts.push(json!({ "statements": group.statements }));
    }
    let texts = group.conditions.iter().chain(&group.statements);
    if texts.into_iter().any(|text| text.contains("Now(")) {
        let mut time = String::new();
        push_rfc3339(&mut time, now);
        parts.push(json!({ "now": time }));
    }
    parts.push(json!({ "input": records(before)? }));
    parts.push(json!({ "expect": records(after)? }));
    // What statements remove must not come back unseen.
    parts.push(json!({ "exact": true }));
    let text: String = parts.iter().map(yaml::text).collect();
    let mut out = String::new();
    for (index, line) in text.lines().enumerate() {
        out.push_str(if index == 0 { "  - " } else { "    " });
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

/// The name of an error mode; none for the one that need not be named.
const fn named(mode: ErrorMode) -> Option<&'static str> {
    match mode {
        ErrorMode::Ignore => None,
        ErrorMode::Silent => Some("silent"),
        ErrorMode::Propagate => Some("propagate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_back_as_the_statements_they_were() {
        let mut buffer = Buffer::default();
        buffer.push(None, "set(log.body,\n\"a\")");
        buffer.push(Some("resource"), "set(attributes[\"a\"], 1)");
        buffer.push(None, "set(log.body, \"b\")");
        let text = lines(&buffer).unwrap();
        assert_eq!(from_lines(&format!("# kept\n\n{text}")).unwrap(), buffer);
        assert!(from_lines(".quit").is_err());
        if let Some(group) = buffer.groups.first_mut() {
            group.shared_cache = true;
        }
        assert!(lines(&buffer).is_err());
    }

    #[test]
    fn configurations_escape_what_a_file_would_replace() {
        let mut buffer = Buffer::default();
        buffer.push(None, r#"replace_pattern(log.body, "(a): b", "$1")"#);
        let expected = "processors:\n  transform/repl:\n    log_statements:\n      - \
                        'replace_pattern(log.body, \"(a): b\", \"$$1\")'\n";
        assert_eq!(configuration(&buffer, Signal::Logs), expected);
    }
}
