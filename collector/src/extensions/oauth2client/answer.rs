//! The answer of a server that gives tokens: a body in JSON, or in the form of a query as some
//! servers send it, in; the token out.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde_json::Value;

/// A token and what there is to know about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) access_token: String,
    /// As it goes before the token in the header.
    pub(super) token_type: String,
    /// How long it lasts; `None` is for ever.
    pub(super) expires_in: Option<Duration>,
}

impl Answer {
    /// Reads a body.
    ///
    /// # Errors
    /// When there is no token in it, with what is there instead.
    pub(super) fn read(content_type: &str, body: &str) -> Result<Self, String> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let form = ["application/x-www-form-urlencoded", "text/plain"].contains(&media_type);
        let json = match serde_json::from_str::<Value>(body) {
            Ok(json @ Value::Object(_)) => json,
            _ if form => form_as_json(body),
            Ok(_) => return Err("oauth2: cannot parse json: it is no object".to_owned()),
            Err(error) => return Err(format!("oauth2: cannot parse json: {error}")),
        };
        if let Some(refusal) = refusal(&json) {
            return Err(refusal);
        }
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let seconds = json.get("expires_in").and_then(|value| {
            // Some servers send it as text.
            value
                .as_u64()
                .or_else(|| value.as_f64().map(|seconds| seconds as u64))
                .or_else(|| value.as_str()?.parse().ok())
        });
        let access_token = text("access_token");
        let token_type = match text("token_type") {
            kind if kind.is_empty() || kind.eq_ignore_ascii_case("bearer") => "Bearer".to_owned(),
            kind if kind.eq_ignore_ascii_case("basic") => "Basic".to_owned(),
            kind if kind.eq_ignore_ascii_case("mac") => "MAC".to_owned(),
            kind => kind,
        };
        let expires_in = seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        if access_token.is_empty() {
            return Err("oauth2: server response missing access_token".to_owned());
        }
        Ok(Self { access_token, token_type, expires_in })
    }
}

/// What a server says that refuses, with this status and body.
pub(super) fn refused(status: StatusCode, body: &str) -> String {
    let said = serde_json::from_str(body).ok().and_then(|json| refusal(&json));
    said.unwrap_or_else(|| {
        let body: String = body.chars().take(1024).collect();
        format!("oauth2: cannot fetch token: {status}\nResponse: {body}")
    })
}

/// The error in an answer.
fn refusal(json: &Value) -> Option<String> {
    let text = |key: &str| json.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut said = format!("oauth2: {:?}", text("error")?);
    for more in ["error_description", "error_uri"].into_iter().filter_map(text) {
        said.push_str(&format!(" {more:?}"));
    }
    Some(said)
}

fn form_as_json(body: &str) -> Value {
    // The encoding of forms is that of queries.
    let Ok(url) = Url::parse(&format!("http://localhost/?{body}")) else { return Value::Null };
    let pairs = url.query_pairs();
    Value::Object(pairs.map(|(key, value)| (key.into_owned(), value.into_owned().into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_all_kinds() {
        let json = r#"{"access_token":"t","token_type":"bearer","expires_in":"60"}"#;
        let answer = Answer::read("application/json", json).expect("a token");
        assert_eq!(answer.token_type, "Bearer");
        assert_eq!(answer.expires_in, Some(Duration::from_secs(60)));
        let form = "access_token=t&token_type=mac&expires_in=60";
        let answer = Answer::read("application/x-www-form-urlencoded; charset=utf-8", form);
        assert_eq!(answer.expect("a token").token_type, "MAC");
        let refused = Answer::read("application/json", r#"{"error":"no"}"#);
        assert_eq!(refused.as_ref().map_err(String::as_str), Err("oauth2: \"no\""));
        assert!(Answer::read("text/html", "<html>").is_err());
    }
}
