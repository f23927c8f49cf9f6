//! Component ids (`type[/name]`) and pipeline ids (`signal[/name]`), with the reference's rules.
//!
//! Text from the configuration enters through [`FromStr`] or serde; the ids leave as map keys and
//! as the names that logs and metrics show.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest name after the slash, in bytes, that the reference accepts.
const MAX_NAME: usize = 1024;
/// Longest type before the slash, in bytes.
const MAX_TYPE: usize = 63;

/// Names a configured component: its type and, after a slash, an optional name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentId {
    kind: String,
    name: String,
}

/// Why a text is not an id. The messages are those of the reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing, or only blanks.
    #[error("id must not be empty")]
    Empty,
    /// `/name`.
    #[error("in {0:?} id: the part before / should not be empty")]
    EmptyType(String),
    /// `type/`.
    #[error("in {0:?} id: the part after / should not be empty")]
    EmptyName(String),
    /// A type with characters other than ASCII letters, digits and `_`, not starting with a
    /// letter, or longer than 63 characters.
    #[error("in {id:?} id: invalid character(s) in type {kind:?}")]
    InvalidType {
        /// The whole text.
        id: String,
        /// The part before the slash.
        kind: String,
    },
    /// A name with blanks, control characters or symbols.
    #[error("in {0:?} id: invalid character(s) in name {0:?}")]
    InvalidName(String),
    /// A name longer than 1024 bytes.
    #[error("in {0:?} id: name {0:?} is longer than 1024 characters ({len} characters)", len = .0.len())]
    LongName(String),
    /// A pipeline of an unknown signal.
    #[error("in {id:?} id: unknown pipeline signal: {signal:?}")]
    UnknownSignal {
        /// The whole text.
        id: String,
        /// The part before the slash.
        signal: String,
    },
}

impl IdError {
    /// What would be a valid text, as one sentence.
    pub fn help(&self) -> String {
        match self {
            Self::Empty | Self::EmptyType(_) | Self::EmptyName(_) => {
                "write `type` or `type/name`, for example `otlp` or `otlp/backend`".to_owned()
            }
            Self::InvalidType { .. } => "a component type starts with a letter and has at most 63 \
                                         ASCII letters, digits and underscores"
                .to_owned(),
            Self::InvalidName(_) => {
                "a name has no spaces, control characters or symbols such as `+`, `<`, `=` and `$`"
                    .to_owned()
            }
            Self::LongName(_) => "shorten the part after the slash".to_owned(),
            Self::UnknownSignal { .. } => "a pipeline starts with `traces`, `metrics`, `logs` or \
                                           `profiles`, for example `metrics/internal`"
                .to_owned(),
        }
    }
}

impl ComponentId {
    /// An id without a name. For types written in the program.
    pub fn of_type(kind: &str) -> Result<Self, IdError> {
        kind.parse()
    }

    /// The type: which factory makes the component. This is what the user wrote, which may be a
    /// deprecated alias.
    pub fn component_type(&self) -> &str {
        &self.kind
    }

    /// The part after the slash; empty when there is none.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Splits `first[/name]`, trimmed, and checks the name.
fn split(text: &str) -> Result<(&str, &str), IdError> {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[^\p{Z}\p{C}\p{S}]+$").ok());
    let (first, name) = match text.split_once('/') {
        Some((first, name)) => (first.trim(), Some(name.trim())),
        None => (text.trim(), None),
    };
    match (first, name) {
        ("", None) => Err(IdError::Empty),
        ("", Some(_)) => Err(IdError::EmptyType(text.to_owned())),
        (_, None) => Ok((first, "")),
        (_, Some("")) => Err(IdError::EmptyName(text.to_owned())),
        (_, Some(name)) if name.len() > MAX_NAME => Err(IdError::LongName(name.to_owned())),
        (_, Some(name)) if !NAME.as_ref().is_some_and(|rule| rule.is_match(name)) => {
            Err(IdError::InvalidName(name.to_owned()))
        }
        (_, Some(name)) => Ok((first, name)),
    }
}

impl FromStr for ComponentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (kind, name) = split(text)?;
        let valid = kind.starts_with(|first: char| first.is_ascii_alphabetic())
            && kind.len() <= MAX_TYPE
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !valid {
            return Err(IdError::InvalidType { id: text.to_owned(), kind: kind.to_owned() });
        }
        Ok(Self { kind: kind.to_owned(), name: name.to_owned() })
    }
}

/// The signals a pipeline carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PipelineSignal {
    /// Spans.
    Traces,
    /// Data points.
    Metrics,
    /// Log records.
    Logs,
    /// Profile samples.
    Profiles,
}

impl PipelineSignal {
    /// All signals, in the order the reference lists them.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Metrics, Self::Logs, Self::Profiles];

    /// The word used in pipeline ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Profiles => "profiles",
        }
    }
}

impl fmt::Display for PipelineSignal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Names a pipeline: its signal and, after a slash, an optional name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PipelineId {
    signal: PipelineSignal,
    name: String,
}

impl PipelineId {
    /// The signal the pipeline carries.
    pub fn signal(&self) -> PipelineSignal {
        self.signal
    }

    /// The part after the slash; empty when there is none.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for PipelineId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (signal, name) = split(text)?;
        let signal = PipelineSignal::ALL
            .into_iter()
            .find(|candidate| candidate.as_str() == signal)
            .ok_or_else(|| IdError::UnknownSignal {
                id: text.to_owned(),
                signal: signal.to_owned(),
            })?;
        Ok(Self { signal, name: name.to_owned() })
    }
}

/// Writes `first[/name]`.
fn write_id(out: &mut fmt::Formatter<'_>, first: &str, name: &str) -> fmt::Result {
    if name.is_empty() { out.write_str(first) } else { write!(out, "{first}/{name}") }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(out, &self.kind, &self.name)
    }
}

impl fmt::Display for PipelineId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(out, self.signal.as_str(), &self.name)
    }
}

/// Serde through the text form.
macro_rules! serde_as_text {
    ($id:ty) => {
        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::config::de::deserialize_parsed(deserializer, |text: &str| {
                    text.parse::<Self>().map_err(|error| (error.to_string(), error.help()))
                })
            }
        }
    };
}

serde_as_text!(ComponentId);
serde_as_text!(PipelineId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_split_at_the_first_slash_and_trimmed() {
        let id: ComponentId = " otlp / a/b ".parse().unwrap();
        assert_eq!((id.component_type(), id.name()), ("otlp", "a/b"));
        assert_eq!(id.to_string(), "otlp/a/b");
        let id: PipelineId = "metrics/x".parse().unwrap();
        assert_eq!((id.signal(), id.name()), (PipelineSignal::Metrics, "x"));
    }

    #[test]
    fn refusals_read_as_those_of_the_reference() {
        let component = |text: &str| text.parse::<ComponentId>().unwrap_err().to_string();
        let pipeline = |text: &str| text.parse::<PipelineId>().unwrap_err().to_string();
        assert_eq!(component("  "), "id must not be empty");
        assert_eq!(component("/x"), "in \"/x\" id: the part before / should not be empty");
        assert_eq!(component("otlp/ "), "in \"otlp/ \" id: the part after / should not be empty");
        assert_eq!(component("9a/x"), "in \"9a/x\" id: invalid character(s) in type \"9a\"");
        assert_eq!(component("a/x y"), "in \"x y\" id: invalid character(s) in name \"x y\"");
        assert_eq!(component("a/x=y"), "in \"x=y\" id: invalid character(s) in name \"x=y\"");
        assert!(component(&format!("a/{}", "n".repeat(1025))).ends_with("(1025 characters)"));
        assert!("a".repeat(63).parse::<ComponentId>().is_ok());
        assert!("a".repeat(64).parse::<ComponentId>().is_err());
        assert_eq!(pipeline("metric"), "in \"metric\" id: unknown pipeline signal: \"metric\"");
        assert_eq!(pipeline(""), "id must not be empty");
    }
}
