//! Sets headers of a request from the settings, from files and from who sent the telemetry.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::config::{Action, Config, Header};
use crate::component::{
    AuthError, ClientAuthenticator, Component, Context, Extension, Host, StartError,
};
use crate::config::ids::ComponentId;
use crate::net::reload::Value;

/// The extension.
pub(super) struct HeadersSetter {
    additional: Option<ComponentId>,
    headers: Vec<Header>,
    setter: Arc<Setter>,
}

#[derive(Default)]
struct Setter {
    rules: OnceLock<Vec<Rule>>,
    additional: OnceLock<Arc<dyn ClientAuthenticator>>,
}

struct Rule {
    name: HeaderName,
    action: Action,
    source: Source,
}

enum Source {
    None,
    Value(Value),
    Metadata { key: String, default: Option<String> },
    Attribute { key: String, default: Option<String> },
}

impl HeadersSetter {
    pub(super) fn new(config: &Config) -> Result<Self, String> {
        let Config { headers, additional_auth } = config.clone();
        Ok(Self { additional: additional_auth, headers, setter: Arc::default() })
    }
}

fn rule(header: &Header) -> Result<Rule, String> {
    let name = HeaderName::try_from(&header.key).map_err(|error| error.to_string())?;
    let action = header.action().unwrap_or(Action::Upsert);
    let default = header.default_value.as_ref().map(|value| value.expose().to_owned());
    let source = if let Some(file) = &header.value_file {
        Source::Value(Value::new("", file)?)
    } else if let Some(value) = &header.value {
        Source::Value(Value::new(value.expose(), "")?)
    } else if let Some(key) = &header.from_attribute {
        Source::Attribute { key: key.clone(), default }
    } else if let Some(key) = &header.from_context {
        match key.strip_prefix("auth.") {
            Some(key) => Source::Attribute { key: key.to_owned(), default },
            None => Source::Metadata { key: key.clone(), default },
        }
    } else {
        Source::None
    };
    Ok(Rule { name, action, source })
}

#[async_trait]
impl Component for HeadersSetter {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        if let Some(id) = &self.additional {
            let additional = host.client_authenticator(id, "HTTP").map_err(StartError::of)?;
            let _ = self.setter.additional.set(additional);
        }
        let rules = self.headers.iter().map(rule).collect::<Result<_, _>>();
        let _ = self.setter.rules.set(rules.map_err(StartError)?);
        Ok(())
    }
}

impl Extension for HeadersSetter {
    fn client_authenticator(&self) -> Option<Arc<dyn ClientAuthenticator>> {
        Some(self.setter.clone())
    }
}

#[async_trait]
impl ClientAuthenticator for Setter {
    async fn authorize(&self, headers: &mut HeaderMap, context: &Context) -> Result<(), AuthError> {
        if let Some(additional) = self.additional.get() {
            additional.authorize(headers, context).await?;
        }
        for rule in self.rules.get().into_iter().flatten() {
            rule.apply(headers, context)?;
        }
        Ok(())
    }

    fn needs_encryption(&self) -> bool {
        self.additional.get().is_some_and(|additional| additional.needs_encryption())
    }
}

impl Rule {
    fn apply(&self, headers: &mut HeaderMap, context: &Context) -> Result<(), AuthError> {
        let exists = headers.contains_key(&self.name);
        let wanted = match self.action {
            Action::Delete => {
                headers.remove(&self.name);
                false
            }
            Action::Insert => !exists,
            Action::Update => exists,
            Action::Upsert => true,
        };
        if wanted {
            let text = self.source.text(context)?;
            let value = HeaderValue::try_from(text).map_err(|_| {
                AuthError::permanent(format!("the value for `{}` is no header value", self.name))
            })?;
            headers.insert(&self.name, value);
        }
        Ok(())
    }
}

impl Source {
    fn text(&self, context: &Context) -> Result<String, AuthError> {
        match self {
            Self::None => Ok(String::new()),
            Self::Value(value) => Ok(value.current().as_ref().clone()),
            Self::Metadata { key, default } => match context.metadata(key) {
                [] => Ok(default.clone().unwrap_or_default()),
                [one] => Ok(one.clone()),
                several => Err(AuthError::permanent(format!(
                    "failed to determine the source: {} source keys found in the context, can't \
                     determine which one to use",
                    several.len()
                ))),
            },
            Self::Attribute { key, default } => Ok(context
                .client
                .as_deref()
                .and_then(|client| client.auth_text(key))
                .or_else(|| default.clone())
                .unwrap_or_default()),
        }
    }
}
