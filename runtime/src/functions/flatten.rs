//! `flatten`

use std::collections::HashMap;

use bumpalo::Bump;
use holt_pdata::{ArrayView, MapView, ValueView};

use super::ordered::Ordered;
use super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::{Frame, MAX_TEXT};
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const FLATTEN: FunctionDecl = FunctionDecl {
    name: "flatten",
    doc: "Lifts the elements of nested maps and lists to the top, under keys that are joined with dots. \
          A prefix goes before every key; a depth ends the descent early. Where two keys collide, the \
          last value stays, or, when conflicts are resolved, later ones get a number.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::optional("prefix", Takes::Literal(Type::STRING)),
        Param::optional("depth", Takes::Literal(Type::INT)),
        Param::optional("resolve_conflicts", Takes::Literal(Type::BOOL)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": {"b": 1, "c": [7, 8]}}"#,
            statement: "flatten(log.attributes)",
            expect: r#"{"a.b": 1, "a.c.0": 7, "a.c.1": 8}"#,
        },
        Example {
            given: r#"{"a": {"b": 1, "c": [7, 8]}}"#,
            statement: "flatten(log.attributes, resolveConflicts=true)",
            expect: r#"{"a.b": 1, "a.c": 7, "a.c.0": 8}"#,
        },
        Example {
            given: r#"{"a": {"b": {"c": 1}}, "d": 2}"#,
            statement: r#"flatten(log.attributes, "p", 1)"#,
            expect: r#"{"p.a.b": {"c": 1}, "p.d": 2}"#,
        },
    ],
    run: Shim::Editor(flatten),
};

fn flatten<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [prefix, depth, resolve] = *args else { return Err(EvalError::Internal("flatten")) };
    let entries = frame.entries(target)?;
    let mut flat = Flat {
        arena: frame.state.work.arena,
        depth: match depth {
            Value::Int(depth) => depth,
            _ => i64::MAX,
        },
        resolve: matches!(resolve, Value::Bool(true)),
        made: 0,
        next: HashMap::new(),
        result: Ordered::default(),
    };
    let prefix = match prefix {
        Value::Str(prefix) => prefix,
        _ => "",
    };
    flat.entries(entries.into_iter(), prefix, 0)?;
    frame.replace_map(target, flat.result.into_entries())
}

/// So deep may maps and lists nest: far deeper than what telemetry is accepted with.
const MAX_LEVELS: i64 = 256;

/// The flattened map as it grows.
struct Flat<'a> {
    arena: &'a Bump,
    /// So many levels are lifted.
    depth: i64,
    resolve: bool,
    /// The length of all keys that were made.
    made: usize,
    /// The number that the next entry with a known key gets.
    next: HashMap<&'a str, u64>,
    result: Ordered<'a>,
}

impl<'a> Flat<'a> {
    fn entries(
        &mut self,
        entries: impl Iterator<Item = (&'a str, ValueView<'a>)>,
        prefix: &str,
        level: i64,
    ) -> Result<(), EvalError> {
        for (key, value) in entries {
            if prefix.is_empty() {
                self.value(key, value, level)?;
            } else {
                self.value(&format!("{prefix}.{key}"), value, level)?;
            }
        }
        Ok(())
    }

    fn map(&mut self, map: MapView<'a>, prefix: &str, level: i64) -> Result<(), EvalError> {
        if level > MAX_LEVELS {
            return Err(EvalError::Function("the map nests too deeply".into()));
        }
        self.entries(map.iter(), prefix, level)
    }

    fn value(&mut self, key: &str, value: ValueView<'a>, level: i64) -> Result<(), EvalError> {
        match value {
            ValueView::Map(map) if level < self.depth => self.map(map, key, level + 1),
            ValueView::Array(list) if level < self.depth => self.list(list, key, level),
            _ => self.put(key, value),
        }
    }

    fn list(&mut self, list: ArrayView<'a>, key: &str, level: i64) -> Result<(), EvalError> {
        let inner = level + 1;
        for (index, value) in list.iter().enumerate() {
            match value {
                ValueView::Map(map) if inner < self.depth => {
                    self.map(map, &format!("{key}.{index}"), level + 2)?;
                }
                ValueView::Array(list) if inner < self.depth => {
                    self.inner_list(list, &format!("{key}.{index}"), level + 2)?;
                }
                _ if self.resolve => self.put(key, value)?,
                _ => self.put(&format!("{key}.{index}"), value)?,
            }
        }
        Ok(())
    }

    /// A list that is an element of a list: as in the reference, no dot stands before its indices.
    fn inner_list(&mut self, list: ArrayView<'a>, key: &str, level: i64) -> Result<(), EvalError> {
        if level > MAX_LEVELS {
            return Err(EvalError::Function("the list nests too deeply".into()));
        }
        for (index, value) in list.iter().enumerate() {
            self.value(&format!("{key}{index}"), value, level + 1)?;
        }
        Ok(())
    }

    fn put(&mut self, key: &str, value: ValueView<'a>) -> Result<(), EvalError> {
        self.made = self.made.saturating_add(key.len());
        if self.made > MAX_TEXT {
            return Err(EvalError::TooLong);
        }
        let key: &'a str = self.arena.alloc_str(key);
        if self.resolve && self.result.has(key) {
            let next = self.next.entry(key).or_default();
            let numbered = self.arena.alloc_str(&format!("{key}.{next}"));
            *next += 1;
            self.result.put(numbered, value);
        } else {
            self.result.put(key, value);
        }
        Ok(())
    }
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.int(2) {
        Some(depth) if depth < 1 => Err(ArgumentFault::new(2, "takes a depth of at least 1", "")),
        _ => Ok(()),
    }
}
