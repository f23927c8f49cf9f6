//! What a program is made from: groups of statements with the places of their texts.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use holt_grammar::parse::Locate;
use holt_grammar::source::Location;
use holt_grammar::span::Span;

/// The text of a statement, condition or name, and where it stands.
#[derive(Clone)]
pub struct SourceText {
    /// The text as OTTL sees it, with the escapes of its surroundings decoded.
    pub text: String,
    /// Maps ranges of the text to places in the user's files.
    pub place: Arc<dyn Locate + Send + Sync>,
}

impl SourceText {
    /// A text at a place.
    pub fn new(text: impl Into<String>, place: impl Locate + Send + Sync + 'static) -> Self {
        Self { text: text.into(), place: Arc::new(place) }
    }

    /// The place of a range of the text.
    pub fn locate(&self, span: Span) -> Location {
        self.place.locate(span)
    }

    /// The range of the whole text.
    pub fn whole(&self) -> Span {
        Span::from(0..self.text.len())
    }
}

impl fmt::Debug for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceText").field(&self.text).finish()
    }
}

impl Locate for SourceText {
    fn locate(&self, span: Span) -> Location {
        self.place.locate(span)
    }

    fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        self.place.edit(span, text)
    }
}

/// Statements that run together: for each item of the batch all of them in order, before the next
/// group sees the batch.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// The context, in any letter case; inferred from the paths when absent.
    pub context: Option<SourceText>,
    /// The statements, in order.
    pub statements: Vec<SourceText>,
    /// The statements run for an item if any of these holds; always when there are none.
    pub conditions: Vec<SourceText>,
    /// Whether an item for which one of the conditions holds is dropped, in place of statements;
    /// without conditions none is.
    pub drops: bool,
    /// Whether messages show conditions with every path behind its context; as written otherwise.
    pub shows_contexts: bool,
    /// What a failing statement does.
    pub error_mode: ErrorMode,
    /// Whether the group's cache is shared by all items of a batch, and with all other groups of the
    /// same context that ask for it.
    pub shared_cache: bool,
}

/// What a failing statement does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ErrorMode {
    /// It is logged and skipped.
    #[default]
    Ignore,
    /// It is skipped.
    Silent,
    /// The batch is refused.
    Propagate,
}

impl FromStr for ErrorMode {
    type Err = UnknownName;

    /// Letter case does not matter.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name.to_ascii_lowercase().as_str() {
            "ignore" => Ok(Self::Ignore),
            "silent" => Ok(Self::Silent),
            "propagate" => Ok(Self::Propagate),
            _ => {
                Err(UnknownName { what: "error mode", known: "`ignore`, `silent` or `propagate`" })
            }
        }
    }
}

/// What executes a program. All engines give the same results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The best there is.
    #[default]
    Auto,
    /// The slow, obvious evaluator of trees.
    Reference,
    /// The virtual machine.
    Vm,
    /// Compiled code; the virtual machine where the processor or the system lets none be made.
    Jit,
}

impl Engine {
    /// Every engine, without the choice among them.
    pub const ALL: [Self; 3] = [Self::Reference, Self::Vm, Self::Jit];
}

impl FromStr for Engine {
    type Err = UnknownName;

    /// The values of `HOLT_ENGINE`.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "auto" => Ok(Self::Auto),
            "ref" => Ok(Self::Reference),
            "vm" => Ok(Self::Vm),
            "jit" => Ok(Self::Jit),
            _ => Err(UnknownName { what: "engine", known: "`auto`, `ref`, `vm` or `jit`" }),
        }
    }
}

/// A name that is none of a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}, expected {known}")]
pub struct UnknownName {
    what: &'static str,
    known: &'static str,
}
