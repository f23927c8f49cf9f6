//! How the types that settings are made of describe themselves to schemars: by an extension
//! keyword, [`SHAPE`], where JSON Schema has no word for what they are.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::config::ids::ComponentId;
use crate::config::values::{
    Condition, Duration, MapList, Optional, Secret, Spanned, Statement, Text,
};
use crate::config::yaml::Node;

/// The keyword that names a shape of ours.
pub(super) const SHAPE: &str = "x-shape";
/// The keyword of blocks that may be off.
pub(super) const OPTIONAL: &str = "x-optional";
/// The keyword of words whose letter case does not matter.
pub(super) const ANY_CASE: &str = "x-any-case";

/// Declares types of one shape.
macro_rules! shapes {
    ($($type:ty => $shape:literal,)*) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"x-shape": $shape})
            }
        }
    )*};
}

shapes! {
    Duration => "duration",
    Secret => "secret",
    Text => "text",
    Statement => "text",
    Condition => "text",
    Node => "any",
    ComponentId => "id",
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Spanned<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl<T: JsonSchema> JsonSchema for Optional<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Optional<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert(OPTIONAL.to_owned(), true.into());
        schema
    }
}

impl<T: JsonSchema> JsonSchema for MapList<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("MapList<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({"x-shape": "pairs", "additionalProperties": value})
    }
}

/// A type whose schema is that of words: for names that are decoded as text and checked later.
macro_rules! described_as {
    ($type:ty, $($word:literal: $doc:literal),* $(,)?) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "oneOf": [$({"const": $word, "description": $doc}),*]
                })
            }
        }
    };
}

pub(crate) use described_as;
