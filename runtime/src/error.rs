//! Why an expression or a statement failed at run time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::types::{Kind, Type};

/// Why an expression or a statement failed. Made for each record that fails, so the frequent forms
/// do not allocate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// A value is of another type than the function or path takes.
    #[error("expected {expected} but got {got}")]
    Expected {
        /// What is taken.
        expected: Type,
        /// What there was.
        got: Kind,
    },
    /// Nil for a path that cannot be empty.
    #[error("a field of type {0} cannot be set to nil")]
    NilField(Type),
    /// A value that telemetry cannot carry.
    #[error("a {0} cannot be stored in an attribute, body or cache; convert it first")]
    NotStorable(Kind),
    /// A list that telemetry cannot carry.
    #[error("a list of {0} cannot be stored in an attribute, body or cache; convert it first")]
    NotStorableList(&'static str),
    /// A field as a whole, or a list of one type, for another one.
    #[error("expected {expected} but got {got}")]
    OtherField {
        /// What is taken.
        expected: &'static str,
        /// What there was.
        got: &'static str,
    },
    /// A number that does not fit into its field.
    #[error("{0} does not fit into 32 bits without a sign")]
    OutOfRange(i64),
    /// A number below zero where only others are taken.
    #[error("{0} is below zero")]
    Negative(i64),
    /// A list index outside the list.
    #[error("index {0} is out of bounds")]
    OutOfBounds(i64),
    /// A key missing from a map that a function returned.
    #[error("the map has no key {0:?}")]
    MissingKey(Box<str>),
    /// A key of the wrong type for what it indexes.
    #[error("a {container} cannot be indexed by {key}")]
    WrongKey {
        /// What is indexed.
        container: Kind,
        /// The type of the key.
        key: Kind,
    },
    /// A log body that is neither a map nor a list was indexed.
    #[error("a log body of type {0} cannot be indexed")]
    BodyNotIndexable(Kind),
    /// Operands that arithmetic does not take.
    #[error("{left} {operator} {right} is not defined")]
    Arithmetic {
        /// Type of the left operand.
        left: Kind,
        /// The operator.
        operator: &'static str,
        /// Type of the right operand.
        right: Kind,
    },
    /// A minus before something that is not a number.
    #[error("a {0} cannot be negated")]
    Negate(Kind),
    /// A division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A field of one kind of datapoint was used on another.
    #[error("a datapoint of type {0} has no such field")]
    WrongDataPoint(&'static str),
    /// Text that is not a number.
    #[error("{text:?} {why}")]
    NotANumber {
        /// The text.
        text: Box<str>,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A double that is not finite where JSON is written.
    #[error("NaN and infinity have no JSON form")]
    NotFinite,
    /// A regular expression that does not compile.
    #[error("invalid regular expression: {0}")]
    Pattern(Box<str>),
    /// A value that the field does not take.
    #[error("{text:?} is not {wanted}")]
    InvalidText {
        /// The text.
        text: Box<str>,
        /// What would do.
        wanted: &'static str,
    },
    /// A path that can only be read.
    #[error("{0} can only be read")]
    ReadOnly(&'static str),
    /// The position of an event in its span is not known.
    #[error("the index of the event is not known")]
    NoEventIndex,
    /// A text that would grow beyond [`crate::frame::MAX_TEXT`].
    #[error("the resulting text is too long")]
    TooLong,
    /// A record whose statements call lambdas without end.
    #[error("lambdas were called too often for one record")]
    TooManyCalls,
    /// Records were added to a scope without end: the batch is refused, whatever the error mode says.
    #[error("statements add records without end")]
    TooManyRecords,
    /// A function gave up.
    #[error("{0}")]
    Function(Box<str>),
    /// A defect of Holt: what the checker rules out has happened.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// A defect of Holt: a function panicked. It costs the statement, not the collector; what the
/// statement has changed before stays changed.
pub const PANICKED: EvalError = EvalError::Internal("a function panicked");

/// Runs what may panic by a defect; a panic becomes [`PANICKED`].
///
/// # Errors
/// Those of `run`, and the panic.
pub fn caught<T>(run: impl FnOnce() -> Result<T, EvalError>) -> Result<T, EvalError> {
    // Records and workspace are plain data: a half-done edit leaves them in order.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(PANICKED))
}
