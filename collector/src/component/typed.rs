//! Component types whose settings are values of a Rust type, as those of all components are: one
//! trait to implement for a configuration, and its factory is there.

use std::marker::PhantomData;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::Location;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Descriptor, Section};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

/// A valid configuration of a component, as it is made of a section.
pub trait TypedConfig: Sized + Send + Sync {
    /// What users write, with the defaults of all keys. Often the configuration itself.
    type Settings: Default + Serialize + JsonSchema;

    /// What there is to know about the type.
    const DESCRIPTOR: &'static Descriptor;

    /// Reads and validates a section. Pushes everything that is wrong with it, and warnings; what it
    /// returns is not used when there was an error among that.
    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self>;

    /// The settings that it was made of.
    fn settings(&self) -> &Self::Settings;
}

/// Makes configurations of one type.
pub struct TypedFactory<C>(PhantomData<fn() -> C>);

impl<C> Default for TypedFactory<C> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<C: TypedConfig> TypedFactory<C> {
    /// The keys of the type.
    pub(super) fn declared_keys() -> Vec<Key> {
        keys::of(&C::Settings::default())
    }

    /// Reads a section; `None` when an error was pushed.
    pub(super) fn accepted(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<C> {
        let mut found = Vec::new();
        let config = C::read(section, &mut found);
        let refused = found.iter().any(|finding| finding.severity == Severity::Error);
        diagnostics.extend(found);
        config.filter(|_| !refused)
    }
}

/// What can be shown in the shape of the configuration file.
pub trait Effective {
    /// The settings with all defaults. Every part gets the place `location`.
    ///
    /// # Errors
    /// When they have no such shape, which is a fault of the component.
    fn effective(&self, location: Location) -> Result<Node, SerError>;
}

impl<C: TypedConfig> Effective for C {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self.settings(), location)
    }
}
