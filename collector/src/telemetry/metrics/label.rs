//! Labels of series.

use std::fmt;

/// The value of a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelValue {
    /// A text.
    Text(String),
    /// A number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

/// The labels of a series, sorted by name.
pub type Labels = Vec<(&'static str, LabelValue)>;

impl fmt::Display for LabelValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Int(number) => number.fmt(formatter),
            Self::Bool(flag) => flag.fmt(formatter),
        }
    }
}

impl From<String> for LabelValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for LabelValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for LabelValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for LabelValue {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

/// Labels sorted by name, which makes equal sets equal.
pub(super) fn sorted<V: Into<LabelValue>>(
    labels: impl IntoIterator<Item = (&'static str, V)>,
) -> Labels {
    let mut labels: Labels = labels.into_iter().map(|(name, value)| (name, value.into())).collect();
    labels.sort_unstable_by_key(|(name, _)| *name);
    labels
}
