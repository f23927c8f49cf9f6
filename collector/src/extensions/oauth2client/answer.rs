//! The answer of a server that gives tokens: a body in JSON, or in the form of a query as some
//! servers send it, in; the token out.

use std::time::Duration;

use reqwest::Url;
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
    /// Reads a body; `None` when there is no token in it.
    pub(super) fn read(content_type: &str, body: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let form = ["application/x-www-form-urlencoded", "text/plain"].contains(&media_type);
        let json = match serde_json::from_str::<Value>(body) {
            Ok(json @ Value::Object(_)) => json,
            _ if form => form_as_json(body)?,
            _ => return None,
        };
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
        (!access_token.is_empty()).then_some(Self { access_token, token_type, expires_in })
    }
}

fn form_as_json(body: &str) -> Option<Value> {
    let url = Url::parse(&format!("http://localhost/?{body}")).ok()?;
    let pairs = url.query_pairs();
    Some(Value::Object(
        pairs.map(|(key, value)| (key.into_owned(), value.into_owned().into())).collect(),
    ))
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
        assert_eq!(Answer::read("application/json", r#"{"error":"no"}"#), None);
        assert_eq!(Answer::read("text/html", "<html>"), None);
    }
}
