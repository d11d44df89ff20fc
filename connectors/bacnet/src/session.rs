//! One session: a socket, a task for each device, one for what devices tell, one for commands.

use crate::ask::Line;
use crate::commands;
use crate::cov;
use crate::device::Worker;
use crate::health::Ward;
use crate::memory::Recollection;
use crate::network::Network;
use crate::plan::Plan;
use crate::watch::Watch;
use crate::words;
use rand::random;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use vigie_bacnet_link::{Tap, Way, describe, socket_of};
use vigie_contract::{Backoff, ConnectorError, Direction, Health, Session};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long the tasks may take to end.
const FAREWELL: Duration = Duration::from_secs(8);

/// What the tasks of a session share.
pub(crate) struct Shared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) session: Session,
    pub(crate) network: Arc<Network>,
    pub(crate) ward: Ward,
    pub(crate) memory: Recollection,
    /// One for each device of the plan.
    pub(crate) devices: Vec<Contact>,
    /// What our subscriptions are called; another each time, so that what an earlier session
    /// subscribed to is not taken for ours.
    pub(crate) process: u32,
    /// Cancelled when the session ends, for whatever reason.
    pub(crate) ending: CancellationToken,
}

/// What the session knows of a device right now.
pub(crate) struct Contact {
    line: Mutex<Option<Arc<Line>>>,
    /// Symbols of the units of its points, as configured or as the device says.
    units: Mutex<Vec<Option<Arc<str>>>>,
    pub(crate) watch: Watch,
    /// Wakes the device's task: poll now.
    pub(crate) poll_now: Notify,
}

impl Contact {
    /// The line to it, while it answers.
    pub(crate) fn line(&self) -> Option<Arc<Line>> {
        self.lock().clone()
    }

    pub(crate) fn connect(&self, line: Option<Arc<Line>>) {
        *self.lock() = line;
    }

    pub(crate) fn learn(&self, units: Vec<Option<Arc<str>>>) {
        *self.units.lock().unwrap_or_else(PoisonError::into_inner) = units;
    }

    /// The unit of a point, where it is known.
    pub(crate) fn unit(&self, place: usize) -> Option<Arc<str>> {
        let units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        units.get(place).cloned().flatten()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Line>>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs until the session shall end; opens the socket again while it cannot be had.
pub(crate) async fn run(plan: Arc<Plan>, session: &Session) -> Result<(), ConnectorError> {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        session
            .status
            .update(|status| status.health = Health::Connecting);
        let (config, tap) = (&plan.config, Some(tap(session)));
        let opened = Network::open(config, config.port, &session.reach, tap);
        let error = tokio::select! {
            () = session.stop.cancelled() => return Ok(()),
            opened = opened => match opened {
                Ok(network) => return converse(plan, session, Arc::new(network)).await,
                Err(error) => words::sentence(&error),
            },
        };
        let pause = backoff.next_pause(random());
        tracing::info!(%error, pause_ms = pause.as_millis() as u64, "BACnet socket not open");
        session.status.update(|status| {
            status.health = Health::Waiting;
            status.attempts = backoff.attempts();
            status.next_attempt = Some(Instant::now() + pause);
            status.last_error = Some(error);
        });
        tokio::select! {
            () = session.stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn converse(
    plan: Arc<Plan>,
    session: &Session,
    network: Arc<Network>,
) -> Result<(), ConnectorError> {
    let contact = |device: &crate::plan::DevicePlan| Contact {
        line: Mutex::default(),
        units: Mutex::default(),
        watch: Watch::new(device.points.len()),
        poll_now: Notify::new(),
    };
    let shared = Arc::new(Shared {
        devices: plan.devices.iter().map(contact).collect(),
        ward: Ward::new(plan.devices.len(), session.status.clone()),
        memory: Recollection::recall(session.memory.clone()).await,
        process: random::<u32>() | 1,
        ending: session.stop.child_token(),
        session: session.clone(),
        network,
        plan,
    });
    let mut tasks = JoinSet::new();
    for device in 0..shared.devices.len() {
        tasks.spawn(Worker::new(shared.clone(), device).run());
    }
    tasks.spawn(cov::listen(shared.clone()));
    tasks.spawn(commands::obey(shared.clone()));
    let end = tokio::select! {
        () = shared.ending.cancelled() => Ok(()),
        ended = tasks.join_next() => ended.map_or(Ok(()), |ended| ended),
    };
    shared.ending.cancel();
    let all_ended = async { while tasks.join_next().await.is_some() {} };
    if timeout(FAREWELL, all_ended).await.is_err() {
        tasks.shutdown().await;
    }
    shared.memory.keep().await;
    end.map_err(|error| ConnectorError::Retry(format!("a task of the session broke: {error}")))
}

/// Shows what passes to those who look.
fn tap(session: &Session) -> Tap {
    let (trace, clock) = (session.trace.clone(), session.clock.clone());
    Arc::new(move |way, mac, npdu| {
        let direction = match way {
            Way::In => Direction::In,
            Way::Out => Direction::Out,
        };
        trace.note(clock.stamp(), direction, || {
            let peer = socket_of(mac).map_or("everybody".to_owned(), |peer| peer.to_string());
            (peer, npdu, describe(npdu))
        });
    })
}
