//! The states of components put together: of a pipeline, of the extensions, of everything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::config::ComponentHealth;
use crate::component::{ComponentState, ComponentStatus, Kind, StatusHub};

/// Puts states together.
pub(super) struct Aggregator {
    hub: Arc<StatusHub>,
    health: Option<ComponentHealth>,
    /// Until everything has started, everything counts as starting: the whole does not flap while
    /// one component after the other starts.
    ready: watch::Sender<bool>,
}

/// A state since a time, and those it is made of by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aggregate {
    pub(super) state: ComponentState,
    pub(super) since: SystemTime,
    pub(super) parts: BTreeMap<String, Aggregate>,
}

/// Name of the part with the extensions.
const EXTENSIONS: &str = "extensions";

impl Aggregator {
    pub(super) fn new(hub: Arc<StatusHub>, health: Option<ComponentHealth>) -> Self {
        Self { hub, health, ready: watch::Sender::new(false) }
    }

    pub(super) fn set_ready(&self) {
        self.ready.send_replace(true);
    }

    /// Changes of anything that [`Self::of`] goes by, but the time.
    pub(super) fn changes(&self) -> (watch::Receiver<()>, watch::Receiver<bool>) {
        (self.hub.changes(), self.ready.subscribe())
    }

    /// When a failure that may pass will have lasted too long, if nothing changes before.
    pub(super) fn patience(&self, aggregate: &Aggregate) -> Option<Duration> {
        let health = self.health.as_ref().filter(|health| health.include_recoverable_errors)?;
        if !matches!(aggregate.state, ComponentState::RecoverableError(_)) {
            return None;
        }
        health.recovery_duration.to_std().checked_sub(aggregate.age())
    }

    /// The state of `scope`: of everything when it is empty, of the extensions, or of a pipeline by
    /// its id. `None` when there is no such pipeline.
    pub(super) fn of(&self, scope: &str) -> Option<Aggregate> {
        let mut groups: BTreeMap<String, BTreeMap<String, Aggregate>> = BTreeMap::new();
        for component in self.hub.snapshot() {
            if component.state == ComponentState::None {
                continue;
            }
            let name = format!("{}:{}", component.kind, component.id);
            for group in groups_of(&component) {
                groups.entry(group).or_default().insert(name.clone(), self.single(&component));
            }
        }
        let groups = groups.into_iter().map(|(name, parts)| (name, self.together(parts)));
        let mut groups: BTreeMap<String, Aggregate> = groups.collect();
        match scope {
            "" => Some(self.together(groups)),
            EXTENSIONS => groups.remove(EXTENSIONS),
            pipeline => groups.remove(&format!("pipeline:{pipeline}")),
        }
    }

    fn single(&self, component: &ComponentStatus) -> Aggregate {
        let state = match *self.ready.borrow() {
            true => component.state.clone(),
            false => ComponentState::Starting,
        };
        Aggregate { state, since: component.since, parts: BTreeMap::new() }
    }

    /// The most telling state of several. A failure counts from the first time that it was seen,
    /// anything else from the last change.
    fn together(&self, parts: BTreeMap<String, Aggregate>) -> Aggregate {
        let ranks = self.ranks();
        let rank = |part: &Aggregate| {
            ranks.iter().position(|one| one == &Rank::of(&part.state)).unwrap_or(ranks.len())
        };
        let lowest = parts.values().map(rank).min();
        let all_same = parts.values().map(rank).max() == lowest;
        let last = parts.values().map(|part| part.since).max().unwrap_or(SystemTime::UNIX_EPOCH);
        let telling = parts.values().filter(|part| Some(rank(part)) == lowest);
        let first = telling.min_by_key(|part| part.since);
        let Some(first) = first else {
            return Aggregate { state: ComponentState::None, since: last, parts };
        };
        let (state, since) = match &first.state {
            state if state.is_error() => (state.clone(), first.since),
            // Some have stopped and others have not.
            ComponentState::Stopped if !all_same => (ComponentState::Stopping, last),
            state => (state.clone(), last),
        };
        Aggregate { state, since, parts }
    }

    fn ranks(&self) -> [Rank; 7] {
        use Rank as R;
        let recoverable_first = self.health.as_ref().is_some_and(|health| {
            health.include_recoverable_errors && !health.include_permanent_errors
        });
        match recoverable_first {
            true => [
                R::Fatal,
                R::Starting,
                R::Stopping,
                R::Stopped,
                R::Recoverable,
                R::Permanent,
                R::Ok,
            ],
            false => [
                R::Fatal,
                R::Starting,
                R::Stopping,
                R::Stopped,
                R::Permanent,
                R::Recoverable,
                R::Ok,
            ],
        }
    }

    /// Whether the collector counts as healthy in a state. Without settings of components' health it
    /// does in any.
    pub(super) fn is_healthy(&self, aggregate: &Aggregate) -> bool {
        let Some(health) = &self.health else { return true };
        match &aggregate.state {
            ComponentState::PermanentError(_) => !health.include_permanent_errors,
            ComponentState::RecoverableError(_) if health.include_recoverable_errors => {
                aggregate.age() < health.recovery_duration.to_std()
            }
            ComponentState::FatalError(_) => false,
            _ => true,
        }
    }

    /// Whether a client of the gRPC protocol is told that the collector serves.
    pub(super) fn serves(&self, aggregate: &Aggregate) -> bool {
        let health = self.health.clone().unwrap_or_default();
        match &aggregate.state {
            ComponentState::Ok => true,
            ComponentState::RecoverableError(_) => {
                !health.include_recoverable_errors
                    || aggregate.age() <= health.recovery_duration.to_std()
            }
            ComponentState::PermanentError(_) => !health.include_permanent_errors,
            _ => false,
        }
    }
}

impl Aggregate {
    fn age(&self) -> Duration {
        self.since.elapsed().unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    Fatal,
    Starting,
    Stopping,
    Stopped,
    Permanent,
    Recoverable,
    Ok,
}

impl Rank {
    const fn of(state: &ComponentState) -> Self {
        match state {
            ComponentState::FatalError(_) => Self::Fatal,
            ComponentState::None | ComponentState::Starting => Self::Starting,
            ComponentState::Stopping => Self::Stopping,
            ComponentState::Stopped => Self::Stopped,
            ComponentState::PermanentError(_) => Self::Permanent,
            ComponentState::RecoverableError(_) => Self::Recoverable,
            ComponentState::Ok => Self::Ok,
        }
    }
}

fn groups_of(component: &ComponentStatus) -> Vec<String> {
    if component.kind == Kind::Extension {
        return vec![EXTENSIONS.to_owned()];
    }
    component.pipelines.iter().map(|pipeline| format!("pipeline:{pipeline}")).collect()
}
