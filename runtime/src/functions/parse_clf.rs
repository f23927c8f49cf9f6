//! `ParseCLF`

use holt_pdata::ValueView;

use super::{ArgumentFault, Arguments, By, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::number::parse_int;
use crate::text::regex::Pattern;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_CLF: FunctionDecl = FunctionDecl {
    name: "ParseCLF",
    doc: "The parts of a line in the Common Log Format (`clf`) or the combined format (`combined`).",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("format", Takes::Literal(Type::STRING)),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::to(By::Transform, &["log"]),
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"t": "h - - [d] \"GET / HTTP/1.1\" 200 -"}"#,
            statement: r#"set(log.attributes["t"], ParseCLF(log.attributes["t"])["clf.status"])"#,
            expect: r#"{"t": 200}"#,
        },
        Example {
            given: r#"{"t": "x"}"#,
            statement: r#"set(log.attributes["t"], ParseCLF(log.attributes["t"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_clf),
};

/// A field in quotes, in which a backslash escapes.
const QUOTED: &str = r#""((?:[^"\\]|\\.)*)""#;

fn parse_clf<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), format] = *args else { return Err(EvalError::Internal("ParseCLF")) };
    let combined = matches!(format, Value::Str("combined"));
    let pattern = work.prepared(if combined { "combined" } else { "clf" }, compile)?;
    let arena = work.arena;
    let captures = pattern.0.captures(text.trim()).ok_or_else(|| {
        let format = if combined { "combined" } else { "common" };
        EvalError::Function(format!("the line is not in the {format} log format").into())
    })?;
    let part = |index: usize| -> &'a str {
        arena.alloc_str(captures.get(index).map_or("", |found| found.as_str()))
    };
    let request: &'a str = arena.alloc_str(&unescape(part(5)));
    let mut entries = vec![
        ("clf.remote_host", ValueView::Str(part(1))),
        ("clf.rfc931", ValueView::Str(part(2))),
        ("clf.auth_user", ValueView::Str(part(3))),
        ("clf.timestamp", ValueView::Str(part(4))),
        ("clf.request", ValueView::Str(request)),
    ];
    let words: Vec<&'a str> = request.splitn(3, ' ').collect();
    if let [method, uri, protocol] = words.as_slice() {
        entries.push(("clf.method", ValueView::Str(method)));
        entries.push(("clf.request_uri", ValueView::Str(uri)));
        entries.push(("clf.protocol", ValueView::Str(protocol)));
    }
    entries.push(("clf.status", ValueView::Int(parse_int(part(6))?)));
    if part(7) != "-" {
        entries.push(("clf.bytes", ValueView::Int(parse_int(part(7))?)));
    }
    if combined {
        entries.push(("clf.referer", ValueView::Str(arena.alloc_str(&unescape(part(8))))));
        entries.push(("clf.user_agent", ValueView::Str(arena.alloc_str(&unescape(part(9))))));
    }
    Ok(Value::Map(map(arena, entries.into_iter())))
}

/// The pattern of a format.
struct Line(Pattern);

fn compile(format: &str) -> Result<Line, EvalError> {
    let more = if format == "combined" { format!(" {QUOTED} {QUOTED}") } else { String::new() };
    let text = format!(r"^(\S+) (\S+) (\S+) \[([^\]]+)\] {QUOTED} (\S+) (\S+){more}$");
    let pattern = Pattern::new(&text);
    pattern.map(Line).map_err(|_| EvalError::Internal("the pattern of a log format"))
}

fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&next, after)) = rest.split_first().filter(|_| byte == b'\\') else {
            out.push(byte);
            continue;
        };
        rest = after;
        match next {
            b'\\' | b'"' => out.push(next),
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'x' => {
                let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                let is_hex = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                let value =
                    digits.filter(is_hex).and_then(|text| u8::from_str_radix(text, 16).ok());
                match value {
                    Some(value) => {
                        out.push(value);
                        rest = rest.get(2..).unwrap_or_default();
                    }
                    None => out.extend(b"\\x"),
                }
            }
            _ => out.extend([b'\\', next]),
        }
    }
    // What is not UTF-8 is repaired, as every text.
    String::from_utf8_lossy(&out).into_owned()
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1) {
        None | Some("clf" | "combined") => Ok(()),
        Some(_) => {
            Err(ArgumentFault::new(1, "has no such format", "the formats are `clf` and `combined`"))
        }
    }
}
