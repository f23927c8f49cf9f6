//! What a client adds to its requests to prove who it is: headers and the context of the telemetry
//! in, headers with the proof out.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::HeaderMap;

use super::settings::Authentication;
use crate::component::{ClientAuthenticator, Context, Host, Refused, StartError};

/// The credentials of one client; none until [`Credentials::resolve`] finds some.
#[derive(Clone, Default)]
pub struct Credentials(OnceLock<Arc<dyn ClientAuthenticator>>);

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.0.get().is_some() { "Credentials" } else { "no Credentials" };
        formatter.write_str(kind)
    }
}

impl Credentials {
    /// Finds the authenticator that settings ask for, when they ask for one. `protocol` is `HTTP`
    /// or `gRPC`.
    ///
    /// # Errors
    /// When there is no such authenticator, or it must not be used in plain text.
    pub fn resolve(
        &self,
        settings: Option<&Authentication>,
        host: &Host,
        protocol: &'static str,
        encrypted: bool,
    ) -> Result<(), StartError> {
        let Some(settings) = settings else { return Ok(()) };
        let id = &settings.authenticator;
        let authenticator = host.client_authenticator(id, protocol).map_err(StartError::of)?;
        // gRPC libraries hold back secrets that anybody on the way could read; HTTP clients do not.
        if protocol == "gRPC" && !encrypted && authenticator.needs_encryption() {
            return Err(StartError(format!(
                "the credentials of `{id}` require transport level security: remove \
                 `tls.insecure`, or use an authenticator that sends no secrets"
            )));
        }
        // It is called once, so it cannot be set already.
        let _ = self.0.set(authenticator);
        Ok(())
    }

    /// The headers of a request: `own`, and what proves who this end is.
    ///
    /// # Errors
    /// When there is nothing to prove it with.
    pub async fn headers<'h>(
        &self,
        own: &'h HeaderMap,
        context: &Context,
    ) -> Result<Cow<'h, HeaderMap>, Refused> {
        let Some(authenticator) = self.0.get() else { return Ok(Cow::Borrowed(own)) };
        let mut headers = own.clone();
        match authenticator.authorize(&mut headers, context).await {
            Ok(()) => Ok(Cow::Owned(headers)),
            Err(error) if error.retryable => Err(Refused::retryable(error.message)),
            Err(error) => Err(Refused::permanent(error.message)),
        }
    }
}
