//! What can be configured: every key with its type, default and meaning.
//!
//! The types that settings are decoded into are the one declaration: a field is a key, its doc
//! comment the meaning, its type the type, and the value in `Default` the default. [`of`] reads that
//! off a type through schemars; `explain`, the JSON Schema and the reference page are made from it.

mod declare;
mod find;
mod read;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

pub(crate) use declare::described_as;
pub use find::{Missing, find};
pub(in crate::config) use read::without_places;

/// A key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// What may stand there.
    pub shape: Shape,
    /// What counts when it is not set; none for blocks, secrets and what is nothing by default.
    pub default: Option<Value>,
    /// Whether it must be set.
    pub required: bool,
}

impl Key {
    /// The default as it is written: text without quotes, unless it is empty.
    pub fn shown_default(&self) -> Option<String> {
        let value = self.default.as_ref()?;
        Some(match value.as_str() {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => value.to_string(),
        })
    }
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything: what it means is decided elsewhere.
    Any,
    /// Text.
    Text,
    /// Text that is never shown.
    Secret,
    /// A whole number.
    Integer {
        /// The least, where there is one.
        least: Option<i64>,
    },
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A duration.
    Duration,
    /// The id of a component.
    Id,
    /// One of some words.
    Choice {
        /// The words and what they mean.
        words: Vec<Word>,
        /// Whether letter case does not matter.
        any_case: bool,
    },
    /// Keys.
    Block {
        /// The keys, by name.
        keys: Vec<Key>,
        /// When the block counts.
        presence: Presence,
    },
    /// A list.
    List(Box<Shape>),
    /// A map of names that the user chooses.
    Map(Box<Shape>),
    /// Such a map, or a list of `name` and `value`.
    Pairs(Box<Shape>),
    /// One of several.
    Either(Vec<Shape>),
}

/// A word of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub name: String,
    /// What it means.
    pub doc: String,
}

/// When a block of settings counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Always,
    /// Unless it is switched off with `enabled: false`.
    On,
    /// When it is named.
    Named,
    /// When it is named with anything in it.
    Off,
}

impl Presence {
    /// Whether the block has the key `enabled`.
    pub const fn is_optional(self) -> bool {
        !matches!(self, Self::Always)
    }
}

impl Shape {
    /// In words: `a list of text`.
    pub fn describe(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Secret => "text, never shown".to_owned(),
            Self::Integer { least: Some(0) } => "whole number, not negative".to_owned(),
            Self::Integer { .. } => "whole number".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::Id => "component id".to_owned(),
            Self::Choice { words, .. } => {
                let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                names.join(", ")
            }
            Self::Block { presence, .. } => match presence {
                Presence::Always => "keys",
                Presence::On => "keys; on unless `enabled: false`",
                Presence::Named => "keys; off until the key is named",
                Presence::Off => "keys; off until the key is named with any of them",
            }
            .to_owned(),
            Self::List(item) => match &**item {
                Self::Block { .. } => "list of maps".to_owned(),
                Self::Id => "list of component ids".to_owned(),
                item => format!("list of {}", item.describe()),
            },
            Self::Map(value) => match &**value {
                Self::Block { .. } => "map of names to keys".to_owned(),
                value => format!("map of names to {}", value.describe()),
            },
            Self::Pairs(value) => format!("map of names to {}", value.describe()),
            Self::Either(shapes) => {
                let all: Vec<String> = shapes.iter().map(Self::describe).collect();
                all.join(" or ")
            }
        }
    }

    /// The keys below, through lists and maps.
    pub fn keys(&self) -> &[Key] {
        match self {
            Self::Block { keys, .. } => keys,
            Self::List(inner) | Self::Map(inner) | Self::Pairs(inner) => inner.keys(),
            Self::Either(shapes) => {
                shapes.iter().map(Self::keys).find(|keys| !keys.is_empty()).unwrap_or_default()
            }
            _ => &[],
        }
    }
}

/// The keys of a type of settings, with the defaults that `defaults` holds.
pub fn of<T: JsonSchema + Serialize>(defaults: &T) -> Vec<Key> {
    read::keys(&read::schema::<T>(), defaults)
}
