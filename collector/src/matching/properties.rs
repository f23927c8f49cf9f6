//! The properties that `include` and `exclude` name: which of them a signal has, and how lists of
//! texts are compared.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::Signal;
use holt_pdata::schema::enums::SPAN_KIND;
use holt_runtime::compiler::hir::Expr;
use holt_runtime::compiler::hir::builder::{self, BuildError};
use holt_runtime::text::regex::Pattern;

use super::settings::{MatchSettings, RegexpSettings};
use crate::component::{MISSING_KEY, Report, WRONG_VALUE};
use crate::config::de::suggest;
use crate::config::values::{Spanned, Text};

use Signal::{Logs, Metrics, Traces};

/// How texts are compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum MatchType<'s> {
    /// As a whole.
    Strict,
    /// By regular expressions that match anywhere.
    Regexp(Option<&'s RegexpSettings>),
    /// The setting is missing or not known, which matters only when there are texts to compare.
    Unknown(Option<&'s Text>),
}

impl<'s> MatchType<'s> {
    pub(super) fn of(settings: &'s MatchSettings) -> Self {
        match settings.match_type.as_ref().map(Text::as_str) {
            Some("strict") => Self::Strict,
            Some("regexp") => Self::Regexp(settings.regexp.as_ref()),
            _ => Self::Unknown(settings.match_type.as_ref()),
        }
    }

    /// Texts to compare with; `None` when a finding says what is wrong, or there is no type.
    pub(super) fn texts(
        self,
        texts: &[Text],
        reference: &str,
        report: &mut Report<'_>,
    ) -> Option<Texts> {
        match self {
            Self::Strict => {
                Some(Texts::Strict(texts.iter().map(|text| text.as_str().to_owned()).collect()))
            }
            Self::Regexp(options) => {
                let before = report.findings.len();
                check_cache(options, reference, report);
                for text in texts {
                    if let Err(error) = Pattern::new(text) {
                        let reference = format!("{reference}error parsing regexp: …");
                        report.refuse_pattern(text, &error, &reference);
                    }
                }
                let patterns = texts.iter().map(|text| text.as_str().to_owned()).collect();
                (report.findings.len() == before).then_some(Texts::Regexp(patterns))
            }
            Self::Unknown(_) => None,
        }
    }
}

/// Reports that texts cannot be compared, since `match_type` is missing or unknown.
pub(super) fn refuse_match_type(name: Option<&Text>, reference: &str, report: &mut Report<'_>) {
    let written = name.map_or("", Text::as_str);
    let reference = format!(
        "{reference}unrecognized match_type: '{written}', valid types are: [regexp strict]"
    );
    let help = "`strict` compares whole texts, `regexp` takes regular expressions";
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let help = format!("add `match_type: strict` or `match_type: regexp`; {help}");
        report.refuse(MISSING_KEY, None, ("`match_type` is missing", &help), &reference);
        return;
    };
    let near = suggest::nearest(name, ["strict", "regexp"].into_iter());
    let help = match near {
        Some(near) => format!("did you mean `{near}`? {help}"),
        None => help.to_owned(),
    };
    let message = format!("unknown match type `{name}`");
    report.refuse(WRONG_VALUE, name.location(), (&message, &help), &reference);
}

fn check_cache(options: Option<&RegexpSettings>, reference: &str, report: &mut Report<'_>) {
    let Some(options) = options.filter(|options| options.cacheenabled) else { return };
    let entries = &options.cachemaxnumentries;
    if entries.value < 0 {
        let message = ("a cache cannot have a negative size", "0 means no limit");
        let reference = format!("{reference}must provide a positive size");
        report.refuse(WRONG_VALUE, entries.location, message, &reference);
    }
}

/// Texts to compare with, all of them valid.
pub(super) enum Texts {
    /// Equal to any of them.
    Strict(Vec<String>),
    /// Matched by any of them.
    Regexp(Vec<String>),
}

impl Texts {
    /// Whether the text that an expression yields is among these.
    pub(super) fn contain(&self, text: Expr) -> Result<Expr, BuildError> {
        match self {
            Self::Strict(texts) => {
                let list = builder::list(texts.iter().map(|text| builder::text(text)).collect());
                builder::call("IsAnyOf", vec![text, list])
            }
            Self::Regexp(patterns) => any_matches("IsMatch", patterns, &text),
        }
    }

    /// Whether a text, number or truth value is among these.
    pub(super) fn match_scalar(&self, value: Expr) -> Result<Expr, BuildError> {
        match self {
            Self::Strict(_) => self.contain(value),
            Self::Regexp(patterns) => any_matches("IsScalarMatch", patterns, &value),
        }
    }

    /// Whether a known text is among these.
    pub(super) fn has(&self, wanted: &str) -> bool {
        match self {
            Self::Strict(texts) => texts.iter().any(|text| text == wanted),
            Self::Regexp(patterns) => patterns
                .iter()
                .any(|text| Pattern::new(text).is_ok_and(|pattern| pattern.is_match(wanted))),
        }
    }
}

fn any_matches(function: &str, patterns: &[String], value: &Expr) -> Result<Expr, BuildError> {
    let tests = patterns
        .iter()
        .map(|text| builder::call(function, vec![value.clone(), builder::pattern(text)?]));
    Ok(builder::any(tests.collect::<Result<_, _>>()?))
}

/// A property, where it is set, and the signals that have it.
type Property = (&'static str, Option<Location>, &'static [Signal]);

/// The properties that are set, in the order in which the reference looks at them.
fn properties(settings: &MatchSettings) -> Vec<Property> {
    fn list<T>(
        name: &'static str,
        list: &Spanned<Vec<T>>,
        signals: &'static [Signal],
    ) -> Option<Property> {
        (!list.is_empty()).then_some((name, list.location, signals))
    }
    let severity = settings.log_severity_number.as_ref();
    [
        list("log_bodies", &settings.log_bodies, &[Logs]),
        list("log_severity_texts", &settings.log_severity_texts, &[Logs]),
        severity.map(|severity| ("log_severity_number", severity.location, &[Logs][..])),
        list("metric_names", &settings.metric_names, &[Metrics]),
        list("services", &settings.services, &[Traces]),
        list("span_names", &settings.span_names, &[Traces]),
        list("span_kinds", &settings.span_kinds, &[Traces]),
        list("attributes", &settings.attributes, &[Traces, Logs]),
        list("resources", &settings.resources, &[Traces, Logs, Metrics]),
        list("libraries", &settings.libraries, &[Traces, Logs]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Reports properties that the signal lacks, and when there are none. Answers how many it lacks.
pub(super) fn check_properties(
    settings: &MatchSettings,
    signal: Signal,
    report: &mut Report<'_>,
) -> usize {
    let set = properties(settings);
    let items = match signal {
        Traces => "spans",
        Logs => "log records",
        _ => "metrics",
    };
    let foreign: Vec<&Property> =
        set.iter().filter(|(_, _, signals)| !signals.contains(&signal)).collect();
    if let Some((first, _, _)) = foreign.first() {
        let names: Vec<String> = foreign.iter().map(|(name, ..)| format!("`{name}`")).collect();
        let (names, verb) = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                (format!("{} and {last}", rest.join(", ")), "do")
            }
            _ => (names.concat(), "does"),
        };
        let reference = match signal {
            Traces => format!("{first} should not be specified for trace spans"),
            Logs => {
                "services, span_names, span_kinds and metric_names are not valid for log records"
                    .to_owned()
            }
            _ => "\"span_names\", \"span_kinds\", \"log_bodies\", \"log_severity_texts\", \
                  \"log_severity_number\", \"services\", \"attributes\" and \"libraries\" are not \
                  valid for metrics"
                .to_owned(),
        };
        let message = format!("`{}`: {names} {verb} not apply to {items}", report.path);
        let mut finding = Diagnostic::error(WRONG_VALUE, message);
        for (_, location, _) in &foreign {
            finding = finding.label(location.unwrap_or(report.location), "");
        }
        report.findings.push(
            finding
                .note(format!("{items} are matched by {}", offered(signal)))
                .note("a second processor, such as `attributes/2`, can serve the other pipelines")
                .note(format!("the Go collector says: {reference}")),
        );
    } else if set.is_empty() {
        let reference = match signal {
            Traces => {
                "at least one of \"attributes\", \"libraries\",  or \"resources\" field must be \
                 specified"
            }
            Logs => {
                "at least one of \"attributes\", \"libraries\", \"span_kinds\", \"resources\", \
                 \"log_bodies\", \"log_severity_texts\" or \"log_severity_number\" field must be \
                 specified"
            }
            _ => "at least one of \"metric_names\" or \"resources\" field must be specified",
        };
        let help = format!("{items} are matched by {}", offered(signal));
        report.refuse(MISSING_KEY, None, ("there is nothing to match", &help), reference);
    }
    foreign.len()
}

/// The properties of a signal, in words.
const fn offered(signal: Signal) -> &'static str {
    match signal {
        Traces => {
            "`services`, `span_names`, `span_kinds`, `attributes`, `resources` and `libraries`"
        }
        Logs => {
            "`log_bodies`, `log_severity_texts`, `log_severity_number`, `attributes`, `resources` \
             and `libraries`"
        }
        _ => "`metric_names`",
    }
}

/// Reports kinds that no span has.
pub(super) fn check_kinds(
    settings: &MatchSettings,
    match_type: MatchType<'_>,
    report: &mut Report<'_>,
) {
    if !matches!(match_type, MatchType::Strict) {
        return;
    }
    let known =
        || SPAN_KIND.values.iter().filter(|(_, number)| *number != 0).map(|(name, _)| *name);
    for kind in settings.span_kinds.iter() {
        if known().any(|name| name == kind.as_str()) {
            continue;
        }
        let meant = format!("SPAN_KIND_{}", kind.to_ascii_uppercase());
        let near = known().find(|name| *name == meant).or_else(|| suggest::nearest(kind, known()));
        let all = format!("the kinds are {}", known().collect::<Vec<_>>().join(", "));
        let help = match near {
            Some(near) => format!("did you mean `{near}`? {all}"),
            None => all,
        };
        let reference = "span_kinds string must match one of the standard span kinds when \
                         match_type=strict: [     SPAN_KIND_CLIENT SPAN_KIND_CONSUMER \
                         SPAN_KIND_INTERNAL SPAN_KIND_PRODUCER SPAN_KIND_SERVER]";
        let message = format!("there is no span kind `{kind}`");
        let mut report = report.at("span_kinds", kind.location());
        report.refuse(WRONG_VALUE, None, (&message, &help), reference);
    }
}
