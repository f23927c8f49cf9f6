//! Log records.

use holt_pdata::messages::{LogRecordView, LogsView};
use holt_pdata::schema::enums::SEVERITY_NUMBER;

use super::super::value::{id_text, time_text, typed_text};
use super::Lines;

pub(in super::super) fn logs(request: LogsView<'_>) -> String {
    let mut out = Lines::default();
    for (index, resource_logs) in request.resource_logs().iter().enumerate() {
        out.line(format_args!("ResourceLog #{index}"));
        out.resource(resource_logs.resource(), resource_logs.schema_url());
        for (index, scope_logs) in resource_logs.scope_logs().iter().enumerate() {
            out.line(format_args!("ScopeLogs #{index}"));
            out.line(format_args!("ScopeLogs SchemaURL: {}", scope_logs.schema_url()));
            out.scope(scope_logs.scope());
            for (index, record) in scope_logs.log_records().iter().enumerate() {
                out.line(format_args!("LogRecord #{index}"));
                out.record(record);
            }
        }
    }
    out.0
}

impl Lines {
    fn record(&mut self, record: LogRecordView<'_>) {
        let observed = time_text(record.observed_time_unix_nano());
        self.line(format_args!("ObservedTimestamp: {observed}"));
        self.line(format_args!("Timestamp: {}", time_text(record.time_unix_nano())));
        self.line(format_args!("SeverityText: {}", record.severity_text()));
        let severity = record.severity_number();
        self.line(format_args!("SeverityNumber: {}({severity})", severity_name(severity)));
        if !record.event_name().is_empty() {
            self.line(format_args!("EventName: {}", record.event_name()));
        }
        self.line(format_args!("Body: {}", typed_text(record.body().get())));
        self.attributes("Attributes", record.attributes());
        self.line(format_args!("Trace ID: {}", id_text(record.trace_id())));
        self.line(format_args!("Span ID: {}", id_text(record.span_id())));
        self.line(format_args!("Flags: {}", record.flags()));
    }
}

/// `SEVERITY_NUMBER_WARN2` as `Warn2`; nothing for numbers without a name.
fn severity_name(number: i32) -> String {
    let name = SEVERITY_NUMBER.values.iter().find(|(_, value)| *value == number);
    let name = name.and_then(|(name, _)| name.strip_prefix("SEVERITY_NUMBER_")).unwrap_or_default();
    let mut letters = name.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_ascii_lowercase()
}
