//! Who offers a function, and in which contexts.
//!
//! Most functions belong to the language and are offered everywhere. Some belong to one component,
//! some make sense for one kind of record only, some wait behind a feature gate. A component says
//! with its [`Dialect`] what its statements may use.

use crate::paths::ContextDecl;

/// Who offers a function, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The component that offers it.
    pub by: By,
    /// The contexts that know it; all when empty.
    pub contexts: &'static [&'static str],
    /// The feature gate that must be on.
    pub gate: Option<&'static str>,
}

/// The component that offers a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Every component that runs statements.
    Everyone,
    /// The transform processor.
    Transform,
    /// The filter processor.
    Filter,
    /// No text; processors that build trees use it.
    Nobody,
}

/// What the filter processor drops.
const FILTER_CONTEXTS: [&str; 8] =
    ["resource", "scope", "span", "spanevent", "metric", "datapoint", "log", "profile"];

impl Offered {
    /// A function of the language.
    pub const EVERYWHERE: Self = Self { by: By::Everyone, contexts: &[], gate: None };
    /// A function for processors that build trees.
    pub const INTERNAL: Self = Self { by: By::Nobody, contexts: &[], gate: None };

    /// A function of a component, in some contexts.
    pub const fn to(by: By, contexts: &'static [&'static str]) -> Self {
        Self { by, contexts, gate: None }
    }

    /// A function of the language behind a feature gate.
    pub const fn gated(gate: &'static str) -> Self {
        Self { by: By::Everyone, contexts: &[], gate: Some(gate) }
    }
}

/// What the statements of a component may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// The component.
    pub by: By,
    /// Whether lambdas and the functions that take them are on: the feature gate
    /// `ottl.functions.enableLambda`.
    pub lambdas: bool,
    /// Whether `set` hands nil to its target rather than leaving it alone: the feature gate
    /// `ottl.set.allowNil`.
    pub sets_nil: bool,
}

impl Dialect {
    /// The transform processor with default feature gates.
    pub const TRANSFORM: Self = Self { by: By::Transform, lambdas: false, sets_nil: true };
    /// The filter processor with default feature gates.
    pub const FILTER: Self = Self { by: By::Filter, lambdas: false, sets_nil: true };
    /// Any other component with default feature gates.
    pub const STANDARD: Self = Self { by: By::Everyone, lambdas: false, sets_nil: true };

    /// Whether groups of the component may run in the context.
    pub fn sees(self, context: &ContextDecl) -> bool {
        let offered = context.only.is_none_or(|only| only == self.by);
        match self.by {
            By::Filter => offered && FILTER_CONTEXTS.contains(&context.name),
            _ => offered,
        }
    }

    /// What the conditions of a group may use: in the transform processor they are conditions of the
    /// filter processor.
    #[must_use]
    pub const fn of_guards(self) -> Self {
        match self.by {
            By::Transform => Self { by: By::Filter, ..self },
            _ => self,
        }
    }

    /// Whether texts may call the function in some context.
    pub fn knows(self, offered: Offered) -> bool {
        match offered.by {
            By::Everyone => true,
            By::Transform | By::Filter => offered.by == self.by,
            By::Nobody => false,
        }
    }

    /// Whether texts may call the function in that context.
    pub fn knows_in(self, offered: Offered, context: &ContextDecl) -> bool {
        self.knows(offered)
            && (offered.contexts.is_empty() || offered.contexts.contains(&context.name))
    }
}
