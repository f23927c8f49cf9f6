//! The oldest kind of condition, on metadata of the client's request: `request["tenant"] == "acme"`.

use crate::component::Context;

/// A condition on metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestCondition {
    key: String,
    value: String,
    /// Whether a value must be the given one, or another.
    equals: bool,
    exact: bool,
}

impl RequestCondition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What the reference says.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let comparators = text.matches("==").count() + text.matches("!=").count();
        let equals = text.contains("==");
        let sides = text.split_once(if equals { "==" } else { "!=" });
        let (left, right) = match (comparators, sides) {
            _ if text.is_empty() => return Err("condition is empty"),
            (1, Some((left, right))) => (left.trim(), right.trim()),
            (0 | 1, _) => return Err("condition does not contain a valid comparator"),
            _ => return Err("condition contains multiple comparators"),
        };
        if !left.split_once("request[\"").is_some_and(|(_, rest)| rest.contains("\"]")) {
            return Err("condition must have format 'request[\"<name>\"] <comparator> <value>'");
        }
        if !right.split_once('"').is_some_and(|(_, rest)| rest.contains('"')) {
            return Err(
                "condition must have format 'request[\"<name>\"] <comparator> \"<value>\"'",
            );
        }
        // What stands around them becomes part of them, as in the reference.
        let without = |text: &str, start: &str, end: &str| {
            let rest = text.strip_prefix(start).unwrap_or(text);
            let inner = rest.strip_suffix(end).unwrap_or(rest).to_owned();
            let exact = text.len() == start.len() + inner.len() + end.len();
            (inner, exact)
        };
        let (key, exact_key) = without(left, "request[\"", "\"]");
        let (value, exact_value) = without(right, "\"", "\"");
        Ok(Self { key, value, equals, exact: exact_key && exact_value })
    }

    /// Whether nothing stands around the key and the value, which would become part of them.
    pub(super) const fn is_exact(&self) -> bool {
        self.exact
    }

    /// Whether a value of the key is as it should be. Headers of gRPC are there whether the receiver
    /// keeps metadata or not.
    pub(super) fn holds(&self, context: &Context) -> bool {
        let fits = |value: &str| (value == self.value) == self.equals;
        let of_grpc = context.client.as_deref().is_some_and(|client| {
            let values = client.grpc.get_all(self.key.to_ascii_lowercase()).iter();
            values.filter_map(|value| value.to_str().ok()).any(fits)
        });
        of_grpc || context.metadata(&self.key).iter().any(|value| fits(value))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::component::ClientMetadata;

    fn context() -> Context {
        let mut client = ClientMetadata::default();
        client.push("X-Tenant", "acme");
        client.grpc.insert("team", "blue".parse().expect("a value"));
        Context { client: Some(Arc::new(client)), ..Context::none() }
    }

    #[test]
    fn metadata_is_compared() {
        for (text, expected) in [
            (r#"request["X-Tenant"] == "acme""#, true),
            (r#"request["x-tenant"] != "acme""#, false),
            (r#"request["Team"] == "blue""#, true),
            (r#"request["none"] != "x""#, false),
        ] {
            let condition = RequestCondition::parse(text).expect("valid");
            assert_eq!(condition.holds(&context()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for (text, expected) in [
            ("", "condition is empty"),
            (r#"request["a"]"#, "condition does not contain a valid comparator"),
            (r#"request["a"] == "b" == "c""#, "condition contains multiple comparators"),
            (
                r#"attributes["a"] == "b""#,
                "condition must have format 'request[\"<name>\"] <comparator> <value>'",
            ),
            (
                r#"request["a"] == b"#,
                "condition must have format 'request[\"<name>\"] <comparator> \"<value>\"'",
            ),
        ] {
            assert_eq!(RequestCondition::parse(text), Err(expected), "{text}");
        }
    }
}
