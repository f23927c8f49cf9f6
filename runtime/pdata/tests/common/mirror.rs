//! prost's types beside the views: each message is listed once, and the list yields a random
//! message and a reader that rebuilds the prost message from a view with every accessor.
//!
//! The struct expressions name every field, so a field that prost knows and this package does not
//! fails to compile.

use holt_pdata::messages::{self, numbers};
use holt_pdata::{Batch, Signal, wire};
use opentelemetry_proto::tonic::collector;
use opentelemetry_proto::tonic::common::v1 as common;
use opentelemetry_proto::tonic::logs::v1 as logs;
use opentelemetry_proto::tonic::metrics::v1 as metrics;
use opentelemetry_proto::tonic::profiles::v1development as profiles;
use opentelemetry_proto::tonic::resource::v1 as resource;
use opentelemetry_proto::tonic::trace::v1 as trace;
use prost::Message;

use super::source::{Number, Source};

pub(crate) type Traces = collector::trace::v1::ExportTraceServiceRequest;
pub(crate) type Metrics = collector::metrics::v1::ExportMetricsServiceRequest;
pub(crate) type Logs = collector::logs::v1::ExportLogsServiceRequest;
pub(crate) type Profiles = collector::profiles::v1development::ExportProfilesServiceRequest;

/// A prost message and its view.
pub(crate) trait Mirror: Message + Default {
    type View<'a>;

    /// A random message.
    fn generate(source: &mut Source<'_>) -> Self;

    /// The message behind a view. `fill` makes absent messages empty ones, as JSON does.
    fn read(view: Self::View<'_>, fill: bool) -> Self;
}

macro_rules! generate {
    ($source:ident num) => {
        Number::number($source)
    };
    ($source:ident opt) => {
        ($source.below(2) == 1).then(|| Number::number($source))
    };
    ($source:ident text) => {
        $source.text()
    };
    ($source:ident bytes) => {
        $source.bytes()
    };
    ($source:ident id8) => {
        $source.id(8)
    };
    ($source:ident id16) => {
        $source.id(16)
    };
    ($source:ident message) => {
        Mirror::generate($source)
    };
    ($source:ident one) => {
        ($source.below(4) > 0).then(|| Mirror::generate($source))
    };
    ($source:ident many) => {{
        $source.depth += 1;
        let most = if $source.depth > 12 { 1 } else { 4 };
        let list = (0..$source.below(most)).map(|_| Mirror::generate($source)).collect();
        $source.depth -= 1;
        list
    }};
    ($source:ident texts) => {
        (0..$source.below(3)).map(|_| $source.text()).collect()
    };
    ($source:ident nums) => {
        (0..$source.below(5)).map(|_| Number::number($source)).collect()
    };
}

/// Turns what an accessor answers into what prost holds.
macro_rules! read {
    ($value:expr, num, $fill:ident) => {
        $value
    };
    ($value:expr, text, $fill:ident) => {
        $value.to_owned()
    };
    ($value:expr, message, $fill:ident) => {
        Mirror::read($value, $fill)
    };
    ($value:expr, opt, $fill:ident) => {
        $value
    };
    ($value:expr, many, $fill:ident) => {
        $value.iter().map(|view| Mirror::read(view, $fill)).collect()
    };
    ($value:expr, texts, $fill:ident) => {
        $value.iter().map(str::to_owned).collect()
    };
    ($value:expr, nums, $fill:ident) => {
        $value.iter().collect()
    };
    ($value:expr, $bytes:ident, $fill:ident) => {
        $value.to_vec()
    };
}

macro_rules! field {
    ($view:ident, $table:ident, $field:ident, one, $fill:ident) => {{
        let present = wire::find($view.raw(), numbers::$table::$field).is_some();
        (present || $fill).then(|| Mirror::read($view.$field(), $fill))
    }};
    ($view:ident, $table:ident, $field:ident, $kind:ident, $fill:ident) => {
        read!($view.$field(), $kind, $fill)
    };
}

macro_rules! mirror {
    ($( $type:ty, $view:ident, $table:ident {
        $( $field:ident: $kind:ident, )*
        $( | $slot:ident: $group:ty { $( $variant:ident $member:ident $member_kind:ident, )* } )?
    } )*) => { $(
        impl Mirror for $type {
            type View<'a> = messages::$view<'a>;

            fn generate(source: &mut Source<'_>) -> Self {
                Self {
                    $( $field: generate!(source $kind), )*
                    $( $slot: {
                        let members: &[fn(&mut Source<'_>) -> $group] =
                            &[ $( |source| <$group>::$variant(generate!(source $member_kind)) ),* ];
                        let chosen = source.below(members.len() + 1);
                        chosen.checked_sub(1).map(|member| members[member](source))
                    }, )?
                }
            }

            #[allow(unused_variables)] // Some messages hold no messages.
            fn read(view: Self::View<'_>, fill: bool) -> Self {
                Self {
                    $( $field: field!(view, $table, $field, $kind, fill), )*
                    $( $slot: {
                        let mut members = [ $( view.$member().map(|value| {
                            <$group>::$variant(read!(value, $member_kind, fill))
                        }) ),* ].into_iter().flatten();
                        let member = members.next();
                        assert!(members.next().is_none(), "one member of a oneof stands");
                        member
                    }, )?
                }
            }
        }
    )* };
}

mirror! {
    common::AnyValue, AnyValueView, ANY_VALUE {
        | value: common::any_value::Value {
            StringValue string_value text,
            BoolValue bool_value num,
            IntValue int_value num,
            DoubleValue double_value num,
            ArrayValue array_value message,
            KvlistValue kvlist_value message,
            BytesValue bytes_value bytes,
            StringValueStrindex string_value_strindex num,
        }
    }
    common::ArrayValue, ArrayValueView, ARRAY_VALUE { values: many, }
    common::KeyValueList, KeyValueListView, KEY_VALUE_LIST { values: many, }
    common::KeyValue, KeyValueView, KEY_VALUE { key: text, value: one, key_strindex: num, }
    common::InstrumentationScope, ScopeView, INSTRUMENTATION_SCOPE {
        name: text, version: text, attributes: many, dropped_attributes_count: num,
    }
    common::EntityRef, EntityRefView, ENTITY_REF {
        schema_url: text, r#type: text, id_keys: texts, description_keys: texts,
    }
    resource::Resource, ResourceView, RESOURCE {
        attributes: many, dropped_attributes_count: num, entity_refs: many,
    }

    Traces, TracesView, TRACES { resource_spans: many, }
    trace::ResourceSpans, ResourceSpansView, RESOURCE_SPANS {
        resource: one, scope_spans: many, schema_url: text,
    }
    trace::ScopeSpans, ScopeSpansView, SCOPE_SPANS { scope: one, spans: many, schema_url: text, }
    trace::Span, SpanView, SPAN {
        trace_id: id16, span_id: id8, trace_state: text, parent_span_id: id8, flags: num,
        name: text, kind: num, start_time_unix_nano: num, end_time_unix_nano: num,
        attributes: many, dropped_attributes_count: num, events: many, dropped_events_count: num,
        links: many, dropped_links_count: num, status: one,
    }
    trace::span::Event, SpanEventView, SPAN_EVENT {
        time_unix_nano: num, name: text, attributes: many, dropped_attributes_count: num,
    }
    trace::span::Link, SpanLinkView, SPAN_LINK {
        trace_id: id16, span_id: id8, trace_state: text, attributes: many,
        dropped_attributes_count: num, flags: num,
    }
    trace::Status, StatusView, STATUS { message: text, code: num, }

    Metrics, MetricsView, METRICS { resource_metrics: many, }
    metrics::ResourceMetrics, ResourceMetricsView, RESOURCE_METRICS {
        resource: one, scope_metrics: many, schema_url: text,
    }
    metrics::ScopeMetrics, ScopeMetricsView, SCOPE_METRICS {
        scope: one, metrics: many, schema_url: text,
    }
    metrics::Metric, MetricView, METRIC {
        name: text, description: text, unit: text, metadata: many,
        | data: metrics::metric::Data {
            Gauge gauge message,
            Sum sum message,
            Histogram histogram message,
            ExponentialHistogram exponential_histogram message,
            Summary summary message,
        }
    }
    metrics::Gauge, GaugeView, GAUGE { data_points: many, }
    metrics::Sum, SumView, SUM {
        data_points: many, aggregation_temporality: num, is_monotonic: num,
    }
    metrics::Histogram, HistogramView, HISTOGRAM {
        data_points: many, aggregation_temporality: num,
    }
    metrics::ExponentialHistogram, ExponentialHistogramView, EXPONENTIAL_HISTOGRAM {
        data_points: many, aggregation_temporality: num,
    }
    metrics::Summary, SummaryView, SUMMARY { data_points: many, }
    metrics::NumberDataPoint, NumberDataPointView, NUMBER_DATA_POINT {
        attributes: many, start_time_unix_nano: num, time_unix_nano: num, exemplars: many,
        flags: num,
        | value: metrics::number_data_point::Value {
            AsDouble as_double num,
            AsInt as_int num,
        }
    }
    metrics::HistogramDataPoint, HistogramDataPointView, HISTOGRAM_DATA_POINT {
        attributes: many, start_time_unix_nano: num, time_unix_nano: num, count: num, sum: opt,
        bucket_counts: nums, explicit_bounds: nums, exemplars: many, flags: num, min: opt,
        max: opt,
    }
    metrics::ExponentialHistogramDataPoint, ExponentialHistogramDataPointView,
        EXPONENTIAL_HISTOGRAM_DATA_POINT
    {
        attributes: many, start_time_unix_nano: num, time_unix_nano: num, count: num, sum: opt,
        scale: num, zero_count: num, positive: one, negative: one, flags: num, exemplars: many,
        min: opt, max: opt, zero_threshold: num,
    }
    metrics::exponential_histogram_data_point::Buckets, BucketsView, BUCKETS {
        offset: num, bucket_counts: nums,
    }
    metrics::SummaryDataPoint, SummaryDataPointView, SUMMARY_DATA_POINT {
        attributes: many, start_time_unix_nano: num, time_unix_nano: num, count: num, sum: num,
        quantile_values: many, flags: num,
    }
    metrics::summary_data_point::ValueAtQuantile, ValueAtQuantileView, VALUE_AT_QUANTILE {
        quantile: num, value: num,
    }
    metrics::Exemplar, ExemplarView, EXEMPLAR {
        filtered_attributes: many, time_unix_nano: num, span_id: id8, trace_id: id16,
        | value: metrics::exemplar::Value {
            AsDouble as_double num,
            AsInt as_int num,
        }
    }

    Logs, LogsView, LOGS { resource_logs: many, }
    logs::ResourceLogs, ResourceLogsView, RESOURCE_LOGS {
        resource: one, scope_logs: many, schema_url: text,
    }
    logs::ScopeLogs, ScopeLogsView, SCOPE_LOGS { scope: one, log_records: many, schema_url: text, }
    logs::LogRecord, LogRecordView, LOG_RECORD {
        time_unix_nano: num, observed_time_unix_nano: num, severity_number: num,
        severity_text: text, body: one, attributes: many, dropped_attributes_count: num,
        flags: num, trace_id: id16, span_id: id8, event_name: text,
    }

    Profiles, ProfilesView, PROFILES { resource_profiles: many, dictionary: one, }
    profiles::ProfilesDictionary, ProfilesDictionaryView, PROFILES_DICTIONARY {
        mapping_table: many, location_table: many, function_table: many, link_table: many,
        string_table: texts, attribute_table: many, stack_table: many,
    }
    profiles::ResourceProfiles, ResourceProfilesView, RESOURCE_PROFILES {
        resource: one, scope_profiles: many, schema_url: text,
    }
    profiles::ScopeProfiles, ScopeProfilesView, SCOPE_PROFILES {
        scope: one, profiles: many, schema_url: text,
    }
    profiles::Profile, ProfileView, PROFILE {
        sample_type: one, samples: many, time_unix_nano: num, duration_nano: num,
        period_type: one, period: num, profile_id: id16, dropped_attributes_count: num,
        original_payload_format: text, original_payload: bytes, attribute_indices: nums,
    }
    profiles::Link, ProfileLinkView, PROFILE_LINK { trace_id: id16, span_id: id8, }
    profiles::ValueType, ValueTypeView, VALUE_TYPE { type_strindex: num, unit_strindex: num, }
    profiles::Sample, SampleView, SAMPLE {
        stack_index: num, attribute_indices: nums, link_index: num, values: nums,
        timestamps_unix_nano: nums,
    }
    profiles::Mapping, MappingView, MAPPING {
        memory_start: num, memory_limit: num, file_offset: num, filename_strindex: num,
        attribute_indices: nums,
    }
    profiles::Stack, StackView, STACK { location_indices: nums, }
    profiles::Location, LocationView, LOCATION {
        mapping_index: num, address: num, lines: many, attribute_indices: nums,
    }
    profiles::Line, LineView, LINE { function_index: num, line: num, column: num, }
    profiles::Function, FunctionView, FUNCTION {
        name_strindex: num, system_name_strindex: num, filename_strindex: num, start_line: num,
    }
    profiles::KeyValueAndUnit, KeyValueAndUnitView, KEY_VALUE_AND_UNIT {
        key_strindex: num, value: one, unit_strindex: num,
    }
}

/// A random request, as prost writes it.
pub(crate) fn generate(signal: Signal, source: &mut Source<'_>) -> Vec<u8> {
    match signal {
        Signal::Traces => Traces::generate(source).encode_to_vec(),
        Signal::Metrics => Metrics::generate(source).encode_to_vec(),
        Signal::Logs => Logs::generate(source).encode_to_vec(),
        Signal::Profiles => Profiles::generate(source).encode_to_vec(),
    }
}

/// Reads and rewrites a request with prost alone.
pub(crate) fn by_prost(signal: Signal, bytes: &[u8]) -> Result<Vec<u8>, prost::DecodeError> {
    Ok(match signal {
        Signal::Traces => Traces::decode(bytes)?.encode_to_vec(),
        Signal::Metrics => Metrics::decode(bytes)?.encode_to_vec(),
        Signal::Logs => Logs::decode(bytes)?.encode_to_vec(),
        Signal::Profiles => Profiles::decode(bytes)?.encode_to_vec(),
    })
}

/// Reads a batch through views and writes what they show with prost.
pub(crate) fn by_views(batch: &Batch, fill: bool) -> Vec<u8> {
    let raw: &[u8] = batch.bytes();
    match batch.signal() {
        Signal::Traces => Traces::read(messages::TracesView::new(raw), fill).encode_to_vec(),
        Signal::Metrics => Metrics::read(messages::MetricsView::new(raw), fill).encode_to_vec(),
        Signal::Logs => Logs::read(messages::LogsView::new(raw), fill).encode_to_vec(),
        Signal::Profiles => Profiles::read(messages::ProfilesView::new(raw), fill).encode_to_vec(),
    }
}
