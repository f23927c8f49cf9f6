//! `URL`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use std::collections::BTreeMap;

use holt_pdata::{ArrayView, ValueView};

use crate::encode::{map, put_value};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::url::{Url, parse_query};
use crate::types::Type;
use crate::value::Value;

pub(super) const URL: FunctionDecl = FunctionDecl {
    name: "URL",
    doc: "The parts of a URL as attributes of the semantic conventions. A text that begins with `?` is a \
          query, whose parameters come under `query`.",
    params: &[Param::required("uri", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"u": "http://h:80/a.txt?q=1"}"#,
            statement: r#"set(log.attributes["m"], URL(log.attributes["u"]))"#,
            expect: r#"{"u": "http://h:80/a.txt?q=1", "m": {"url.domain": "h", "url.extension": "txt", "url.original": "http://h:80/a.txt?q=1", "url.path": "/a.txt", "url.port": 80, "url.query": "q=1", "url.scheme": "http"}}"#,
        },
        Example {
            given: r#"{"u": "?a=1&a=2"}"#,
            statement: r#"set(log.attributes["m"], URL(log.attributes["u"]))"#,
            expect: r#"{"u": "?a=1&a=2", "m": {"query": {"a": ["1", "2"]}}}"#,
        },
    ],
    run: Shim::Converter(url),
};

fn url<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("URL")) };
    let fault = |what: &str| EvalError::Function(format!("this is no URL: {what}").into());
    if text.is_empty() {
        return Err(fault("the text is empty"));
    }
    if let Some(query) = text.strip_prefix('?') {
        return Ok(parameters(work, parse_query(query).map_err(fault)?));
    }
    let url = Url::parse(text).map_err(fault)?;
    let original = url.to_string();
    let user_info = url.user_info();
    let mut entries: Vec<(&str, ValueView<'_>)> = vec![
        ("url.domain", ValueView::Str(url.host_name())),
        ("url.original", ValueView::Str(&original)),
        ("url.path", ValueView::Str(&url.path)),
        ("url.scheme", ValueView::Str(&url.scheme)),
    ];
    if !url.port().is_empty() {
        let port = url.port().parse().map_err(|_| fault("the port is too large"))?;
        entries.push(("url.port", ValueView::Int(port)));
    }
    let extension = url.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let (name, password) = url.user().unwrap_or_default();
    let texts = [
        ("url.extension", extension),
        ("url.fragment", &url.fragment),
        ("url.query", &url.query),
        ("url.username", name),
    ];
    entries.extend(
        texts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| (key, ValueView::Str(text))),
    );
    if let Some(password) = password {
        entries.push(("url.password", ValueView::Str(password)));
    }
    if let Some(user_info) = &user_info {
        entries.push(("url.user_info", ValueView::Str(user_info)));
    }
    entries.sort_by_key(|(key, _)| *key);
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

/// Parameters with all their values.
fn parameters<'a>(work: &Workspace<'a>, pairs: Vec<(String, String)>) -> Value<'a> {
    let mut lists: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (key, value) in pairs {
        put_value(lists.entry(key).or_default(), ValueView::Str(&value));
    }
    if lists.is_empty() {
        return work.map(&[]);
    }
    let entries =
        lists.iter().map(|(key, list)| (key.as_str(), ValueView::Array(ArrayView::new(list))));
    let inner = map(work.arena, entries);
    Value::Map(map(work.arena, std::iter::once(("query", ValueView::Map(inner)))))
}
