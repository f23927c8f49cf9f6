//! Settings of the `basicauth` extension (reference §6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::Secret;

/// The whole section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Who may come in, for servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) htpasswd: Option<Htpasswd>,
    /// Who this end is, for clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_auth: Option<ClientAuth>,
}

/// `htpasswd`: users with their passwords, `name:password` on a line each, as the `htpasswd`
/// command writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Htpasswd {
    /// A file; it is read again when it changes.
    pub(super) file: String,
    /// The same as text; it wins over the file where both name a user.
    pub(super) inline: Secret,
}

/// `client_auth`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ClientAuth {
    /// The name of the user.
    pub(super) username: String,
    /// A file with the name, which wins; it is read again when it changes.
    pub(super) username_file: String,
    /// The password.
    pub(super) password: Secret,
    /// A file with the password, which wins; it is read again when it changes.
    pub(super) password_file: String,
}

/// What the reference says when there is nothing to authenticate with.
pub(super) const NO_CREDENTIALS: &str = "no credential source provided";

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        match (&self.htpasswd, &self.client_auth) {
            (Some(_), Some(_)) => findings.refuse(
                &["client_auth"],
                "an extension is either for servers or for clients",
                "move one of `htpasswd` and `client_auth` to another extension, such as \
                 `basicauth/client`",
                "only one of `htpasswd` or `client_auth` can be specified",
            ),
            (None, None) => findings.refuse(
                &[],
                "there are neither users nor a user",
                "add `htpasswd` to let clients in, or `client_auth` to come in",
                NO_CREDENTIALS,
            ),
            (Some(Htpasswd { file, inline }), None) if file.is_empty() && inline.is_empty() => {
                findings.refuse(
                    &["htpasswd"],
                    "it names no users",
                    "give a `file`, or `inline` users",
                    NO_CREDENTIALS,
                );
            }
            _ => {}
        }
    }
}
