//! Passes by name.

use std::fmt::{self, Display, Formatter};

use super::Pass;

impl Display for Pass {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fold => "fold",
            Self::Hoist => "hoist",
        })
    }
}
