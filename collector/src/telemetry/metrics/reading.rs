//! What exporters see of metrics at a moment.

use super::{Definition, Labels};

/// All series of a metric.
#[derive(Clone, Debug)]
pub struct Family {
    /// The metric.
    pub definition: &'static Definition,
    /// Its series, sorted by labels.
    pub series: Vec<Series>,
}

/// One series of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its labels, sorted by name.
    pub labels: Labels,
    /// Its value.
    pub reading: Reading,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A distribution.
    Distribution(Distribution),
}

/// How recorded values are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Upper limits of the buckets but the last, which has none.
    pub bounds: &'static [f64],
    /// Values in each bucket; one more than bounds.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: f64,
    /// The least value; infinite when there is none.
    pub min: f64,
    /// The greatest value; minus infinite when there is none.
    pub max: f64,
}

impl Distribution {
    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

impl From<i64> for Reading {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Reading {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Reading {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Reading {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}
