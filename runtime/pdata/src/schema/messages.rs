//! Every OTLP message, declared once.
//!
//! A declaration line reads `number name label kind;`. From it come the [`Message`] table that
//! validation, repair and OTLP/JSON walk by, the field [`numbers`], and a `…View`
//! type: a `Copy` cursor over the encoded message whose methods are named after the fields.

use super::enums::{AGGREGATION_TEMPORALITY, SEVERITY_NUMBER, SPAN_KIND, STATUS_CODE};
use super::{Field, Kind, Label, Message, Role};
use crate::value::ValueView;
use crate::view::{Messages, Numbers, Texts, View, get};
use crate::wire;

/// A field's name without the `r#` that keeps it from being a Rust keyword.
const fn field_name(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

macro_rules! label {
    (one) => {
        Label::One
    };
    (optional) => {
        Label::Optional
    };
    (many) => {
        Label::Many
    };
    (oneof) => {
        Label::OneOf
    };
}

macro_rules! kind {
    (bool) => {
        Kind::Bool
    };
    (int32) => {
        Kind::Int32
    };
    (int64) => {
        Kind::Int64
    };
    (uint32) => {
        Kind::Uint32
    };
    (uint64) => {
        Kind::Uint64
    };
    (sint32) => {
        Kind::Sint32
    };
    (fixed32) => {
        Kind::Fixed32
    };
    (fixed64) => {
        Kind::Fixed64
    };
    (sfixed64) => {
        Kind::Sfixed64
    };
    (double) => {
        Kind::Double
    };
    (string) => {
        Kind::String
    };
    (bytes) => {
        Kind::Bytes
    };
    (id) => {
        Kind::Id
    };
    (enumeration $values:ident) => {
        Kind::Enum(&$values)
    };
    (message $view:ident $table:ident) => {
        Kind::Message(&$table)
    };
}

macro_rules! rust_type {
    (bool) => {
        bool
    };
    (int32) => {
        i32
    };
    (int64) => {
        i64
    };
    (uint32) => {
        u32
    };
    (uint64) => {
        u64
    };
    (sint32) => {
        i32
    };
    (fixed32) => {
        u32
    };
    (fixed64) => {
        u64
    };
    (sfixed64) => {
        i64
    };
    (double) => {
        f64
    };
    (string) => {
        &'a str
    };
    (bytes) => {
        &'a [u8]
    };
    (id) => {
        &'a [u8]
    };
    (enumeration $values:ident) => {
        i32
    };
    (message $view:ident $table:ident) => {
        $view<'a>
    };
}

macro_rules! read {
    ($field:expr, message $view:ident $table:ident) => {
        $view::new($field.bytes)
    };
    ($field:expr, enumeration $values:ident) => {
        get::int32($field)
    };
    ($field:expr, $kind:ident) => {
        get::$kind($field)
    };
}

macro_rules! accessor {
    ($number:literal $field:ident one $($kind:ident)+) => {
        #[doc = concat!("Field ", $number, ", `", stringify!($field), "`; its default when absent.")]
        #[inline]
        pub fn $field(self) -> rust_type!($($kind)+) {
            wire::find(self.raw, $number).map(|field| read!(field, $($kind)+)).unwrap_or_default()
        }
    };
    ($number:literal $field:ident optional $($kind:ident)+) => {
        #[doc = concat!("Field ", $number, ", `", stringify!($field), "`, when present.")]
        #[inline]
        pub fn $field(self) -> Option<rust_type!($($kind)+)> {
            wire::find(self.raw, $number).map(|field| read!(field, $($kind)+))
        }
    };
    ($number:literal $field:ident oneof $($kind:ident)+) => {
        accessor!($number $field optional $($kind)+);
    };
    ($number:literal $field:ident many message $view:ident $table:ident) => {
        #[doc = concat!("Field ", $number, ", `", stringify!($field), "`, in wire order.")]
        #[inline]
        pub fn $field(self) -> Messages<'a, $view<'a>> {
            Messages::new(self.raw, $number)
        }
    };
    ($number:literal $field:ident many string) => {
        #[doc = concat!("Field ", $number, ", `", stringify!($field), "`, in wire order.")]
        #[inline]
        pub fn $field(self) -> Texts<'a> {
            Texts::new(self.raw, $number)
        }
    };
    ($number:literal $field:ident many $kind:ident) => {
        #[doc = concat!("Field ", $number, ", `", stringify!($field), "`, packed or not.")]
        #[inline]
        pub fn $field(self) -> Numbers<'a, rust_type!($kind)> {
            Numbers::new(self.raw, $number, kind!($kind).wire(), get::$kind)
        }
    };
}

macro_rules! role {
    () => {
        Role::Other
    };
    (entry) => {
        Role::Entry
    };
    (holder) => {
        Role::Holder
    };
    (item) => {
        Role::Item
    };
}

macro_rules! messages {
    ($(
        $(#[$doc:meta])*
        $name:ident $view:ident $table:ident $($role:ident)? {
            $( $number:literal $field:ident $label:ident $kind:ident $(($($argument:ident),+))? ; )*
        }
    )*) => {
        $(
            $(#[$doc])*
            pub static $table: Message = Message::new(
                stringify!($name),
                role!($($role)?),
                &[$( Field {
                    number: $number,
                    name: field_name(stringify!($field)),
                    label: label!($label),
                    kind: kind!($kind $($($argument)+)?),
                } ),*],
            );

            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Default)]
            pub struct $view<'a> {
                raw: &'a [u8],
            }

            impl<'a> $view<'a> {
                /// The table that declares this message.
                pub const MESSAGE: &'static Message = &$table;

                /// A view of an encoded message, which must be valid: all readers treat malformed
                /// parts as absent.
                #[inline]
                pub const fn new(raw: &'a [u8]) -> Self {
                    Self { raw }
                }

                /// The encoded message.
                #[inline]
                pub const fn raw(self) -> &'a [u8] {
                    self.raw
                }

                $( accessor!($number $field $label $kind $($($argument)+)?); )*
            }

            impl<'a> View<'a> for $view<'a> {
                fn new(raw: &'a [u8]) -> Self {
                    Self { raw }
                }
            }
        )*
        /// All messages, for tests that walk the schema.
        pub static ALL: &[&Message] = &[$( &$table ),*];

        /// Field numbers: `numbers::SPAN::name`.
        #[allow(missing_docs, non_snake_case, non_upper_case_globals)]
        pub mod numbers {
            $( pub mod $table { $( pub const $field: u32 = $number; )* } )*
        }
    };
}

messages! {
    /// A value of any type: at most one member stands, none means empty.
    AnyValue AnyValueView ANY_VALUE {
        1 string_value oneof string;
        2 bool_value oneof bool;
        3 int_value oneof int64;
        4 double_value oneof double;
        5 array_value oneof message(ArrayValueView, ARRAY_VALUE);
        6 kvlist_value oneof message(KeyValueListView, KEY_VALUE_LIST);
        7 bytes_value oneof bytes;
        8 string_value_strindex oneof int32;
    }
    /// A list of values.
    ArrayValue ArrayValueView ARRAY_VALUE {
        1 values many message(AnyValueView, ANY_VALUE);
    }
    /// A map, as a list of entries.
    KeyValueList KeyValueListView KEY_VALUE_LIST {
        1 values many message(KeyValueView, KEY_VALUE);
    }
    /// An entry of a map.
    KeyValue KeyValueView KEY_VALUE entry {
        1 key one string;
        2 value one message(AnyValueView, ANY_VALUE);
        3 key_strindex one int32;
    }
    /// The library that made the telemetry.
    InstrumentationScope ScopeView INSTRUMENTATION_SCOPE {
        1 name one string;
        2 version one string;
        3 attributes many message(KeyValueView, KEY_VALUE);
        4 dropped_attributes_count one uint32;
    }
    /// A reference to an entity that the resource describes.
    EntityRef EntityRefView ENTITY_REF {
        1 schema_url one string;
        2 r#type one string;
        3 id_keys many string;
        4 description_keys many string;
    }
    /// What the telemetry is about.
    Resource ResourceView RESOURCE {
        1 attributes many message(KeyValueView, KEY_VALUE);
        2 dropped_attributes_count one uint32;
        3 entity_refs many message(EntityRefView, ENTITY_REF);
    }

    /// An export request for traces; also `TracesData`.
    ExportTraceServiceRequest TracesView TRACES {
        1 resource_spans many message(ResourceSpansView, RESOURCE_SPANS);
    }
    /// The spans of one resource.
    ResourceSpans ResourceSpansView RESOURCE_SPANS holder {
        1 resource one message(ResourceView, RESOURCE);
        2 scope_spans many message(ScopeSpansView, SCOPE_SPANS);
        3 schema_url one string;
    }
    /// The spans of one scope.
    ScopeSpans ScopeSpansView SCOPE_SPANS holder {
        1 scope one message(ScopeView, INSTRUMENTATION_SCOPE);
        2 spans many message(SpanView, SPAN);
        3 schema_url one string;
    }
    /// A span.
    Span SpanView SPAN item {
        1 trace_id one id;
        2 span_id one id;
        3 trace_state one string;
        4 parent_span_id one id;
        5 name one string;
        6 kind one enumeration(SPAN_KIND);
        7 start_time_unix_nano one fixed64;
        8 end_time_unix_nano one fixed64;
        9 attributes many message(KeyValueView, KEY_VALUE);
        10 dropped_attributes_count one uint32;
        11 events many message(SpanEventView, SPAN_EVENT);
        12 dropped_events_count one uint32;
        13 links many message(SpanLinkView, SPAN_LINK);
        14 dropped_links_count one uint32;
        15 status one message(StatusView, STATUS);
        16 flags one fixed32;
    }
    /// Something that happened during a span.
    Event SpanEventView SPAN_EVENT {
        1 time_unix_nano one fixed64;
        2 name one string;
        3 attributes many message(KeyValueView, KEY_VALUE);
        4 dropped_attributes_count one uint32;
    }
    /// A pointer to another span.
    Link SpanLinkView SPAN_LINK {
        1 trace_id one id;
        2 span_id one id;
        3 trace_state one string;
        4 attributes many message(KeyValueView, KEY_VALUE);
        5 dropped_attributes_count one uint32;
        6 flags one fixed32;
    }
    /// How a span ended.
    Status StatusView STATUS {
        2 message one string;
        3 code one enumeration(STATUS_CODE);
    }

    /// An export request for metrics; also `MetricsData`.
    ExportMetricsServiceRequest MetricsView METRICS {
        1 resource_metrics many message(ResourceMetricsView, RESOURCE_METRICS);
    }
    /// The metrics of one resource.
    ResourceMetrics ResourceMetricsView RESOURCE_METRICS holder {
        1 resource one message(ResourceView, RESOURCE);
        2 scope_metrics many message(ScopeMetricsView, SCOPE_METRICS);
        3 schema_url one string;
    }
    /// The metrics of one scope.
    ScopeMetrics ScopeMetricsView SCOPE_METRICS holder {
        1 scope one message(ScopeView, INSTRUMENTATION_SCOPE);
        2 metrics many message(MetricView, METRIC);
        3 schema_url one string;
    }
    /// A metric: a named list of datapoints of one kind.
    Metric MetricView METRIC holder {
        1 name one string;
        2 description one string;
        3 unit one string;
        5 gauge oneof message(GaugeView, GAUGE);
        7 sum oneof message(SumView, SUM);
        9 histogram oneof message(HistogramView, HISTOGRAM);
        10 exponential_histogram oneof message(ExponentialHistogramView, EXPONENTIAL_HISTOGRAM);
        11 summary oneof message(SummaryView, SUMMARY);
        12 metadata many message(KeyValueView, KEY_VALUE);
    }
    /// Sampled values.
    Gauge GaugeView GAUGE holder {
        1 data_points many message(NumberDataPointView, NUMBER_DATA_POINT);
    }
    /// Sums.
    Sum SumView SUM holder {
        1 data_points many message(NumberDataPointView, NUMBER_DATA_POINT);
        2 aggregation_temporality one enumeration(AGGREGATION_TEMPORALITY);
        3 is_monotonic one bool;
    }
    /// Histograms with explicit bounds.
    Histogram HistogramView HISTOGRAM holder {
        1 data_points many message(HistogramDataPointView, HISTOGRAM_DATA_POINT);
        2 aggregation_temporality one enumeration(AGGREGATION_TEMPORALITY);
    }
    /// Histograms with exponential bounds.
    ExponentialHistogram ExponentialHistogramView EXPONENTIAL_HISTOGRAM holder {
        1 data_points many message(ExponentialHistogramDataPointView, EXPONENTIAL_HISTOGRAM_DATA_POINT);
        2 aggregation_temporality one enumeration(AGGREGATION_TEMPORALITY);
    }
    /// Quantile summaries.
    Summary SummaryView SUMMARY holder {
        1 data_points many message(SummaryDataPointView, SUMMARY_DATA_POINT);
    }
    /// A number at a time.
    NumberDataPoint NumberDataPointView NUMBER_DATA_POINT item {
        2 start_time_unix_nano one fixed64;
        3 time_unix_nano one fixed64;
        4 as_double oneof double;
        5 exemplars many message(ExemplarView, EXEMPLAR);
        6 as_int oneof sfixed64;
        7 attributes many message(KeyValueView, KEY_VALUE);
        8 flags one uint32;
    }
    /// A histogram at a time.
    HistogramDataPoint HistogramDataPointView HISTOGRAM_DATA_POINT item {
        2 start_time_unix_nano one fixed64;
        3 time_unix_nano one fixed64;
        4 count one fixed64;
        5 sum optional double;
        6 bucket_counts many fixed64;
        7 explicit_bounds many double;
        8 exemplars many message(ExemplarView, EXEMPLAR);
        9 attributes many message(KeyValueView, KEY_VALUE);
        10 flags one uint32;
        11 min optional double;
        12 max optional double;
    }
    /// An exponential histogram at a time.
    ExponentialHistogramDataPoint ExponentialHistogramDataPointView EXPONENTIAL_HISTOGRAM_DATA_POINT item {
        1 attributes many message(KeyValueView, KEY_VALUE);
        2 start_time_unix_nano one fixed64;
        3 time_unix_nano one fixed64;
        4 count one fixed64;
        5 sum optional double;
        6 scale one sint32;
        7 zero_count one fixed64;
        8 positive one message(BucketsView, BUCKETS);
        9 negative one message(BucketsView, BUCKETS);
        10 flags one uint32;
        11 exemplars many message(ExemplarView, EXEMPLAR);
        12 min optional double;
        13 max optional double;
        14 zero_threshold one double;
    }
    /// One side of an exponential histogram.
    Buckets BucketsView BUCKETS {
        1 offset one sint32;
        2 bucket_counts many uint64;
    }
    /// A summary at a time.
    SummaryDataPoint SummaryDataPointView SUMMARY_DATA_POINT item {
        2 start_time_unix_nano one fixed64;
        3 time_unix_nano one fixed64;
        4 count one fixed64;
        5 sum one double;
        6 quantile_values many message(ValueAtQuantileView, VALUE_AT_QUANTILE);
        7 attributes many message(KeyValueView, KEY_VALUE);
        8 flags one uint32;
    }
    /// A quantile of a summary.
    ValueAtQuantile ValueAtQuantileView VALUE_AT_QUANTILE {
        1 quantile one double;
        2 value one double;
    }
    /// A measurement that contributed to a datapoint.
    Exemplar ExemplarView EXEMPLAR {
        2 time_unix_nano one fixed64;
        3 as_double oneof double;
        4 span_id one id;
        5 trace_id one id;
        6 as_int oneof sfixed64;
        7 filtered_attributes many message(KeyValueView, KEY_VALUE);
    }

    /// An export request for logs; also `LogsData`.
    ExportLogsServiceRequest LogsView LOGS {
        1 resource_logs many message(ResourceLogsView, RESOURCE_LOGS);
    }
    /// The log records of one resource.
    ResourceLogs ResourceLogsView RESOURCE_LOGS holder {
        1 resource one message(ResourceView, RESOURCE);
        2 scope_logs many message(ScopeLogsView, SCOPE_LOGS);
        3 schema_url one string;
    }
    /// The log records of one scope.
    ScopeLogs ScopeLogsView SCOPE_LOGS holder {
        1 scope one message(ScopeView, INSTRUMENTATION_SCOPE);
        2 log_records many message(LogRecordView, LOG_RECORD);
        3 schema_url one string;
    }
    /// A log record.
    LogRecord LogRecordView LOG_RECORD item {
        1 time_unix_nano one fixed64;
        2 severity_number one enumeration(SEVERITY_NUMBER);
        3 severity_text one string;
        5 body one message(AnyValueView, ANY_VALUE);
        6 attributes many message(KeyValueView, KEY_VALUE);
        7 dropped_attributes_count one uint32;
        8 flags one fixed32;
        9 trace_id one id;
        10 span_id one id;
        11 observed_time_unix_nano one fixed64;
        12 event_name one string;
    }

    /// An export request for profiles; also `ProfilesData`.
    ExportProfilesServiceRequest ProfilesView PROFILES {
        1 resource_profiles many message(ResourceProfilesView, RESOURCE_PROFILES);
        2 dictionary one message(ProfilesDictionaryView, PROFILES_DICTIONARY);
    }
    /// The profiles of one resource.
    ResourceProfiles ResourceProfilesView RESOURCE_PROFILES holder {
        1 resource one message(ResourceView, RESOURCE);
        2 scope_profiles many message(ScopeProfilesView, SCOPE_PROFILES);
        3 schema_url one string;
    }
    /// The profiles of one scope.
    ScopeProfiles ScopeProfilesView SCOPE_PROFILES holder {
        1 scope one message(ScopeView, INSTRUMENTATION_SCOPE);
        2 profiles many message(ProfileView, PROFILE);
        3 schema_url one string;
    }
    /// A profile.
    Profile ProfileView PROFILE holder {
        1 sample_type one message(ValueTypeView, VALUE_TYPE);
        2 samples many message(SampleView, SAMPLE);
        3 time_unix_nano one fixed64;
        4 duration_nano one uint64;
        5 period_type one message(ValueTypeView, VALUE_TYPE);
        6 period one int64;
        7 profile_id one id;
        8 dropped_attributes_count one uint32;
        9 original_payload_format one string;
        10 original_payload one bytes;
        11 attribute_indices many int32;
    }
    /// What a profile's values mean.
    ValueType ValueTypeView VALUE_TYPE {
        1 type_strindex one int32;
        2 unit_strindex one int32;
    }
    /// A sample of a profile.
    Sample SampleView SAMPLE item {
        1 stack_index one int32;
        2 attribute_indices many int32;
        3 link_index one int32;
        4 values many int64;
        5 timestamps_unix_nano many fixed64;
    }
    /// What the records of a profiles request point into.
    ProfilesDictionary ProfilesDictionaryView PROFILES_DICTIONARY {
        1 mapping_table many message(MappingView, MAPPING);
        2 location_table many message(LocationView, LOCATION);
        3 function_table many message(FunctionView, FUNCTION);
        4 link_table many message(ProfileLinkView, PROFILE_LINK);
        5 string_table many string;
        6 attribute_table many message(KeyValueAndUnitView, KEY_VALUE_AND_UNIT);
        7 stack_table many message(StackView, STACK);
    }
    /// A mapped object file.
    Mapping MappingView MAPPING {
        1 memory_start one uint64;
        2 memory_limit one uint64;
        3 file_offset one uint64;
        4 filename_strindex one int32;
        5 attribute_indices many int32;
    }
    /// A code location.
    Location LocationView LOCATION {
        1 mapping_index one int32;
        2 address one uint64;
        3 lines many message(LineView, LINE);
        4 attribute_indices many int32;
    }
    /// A source line.
    Line LineView LINE {
        1 function_index one int32;
        2 line one int64;
        3 column one int64;
    }
    /// A function.
    Function FunctionView FUNCTION {
        1 name_strindex one int32;
        2 system_name_strindex one int32;
        3 filename_strindex one int32;
        4 start_line one int64;
    }
    /// A pointer from a sample to a span.
    ProfileLink ProfileLinkView PROFILE_LINK {
        1 trace_id one id;
        2 span_id one id;
    }
    /// An attribute with a unit.
    KeyValueAndUnit KeyValueAndUnitView KEY_VALUE_AND_UNIT {
        1 key_strindex one int32;
        2 value one message(AnyValueView, ANY_VALUE);
        3 unit_strindex one int32;
    }
    /// A call stack.
    Stack StackView STACK {
        1 location_indices many int32;
    }
}

impl<'a> KeyValueView<'a> {
    /// The value, whatever its type.
    #[inline]
    pub fn get(self) -> ValueView<'a> {
        self.value().get()
    }
}

impl<'a> AnyValueView<'a> {
    /// The value, whatever its type.
    #[inline]
    pub fn get(self) -> ValueView<'a> {
        ValueView::decode(self.raw())
    }
}
