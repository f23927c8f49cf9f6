//! Pieces that several blocks of settings have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::ids::ComponentId;
use crate::config::values::Duration;

/// `auth`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Authentication {
    /// The extension that authenticates.
    pub authenticator: ComponentId,
    /// Query parameters that override headers of the same name; HTTP servers only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_params: Vec<String>,
}

/// An entry of `middlewares`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Middleware {
    /// The extension.
    pub id: ComponentId,
}

/// `dialer`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Dialer {
    /// Accepted and not used by servers, as in the reference.
    pub timeout: Duration,
}

/// Middlewares come with the extensions that can be one.
pub(crate) fn refuse_middlewares(
    middlewares: &[Middleware],
    keys: &[&str],
    findings: &mut Findings<'_>,
) {
    if !middlewares.is_empty() {
        findings.not_supported_yet(
            &[keys, &["middlewares"]].concat(),
            "calling extensions as middlewares",
            "remove `middlewares`; instead of `memory_limiter` here, a processor of that name \
             in the pipelines does the same",
        );
    }
}

/// A size must not be negative.
pub(crate) fn check_not_negative(
    value: i64,
    keys: &[&str],
    name: &str,
    findings: &mut Findings<'_>,
) {
    if value < 0 {
        findings.refuse(
            &[keys, &[name]].concat(),
            &format!("{value} is less than no bytes"),
            "write a number of bytes, or 0 for the default",
            &format!("invalid {name} value: {value}"),
        );
    }
}
