//! Paths of the request that brought the batch: who sent it, and what came along. They can only be
//! read.

use holt_pdata::ValueView;

use super::access::map_key;
use super::decl::{Custom, Keys, PathDecl, Set};
use super::nested::element;
use super::{Slot, Storage};
use crate::encode::{self, put_value};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::host::Texts;
use crate::types::Type;
use crate::value::Value;

pub(super) const PATHS: &[PathDecl] = &[
    PathDecl {
        name: "client.addr",
        doc: "Address of the client, with its port if it is known; nil when there is no client.",
        get: Type::STRING.or(Type::NIL),
        set: Type::NOTHING,
        keys: Keys::None,
        storage: Storage::Custom(Custom { get: address, set: ADDRESS_SET }),
    },
    map(
        "client.metadata",
        Custom { get: metadata, set: METADATA_SET },
        "Request metadata that the receiver keeps (`include_metadata`): lists of text by key. \
         Letter case of keys does not matter.",
    ),
    map(
        "client.auth.attributes",
        Custom { get: auth, set: AUTH_SET },
        "What the receiver's authenticator knows about the client.",
    ),
    map(
        "grpc.metadata",
        Custom { get: grpc, set: GRPC_SET },
        "Metadata of a gRPC request: lists of text by key, in lower case.",
    ),
];

const fn map(name: &'static str, access: Custom, doc: &'static str) -> PathDecl {
    let storage = Storage::Custom(access);
    PathDecl { name, doc, get: Type::MAP, set: Type::NOTHING, keys: Keys::Value, storage }
}

const ADDRESS_SET: Set = |_, _, _, _| Err(EvalError::ReadOnly("otelcol.client.addr"));
const METADATA_SET: Set = |_, _, _, _| Err(EvalError::ReadOnly("otelcol.client.metadata"));
const AUTH_SET: Set = |_, _, _, _| Err(EvalError::ReadOnly("otelcol.client.auth.attributes"));
const GRPC_SET: Set = |_, _, _, _| Err(EvalError::ReadOnly("otelcol.grpc.metadata"));

fn address<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let address = frame.state.work.host.client().and_then(|client| client.address());
    Ok(address.map_or(Value::Nil, |address| frame.state.work.text(&address)))
}

fn metadata<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let client = frame.state.work.host.client();
    texts(frame, client.map(|client| client.metadata()).unwrap_or_default(), keys)
}

fn grpc<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let client = frame.state.work.host.client();
    texts(frame, client.map(|client| client.grpc_metadata()).unwrap_or_default(), keys)
}

/// Lists of text by key, or one of them, or one of its texts.
fn texts<'a>(
    frame: &Frame<'_, 'a>,
    entries: Vec<(&str, Texts<'_>)>,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let work = &frame.state.work;
    let list = |texts: &Texts<'_>| {
        let mut encoded = Vec::new();
        texts.iter().for_each(|text| put_value(&mut encoded, ValueView::Str(text)));
        work.list(&encoded)
    };
    let Some((key, rest)) = keys.split_first() else {
        let entries = entries.iter().filter_map(|(key, texts)| match list(texts) {
            Value::List(list) => Some((*key, ValueView::Array(list))),
            _ => None,
        });
        return Ok(Value::Map(encode::map(work.arena, entries)));
    };
    let key = map_key(*key)?.to_lowercase();
    match entries.iter().find(|(known, _)| *known == key) {
        Some((_, texts)) if !texts.is_empty() => element(list(texts), rest),
        // What is not there has no elements to look at.
        _ => Ok(Value::Nil),
    }
}

fn auth<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let known = frame.state.work.host.client().and_then(|client| client.auth());
    let Some((key, rest)) = keys.split_first() else {
        return Ok(Value::Map(known.unwrap_or_default()));
    };
    let key = map_key(*key)?;
    match known {
        None => Ok(Value::Nil),
        // Unlike elsewhere, a missing attribute cannot be indexed.
        Some(known) => element(known.get(key).map_or(Value::Nil, Value::from), rest),
    }
}

/// A path in place of `client`, with one text key: what the attributes processor takes for a value
/// from the context. It is in no context's table.
pub(crate) static CLIENT_TEXT: PathDecl = PathDecl {
    name: "client_text",
    doc: "What the key names, as text: `client.address`, `metadata.` or `auth.` with a name, or the \
          name of metadata. Nil if there is no such thing.",
    get: Type::STRING.or(Type::NIL),
    set: Type::NOTHING,
    keys: Keys::Value,
    storage: Storage::Custom(Custom { get: client_text, set: CLIENT_TEXT_SET }),
};

const CLIENT_TEXT_SET: Set = |_, _, _, _| Err(EvalError::ReadOnly("client_text"));

fn client_text<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(name)] = keys else { return Err(EvalError::Internal("client_text")) };
    if *name == "client.address" {
        let address = frame.state.work.host.client().and_then(|client| client.address());
        let address = address.map_or_else(String::new, |address| {
            // The port does not count as a part of it.
            let parsed = address.parse::<std::net::SocketAddr>();
            parsed.map_or(address, |parsed| parsed.ip().to_string())
        });
        return Ok(frame.state.work.text(&address));
    }
    if let Some(name) = name.strip_prefix("auth.") {
        let known = frame.state.work.host.client().and_then(|client| client.auth());
        return Ok(match known.unwrap_or_default().get(name) {
            Some(ValueView::Str(text)) => Value::Str(text),
            Some(ValueView::Array(list)) => joined(frame, Value::List(list)),
            _ => Value::Nil,
        });
    }
    let key = Value::Str(name.strip_prefix("metadata.").unwrap_or(name));
    let found = metadata(frame, slot, &[key])?;
    Ok(joined(frame, found))
}

/// The texts of a list with semicolons between them; nil for a list without texts or of other things.
fn joined<'a>(frame: &Frame<'_, 'a>, list: Value<'a>) -> Value<'a> {
    let texts = list.elements().into_iter().flat_map(|elements| elements.iter());
    let texts: Option<Vec<&str>> = texts
        .map(|text| match text {
            Value::Str(text) => Some(text),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) if !texts.is_empty() => frame.state.work.text(&texts.join(";")),
        _ => Value::Nil,
    }
}
