//! Lets clients in by name and password.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use super::config::Htpasswd;
use super::htpasswd::Users;
use crate::component::{
    AuthError, Component, Extension, Host, Identity, ServerAuthenticator, StartError, same_secret,
};
use crate::net::reload::{CREDENTIALS_INTERVAL, Reloading};

/// The extension.
pub(super) struct Server {
    settings: Htpasswd,
    gate: Arc<Gate>,
}

/// What requests are held against.
#[derive(Default)]
struct Gate {
    users: OnceLock<Reloading<Users>>,
    /// What was found right, by name, while the users stay the same: a good hash takes a tenth of a
    /// second of a core to compute, and the same client comes again and again.
    right: Mutex<Right>,
}

#[derive(Default)]
struct Right {
    of: Weak<Users>,
    passwords: HashMap<String, String>,
}

impl Server {
    pub(super) fn new(settings: Htpasswd) -> Self {
        Self { settings, gate: Arc::default() }
    }
}

#[async_trait]
impl Component for Server {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        let settings = self.settings.clone();
        let files = Some(&settings.file).filter(|file| !file.is_empty()).map(Into::into);
        let read = move || {
            let mut text = match settings.file.as_str() {
                "" => String::new(),
                file => std::fs::read_to_string(file)
                    .map_err(|error| format!("open htpasswd file: `{file}`: {error}"))?,
            };
            // The inline users come last, so that they win.
            text.push('\n');
            text.push_str(settings.inline.expose());
            Ok::<_, String>(Users::parse(&text))
        };
        let files = files.into_iter().collect();
        let users = Reloading::new("Users", files, CREDENTIALS_INTERVAL, read);
        let _ = self.gate.users.set(users.map_err(StartError)?);
        Ok(())
    }
}

impl Extension for Server {
    fn server_authenticator(&self) -> Option<Arc<dyn ServerAuthenticator>> {
        Some(self.gate.clone())
    }
}

#[async_trait]
impl ServerAuthenticator for Gate {
    async fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, AuthError> {
        let value = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        let value = value.filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| AuthError::permanent("no basic auth provided"))?;
        let raw = value
            .split_at_checked(SCHEME.len())
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
            .map(|(_, raw)| raw)
            .ok_or_else(|| AuthError::permanent("invalid authorization scheme prefix"))?;
        let malformed = || AuthError::permanent("invalid authorization format");
        let both = STANDARD.decode(raw).map_err(|_| malformed())?;
        let both = String::from_utf8(both).map_err(|_| malformed())?;
        let (name, password) = both.split_once(':').ok_or_else(malformed)?;
        let invalid = || AuthError::permanent("invalid credentials");
        let users = self.users.get().ok_or_else(invalid)?.current();
        if !self.was_right(&users, name, password) {
            let (asked, name, password) = (users.clone(), name.to_owned(), password.to_owned());
            // It may take long, which the other connections of this thread should not notice.
            let matches = move || asked.matches(&name, &password);
            if !tokio::task::spawn_blocking(matches).await.unwrap_or(false) {
                return Err(invalid());
            }
            self.remember(&users, &both);
        }
        let raw = String::from_utf8_lossy(raw);
        Ok(Identity::of([("username", name), ("raw", raw.as_ref())]))
    }
}

const SCHEME: &[u8] = b"Basic ";

impl Gate {
    fn was_right(&self, users: &Arc<Users>, name: &str, password: &str) -> bool {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        std::ptr::eq(right.of.as_ptr(), Arc::as_ptr(users))
            && right
                .passwords
                .get(name)
                .is_some_and(|known| same_secret(known.as_bytes(), password.as_bytes()))
    }

    fn remember(&self, users: &Arc<Users>, both: &str) {
        let Some((name, password)) = both.split_once(':') else { return };
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(right.of.as_ptr(), Arc::as_ptr(users)) {
            *right = Right { of: Arc::downgrade(users), passwords: HashMap::new() };
        }
        right.passwords.insert(name.to_owned(), password.to_owned());
    }
}
