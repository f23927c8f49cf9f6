//! `backend`: trouble of every kind behind each exporter, and where the items were meanwhile.
//!
//! A collector with a queue in memory and endless retries is under steady load while its backend
//! is well, in trouble, and well again. At the height of the trouble and at the end, its own
//! metrics must balance; at the end, they must agree with what client and backend counted.

mod faults;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::{Context, ScenarioError, drained, empty, first_arrival, seconds, settled_balance};
use crate::backend::certificates::Authority;
use crate::backend::{Backend, Behaviour};
use crate::balance::Balance;
use crate::client::{Load, Running, Tally};
use crate::collector::Collector;
use crate::collector::config::{Exporter, Setup};
use crate::ledger::{Ledger, Summary};
use crate::ports;
use crate::report::{Report, Row};
pub use faults::{Fault, Trouble};

/// How long a flapping backend stays as it is.
const FLAP: Duration = Duration::from_millis(700);
/// How long a certificate is good in the time of trouble, and how long until it surely is not.
const VALID: Duration = Duration::from_secs(1);
const EXPIRED: Duration = Duration::from_secs(2);
/// How long the next certificate is good.
const RENEWED: Duration = Duration::from_secs(24 * 3600);
/// How long the first delivery is waited for, and every further one.
const PATIENCE: Duration = Duration::from_secs(30);
const QUIET: Duration = Duration::from_secs(5);
/// How long metrics may take to stand still.
const SETTLING: Duration = Duration::from_secs(5);

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long the backend is well before and after.
    pub well: Duration,
    /// How long each trouble lasts.
    pub trouble: Duration,
    /// How long the backend is down.
    pub down: Duration,
    /// The exporters.
    pub exporters: Vec<Exporter>,
    /// Only faults whose names contain this.
    pub only: Option<String>,
    /// Collectors at the same time.
    pub jobs: usize,
}

/// What one collector went through.
struct Case {
    exporter: Exporter,
    fault: Fault,
    filter: bool,
    trouble: Duration,
    well: Duration,
}

/// What came of it.
struct Found {
    case: Case,
    summary: Summary,
    tally: Tally,
    height: Option<Balance>,
    end: Option<Balance>,
    first: Option<Duration>,
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut report = Report::new("backend in trouble", context.binary.kind);
    let slots = Arc::new(Semaphore::new(options.jobs.max(1)));
    let mut running = JoinSet::new();
    for (index, case) in cases(options).into_iter().enumerate() {
        let (context, slots) = (context.clone(), Arc::clone(&slots));
        running.spawn(async move {
            let _slot = slots.acquire_owned().await;
            (index, outcome(&context, case, index).await)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = running.join_next().await {
        let (index, found) = done?;
        all.push((index, found?));
    }
    all.sort_by_key(|(index, _)| *index);
    for (_, found) in &all {
        report.rows.push(row(found));
        judge(found, &mut report);
    }
    Ok(report)
}

fn cases(options: &Options) -> Vec<Case> {
    let mut cases = Vec::new();
    let well = options.well;
    for exporter in options.exporters.iter().copied() {
        for fault in Fault::all(exporter) {
            let down = fault.trouble == Trouble::Steady(Behaviour::Down);
            let trouble = if down { options.down } else { options.trouble };
            if down {
                let (fault, trouble) = (fault.clone(), options.trouble);
                cases.push(Case { exporter, fault, filter: true, trouble, well });
            }
            cases.push(Case { exporter, fault, filter: false, trouble, well });
        }
    }
    if let Some(only) = &options.only {
        cases.retain(|case| case.fault.name.contains(only));
    }
    cases
}

async fn outcome(context: &Context, case: Case, index: usize) -> Result<Found, ScenarioError> {
    let place = context.place(&format!("backend-{index}"))?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let authority = match case.fault.trouble {
        Trouble::Expired => Some(Authority::new()?),
        Trouble::Steady(_) | Trouble::Flapping => None,
    };
    let expiry = SystemTime::now() + case.well + VALID;
    let tls = authority.as_ref().map(|authority| authority.acceptor(expiry)).transpose()?;
    let mut backend = Backend::start(ports::free()?, &ledger, tls.clone()).await?;
    let mut setup = Setup::new(case.exporter, backend.address())?;
    setup.filter = case.filter;
    if let Some(authority) = &authority {
        let ca = place.join("ca.pem");
        std::fs::write(&ca, authority.pem())?;
        setup.ca = Some(ca);
    }
    let collector = Collector::start(&context.binary, &setup, &place).await?;
    let load = Load { rate: 1000.0, ..Load::steady(&setup.grpc.to_string()) };

    let client = Running::start(&load, &ledger);
    tokio::time::sleep(case.well).await;
    match tls {
        Some(tls) => expire(&mut backend, &case, tls).await?,
        None => endure(&mut backend, &case).await?,
    }
    let mut tally = client.stop().await;
    let height = settled_balance(&collector, SETTLING).await;

    let client = Running::start(&load, &ledger);
    if let Some(authority) = &authority {
        backend.present(authority.acceptor(SystemTime::now() + RENEWED)?).await?;
    }
    backend.become_(Behaviour::Serve).await?;
    let first = first_arrival(&backend, Instant::now(), PATIENCE).await;
    tokio::time::sleep(case.well).await;
    tally = sum(tally, client.stop().await);
    drained(&ledger, QUIET).await;
    let end = settled_balance(&collector, SETTLING).await;
    collector.terminate().await?;
    let name = case.exporter.name();
    (context.say)(&format!("{name}, {}: done", case.fault.name));
    Ok(Found { summary: ledger.summary(), case, tally, height, end, first })
}

async fn endure(backend: &mut Backend, case: &Case) -> Result<(), ScenarioError> {
    let end = Instant::now() + case.trouble;
    match &case.fault.trouble {
        Trouble::Steady(behaviour) => {
            backend.become_(behaviour.clone()).await?;
            tokio::time::sleep_until(end).await;
        }
        Trouble::Flapping => {
            while Instant::now() < end {
                backend.become_(Behaviour::Down).await?;
                tokio::time::sleep(FLAP).await;
                backend.become_(Behaviour::Serve).await?;
                tokio::time::sleep(FLAP).await;
            }
            backend.become_(Behaviour::Down).await?;
        }
        Trouble::Expired => {}
    }
    Ok(())
}

/// Connections live on when a certificate ends; the next one meets the old certificate.
async fn expire(backend: &mut Backend, case: &Case, tls: TlsAcceptor) -> Result<(), ScenarioError> {
    tokio::time::sleep(VALID + EXPIRED).await;
    backend.present(tls).await?;
    tokio::time::sleep(case.trouble).await;
    Ok(())
}

fn sum(mut first: Tally, second: Tally) -> Tally {
    first.add(second);
    first
}

fn title(case: &Case) -> String {
    let filter = if case.filter { ", behind a filter" } else { "" };
    format!("{}{filter}", case.fault.name)
}

fn row(found: &Found) -> Row {
    let Found { case, summary, height, end, first, .. } = found;
    let reasons = end.as_ref().map(|balance| {
        let reasons = balance.dropped.iter().map(|(reason, count)| format!("{count} {reason}"));
        reasons.collect::<Vec<_>>().join(", ")
    });
    Row::default()
        .with("exporter", case.exporter.name())
        .with("backend", title(case))
        .with("for s", seconds(case.trouble))
        .with("acknowledged", summary.acknowledged)
        .with("refused", summary.retryable + summary.permanent + summary.unanswered)
        .with("delivered", summary.delivered)
        .with("not delivered", summary.lost)
        .with("duplicates", summary.duplicates)
        .with("held at height", height.as_ref().map(|balance| balance.held))
        .with("dropped", reasons)
        .with("missing", end.as_ref().map(|balance| balance.missing() as i64))
        .with("first delivery after s", first.map(seconds))
}

/// Compares what client, collector and backend say.
fn judge(found: &Found, report: &mut Report) {
    let Found { case, summary, tally, height, end, first } = found;
    let name = format!("{}, {}", case.exporter.name(), title(case));
    if !case.fault.drops && !case.filter {
        let detail = format!("{} of {} lost", summary.lost, summary.acknowledged);
        let held = summary.lost == 0 && summary.acknowledged > 0;
        report.check(format!("{name}: nothing is lost"), held, detail);
    }
    report.check(
        format!("{name}: deliveries begin again"),
        first.is_some(),
        first.map_or("never".to_owned(), |first| format!("after {} s", seconds(first))),
    );
    let refused = summary.retryable + summary.permanent + summary.unanswered;
    report.check(
        format!("{name}: clients are not refused"),
        refused == 0,
        if refused == 0 { "none".to_owned() } else { tally.reasons() },
    );
    let (Some(height), Some(end)) = (height, end) else {
        report.skip(format!("{name}: the metrics balance"), "there are none");
        return;
    };
    for (when, balance) in [("at the height", height), ("at the end", end)] {
        report.check(
            format!("{name}: the metrics balance {when}"),
            balance.missing() == 0,
            balance,
        );
    }
    report.check(
        format!("{name}: the metrics say what client and backend saw"),
        end.accepted == summary.acknowledged && end.dropped() == summary.lost && end.held == 0,
        format!(
            "{} accepted, {} acknowledged; {} dropped, {} not delivered; {} held",
            end.accepted,
            summary.acknowledged,
            end.dropped(),
            summary.lost,
            end.held
        ),
    );
}
