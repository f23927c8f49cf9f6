//! Settings of the `zpages` extension (reference §6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::net::settings::{HttpServerSettings, with_http_server};

with_http_server! {
    /// The whole section.
    pub(crate) struct Config(server_defaults()) {
        /// The page with the variables of the process.
        expvar: Expvar = Expvar::default(),
    }
}

fn server_defaults() -> HttpServerSettings {
    HttpServerSettings { endpoint: "localhost:55679".to_owned(), ..HttpServerSettings::default() }
}

/// `expvar`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Expvar {
    /// Whether there is such a page.
    pub(super) enabled: bool,
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.server().endpoint.is_empty() {
            findings.refuse(
                &["endpoint"],
                "it is empty",
                "write `host:port`, or leave it out for `localhost:55679`",
                "\"endpoint\" is required when using the \"zpages\" extension",
            );
        } else {
            self.server().validate(&[], findings);
        }
    }
}
