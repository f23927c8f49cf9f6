//! S302: a secret in plain text.

use holt_grammar::diag::Severity;
use holt_grammar::source::Location;

use crate::config::model::ComponentKind;
use crate::config::yaml::{Kind, Node, Origin};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S302",
    title: "secret in plain text",
    severity: Severity::Warning,
    explanation: "A password, token or key stands in the configuration itself, where everybody reads \
it who can read the file, its repository or its ConfigMap. Keep it in a Secret and refer to it: \
`${env:API_TOKEN}` or `${file:/run/secrets/token}`.",
    bad: "\
exporters:
  otlp_http:
    endpoint: https://ingest.example.com
    headers: {Authorization: Bearer 7f3b1c2d9e8a}
",
    good: "\
exporters:
  otlp_http:
    endpoint: https://ingest.example.com
    headers: {Authorization: \"Bearer ${env:API_TOKEN:-unset}\"}
",
    check,
};

/// Keys whose values are secrets, without dashes and underscores.
const KEYS: &[&str] = &[
    "authorization",
    "apikey",
    "xapikey",
    "apitoken",
    "token",
    "accesstoken",
    "bearertoken",
    "clientsecret",
    "secret",
    "secretkey",
    "password",
    "xhoneycombteam",
    "ddapikey",
    "xscopeorgtoken",
];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut found = Vec::new();
    for kind in ComponentKind::ALL {
        for component in subject.config.section(kind).values() {
            search(&component.settings, &mut found);
        }
    }
    for (key, location) in found {
        let message = format!("`{key}` holds a secret in plain text");
        report.add(report.at(location, message).note("write `${env:NAME}` and set the variable"));
    }
}

fn search<'n>(node: &'n Node, found: &mut Vec<(&'n str, Location)>) {
    match &node.kind {
        Kind::Mapping(mapping) => {
            for (key, entry) in &mapping.entries {
                let plain: String =
                    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
                if KEYS.contains(&plain.to_ascii_lowercase().as_str()) && is_written(&entry.value) {
                    found.push((key, entry.value.location));
                } else {
                    search(&entry.value, found);
                }
            }
        }
        Kind::Sequence(items) => items.iter().for_each(|item| search(item, found)),
        _ => {}
    }
}

/// Whether a text stands there letter by letter, no part of it out of a placeholder.
fn is_written(node: &Node) -> bool {
    node.original.is_none()
        && node.as_scalar().is_some_and(|scalar| {
            !scalar.text.is_empty() && matches!(scalar.origin, Origin::Written { .. })
        })
}
