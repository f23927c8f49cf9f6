//! The component types of the reference's distributions, from `known.tsv`: so that a configuration
//! that uses one Holt lacks is told so instead of being called misspelt, and so that rules know what any
//! component can do.
//!
//! A line of the table has a kind, the type's present name, its signals (for connectors, what it turns
//! into what), the distributions that have it, and the release that gave it its present name, if an
//! earlier one called it otherwise. It is made from the `metadata.yaml` of each
//! component's module at the contract release, or at the newest release before it that can be had.

use std::sync::LazyLock;

use super::Kind;
use crate::config::ids::PipelineSignal;

/// A component type of the reference.
struct Known {
    kind: Kind,
    name: &'static str,
    signals: &'static str,
    distributions: &'static str,
    renamed: Option<Release>,
}

static TABLE: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let lines = include_str!("known.tsv").lines();
    lines
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let kind = columns.next()?;
            Some(Known {
                kind: Kind::ALL.into_iter().find(|known| known.to_string() == kind)?,
                name: columns.next()?,
                signals: columns.next()?,
                distributions: columns.next()?,
                renamed: columns.next().and_then(Release::parse),
            })
        })
        .collect()
});

/// The entry of a type, by its present or former name.
fn entry(kind: Kind, type_name: &str) -> Option<&'static Known> {
    // Types are being renamed to lower_snake_case; both spellings are one component.
    let plain = |name: &str| name.replace('_', "");
    let of_kind = || TABLE.iter().filter(|known| known.kind == kind);
    let exact = of_kind().find(|known| known.name == type_name);
    exact.or_else(|| of_kind().find(|known| plain(known.name) == plain(type_name)))
}

/// Today's name of a component type that the contrib distribution has, by its present or former
/// name.
pub fn name_elsewhere(kind: Kind, type_name: &str) -> Option<&'static str> {
    entry(kind, type_name).map(|known| known.name)
}

/// The signals of a component type, `None` where they are not known. For all kinds but connectors
/// and extensions.
pub fn signals(kind: Kind, type_name: &str) -> Option<Signals> {
    if matches!(kind, Kind::Connector | Kind::Extension) {
        return None;
    }
    let names = entry(kind, type_name).map(|known| known.signals)?;
    (!names.is_empty()).then_some(Signals(names))
}

/// What a connector type turns into what, `None` where it is not known.
pub fn conversions(type_name: &str) -> Option<Conversions> {
    let names = entry(Kind::Connector, type_name).map(|known| known.signals)?;
    (!names.is_empty()).then_some(Conversions(names))
}

/// Whether a distribution has a component type; `None` for types and distributions that are not known.
pub fn is_in(distribution: &str, kind: Kind, type_name: &str) -> Option<bool> {
    let has = |known: &Known| known.distributions.split(',').any(|one| one == distribution);
    let known = entry(kind, type_name)?;
    TABLE.iter().any(has).then(|| has(known))
}

/// The release that gave a component type its present name, if an earlier one called it otherwise.
pub fn renamed_in(kind: Kind, type_name: &str) -> Option<Release> {
    entry(kind, type_name)?.renamed
}

/// The distributions that the table knows.
pub fn distributions() -> Vec<&'static str> {
    let mut all: Vec<&str> = TABLE
        .iter()
        .flat_map(|known| known.distributions.split(','))
        .filter(|name| !name.is_empty())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A release of the Go collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    major: u32,
    minor: u32,
}

impl Release {
    /// The release `0.minor`.
    pub const fn minor(minor: u32) -> Self {
        Self { major: 0, minor }
    }

    /// Reads `v0.148`, `0.148` or `0.148.1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let mut number = || numbers.next()?.parse::<u32>().ok();
        let (major, minor) = (number()?, number()?);
        numbers
            .next()
            .is_none_or(|patch| patch.parse::<u32>().is_ok())
            .then_some(Self { major, minor })
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "v{}.{}", self.major, self.minor)
    }
}

/// Signals of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals(&'static str);

impl Signals {
    /// Whether a signal is among them.
    pub fn has(self, signal: PipelineSignal) -> bool {
        self.0.split(',').any(|name| name == signal.as_str())
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = PipelineSignal> {
        PipelineSignal::ALL.into_iter().filter(move |signal| self.has(*signal))
    }
}

/// What a connector turns into what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversions(&'static str);

impl Conversions {
    /// Whether it turns one signal into the other.
    pub fn has(self, from: PipelineSignal, to: PipelineSignal) -> bool {
        self.iter().any(|pair| pair == (from, to))
    }

    /// All pairs.
    pub fn iter(self) -> impl Iterator<Item = (PipelineSignal, PipelineSignal)> {
        let signal =
            |name: &str| PipelineSignal::ALL.into_iter().find(|signal| signal.as_str() == name);
        self.0.split(',').filter_map(move |pair| {
            let (from, to) = pair.split_once("_to_")?;
            Some((signal(from)?, signal(to)?))
        })
    }
}

/// What to do about a component that the contrib distribution once had and has no longer; `None`
/// for all others.
pub fn instead_of_removed(kind: Kind, type_name: &str) -> Option<&'static str> {
    Some(match (kind, type_name) {
        (Kind::Exporter, "logging") => "use `debug`, which took its place",
        (Kind::Exporter, "loki") => {
            "Loki takes OTLP itself: use `otlp_http` with `endpoint: http://loki:3100/otlp`"
        }
        (Kind::Exporter, "jaeger" | "jaeger_thrift") => {
            "Jaeger takes OTLP itself: use `otlp_grpc` with `endpoint: jaeger:4317`"
        }
        (Kind::Exporter, "opencensus") | (Kind::Receiver, "opencensus") => {
            "OpenCensus has become OpenTelemetry: use `otlp` in its place"
        }
        (Kind::Exporter, "sapm") => "Splunk takes OTLP: use `otlp_http` in its place",
        (Kind::Exporter, "mezmo") => "Mezmo takes OTLP: use `otlp_http` in its place",
        (Kind::Exporter, "parquet") => "use `file` or a backend's own exporter",
        (Kind::Processor, "spanmetrics") => {
            "it has become a connector: use `span_metrics` among `connectors`"
        }
        (Kind::Processor, "servicegraph") => {
            "it has become a connector: use `service_graph` among `connectors`"
        }
        (Kind::Processor, "routing") => {
            "it has become a connector: use `routing` among `connectors`"
        }
        (Kind::Extension, "memory_ballast") => "remove it: no ballast is needed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_means_something() {
        assert_eq!(TABLE.len(), include_str!("known.tsv").lines().count());
        for known in TABLE.iter() {
            let signals = known.signals.split(',').filter(|one| !one.is_empty()).count();
            let read = match known.kind {
                Kind::Connector => Conversions(known.signals).iter().count(),
                Kind::Extension => 0,
                _ => Signals(known.signals).iter().count(),
            };
            assert_eq!(read, signals, "{} {}", known.kind, known.name);
        }
    }

    #[test]
    fn releases_are_read_and_compared() {
        assert_eq!(Release::parse("v0.148.2"), Some(Release::minor(148)));
        assert!(Release::parse("0.99") < Release::parse("0.148"));
        assert!(Release::parse("latest").is_none() && Release::parse("0.1.x").is_none());
        assert_eq!(renamed_in(Kind::Receiver, "filelog"), Some(Release::minor(149)));
    }

    #[test]
    fn types_are_found_by_old_and_new_names() {
        assert_eq!(name_elsewhere(Kind::Receiver, "filelog"), Some("file_log"));
        assert_eq!(name_elsewhere(Kind::Processor, "k8sattributes"), Some("k8s_attributes"));
        assert_eq!(name_elsewhere(Kind::Receiver, "nonsense"), None);
        let prometheus = signals(Kind::Exporter, "prometheus").expect("known");
        assert!(prometheus.has(PipelineSignal::Metrics) && !prometheus.has(PipelineSignal::Logs));
        let pairs = conversions("span_metrics").expect("known");
        assert!(pairs.has(PipelineSignal::Traces, PipelineSignal::Metrics));
    }
}
