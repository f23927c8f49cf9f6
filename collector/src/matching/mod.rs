//! What an item must be like to be meant: the older matchers that several processors share.
//!
//! Settings ([`MatchSettings`]) enter and become conditions of a program; texts, patterns and values
//! that cannot be compared are reported at their place.

mod condition;
mod constant;
mod properties;
mod settings;

pub(crate) use condition::{NoCondition, condition, metric_names, resources};
pub(crate) use constant::{any_value, constant};
pub(crate) use settings::{
    AttributeSettings, MatchSettings, Names, RegexpSettings, SeveritySettings,
};
