//! Every component Holt has, listed by hand: adding one is a folder and a line here.
//!
//! Ids come in; factories come out, or the reason why there is none.

use std::sync::LazyLock;

use super::{
    ConnectorFactory, Descriptor, ExporterFactory, ExtensionFactory, Kind, ProcessorFactory,
    ReceiverFactory, instead_of_removed, name_elsewhere,
};
use crate::config::de::suggest;
use crate::config::keys::Key;
use crate::{connectors, exporters, extensions, processors, receivers};

/// The factories by kind.
#[derive(Default)]
pub struct Registry {
    /// Receivers.
    pub receivers: Vec<Box<dyn ReceiverFactory>>,
    /// Processors.
    pub processors: Vec<Box<dyn ProcessorFactory>>,
    /// Exporters.
    pub exporters: Vec<Box<dyn ExporterFactory>>,
    /// Connectors.
    pub connectors: Vec<Box<dyn ConnectorFactory>>,
    /// Extensions.
    pub extensions: Vec<Box<dyn ExtensionFactory>>,
}

/// Everything Holt has.
pub fn all() -> &'static Registry {
    static ALL: LazyLock<Registry> = LazyLock::new(|| Registry {
        receivers: vec![
            Box::new(receivers::nop::Factory::default()),
            Box::new(receivers::otlp::Factory::default()),
            Box::new(receivers::otlpjsonfile::Factory::default()),
        ],
        processors: vec![
            Box::new(processors::attributes::Factory::default()),
            Box::new(processors::batch::Factory::default()),
            Box::new(processors::filter::Factory::default()),
            Box::new(processors::memory_limiter::Factory::default()),
            Box::new(processors::transform::Factory::default()),
        ],
        exporters: vec![
            Box::new(exporters::debug::Factory::default()),
            Box::new(exporters::file::Factory::default()),
            Box::new(exporters::nop::Factory::default()),
            Box::new(exporters::otlp::Factory::default()),
            Box::new(exporters::otlphttp::Factory::default()),
        ],
        connectors: vec![
            Box::new(connectors::count::Factory::default()),
            Box::new(connectors::failover::Factory::default()),
            Box::new(connectors::forward::Factory::default()),
            Box::new(connectors::routing::Factory::default()),
        ],
        extensions: vec![
            Box::new(extensions::basicauth::Factory::default()),
            Box::new(extensions::bearertokenauth::Factory::default()),
            Box::new(extensions::file_storage::Factory::default()),
            Box::new(extensions::headers_setter::Factory::default()),
            Box::new(extensions::health_check::Factory::default()),
            Box::new(extensions::healthcheckv2::Factory::default()),
            Box::new(extensions::oauth2client::Factory::default()),
            Box::new(extensions::pprof::Factory::default()),
            Box::new(extensions::zpages::Factory::default()),
        ],
    });
    &ALL
}

/// Why no factory was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What was looked for.
    pub kind: Kind,
    /// The type that was looked for.
    pub type_name: String,
    /// Whether the reference's contrib distribution has it, and Holt not yet.
    pub exists_elsewhere: bool,
    /// What to do when the contrib distribution once had it and has it no longer.
    pub instead: Option<&'static str>,
    /// The nearest name Holt has.
    pub nearest: Option<&'static str>,
    /// All names Holt has, without aliases.
    pub available: Vec<&'static str>,
}

impl Unknown {
    /// One sentence without a full stop: what is wrong.
    pub fn message(&self) -> String {
        let Self { kind, type_name, .. } = self;
        if self.exists_elsewhere {
            format!("the {kind} `{type_name}` is not there yet")
        } else if self.instead.is_some() {
            format!("the {kind} `{type_name}` has been removed from the Go collector")
        } else {
            format!("unknown {kind} type `{type_name}`")
        }
    }

    /// What may help, one sentence each.
    pub fn help(&self) -> Vec<String> {
        let mut help = Vec::new();
        if self.exists_elsewhere {
            help.push(format!(
                "OpenTelemetry Collector Contrib has {} of this type, Holt does not have it yet",
                with_article(self.kind)
            ));
            help.push("`--allow-missing` starts without the pipelines that use it".to_owned());
        }
        if let Some(instead) = self.instead {
            help.push(instead.to_owned());
            return help;
        }
        match self.nearest {
            Some(nearest) => help.push(format!("the nearest that Holt has is `{nearest}`")),
            None => help.push(format!("Holt has {}", self.available.join(", "))),
        }
        help
    }
}

/// `a receiver`, `an exporter`.
fn with_article(kind: Kind) -> String {
    let article = if matches!(kind, Kind::Exporter | Kind::Extension) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// A factory and whether it was found by a deprecated name.
pub struct Found<'a, F: ?Sized> {
    /// The factory.
    pub factory: &'a F,
    /// The name to use instead, when the one used is deprecated.
    pub use_instead: Option<&'static str>,
}

/// Looks up a factory by the type of a component id.
macro_rules! lookup {
    ($(#[$doc:meta])* $name:ident, $field:ident, $factory:ident, $kind:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// When there is none of that type.
        pub fn $name(&self, type_name: &str) -> Result<Found<'_, dyn $factory>, Box<Unknown>> {
            for factory in &self.$field {
                if let Some(use_instead) = names(factory.descriptor(), type_name) {
                    return Ok(Found { factory: factory.as_ref(), use_instead });
                }
            }
            Err(Box::new(self.unknown($kind, type_name)))
        }
    };
}

impl Registry {
    lookup!(
        /// The receiver factory of a type.
        receiver, receivers, ReceiverFactory, Kind::Receiver
    );
    lookup!(
        /// The processor factory of a type.
        processor, processors, ProcessorFactory, Kind::Processor
    );
    lookup!(
        /// The exporter factory of a type.
        exporter, exporters, ExporterFactory, Kind::Exporter
    );
    lookup!(
        /// The connector factory of a type.
        connector, connectors, ConnectorFactory, Kind::Connector
    );
    lookup!(
        /// The extension factory of a type.
        extension, extensions, ExtensionFactory, Kind::Extension
    );

    /// Descriptors of all components of a kind, by name.
    pub fn descriptors(&self, kind: Kind) -> Vec<&'static Descriptor> {
        let mut found: Vec<&'static Descriptor> = match kind {
            Kind::Receiver => self.receivers.iter().map(|f| f.descriptor()).collect(),
            Kind::Processor => self.processors.iter().map(|f| f.descriptor()).collect(),
            Kind::Exporter => self.exporters.iter().map(|f| f.descriptor()).collect(),
            Kind::Connector => self.connectors.iter().map(|f| f.descriptor()).collect(),
            Kind::Extension => self.extensions.iter().map(|f| f.descriptor()).collect(),
        };
        found.sort_by_key(|descriptor| descriptor.type_name);
        found
    }

    /// The components of a kind, by name, with what can be configured of each.
    pub fn declared(&self, kind: Kind) -> Vec<(&'static Descriptor, Vec<Key>)> {
        macro_rules! each {
            ($field:ident) => {
                self.$field.iter().map(|factory| (factory.descriptor(), factory.keys())).collect()
            };
        }
        let mut found: Vec<(&'static Descriptor, Vec<Key>)> = match kind {
            Kind::Receiver => each!(receivers),
            Kind::Processor => each!(processors),
            Kind::Exporter => each!(exporters),
            Kind::Connector => each!(connectors),
            Kind::Extension => each!(extensions),
        };
        found.sort_by_key(|(descriptor, _)| descriptor.type_name);
        found
    }

    fn unknown(&self, kind: Kind, type_name: &str) -> Unknown {
        let descriptors = self.descriptors(kind);
        let names = descriptors.iter().flat_map(|descriptor| {
            let aliases = descriptor.aliases.iter().filter(|alias| !alias.deprecated);
            std::iter::once(descriptor.type_name).chain(aliases.map(|alias| alias.name))
        });
        Unknown {
            kind,
            type_name: type_name.to_owned(),
            exists_elsewhere: name_elsewhere(kind, type_name).is_some(),
            instead: instead_of_removed(kind, type_name),
            nearest: suggest::nearest(type_name, names),
            available: descriptors.iter().map(|descriptor| descriptor.type_name).collect(),
        }
    }
}

/// Today's name of a component type, by any of its names; `None` for a type that neither Holt nor the
/// contrib distribution has.
pub fn known_name(kind: Kind, type_name: &str) -> Option<&'static str> {
    let ours = all().descriptors(kind).into_iter();
    let ours = ours.map(|one| (one.type_name, names(one, type_name)));
    let found = ours.filter(|(_, found)| found.is_some()).map(|(name, _)| name).next();
    found.or_else(|| name_elsewhere(kind, type_name))
}

/// Whether a type name means this component; if so, the name to use instead of a deprecated one.
fn names(descriptor: &Descriptor, type_name: &str) -> Option<Option<&'static str>> {
    if descriptor.type_name == type_name {
        return Some(None);
    }
    let alias = descriptor.aliases.iter().find(|alias| alias.name == type_name)?;
    Some(alias.deprecated.then_some(descriptor.type_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_within_a_kind() {
        for kind in Kind::ALL {
            let mut seen = std::collections::HashSet::new();
            for descriptor in all().descriptors(kind) {
                assert_eq!(descriptor.kind, kind);
                assert!(seen.insert(descriptor.type_name), "{}", descriptor.type_name);
                for alias in descriptor.aliases {
                    assert!(seen.insert(alias.name), "{}", alias.name);
                }
            }
        }
    }

    #[test]
    fn every_key_says_what_it_means() {
        fn check(path: &str, keys: &[Key]) {
            for key in keys {
                let path = format!("{path}.{}", key.name);
                assert!(!key.doc.is_empty(), "{path} has no doc comment");
                check(&path, key.shape.keys());
            }
        }
        for kind in Kind::ALL {
            for (descriptor, keys) in all().declared(kind) {
                check(&format!("{}.{}", kind.section(), descriptor.type_name), &keys);
            }
        }
        check("service", &crate::config::model::service_keys());
    }

    #[test]
    fn deprecated_names_say_what_to_use() {
        let found = all().exporter("otlp").map(|found| found.use_instead);
        assert_eq!(found.ok(), Some(Some("otlp_grpc")));
        let found = all().exporter("otlp_grpc").map(|found| found.use_instead);
        assert_eq!(found.ok(), Some(None));
    }

    #[test]
    fn an_unknown_type_gets_help() {
        let unknown = all().receiver("otpl").map(|_| ()).expect_err("unknown");
        assert_eq!(unknown.nearest, Some("otlp"));
        assert_eq!(unknown.message(), "unknown receiver type `otpl`");
        let missing = all().receiver("kafka").map(|_| ()).expect_err("missing");
        assert_eq!(missing.message(), "the receiver `kafka` is not there yet");
        let removed = all().exporter("loki").map(|_| ()).expect_err("removed");
        assert!(removed.help().concat().contains("otlp_http"), "{removed:?}");
    }
}
