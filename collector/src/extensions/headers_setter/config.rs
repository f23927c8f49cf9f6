//! Settings of the `headers_setter` extension (reference §6).

use http::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::config::ids::ComponentId;
use crate::config::values::Secret;

/// The whole section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// What to do with headers, in this order.
    pub(super) headers: Vec<Header>,
    /// An authenticator that works before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_auth: Option<ComponentId>,
}

/// An entry of `headers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Header {
    /// The name of the header.
    pub(super) key: String,
    /// What to do: `insert`, `update`, `upsert` or `delete`; nothing is `upsert`.
    pub(super) action: String,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Secret>,
    /// A file with the value; it is read again when it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value_file: Option<String>,
    /// The key of the client's metadata with the value, or `auth.` and an attribute of the
    /// client's authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from_context: Option<String>,
    /// The attribute of the client's authentication with the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from_attribute: Option<String>,
    /// The value when the client gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_value: Option<Secret>,
}

/// What is done with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Insert,
    Update,
    Upsert,
    Delete,
}

impl Header {
    /// The action; `None` when there is none of that name.
    pub(super) fn action(&self) -> Option<Action> {
        Some(match self.action.as_str() {
            "" | "upsert" => Action::Upsert,
            "insert" => Action::Insert,
            "update" => Action::Update,
            "delete" => Action::Delete,
            _ => return None,
        })
    }

    fn sources(&self) -> usize {
        let given = [
            self.value.is_some(),
            self.value_file.is_some(),
            self.from_context.is_some(),
            self.from_attribute.is_some(),
        ];
        given.into_iter().filter(|given| *given).count()
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.headers.is_empty() {
            findings.refuse(
                &["headers"],
                "there is no header to set",
                "name at least one, with a `key` and a `value`",
                "missing headers configuration",
            );
        }
        for header in &self.headers {
            validate(header, findings);
        }
    }
}

fn validate(header: &Header, findings: &mut Findings<'_>) {
    let keys = &["headers"];
    if header.key.is_empty() {
        let help = "give the name of the header as `key`";
        findings.refuse(keys, "a header has no name", help, "missing header name");
        return;
    }
    let name = &header.key;
    if HeaderName::try_from(name).is_err() {
        let help = "names are letters, digits and dashes";
        findings.error(keys, WRONG_VALUE, &format!("`{name}` is no name of a header"), help);
    }
    let Some(action) = header.action() else {
        findings.refuse(
            keys,
            &format!("`{}`, the action for `{name}`, is none", header.action),
            "write `insert`, `update`, `upsert` or `delete`",
            "invalid action",
        );
        return;
    };
    if action != Action::Delete {
        match header.sources() {
            0 => findings.refuse(
                keys,
                &format!("`{name}` has no source of a value"),
                "give `value`, `value_file`, `from_context` or `from_attribute`",
                "missing header source, must be 'from_context', 'from_attribute', 'value' or \
                 'value_file'",
            ),
            1 => {}
            _ => findings.refuse(
                keys,
                &format!("`{name}` has more than one source of a value"),
                "keep one of `value`, `value_file`, `from_context` and `from_attribute`",
                "invalid header source, must either 'from_context', 'from_attribute', 'value' or \
                 'value_file'",
            ),
        }
    }
    let values = [&header.value, &header.default_value];
    if values.into_iter().flatten().any(|value| HeaderValue::try_from(value.expose()).is_err()) {
        let message = format!("a value of `{name}` is no value of a header");
        findings.error(keys, WRONG_VALUE, &message, "values are one line of text");
    }
}
