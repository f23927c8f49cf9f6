//! Component status (`collector-core` reference §1.10): reports of components in, the state of the
//! whole and the signal that something is fatal out.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Kind;
use crate::config::ids::{ComponentId, PipelineId};

/// The state of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ComponentState {
    /// Not started.
    #[default]
    None,
    /// Its start was called.
    Starting,
    /// Working.
    Ok,
    /// Failing in a way that may pass.
    RecoverableError(String),
    /// Failing in a way that will stay; the others go on.
    PermanentError(String),
    /// Failing in a way that ends the service.
    FatalError(String),
    /// Its stop was called.
    Stopping,
    /// Stopped.
    Stopped,
}

impl ComponentState {
    /// Its name in the reference.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "StatusNone",
            Self::Starting => "StatusStarting",
            Self::Ok => "StatusOK",
            Self::RecoverableError(_) => "StatusRecoverableError",
            Self::PermanentError(_) => "StatusPermanentError",
            Self::FatalError(_) => "StatusFatalError",
            Self::Stopping => "StatusStopping",
            Self::Stopped => "StatusStopped",
        }
    }

    /// What is wrong, if anything is.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::RecoverableError(error)
            | Self::PermanentError(error)
            | Self::FatalError(error) => Some(error),
            _ => None,
        }
    }

    /// Whether anything is wrong.
    pub fn is_error(&self) -> bool {
        self.error().is_some()
    }

    /// Whether the reference allows this change; others are ignored.
    fn may_become(&self, next: &Self) -> bool {
        use ComponentState as S;
        let is_working = matches!(next, S::Ok | S::RecoverableError(_));
        let is_failed = matches!(next, S::PermanentError(_) | S::FatalError(_));
        match self {
            S::None => *next == S::Starting,
            S::Starting | S::Ok | S::RecoverableError(_) => {
                is_working || is_failed || *next == S::Stopping
            }
            S::PermanentError(_) => *next == S::Stopping,
            S::Stopping => {
                is_failed || matches!(next, S::RecoverableError(_)) || *next == S::Stopped
            }
            S::FatalError(_) | S::Stopped => false,
        }
    }
}

/// A component and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentStatus {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: ComponentId,
    /// The pipelines that it is part of; none for extensions.
    pub pipelines: Vec<PipelineId>,
    /// Its state.
    pub state: ComponentState,
    /// When it came to that.
    pub since: SystemTime,
}

impl ComponentStatus {
    /// Tells the log of a change that somebody may have to look at.
    fn log(&self, previous: &ComponentState) {
        let (id, kind) = (&self.id, self.kind.as_str());
        match (&self.state, previous) {
            (ComponentState::RecoverableError(error), previous) if self.state != *previous => {
                tracing::warn!(
                    otelcol.component.id = %id,
                    otelcol.component.kind = kind,
                    error,
                    "The component has a problem that may pass"
                );
            }
            // A start that fails is told of by whoever started it.
            (ComponentState::PermanentError(_), ComponentState::Starting) => {}
            (ComponentState::PermanentError(error), _) => tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = kind,
                error,
                "The component has a problem that will stay"
            ),
            (ComponentState::Ok, ComponentState::RecoverableError(_)) => tracing::info!(
                otelcol.component.id = %id,
                otelcol.component.kind = kind,
                "The component works again"
            ),
            _ => {}
        }
    }
}

/// An address that a component listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// What listens.
    pub kind: Kind,
    /// Its id.
    pub id: ComponentId,
    /// What it speaks: `grpc` or `http`.
    pub protocol: &'static str,
    /// `ip:port`, with the port that the system chose when the user asked for port 0, or a path.
    pub address: String,
}

/// The states of all components of a service.
#[derive(Debug)]
pub struct StatusHub {
    components: Mutex<BTreeMap<u64, ComponentStatus>>,
    /// Told of every change.
    changes: watch::Sender<()>,
    next_number: AtomicU64,
    /// With the number of the component that listens.
    listening: Mutex<Vec<(u64, Listening)>>,
    fatal: watch::Sender<Option<String>>,
}

impl Default for StatusHub {
    fn default() -> Self {
        Self {
            components: Mutex::default(),
            changes: watch::Sender::new(()),
            next_number: AtomicU64::new(0),
            listening: Mutex::default(),
            fatal: watch::Sender::new(None),
        }
    }
}

impl StatusHub {
    /// A reporter for a new component.
    pub fn register(self: &Arc<Self>, kind: Kind, id: ComponentId) -> StatusReporter {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let mut components = self.components.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, since) = (ComponentState::None, SystemTime::now());
        let pipelines = Vec::new();
        components.insert(number, ComponentStatus { kind, id, pipelines, state, since });
        StatusReporter { hub: self.clone(), number }
    }

    /// The number that the next component gets.
    pub fn next_number(&self) -> u64 {
        self.next_number.load(Ordering::Relaxed)
    }

    /// Forgets the components that were registered from `number` on, which will not run after all.
    pub fn forget_from(&self, number: u64) {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(one, _)| *one < number);
        self.components
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|one, _| *one < number);
    }

    /// All components with their states.
    pub fn snapshot(&self) -> Vec<ComponentStatus> {
        let components = self.components.lock().unwrap_or_else(PoisonError::into_inner);
        components.values().cloned().collect()
    }

    /// Something to wait with for changes of states.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Addresses that components listen on, in the order they were bound.
    pub fn listening(&self) -> Vec<Listening> {
        let listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        listening.iter().map(|(_, one)| one.clone()).collect()
    }

    /// Waits until a component reports a fatal error, and says which and what.
    pub async fn fatal(&self) -> String {
        let mut fatal = self.fatal.subscribe();
        loop {
            if let Some(message) = fatal.borrow_and_update().clone() {
                return message;
            }
            // The sender lives as long as `self`, so this does not fail.
            if fatal.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Reports the state of one component.
#[derive(Clone, Debug)]
pub struct StatusReporter {
    hub: Arc<StatusHub>,
    number: u64,
}

impl StatusReporter {
    /// Reports a change; one that makes no sense (working after stopped) is ignored.
    pub fn report(&self, next: ComponentState) {
        let mut components = self.hub.components.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(status) = components.get_mut(&self.number) else { return };
        if !status.state.may_become(&next) {
            return;
        }
        if let ComponentState::FatalError(message) = &next {
            let (kind, id) = (status.kind, &status.id);
            self.hub.fatal.send_replace(Some(format!("{kind} \"{id}\": {message}")));
        }
        let previous = std::mem::replace(&mut status.state, next);
        status.since = SystemTime::now();
        let status = status.clone();
        drop(components);
        status.log(&previous);
        self.hub.changes.send_replace(());
    }

    /// Tells which pipelines the component is part of.
    pub fn belongs_to(&self, pipelines: Vec<PipelineId>) {
        let mut components = self.hub.components.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = components.get_mut(&self.number) {
            status.pipelines = pipelines;
        }
    }

    /// Whether both report for the same component.
    pub fn is_same(&self, other: &Self) -> bool {
        self.number == other.number && Arc::ptr_eq(&self.hub, &other.hub)
    }

    /// Tells that the component listens on an address.
    pub fn listens(&self, protocol: &'static str, address: String) {
        let components = self.hub.components.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(status) = components.get(&self.number) else { return };
        let listening = Listening { kind: status.kind, id: status.id.clone(), protocol, address };
        self.hub
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((self.number, listening));
    }

    /// The present state.
    pub fn state(&self) -> ComponentState {
        let components = self.hub.components.lock().unwrap_or_else(PoisonError::into_inner);
        components.get(&self.number).map(|status| status.state.clone()).unwrap_or_default()
    }

    /// Whether the component has failed for good and goes on only when it is made anew.
    pub fn has_failed(&self) -> bool {
        matches!(self.state(), ComponentState::PermanentError(_) | ComponentState::FatalError(_))
    }

    /// Forgets the component, which has stopped and another took its place.
    pub fn retire(&self) {
        let is_other = |(number, _): &(u64, Listening)| *number != self.number;
        self.hub.listening.lock().unwrap_or_else(PoisonError::into_inner).retain(is_other);
        self.hub.components.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }

    /// Starts a task of the component. A panic in it is fatal for the service; the task then
    /// gives `None`.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        let reporter = self.clone();
        tokio::spawn(async move {
            match AssertUnwindSafe(task).catch_unwind().await {
                Ok(value) => Some(value),
                Err(panic) => {
                    reporter.panicked(&panic_message(panic.as_ref()));
                    None
                }
            }
        })
    }

    /// Reports that the component panicked, which is fatal.
    pub fn panicked(&self, message: &str) {
        self.report(ComponentState::FatalError(format!("panicked: {message}")));
    }
}

/// The text of a caught panic.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reporter(hub: &Arc<StatusHub>) -> StatusReporter {
        let id = ComponentId::of_type("test").expect("valid id");
        hub.register(Kind::Receiver, id)
    }

    #[tokio::test]
    async fn a_panicking_task_is_fatal() {
        let hub = Arc::new(StatusHub::default());
        let reporter = reporter(&hub);
        reporter.report(ComponentState::Starting);
        let task = reporter.spawn(async { panic!("out of luck") });
        assert_eq!(task.await.expect("caught"), None::<()>);
        assert_eq!(hub.fatal().await, "receiver \"test\": panicked: out of luck");
    }

    #[test]
    fn impossible_changes_are_ignored() {
        let hub = Arc::new(StatusHub::default());
        let reporter = reporter(&hub);
        reporter.report(ComponentState::Ok);
        assert_eq!(reporter.state(), ComponentState::None);
        reporter.report(ComponentState::Starting);
        reporter.report(ComponentState::PermanentError("broken".to_owned()));
        reporter.report(ComponentState::Ok);
        assert_eq!(reporter.state(), ComponentState::PermanentError("broken".to_owned()));
    }
}
