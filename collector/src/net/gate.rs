//! The gate of a server: the headers of a request in, what is known about the client out, or the
//! refusal.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use reqwest::Url;

use super::settings::Authentication;
use crate::component::{AuthError, Host, Identity, ServerAuthenticator, StartError};

/// Lets requests in.
#[derive(Clone)]
pub struct Gate {
    authenticator: Arc<dyn ServerAuthenticator>,
    /// Query parameters that override headers of the same name.
    request_params: Arc<[String]>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gate").field("request_params", &self.request_params).finish()
    }
}

impl Gate {
    /// The gate that settings ask for; `None` when everybody may come in.
    ///
    /// # Errors
    /// When there is no such authenticator.
    pub fn of(settings: Option<&Authentication>, host: &Host) -> Result<Option<Self>, StartError> {
        let Some(settings) = settings else { return Ok(None) };
        let authenticator =
            host.server_authenticator(&settings.authenticator).map_err(StartError::of)?;
        let request_params = settings.request_params.clone().into();
        Ok(Some(Self { authenticator, request_params }))
    }

    /// Looks at the headers of a request.
    ///
    /// # Errors
    /// When the client may not come in.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<Identity, AuthError> {
        self.authenticator.authenticate(headers).await
    }

    /// Puts the query parameters that stand for headers into the headers.
    pub fn take_parameters(&self, uri: &Uri, headers: &mut HeaderMap) {
        if self.request_params.is_empty() {
            return;
        }
        let Some(query) = uri.query() else { return };
        let Ok(url) = Url::parse(&format!("http://localhost/?{query}")) else { return };
        for wanted in self.request_params.iter() {
            let Ok(name) = HeaderName::try_from(wanted) else { continue };
            let values = url.query_pairs().filter(|(name, _)| name == wanted.as_str());
            let mut values =
                values.filter_map(|(_, value)| HeaderValue::try_from(value.as_ref()).ok());
            if let Some(first) = values.next() {
                headers.insert(&name, first);
                headers.extend(values.map(|value| (name.clone(), value)));
            }
        }
    }
}
