//! The contexts: what a group of statements sees one of at a time, and which paths that makes
//! reachable.

use holt_pdata::{Level, Signal};

use super::enums::{self, EnumTable};
use super::{
    PathDecl, PathRef, Slot, datapoint, exemplar, log, metric, otelcol, profile, profile_sample,
    resource, scope, span, spanevent,
};
use crate::functions::{By, Dialect};

/// A context.
#[derive(Debug)]
pub struct ContextDecl {
    /// The name, which is also the prefix of its own paths.
    pub name: &'static str,
    /// The signals whose batches have it.
    pub signals: &'static [Signal],
    /// What is walked.
    pub level: Level,
    /// The accepted prefixes, its own first.
    pub prefixes: &'static [Prefix],
    /// The symbols it knows.
    pub enums: &'static [EnumTable],
    /// The only kind of component whose statements may name it; all when absent.
    pub only: Option<By>,
}

/// A prefix that a context accepts.
#[derive(Debug)]
pub struct Prefix {
    /// The first segment of a path.
    pub name: &'static str,
    /// The context that it names.
    pub context: &'static str,
    /// The record of the paths behind it.
    pub slot: Slot,
    /// The paths behind it.
    pub paths: &'static [PathDecl],
}

const fn prefix(name: &'static str, slot: Slot, paths: &'static [PathDecl]) -> Prefix {
    Prefix { name, context: name, slot, paths }
}

const RESOURCE: Prefix = prefix("resource", Slot::Resource, resource::PATHS);
const SCOPE: Prefix = prefix("scope", Slot::Scope, scope::PATHS);
const OTELCOL: Prefix = prefix("otelcol", Slot::Request, otelcol::PATHS);
const OLD_SCOPE: Prefix = Prefix {
    name: "instrumentation_scope",
    context: "scope",
    slot: Slot::Scope,
    paths: scope::PATHS,
};
const SPAN: Prefix = prefix("span", Slot::Record, span::PATHS);
const DATAPOINT: Prefix = prefix("datapoint", Slot::Child, datapoint::PATHS);
const PROFILE: Prefix = prefix("profile", Slot::Record, profile::PATHS);
const METRIC: Prefix = prefix("metric", Slot::Record, metric::PATHS);

/// All contexts, in the order in which inference prefers them.
pub static CONTEXTS: [ContextDecl; 10] = [
    ContextDecl {
        name: "log",
        signals: &[Signal::Logs],
        level: Level::Record,
        prefixes: &[prefix("log", Slot::Record, log::PATHS), SCOPE, OLD_SCOPE, RESOURCE, OTELCOL],
        enums: &enums::LOG,
        only: None,
    },
    ContextDecl {
        name: "exemplar",
        signals: &[Signal::Metrics],
        level: Level::Exemplar,
        prefixes: &[
            prefix("exemplar", Slot::Grandchild, exemplar::PATHS),
            DATAPOINT,
            METRIC,
            SCOPE,
            OLD_SCOPE,
            RESOURCE,
            OTELCOL,
        ],
        // The reference knows no symbol here, not even those of the parents.
        enums: &[],
        only: None,
    },
    ContextDecl {
        name: "datapoint",
        signals: &[Signal::Metrics],
        level: Level::DataPoint,
        prefixes: &[DATAPOINT, METRIC, SCOPE, OLD_SCOPE, RESOURCE, OTELCOL],
        enums: &enums::DATAPOINT,
        only: None,
    },
    ContextDecl {
        name: "metric",
        signals: &[Signal::Metrics],
        level: Level::Record,
        prefixes: &[METRIC, SCOPE, OLD_SCOPE, RESOURCE, OTELCOL],
        enums: &enums::METRIC,
        only: None,
    },
    ContextDecl {
        name: "spanevent",
        signals: &[Signal::Traces],
        level: Level::SpanEvent,
        prefixes: &[
            prefix("spanevent", Slot::Child, spanevent::PATHS),
            SPAN,
            SCOPE,
            OLD_SCOPE,
            RESOURCE,
            OTELCOL,
        ],
        enums: &enums::SPAN,
        only: None,
    },
    ContextDecl {
        name: "span",
        signals: &[Signal::Traces],
        level: Level::Record,
        prefixes: &[SPAN, SCOPE, OLD_SCOPE, RESOURCE, OTELCOL],
        enums: &enums::SPAN,
        only: None,
    },
    ContextDecl {
        name: "profile",
        signals: &[Signal::Profiles],
        level: Level::Record,
        prefixes: &[PROFILE, SCOPE, OLD_SCOPE, RESOURCE, OTELCOL],
        enums: &[],
        only: None,
    },
    ContextDecl {
        name: "profilesample",
        signals: &[Signal::Profiles],
        level: Level::Sample,
        prefixes: &[
            prefix("profilesample", Slot::Child, profile_sample::PATHS),
            PROFILE,
            SCOPE,
            OLD_SCOPE,
            RESOURCE,
            OTELCOL,
        ],
        enums: &[],
        // The reference has it, but none of its components offers it.
        only: Some(By::Everyone),
    },
    ContextDecl {
        name: "scope",
        signals: &Signal::ALL,
        level: Level::Scope,
        // Its old name is known to the contexts below only.
        prefixes: &[SCOPE, RESOURCE, OTELCOL],
        enums: &[],
        only: None,
    },
    ContextDecl {
        name: "resource",
        signals: &Signal::ALL,
        level: Level::Resource,
        prefixes: &[RESOURCE, OTELCOL],
        enums: &[],
        only: None,
    },
];

/// The context of that name.
pub fn context(name: &str) -> Option<&'static ContextDecl> {
    CONTEXTS.iter().find(|context| context.name == name)
}

impl ContextDecl {
    /// Whether batches of the signal have it.
    pub fn serves(&self, signal: Signal) -> bool {
        self.signals.contains(&signal)
    }

    /// Whether statements of a component for the signal may name it.
    pub fn serves_in(&self, signal: Signal, dialect: Dialect) -> bool {
        self.serves(signal) && dialect.sees(self)
    }

    /// The prefix of that name, if the context accepts it.
    pub fn prefix(&self, name: &str) -> Option<&'static Prefix> {
        self.prefixes.iter().find(|prefix| prefix.name == name)
    }

    /// The path of that prefix and name.
    pub fn path(&self, prefix: &str, name: &str) -> Option<PathRef> {
        let prefix = self.prefix(prefix)?;
        let decl = prefix.paths.iter().find(|decl| decl.name == name)?;
        Some(PathRef { slot: prefix.slot, context: prefix.context, decl })
    }

    /// The number of a symbol.
    pub fn symbol(&self, symbol: &str) -> Option<i64> {
        self.enums.iter().find_map(|table| table.get(symbol))
    }
}

impl PartialEq for ContextDecl {
    /// Names are unique.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
