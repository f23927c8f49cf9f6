//! A host with a client, as conformance cases describe one.

use holt_pdata::{ArrayView, MapView, ValueView};
use holt_runtime::encode::{put_entry, put_value};
use holt_runtime::host::{Client, FixedHost, Host, Texts};
use holt_runtime::value::Time;
use serde_json::Value;

/// A host of which every answer is known, with a client or without.
pub(crate) struct ClientHost {
    fixed: FixedHost,
    client: Option<KnownClient>,
}

struct KnownClient {
    address: Option<String>,
    metadata: Vec<(String, Vec<String>)>,
    grpc: Vec<(String, Vec<String>)>,
    auth: Option<Vec<u8>>,
}

impl ClientHost {
    /// The host for the `client` of a case.
    pub(crate) fn of(client: &Value) -> Self {
        let lists = |member: &str| {
            let members = client[member].as_object().into_iter().flatten();
            members
                .map(|(key, values)| {
                    let values = values.as_array().unwrap().iter();
                    let values = values.map(|value| value.as_str().unwrap().to_owned()).collect();
                    (key.to_lowercase(), values)
                })
                .collect()
        };
        let client = client.is_object().then(|| KnownClient {
            address: client["address"].as_str().map(str::to_owned),
            metadata: lists("metadata"),
            grpc: lists("grpc"),
            auth: client["auth"].is_object().then(|| entries(&client["auth"])),
        });
        Self { fixed: FixedHost::default(), client }
    }
}

/// The members of an object as an encoded map.
fn entries(object: &Value) -> Vec<u8> {
    let mut encoded = Vec::new();
    for (key, value) in object.as_object().unwrap() {
        with_view(value, &mut |view| put_entry(&mut encoded, key, view));
    }
    encoded
}

fn with_view(value: &Value, use_it: &mut dyn FnMut(ValueView<'_>)) {
    match value {
        Value::Null => use_it(ValueView::Empty),
        Value::Bool(value) => use_it(ValueView::Bool(*value)),
        Value::Number(number) => use_it(ValueView::Int(number.as_i64().unwrap())),
        Value::String(text) => use_it(ValueView::Str(text)),
        Value::Array(values) => {
            let mut encoded = Vec::new();
            values.iter().for_each(|one| with_view(one, &mut |view| put_value(&mut encoded, view)));
            use_it(ValueView::Array(ArrayView::new(&encoded)));
        }
        Value::Object(_) => use_it(ValueView::Map(MapView::new(&entries(value)))),
    }
}

impl Host for ClientHost {
    fn now(&self) -> Time {
        self.fixed.now()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.fixed.random(bytes);
    }

    fn env(&self, name: &str) -> Option<String> {
        self.fixed.env(name)
    }

    fn client(&self) -> Option<&dyn Client> {
        self.client.as_ref().map(|client| client as &dyn Client)
    }
}

fn texts(lists: &[(String, Vec<String>)]) -> Vec<(&str, Texts<'_>)> {
    let all = lists.iter();
    all.map(|(key, values)| (key.as_str(), values.iter().map(String::as_str).collect())).collect()
}

impl Client for KnownClient {
    fn address(&self) -> Option<String> {
        self.address.clone()
    }

    fn metadata(&self) -> Vec<(&str, Texts<'_>)> {
        texts(&self.metadata)
    }

    fn grpc_metadata(&self) -> Vec<(&str, Texts<'_>)> {
        texts(&self.grpc)
    }

    fn auth(&self) -> Option<MapView<'_>> {
        self.auth.as_deref().map(MapView::new)
    }
}
