//! Text cut, split, trimmed and in another case.

pub(super) mod convert_case;
pub(super) mod format;
pub(super) mod split;
pub(super) mod substring;
pub(super) mod to_camel_case;
pub(super) mod to_lower_case;
pub(super) mod to_snake_case;
pub(super) mod to_upper_case;
pub(super) mod trim;
pub(super) mod trim_prefix;
pub(super) mod trim_suffix;
