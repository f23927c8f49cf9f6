//! `scale_metric`

use holt_pdata::messages::numbers::{
    EXEMPLAR, HISTOGRAM_DATA_POINT as HISTOGRAM, METRIC, NUMBER_DATA_POINT as NUMBER,
    SUMMARY_DATA_POINT as SUMMARY, VALUE_AT_QUANTILE as QUANTILE,
};
use holt_pdata::wire::{RawField, WireType, put_len};

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::points::{made_over, packed, points_made_over, put_double};
use super::{Kind, ON_METRICS, data, set_data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::text::number::truncate;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SCALE_METRIC: FunctionDecl = FunctionDecl {
    name: "scale_metric",
    doc: "Multiplies all numbers of a gauge, sum, histogram or summary, and sets the unit if one is \
          given. Counts stay; integers stay integers, cut towards zero. Exponential histograms cannot \
          be scaled.",
    params: &[
        Param::required("multiplier", Takes::Literal(Type::FLOAT)),
        Param::optional("unit", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: None,
    examples: &[
        Example {
            given: r#"{"name": "m", "gauge": {"dataPoints": [{"asInt": "5"}, {"asDouble": 5}]}}"#,
            statement: r#"scale_metric(0.5, "kB")"#,
            expect: r#"[{"name": "m", "unit": "kB", "gauge": {"dataPoints": [{"asInt": "2"}, {"asDouble": 2.5}]}}]"#,
        },
        Example {
            given: r#"{"name": "m", "exponentialHistogram": {}}"#,
            statement: "scale_metric(2.0)",
            expect: "error",
        },
    ],
    run: Shim::ItemEditor(scale_metric),
};

fn scale_metric<'a>(frame: &mut Frame<'_, 'a>, args: &[Value<'a>]) -> Result<(), EvalError> {
    let [Value::Float(factor), unit] = *args else {
        return Err(EvalError::Internal("scale_metric"));
    };
    let data = data(&frame.open.record);
    let Some(data) = data.filter(|data| data.kind != Kind::Exponential) else {
        let what = "only gauges, sums, histograms and summaries can be scaled";
        return Err(EvalError::Function(what.into()));
    };
    let scale = match data.kind {
        Kind::Histogram => histogram,
        Kind::Summary => summary,
        _ => number,
    };
    let scaled = points_made_over(data.bytes, |point| {
        made_over(point, |field, out| scale(field, factor, out))
    });
    set_data(frame, data.kind, &scaled);
    if let Value::Str(unit) = unit {
        frame.open.record.set_text(METRIC::unit, unit);
    }
    Ok(())
}

/// Writes a field of a number datapoint, scaled; answers no for one that stays.
fn number(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    match field.number {
        NUMBER::as_double => double(field, factor, out),
        NUMBER::as_int => integer(field, factor, out),
        _ => false,
    }
}

fn histogram(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    match field.number {
        HISTOGRAM::sum | HISTOGRAM::min | HISTOGRAM::max => double(field, factor, out),
        HISTOGRAM::explicit_bounds if field.wire == WireType::Len => {
            let (bounds, _) = field.bytes.as_chunks::<8>();
            let scaled = bounds.iter().map(|bound| times(u64::from_le_bytes(*bound), factor));
            put_len(out, field.number, &packed(scaled.map(f64::to_bits)));
            true
        }
        HISTOGRAM::explicit_bounds => double(field, factor, out),
        HISTOGRAM::exemplars => {
            let exemplar = made_over(field.bytes, |field, out| match field.number {
                EXEMPLAR::as_double => double(field, factor, out),
                EXEMPLAR::as_int => integer(field, factor, out),
                _ => false,
            });
            put_len(out, field.number, &exemplar);
            true
        }
        _ => false,
    }
}

fn summary(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    match field.number {
        SUMMARY::sum => plain_double(field, factor, out),
        SUMMARY::quantile_values => {
            let quantile = made_over(field.bytes, |field, out| {
                field.number == QUANTILE::value && plain_double(field, factor, out)
            });
            put_len(out, field.number, &quantile);
            true
        }
        _ => false,
    }
}

fn times(bits: u64, factor: f64) -> f64 {
    f64::from_bits(bits) * factor
}

fn double(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    put_double(out, field.number, times(field.scalar, factor));
    true
}

/// As [`double`], of a field that is left out at zero.
fn plain_double(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    times(field.scalar, factor) == 0.0 || double(field, factor, out)
}

fn integer(field: RawField<'_>, factor: f64, out: &mut Vec<u8>) -> bool {
    let scaled = truncate(field.scalar.cast_signed() as f64 * factor);
    // Eight bytes hold both.
    put_double(out, field.number, f64::from_bits(scaled.cast_unsigned()));
    true
}
