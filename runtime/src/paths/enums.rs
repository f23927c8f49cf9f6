//! The symbols of enumerations, by context.

use holt_pdata::schema::Enum;
use holt_pdata::schema::enums::{AGGREGATION_TEMPORALITY, SEVERITY_NUMBER, SPAN_KIND, STATUS_CODE};

/// Symbols and their numbers.
#[derive(Clone, Copy, Debug)]
pub struct EnumTable {
    /// What the enumeration is called.
    pub name: &'static str,
    /// Symbols and numbers.
    pub values: &'static [(&'static str, i32)],
}

impl EnumTable {
    /// The number of a symbol.
    pub fn get(&self, symbol: &str) -> Option<i64> {
        let found = self.values.iter().find(|(name, _)| *name == symbol);
        found.map(|(_, value)| i64::from(*value))
    }
}

/// Where the tables of OTLP are used as they are.
const fn otlp(declared: &Enum) -> EnumTable {
    EnumTable { name: declared.name, values: declared.values }
}

/// Kinds and statuses of spans.
pub(super) static SPAN: [EnumTable; 2] = [otlp(&SPAN_KIND), otlp(&STATUS_CODE)];

const METRIC_DATA_TYPE: EnumTable = EnumTable {
    name: "MetricDataType",
    values: &[
        ("METRIC_DATA_TYPE_NONE", 0),
        ("METRIC_DATA_TYPE_GAUGE", 1),
        ("METRIC_DATA_TYPE_SUM", 2),
        ("METRIC_DATA_TYPE_HISTOGRAM", 3),
        ("METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM", 4),
        ("METRIC_DATA_TYPE_SUMMARY", 5),
    ],
};

/// Kinds and temporalities of metrics.
pub(super) static METRIC: [EnumTable; 2] = [otlp(&AGGREGATION_TEMPORALITY), METRIC_DATA_TYPE];

/// Those of metrics, and the flags of datapoints.
pub(super) static DATAPOINT: [EnumTable; 3] = [
    otlp(&AGGREGATION_TEMPORALITY),
    METRIC_DATA_TYPE,
    EnumTable {
        name: "DataPointFlags",
        values: &[("FLAG_NONE", 0), ("FLAG_NO_RECORDED_VALUE", 1)],
    },
];

/// Severities of log records.
pub(super) static LOG: [EnumTable; 1] = [otlp(&SEVERITY_NUMBER)];
