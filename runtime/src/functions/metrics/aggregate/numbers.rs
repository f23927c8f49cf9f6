//! Numbers that become one.

use std::cmp::Ordering;

use holt_pdata::messages::numbers::NUMBER_DATA_POINT as NUMBER;
use holt_pdata::{Record, messages, wire};

use super::super::points::Number;
use super::Function;
use crate::text::number::truncate;

/// The number of a datapoint; none when it has none.
fn number(point: &[u8]) -> Option<Number> {
    let double = wire::find(point, NUMBER::as_double)
        .map(|field| Number::Double(f64::from_bits(field.scalar)));
    double.or_else(|| {
        wire::find(point, NUMBER::as_int).map(|field| Number::Int(field.scalar.cast_signed()))
    })
}

fn start(point: &[u8]) -> u64 {
    wire::find(point, NUMBER::start_time_unix_nano).map_or(0, |field| field.scalar)
}

/// One datapoint for a group. The first decides whether it is an integer or a double; if that has no
/// number, the others are forgotten.
pub(super) fn merged(group: &[&[u8]], function: Function) -> Vec<u8> {
    let Some(first) = group.first() else { return Vec::new() };
    let mut merged = Record::of(&messages::NUMBER_DATA_POINT, first);
    let numbers: Vec<_> = group.iter().map(|point| number(point)).collect();
    match numbers.first() {
        Some(Some(Number::Double(_))) => {
            let value = double(numbers.iter().map(as_double).collect(), function);
            merged.set_fixed64(NUMBER::as_double, value.to_bits());
        }
        Some(Some(Number::Int(_))) => {
            // Doubles among integers count as nothing where numbers are added.
            let adds = matches!(function, Function::Sum | Function::Mean);
            let numbers = numbers.iter().map(|number| match number {
                Some(Number::Double(_)) if adds => 0,
                number => as_int(number),
            });
            merged.set_fixed64(NUMBER::as_int, int(numbers.collect(), function).cast_unsigned());
        }
        _ => return first.to_vec(),
    }
    let earliest = group.iter().map(|point| start(point)).min().unwrap_or_default();
    if earliest != start(first) {
        merged.set_fixed64(NUMBER::start_time_unix_nano, earliest);
    }
    let mut out = Vec::with_capacity(first.len());
    merged.encode(&mut out);
    out
}

fn as_double(number: &Option<Number>) -> f64 {
    match number {
        Some(Number::Double(value)) => *value,
        Some(Number::Int(value)) => *value as f64,
        None => 0.0,
    }
}

fn as_int(number: &Option<Number>) -> i64 {
    match number {
        Some(Number::Double(value)) => truncate(*value),
        Some(Number::Int(value)) => *value,
        None => 0,
    }
}

fn double(mut values: Vec<f64>, function: Function) -> f64 {
    let count = values.len();
    let first = values.first().copied().unwrap_or_default();
    let rest = values.iter().skip(1).copied();
    match function {
        Function::Sum => rest.fold(first, |sum, value| sum + value),
        Function::Mean => rest.fold(first, |sum, value| sum + value) / count as f64,
        Function::Max => rest.fold(first, higher),
        Function::Min => rest.fold(first, |least, value| -higher(-least, -value)),
        Function::Count if count > 1 => count as f64,
        Function::Count => first,
        Function::Median => {
            values.sort_by(by_size);
            match middle(&values) {
                (Some(below), Some(above)) => (below + above) / 2.0,
                (one, other) => one.or(other).unwrap_or_default(),
            }
        }
    }
}

fn int(mut values: Vec<i64>, function: Function) -> i64 {
    let count = values.len() as i64;
    let first = values.first().copied().unwrap_or_default();
    let rest = values.iter().skip(1).copied();
    match function {
        Function::Sum => rest.fold(first, i64::wrapping_add),
        Function::Mean => rest.fold(first, i64::wrapping_add) / count.max(1),
        Function::Max => rest.fold(first, i64::max),
        Function::Min => rest.fold(first, i64::min),
        Function::Count if count > 1 => count,
        Function::Count => first,
        Function::Median => {
            values.sort_unstable();
            match middle(&values) {
                (Some(below), Some(above)) => below.wrapping_add(above) / 2,
                (one, other) => one.or(other).unwrap_or_default(),
            }
        }
    }
}

/// The values in the middle of a sorted list: two when their number is even.
fn middle<T: Copy>(values: &[T]) -> (Option<T>, Option<T>) {
    let half = values.len() / 2;
    let below = half.checked_sub(1).filter(|_| values.len().is_multiple_of(2));
    (below.and_then(|below| values.get(below)).copied(), values.get(half).copied())
}

/// The higher of two, as Go has it: infinity is higher than NaN, NaN higher than all others, and
/// zero higher than minus zero.
fn higher(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else {
        a.max(b)
    }
}

/// NaN first.
fn by_size(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}
