//! Names as Prometheus has them: those of OpenTelemetry with or without suffixes, as they are or
//! with underscores for what older scrapers do not read.

use std::borrow::Cow;

use super::super::metrics::{Definition, Instrument};

/// How a scraper wants names that are more than letters, digits and underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    /// Other characters become underscores.
    Underscores,
    /// Names are in quotes where they have to be.
    Quotes,
}

impl Escaping {
    /// What an `Accept` header asks for; the better of its text formats wins.
    pub(super) fn asked_for(accept: &str) -> Self {
        let is_text = |range: &&str| {
            let kind = range.split(';').next().unwrap_or_default().trim();
            kind == "text/plain" || kind == "*/*"
        };
        let quoted = |range: &str| {
            range.split(';').skip(1).any(|parameter| parameter.trim() == "escaping=allow-utf-8")
        };
        match accept.split(',').find(is_text) {
            Some(range) if quoted(range) => Self::Quotes,
            _ => Self::Underscores,
        }
    }

    /// A name as it is written for this scraper, and whether it needs quotes.
    pub(super) fn apply(self, name: &str) -> (Cow<'_, str>, bool) {
        if is_plain(name) {
            return (Cow::Borrowed(name), false);
        }
        match self {
            Self::Quotes => (Cow::Borrowed(name), true),
            Self::Underscores => (Cow::Owned(with_underscores(name)), false),
        }
    }
}

fn is_plain(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes()
        .enumerate()
        .all(|(index, byte)| is_letter(byte) || (index > 0 && byte.is_ascii_digit()))
}

fn with_underscores(name: &str) -> String {
    let keep = |(index, letter): (usize, char)| match letter {
        'a'..='z' | 'A'..='Z' | '_' => letter,
        '0'..='9' if index > 0 => letter,
        _ => '_',
    };
    name.chars().enumerate().map(keep).collect()
}

/// The name of a metric with its unit and `_total` behind it.
pub(super) fn with_suffixes(definition: &Definition) -> String {
    let total = "_total";
    let is_counter = definition.instrument == Instrument::Counter;
    let stem = match is_counter {
        true => definition.name.strip_suffix(total).unwrap_or(definition.name),
        false => definition.name,
    };
    let mut name = stem.to_owned();
    let is_known = !definition.unit.is_empty() && !definition.unit.contains('{');
    if let Some(unit) = unit(definition).filter(|_| is_known)
        && !stem.split('_').any(|part| part == unit)
    {
        name.push('_');
        name.push_str(unit);
    }
    if is_counter {
        name.push_str(total);
    }
    name
}

fn unit(definition: &Definition) -> Option<&'static str> {
    Some(match definition.unit {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" if definition.instrument == Instrument::Gauge => "ratio",
        _ => return None,
    })
}
