//! Actions: settings in, what is to be done out, or everything that is wrong with them.

use holt_grammar::diag::Severity;
use holt_grammar::source::Location;
use holt_runtime::compiler::hir::{Constant, Expr, builder};
use holt_runtime::text::regex::Pattern;

use super::config::ActionSettings;
use crate::component::{MISSING_KEY, Report, WRONG_VALUE};
use crate::config::de::suggest;
use crate::config::values::{Spanned, Text};
use crate::config::yaml::Node;
use crate::matching::constant;

/// What is done to the attributes of an item.
#[derive(Clone, Debug)]
pub(super) struct Action {
    /// The attribute; may be empty beside a pattern.
    pub(super) key: String,
    /// What is done.
    pub(super) kind: ActionKind,
}

/// The kinds of actions.
#[derive(Clone, Debug)]
pub(super) enum ActionKind {
    /// Gives the attribute a value.
    Put {
        /// When: `insert`, `update` or `upsert`.
        mode: &'static str,
        /// The value.
        source: Source,
    },
    /// Removes the attribute and those whose key matches.
    Delete(Option<Expr>),
    /// Hashes the attribute and those whose key matches.
    Hash(Option<Expr>),
    /// Writes the groups of a match as attributes.
    Extract(Expr),
    /// Converts the attribute to a type: `int`, `double` or `string`.
    Convert(&'static str),
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// From the settings.
    Value(Constant),
    /// From the client whose request brought the batch.
    Client {
        /// What about it: `client.address`, `metadata.` or `auth.` with a name.
        name: String,
        /// The default, for what is not known; nil for none.
        default: Constant,
    },
    /// From an attribute; a default stands in when it is missing.
    Attribute {
        /// The key of the attribute.
        key: String,
        /// The default; nil for none.
        default: Constant,
    },
}

const MODES: [&str; 3] = ["insert", "update", "upsert"];
const KINDS: [&str; 7] = ["insert", "update", "upsert", "delete", "hash", "extract", "convert"];
const TYPES: [&str; 3] = ["int", "double", "string"];

/// Reads the actions. Those with errors are left out and reported.
pub(super) fn actions(
    settings: &[Spanned<ActionSettings>],
    report: &mut Report<'_>,
) -> Vec<Action> {
    let mut actions = Vec::with_capacity(settings.len());
    for (index, action) in settings.iter().enumerate() {
        let report = report.at(&format!("actions::{index}"), action.location);
        let before = report.findings.len();
        let mut reader = Reader { settings: &action.value, index, report };
        let kind = reader.kind();
        let found = reader.report.findings.get(before..).unwrap_or_default();
        let is_refused = found.iter().any(|finding| finding.severity == Severity::Error);
        if let Some(kind) = kind.filter(|_| !is_refused) {
            actions.push(Action { key: text(&action.value.key).to_owned(), kind });
        }
    }
    actions
}

fn text(text: &Option<Text>) -> &str {
    text.as_ref().map_or("", Text::as_str)
}

/// A key that is set, not to empty text.
fn written(text: &Option<Text>) -> Option<&Text> {
    text.as_ref().filter(|text| !text.is_empty())
}

/// Reads one action.
struct Reader<'s, 'f> {
    settings: &'s ActionSettings,
    index: usize,
    report: Report<'f>,
}

impl Reader<'_, '_> {
    fn kind(&mut self) -> Option<ActionKind> {
        let settings = self.settings;
        let name = text(&settings.action).to_ascii_lowercase();
        let takes_pattern_for_key = matches!(name.as_str(), "delete" | "hash");
        let has_pattern = written(&settings.pattern).is_some();
        if text(&settings.key).is_empty() && !(takes_pattern_for_key && has_pattern) {
            self.missing_key(takes_pattern_for_key);
        }
        if let Some(mode) = MODES.into_iter().find(|mode| *mode == name) {
            return self.put(mode);
        }
        self.default_has_no_effect();
        match name.as_str() {
            "delete" => self.by_key_or_pattern("delete").map(ActionKind::Delete),
            "hash" => self.by_key_or_pattern("hash").map(ActionKind::Hash),
            "extract" => self.extract(),
            "convert" => self.convert(),
            _ => {
                self.unknown(&name);
                None
            }
        }
    }

    fn missing_key(&mut self, or_pattern: bool) {
        let index = self.index;
        let (help, reference) = if or_pattern {
            (
                "add `key:` with the attribute's key, or `pattern:` with a regular expression",
                format!(
                    "error creating AttrProc due to missing required field (at least one of \
                     \"key\" and \"pattern\" have to be used) at the {index}-th action"
                ),
            )
        } else {
            (
                "add `key:` with the attribute's key",
                format!(
                    "error creating AttrProc due to missing required field \"key\" at the \
                     {index}-th action"
                ),
            )
        };
        let location = self.settings.key.as_ref().and_then(Text::location);
        self.report.refuse(MISSING_KEY, location, ("`key` is missing", help), &reference);
    }

    /// The Go collector's message with its usual beginning.
    fn go(&self, rest: &str) -> String {
        let (key, index) = (text(&self.settings.key), self.index);
        format!("error with key {key:?} ({index}-th action): error creating AttrProc{rest}")
    }

    fn refuse(&mut self, location: Option<&Text>, message: (&str, &str), rest: &str) {
        let reference = self.go(rest);
        let location = location.and_then(Text::location);
        self.report.refuse(WRONG_VALUE, location, message, &reference);
    }

    fn unknown(&mut self, name: &str) {
        let wanted = "`insert`, `update`, `upsert`, `delete`, `hash`, `extract` and `convert`";
        let rest = format!(" due to unsupported action {name:?}");
        let Some(action) = written(&self.settings.action) else {
            let message = ("`action` is missing", format!("the actions are {wanted}"));
            let reference = self.go(&rest);
            self.report.refuse(MISSING_KEY, None, (message.0, &message.1), &reference);
            return;
        };
        let mut help = format!("the actions are {wanted}");
        if let Some(near) = suggest::nearest(name, KINDS.into_iter()) {
            help = format!("did you mean `{near}`? {help}");
        }
        self.refuse(Some(action), (&format!("unknown action `{action}`"), &help), &rest);
    }

    /// The sources that are set, with their places.
    fn sources(&self) -> Vec<(&'static str, Option<Location>)> {
        let settings = self.settings;
        let mut sources = Vec::new();
        if let Some(value) = &settings.value {
            sources.push(("value", Some(value.location)));
        }
        for (name, source) in
            [("from_attribute", &settings.from_attribute), ("from_context", &settings.from_context)]
        {
            if let Some(source) = written(source) {
                sources.push((name, source.location()));
            }
        }
        sources
    }

    fn put(&mut self, mode: &'static str) -> Option<ActionKind> {
        let settings = self.settings;
        let sources = self.sources();
        if sources.is_empty() && settings.default_value.is_none() {
            let reference = self
                .go(". Either field \"value\", \"from_attribute\", \"from_context\", or \
                 \"default_value\" must be specified");
            let message = format!("`{mode}` needs a value");
            let help = "add `value:`, `from_attribute:`, `from_context:` or `default_value:`";
            self.report.refuse(MISSING_KEY, None, (&message, help), &reference);
        }
        if let [(first, _), (second, location), ..] = sources.as_slice() {
            let message = format!("`{first}` and `{second}` exclude each other");
            let reference = self.go(" due to multiple value sources being set");
            let help = "leave one of them out; `default_value` may stand beside either";
            self.report.refuse(WRONG_VALUE, *location, (&message, help), &reference);
        }
        self.does_not_use(mode, "pattern", &settings.pattern);
        self.does_not_use(mode, "converted_type", &settings.converted_type);
        let default = settings.default_value.as_ref().map(|node| {
            let reference = " due to invalid default value: <Invalid value type time.Time>";
            let reference = self.go(reference);
            self.value(node, &reference)
        });
        let default = default.unwrap_or(Some(Constant::Nil))?;
        let from_context = written(&settings.from_context);
        let source = match (&settings.value, written(&settings.from_attribute)) {
            (Some(node), _) => {
                if let Some(unused) = &settings.default_value {
                    self.report.warn_no_effect(
                        Some(unused.location),
                        "default_value",
                        "it stands in for a missing source, and `value` is never missing",
                    );
                }
                Source::Value(self.value(node, "<Invalid value type time.Time>")?)
            }
            (None, Some(key)) => Source::Attribute { key: key.to_string(), default },
            (None, None) => match from_context {
                Some(name) => Source::Client { name: name.to_string(), default },
                None => Source::Value(default),
            },
        };
        Some(ActionKind::Put { mode, source })
    }

    fn value(&mut self, node: &Node, reference: &str) -> Option<Constant> {
        constant(node)
            .map_err(|date| {
                self.report.refuse(
                    WRONG_VALUE,
                    Some(date.location),
                    ("a date is not a value of an attribute", "put it in quotes to make it text"),
                    reference,
                );
            })
            .ok()
    }

    fn does_not_use(&mut self, action: &str, name: &str, setting: &Option<Text>) {
        let Some(setting) = written(setting) else { return };
        let message = format!("`{action}` does not use `{name}`");
        let rest = format!(
            ". Action \"{action}\" does not use the \"{name}\" field. This must not be specified"
        );
        self.refuse(Some(setting), (&message, "leave it out"), &rest);
    }

    /// Reports sources that an action does not take.
    fn no_sources(&mut self, action: &str, rest: &str, besides: Option<&str>) {
        for (name, location) in self.sources() {
            if Some(name) == besides {
                let why = format!("`{action}` takes no value");
                self.report.warn_no_effect(location, name, &why);
                continue;
            }
            let message = format!("`{action}` does not use `{name}`");
            let reference = self.go(rest);
            self.report.refuse(WRONG_VALUE, location, (&message, "leave it out"), &reference);
        }
    }

    fn default_has_no_effect(&mut self) {
        if let Some(default) = &self.settings.default_value {
            self.report.warn_no_effect(
                Some(default.location),
                "default_value",
                "only `insert`, `update` and `upsert` take a value",
            );
        }
    }

    fn pattern(&mut self, pattern: &Text) -> Option<Expr> {
        builder::pattern(pattern)
            .map_err(|error| {
                let rest = format!(". Field \"pattern\" has invalid pattern: \"{pattern}\"");
                let reference = self.go(&rest);
                if let builder::BuildError::Pattern(error) = error {
                    self.report.refuse_pattern(pattern, &error, &reference);
                }
            })
            .ok()
    }

    /// The compiled pattern of `delete` and `hash`; the outer `None` when it is not valid.
    fn by_key_or_pattern(&mut self, action: &str) -> Option<Option<Expr>> {
        let rest = format!(
            ". Action \"{action}\" does not use \"value\" or \"from_attribute\" field. These must \
             not be specified"
        );
        self.no_sources(action, &rest, Some("from_context"));
        self.does_not_use(action, "converted_type", &self.settings.converted_type);
        match written(&self.settings.pattern) {
            Some(pattern) => self.pattern(pattern).map(Some),
            None => Some(None),
        }
    }

    fn extract(&mut self) -> Option<ActionKind> {
        let rest = ". Action \"extract\" does not use a value source field. These must not be \
                    specified";
        self.no_sources("extract", rest, None);
        self.does_not_use("extract", "converted_type", &self.settings.converted_type);
        let Some(text) = written(&self.settings.pattern) else {
            let reference =
                self.go(" due to missing required field \"pattern\" for action \"extract\"");
            let message = "`extract` needs a `pattern`";
            let help = "add `pattern:` with named groups: `^(?P<host>[^:]+)`";
            self.report.refuse(MISSING_KEY, None, (message, help), &reference);
            return None;
        };
        let pattern = self.pattern(text)?;
        // Compiled once more for its groups; the one above is sealed in the tree.
        let groups = Pattern::new(text).ok()?;
        let help = "each group becomes an attribute and needs a name: `(?P<name>...)`; a group \
                    that only groups is written `(?:...)`";
        if groups.groups() == 0 {
            let rest = ". Field \"pattern\" contains no named matcher groups";
            self.refuse(Some(text), ("the pattern has no named group", help), rest);
        } else if groups.names().skip(1).any(|name| name.is_none()) {
            let rest = ". Field \"pattern\" contains at least one unnamed matcher group";
            self.refuse(Some(text), ("the pattern has a group without a name", help), rest);
        }
        Some(ActionKind::Extract(pattern))
    }

    fn convert(&mut self) -> Option<ActionKind> {
        let rest = ". Action \"convert\" does not use value sources or \"pattern\" field. These \
                    must not be specified";
        self.no_sources("convert", rest, None);
        if let Some(pattern) = written(&self.settings.pattern) {
            let message = ("`convert` does not use `pattern`", "leave it out");
            self.refuse(Some(pattern), message, rest);
        }
        let help = "the types are `int`, `double` and `string`";
        let Some(wanted) = written(&self.settings.converted_type) else {
            let rest = " due to missing required field \"converted_type\" for action \"convert\"";
            let reference = self.go(rest);
            let message = ("`convert` needs a `converted_type`", help);
            self.report.refuse(MISSING_KEY, None, message, &reference);
            return None;
        };
        let found = TYPES.into_iter().find(|ty| *ty == wanted.as_str());
        if found.is_none() {
            let rest = format!(
                " due to invalid value \"{wanted}\" in field \"converted_type\" for action \
                 \"convert\""
            );
            self.refuse(Some(wanted), (&format!("unknown type `{wanted}`"), help), &rest);
        }
        found.map(ActionKind::Convert)
    }
}
