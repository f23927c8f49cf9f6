//! `ExtractGrokPatterns`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use super::{ArgumentFault, Arguments, Given};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::grok::{Captured, Grok};
use crate::types::Type;
use crate::value::Value;

pub(super) const EXTRACT_GROK_PATTERNS: FunctionDecl = FunctionDecl {
    name: "ExtractGrokPatterns",
    doc: "What a grok pattern captures first in a text, as a map; empty if nothing matches. Patterns are \
          written `%{SYNTAX}`, `%{SYNTAX:name}` or `%{SYNTAX:name:type}`; own ones are defined as `NAME=pattern`.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("pattern", Takes::Exactly(Type::STRING)),
        Param::optional("named_captures_only", Takes::Literal(Type::BOOL)),
        Param::optional("pattern_definitions", Takes::Literals(Type::STRING)),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"t": "took 15ms"}"#,
            statement: r#"set(log.attributes["m"], ExtractGrokPatterns(log.attributes["t"], "took %{INT:ms:int}ms", true))"#,
            expect: r#"{"t": "took 15ms", "m": {"ms": 15}}"#,
        },
        Example {
            given: r#"{"t": "id 7"}"#,
            statement: r#"set(log.attributes["m"], ExtractGrokPatterns(log.attributes["t"], "id %{ID:id}", true, ["ID=\\d"]))"#,
            expect: r#"{"t": "id 7", "m": {"id": "7"}}"#,
        },
    ],
    run: Shim::Converter(extract_grok_patterns),
};

fn extract_grok_patterns<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(pattern), named_only, definitions] = *args else {
        return Err(EvalError::Internal("ExtractGrokPatterns"));
    };
    let named_only = matches!(named_only, Value::Bool(true));
    let definitions: Vec<&str> = definitions
        .elements()
        .into_iter()
        .flat_map(|definitions| definitions.iter())
        .filter_map(|definition| if let Value::Str(text) = definition { Some(text) } else { None })
        .collect();
    let key = format!("{named_only}\u{0}{}\u{0}{pattern}", definitions.join("\u{0}"));
    let grok = work.prepared(&key, |_| compile(pattern, named_only, &definitions))?;
    let mut entries: Vec<(&'a str, ValueView<'a>)> = Vec::new();
    for (name, value) in grok.captures(text)? {
        let value = match value {
            Captured::Text(text) => ValueView::Str(work.arena.alloc_str(text)),
            Captured::Int(value) => ValueView::Int(value),
            Captured::Float(value) => ValueView::Double(value),
            Captured::Bool(value) => ValueView::Bool(value),
        };
        entries.push((work.arena.alloc_str(&name), value));
    }
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

fn compile(pattern: &str, named_only: bool, definitions: &[&str]) -> Result<Grok, EvalError> {
    let definitions: Vec<(&str, &str)> =
        definitions.iter().filter_map(|definition| definition.split_once('=')).collect();
    Grok::new(pattern, named_only, &definitions)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let definitions = args.texts(3).unwrap_or_default();
    for definition in &definitions {
        let Some((name, _)) = definition.split_once('=') else {
            let message = format!("cannot read the definition {definition:?}");
            return Err(ArgumentFault::new(3, message, "write `NAME=pattern`"));
        };
        if name.contains(':') {
            let message = format!("takes no name with a colon, such as {name:?}");
            return Err(ArgumentFault::new(3, message, ""));
        }
    }
    let Some(pattern) = args.text(1) else { return Ok(()) };
    let named_only = matches!(args.get(2), Given::Constant(Value::Bool(true)));
    compile(pattern, named_only, &definitions)
        .map(|_| ())
        .map_err(|error| ArgumentFault::new(1, format!("cannot use the pattern: {error}"), ""))
}
