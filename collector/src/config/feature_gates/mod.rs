//! Feature gates: the `--feature-gates` flag and what it switches.
//!
//! Values of the flag enter [`Gates::apply`]; components ask [`Gates::is_enabled`].

mod table;

use std::collections::HashMap;
use std::fmt;

use holt_grammar::diag::Diagnostic;

use super::codes::FEATURE_GATE;
use super::de::suggest;
use super::merge::Lists;
use super::validate::Allowed;

pub use table::GATES;

/// How far a feature has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off unless switched on.
    Alpha,
    /// On unless switched off.
    Beta,
    /// On for good.
    Stable,
    /// Off for good.
    Deprecated,
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Stable => "Stable",
            Self::Deprecated => "Deprecated",
        })
    }
}

/// A feature gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its name on the command line.
    pub id: &'static str,
    /// Its stage.
    pub stage: Stage,
    /// What is different when it is on.
    pub description: &'static str,
    /// The release that introduced it.
    pub from: &'static str,
    /// The release that removes it, once that is known.
    pub to: Option<&'static str>,
    /// Where it is discussed.
    pub url: &'static str,
}

impl Gate {
    /// Whether it is on when nobody says otherwise.
    pub const fn default_enabled(&self) -> bool {
        matches!(self.stage, Stage::Beta | Stage::Stable)
    }

    /// The gate of an id.
    pub fn find(id: &str) -> Option<&'static Self> {
        GATES.iter().find(|gate| gate.id == id)
    }
}

/// The gates of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gates {
    set: HashMap<&'static str, bool>,
}

impl Gates {
    /// Applies values of `--feature-gates`, each a comma list in which `-` switches off and `+` or
    /// nothing switches on. Later ones win.
    ///
    /// # Errors
    /// Every item that names no gate or one that cannot be set so. The others are applied.
    pub fn apply<'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Result<(), Vec<Diagnostic>> {
        let mut findings = Vec::new();
        for value in values.into_iter().filter(|value| !value.is_empty()) {
            for (index, item) in value.split(',').enumerate() {
                if let Err(finding) = self.apply_item(index, item) {
                    findings.push(*finding);
                }
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    fn apply_item(&mut self, index: usize, item: &str) -> Result<(), Box<Diagnostic>> {
        let refuse = |message: String, help: String, reference: String| {
            let finding = Diagnostic::error(FEATURE_GATE, message)
                .note(help)
                .note(format!("the Go collector says: {reference}"));
            Err(Box::new(finding))
        };
        let (id, on) = match (item.strip_prefix('-'), item.strip_prefix('+')) {
            (Some(id), _) => (id, false),
            (None, Some(id)) => (id, true),
            (None, None) => (item, true),
        };
        if item.is_empty() {
            return refuse(
                format!("item {} of `--feature-gates` is empty", index + 1),
                "remove the comma before or after it".to_owned(),
                format!("empty feature gate identifier at index {index}"),
            );
        }
        let Some(gate) = Gate::find(id) else {
            let ids = || GATES.iter().map(|gate| gate.id);
            let help = match suggest::nearest(id, ids()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`holt featuregate` lists the gates there are".to_owned(),
            };
            let known: Vec<&str> = ids().collect();
            return refuse(
                format!("there is no feature gate `{id}`"),
                help,
                format!("no such feature gate {id:?}. valid gates: [{}]", known.join(" ")),
            );
        };
        match (gate.stage, on) {
            (Stage::Stable, false) => refuse(
                format!("the feature gate `{id}` is stable: it cannot be switched off"),
                "remove it from the command line".to_owned(),
                format!("feature gate {id:?} is stable, can not be disabled"),
            ),
            (Stage::Deprecated, true) => refuse(
                format!("the feature gate `{id}` is deprecated: it cannot be switched on"),
                "remove it from the command line".to_owned(),
                format!("feature gate {id:?} is deprecated, can not be enabled"),
            ),
            _ => {
                self.set.insert(gate.id, on);
                Ok(())
            }
        }
    }

    /// Whether a gate is on. An id that is no gate is off.
    pub fn is_enabled(&self, id: &str) -> bool {
        self.set
            .get(id)
            .copied()
            .unwrap_or_else(|| Gate::find(id).is_some_and(Gate::default_enabled))
    }

    /// How lists of several sources meet.
    pub fn lists(&self) -> Lists {
        if self.is_enabled("confmap.enableMergeAppendOption") {
            Lists::Append
        } else {
            Lists::Replace
        }
    }

    /// What the gates allow a configuration to be.
    pub fn allowed(&self) -> Allowed {
        Allowed {
            no_pipelines: self.is_enabled("service.AllowNoPipelines"),
            profiles: self.is_enabled("service.profilesSupport"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(values: &[&str]) -> (Gates, Vec<String>) {
        let mut gates = Gates::default();
        let findings = gates.apply(values.iter().copied()).err().unwrap_or_default();
        (gates, findings.into_iter().map(|finding| finding.message).collect())
    }

    #[test]
    fn the_table_is_sorted_and_without_doubles() {
        assert!(GATES.windows(2).all(|pair| pair[0].id < pair[1].id));
        for gate in GATES {
            assert!(gate.stage != Stage::Stable || gate.to.is_some(), "{}", gate.id);
        }
    }

    #[test]
    fn items_switch_gates_and_later_ones_win() {
        let (gates, findings) = applied(&[
            "service.profilesSupport,-service.partialReloadReceivers",
            "+service.partialReload",
        ]);
        assert!(findings.is_empty());
        assert!(gates.is_enabled("service.profilesSupport"));
        assert!(gates.is_enabled("service.partialReload"));
        assert!(!gates.is_enabled("service.partialReloadReceivers"));
        assert!(!gates.is_enabled("service.AllowNoPipelines"));
        assert!(!gates.is_enabled("unknown"));
        let (gates, _) = applied(&["service.profilesSupport", "-service.profilesSupport"]);
        assert_eq!(gates.allowed(), Allowed::default());
        assert_eq!(applied(&["confmap.enableMergeAppendOption"]).0.lists(), Lists::Append);
    }

    #[test]
    fn every_bad_item_is_told() {
        let (gates, findings) = applied(&[
            "service.profileSupport,,-ottl.PanicDuplicateName,ottl.PanicDuplicateName,service.partialReload",
            "connector.servicegraph.legacyLatencyUnitMs,-connector.servicegraph.legacyLatencyUnitMs",
        ]);
        assert_eq!(
            findings,
            [
                "there is no feature gate `service.profileSupport`",
                "item 2 of `--feature-gates` is empty",
                "the feature gate `ottl.PanicDuplicateName` is stable: it cannot be switched off",
                "the feature gate `connector.servicegraph.legacyLatencyUnitMs` is deprecated: it \
                 cannot be switched on",
            ]
        );
        assert!(gates.is_enabled("service.partialReload"));
    }
}
