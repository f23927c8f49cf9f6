//! Settings of the `bearertokenauth` extension (reference §6).

use http::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::config::values::{Duration, Secret};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// The header that the token is in.
    pub(super) header: String,
    /// The word before the token; empty for none.
    pub(super) scheme: String,
    /// The token.
    pub(super) token: Secret,
    /// Tokens: servers take all of them, clients send the first.
    pub(super) tokens: Vec<Secret>,
    /// A file with tokens, one at the beginning of each line, which wins over `token`; it is read
    /// again when it changes.
    pub(super) filename: String,
    /// What to do while the file is not there. Holt looks for it all the time.
    pub(super) retry_on_failure: RetryOnFailure,
    /// Wait for the file before anything starts that needs it.
    pub(super) wait_for_token_file: bool,
}

/// `retry_on_failure`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct RetryOnFailure {
    /// Whether to look for the file again.
    pub(super) enabled: bool,
    /// How often to look, for `wait_for_token_file`; 0 is for ever.
    pub(super) max_retries: i64,
    /// Time between looks.
    pub(super) interval: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            header: "Authorization".to_owned(),
            scheme: "Bearer".to_owned(),
            token: Secret::default(),
            tokens: Vec::new(),
            filename: String::new(),
            retry_on_failure: RetryOnFailure::default(),
            wait_for_token_file: false,
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.token.is_empty() && self.tokens.is_empty() && self.filename.is_empty() {
            findings.refuse(
                &[],
                "there is no token",
                "give `token`, `tokens` or `filename`",
                "no bearer token provided",
            );
        }
        if !self.token.is_empty() && !self.tokens.is_empty() {
            findings.refuse(
                &["token"],
                "both `token` and `tokens` are given",
                "put the token among the `tokens`",
                "either tokens or token should be provided, not both",
            );
        }
        let has_token = !self.token.is_empty() || !self.tokens.is_empty();
        if !self.filename.is_empty() && has_token {
            let ignored = if self.tokens.is_empty() { "token" } else { "filename" };
            findings.warn(
                &[ignored],
                WRONG_VALUE,
                "it has no effect beside the other source of tokens",
                "remove one of them",
            );
        }
        if HeaderName::try_from(&self.header).is_err() {
            let help = "write a name such as `Authorization`";
            findings.error(&["header"], WRONG_VALUE, "it is no name of a header", help);
        }
        let tokens = std::iter::once(&self.token).chain(&self.tokens);
        if tokens
            .chain([&Secret::new(&self.scheme)])
            .any(|text| HeaderValue::try_from(text.expose()).is_err())
        {
            let help = "write one line of text";
            findings.error(&[], WRONG_VALUE, "a token or the scheme is no header value", help);
        }
        self.validate_retries(findings);
    }

    fn validate_retries(&self, findings: &mut Findings<'_>) {
        let RetryOnFailure { enabled, max_retries, interval } = &self.retry_on_failure;
        let no_file = self.filename.is_empty();
        if no_file && (*enabled || self.wait_for_token_file) {
            let keys: &[&str] =
                if *enabled { &["retry_on_failure"] } else { &["wait_for_token_file"] };
            let help = "give `filename`, or remove this";
            findings.refuse(
                keys,
                "there is no file to wait for",
                help,
                "requires filename to be set",
            );
        } else if *enabled && *max_retries < 0 {
            findings.refuse(
                &["retry_on_failure", "max_retries"],
                "it is less than none",
                "write a number, or 0 for ever",
                "retry_on_failure.max_retries must be greater or equal to 0 when \
                 retry_on_failure.enabled is true",
            );
        } else if *enabled && (interval.is_zero() || interval.is_negative()) {
            findings.refuse(
                &["retry_on_failure", "interval"],
                "it must be more than no time",
                "write a duration such as `1s`",
                "retry_on_failure.interval must be greater than 0 when retry_on_failure.enabled \
                 is true",
            );
        } else if self.wait_for_token_file && !*enabled {
            findings.refuse(
                &["wait_for_token_file"],
                "it does nothing without `retry_on_failure`",
                "add `retry_on_failure: {enabled: true, interval: 1s}`",
                "wait_for_token_file requires retry_on_failure to be enabled",
            );
        }
    }
}
