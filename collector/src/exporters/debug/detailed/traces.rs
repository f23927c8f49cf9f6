//! Spans, their events and links.

use holt_pdata::messages::{SpanEventView, SpanLinkView, SpanView, TracesView};
use holt_pdata::view::Messages;

use super::super::value::{id_text, time_text};
use super::{BELOW, Lines};

pub(in super::super) fn traces(request: TracesView<'_>) -> String {
    let mut out = Lines::default();
    for (index, resource_spans) in request.resource_spans().iter().enumerate() {
        out.line(format_args!("ResourceSpans #{index}"));
        out.resource(resource_spans.resource(), resource_spans.schema_url());
        for (index, scope_spans) in resource_spans.scope_spans().iter().enumerate() {
            out.line(format_args!("ScopeSpans #{index}"));
            out.line(format_args!("ScopeSpans SchemaURL: {}", scope_spans.schema_url()));
            out.scope(scope_spans.scope());
            for (index, span) in scope_spans.spans().iter().enumerate() {
                out.line(format_args!("Span #{index}"));
                out.span(span);
            }
        }
    }
    out.0
}

impl Lines {
    fn span(&mut self, span: SpanView<'_>) {
        let mut field =
            |name: &str, value: &str| self.line(format_args!("    {name:<15}: {value}"));
        field("Trace ID", &id_text(span.trace_id()));
        field("Parent ID", &id_text(span.parent_span_id()));
        field("ID", &id_text(span.span_id()));
        field("Name", span.name());
        field("Kind", kind_name(span.kind()));
        if !span.trace_state().is_empty() {
            field("TraceState", span.trace_state());
        }
        field("Start time", &time_text(span.start_time_unix_nano()));
        field("End time", &time_text(span.end_time_unix_nano()));
        field("Status code", status_name(span.status().code()));
        field("Status message", span.status().message());
        field("DroppedAttributesCount", &span.dropped_attributes_count().to_string());
        field("DroppedEventsCount", &span.dropped_events_count().to_string());
        field("DroppedLinksCount", &span.dropped_links_count().to_string());
        self.attributes("Attributes", span.attributes());
        self.events(span.events());
        self.links(span.links());
    }

    fn events(&mut self, events: Messages<'_, SpanEventView<'_>>) {
        for (index, event) in events.iter().enumerate() {
            if index == 0 {
                self.line(format_args!("Events:"));
            }
            self.line(format_args!("SpanEvent #{index}"));
            self.line(format_args!("{BELOW} Name: {}", event.name()));
            self.line(format_args!("{BELOW} Timestamp: {}", time_text(event.time_unix_nano())));
            let dropped = event.dropped_attributes_count();
            self.line(format_args!("{BELOW} DroppedAttributesCount: {dropped}"));
            // The reference writes both colons.
            self.attributes("     -> Attributes:", event.attributes());
        }
    }

    fn links(&mut self, links: Messages<'_, SpanLinkView<'_>>) {
        for (index, link) in links.iter().enumerate() {
            if index == 0 {
                self.line(format_args!("Links:"));
            }
            self.line(format_args!("SpanLink #{index}"));
            self.line(format_args!("{BELOW} Trace ID: {}", id_text(link.trace_id())));
            self.line(format_args!("{BELOW} ID: {}", id_text(link.span_id())));
            self.line(format_args!("{BELOW} TraceState: {}", link.trace_state()));
            let dropped = link.dropped_attributes_count();
            self.line(format_args!("{BELOW} DroppedAttributesCount: {dropped}"));
            self.attributes("     -> Attributes:", link.attributes());
        }
    }
}

/// The short name of a span kind; nothing for numbers without one.
const fn kind_name(kind: i32) -> &'static str {
    match kind {
        0 => "Unspecified",
        1 => "Internal",
        2 => "Server",
        3 => "Client",
        4 => "Producer",
        5 => "Consumer",
        _ => "",
    }
}

/// The short name of a status code; nothing for numbers without one.
const fn status_name(code: i32) -> &'static str {
    match code {
        0 => "Unset",
        1 => "Ok",
        2 => "Error",
        _ => "",
    }
}
