//! The device of one client, from its manifest to the wire and with it through every change.

use super::feed::{FOLLOWED, Feed};
use super::figures::Tally;
use super::history::Stored;
use super::plan::Plan;
use super::revisions::Kept;
use super::view::{BacnetState, BacnetView};
use super::writes::{Forward, Nudge};
use super::{BacnetFigures, BacnetFiles};
use crate::domain::{PointId, Timestamp};
use crate::ingest::{Ingest, Reach};
use crate::live::Hub;
use crate::store::StoreError;
use crate::store::tenant::bacnet;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vigie_bacnet_server::{Counts, Server};

const FOLLOW_EVERY: Duration = Duration::from_secs(2);
/// A device that does not start is tried again after this.
const AGAIN: Duration = Duration::from_secs(10);
/// While equipment is being added, the device begins anew only so often: peers subscribe anew each time.
const CALM: Duration = Duration::from_secs(10);

/// What a device needs of its client.
pub struct Surroundings {
    /// Model, engine and clock.
    pub ingest: Arc<Ingest>,
    /// Tells of committed samples.
    pub hub: Hub,
    /// Where its messages may go.
    pub reach: Reach,
    /// Tells whoever gives commands to connections, and whoever looks, that a point was commanded.
    pub nudge: Arc<dyn Fn(PointId) + Send + Sync>,
}

/// The BACnet device of one client; most have none.
pub struct BacnetDevice {
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    ingest: Arc<Ingest>,
    hub: Hub,
    reach: Reach,
    nudge: Nudge,
    tally: Arc<Tally>,
    nudged: Notify,
    stop: CancellationToken,
    now: Mutex<Now>,
}

/// What is known of the device.
#[derive(Default)]
struct Now {
    plan: Option<Arc<Plan>>,
    running: Option<Running>,
    failed: Option<String>,
    since: Timestamp,
    /// What former starts counted.
    past: BacnetFigures,
}

struct Running {
    plan: Arc<Plan>,
    address: SocketAddrV4,
    revision: u32,
    counts: Counts,
    started: Instant,
    stop: CancellationToken,
    feed: JoinHandle<()>,
}

/// Why a device does not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Server(#[from] vigie_bacnet_server::ServerError),
    #[error(transparent)]
    Network(#[from] vigie_bacnet_server::BadNetwork),
    #[error("it has no address")]
    Nowhere,
}

impl BacnetDevice {
    /// Starts the device if the manifest speaks of one, and follows the model from now on.
    pub fn start(around: Surroundings) -> Self {
        let shared = Arc::new(Shared {
            ingest: around.ingest,
            hub: around.hub,
            reach: around.reach,
            nudge: around.nudge,
            tally: Arc::default(),
            nudged: Notify::new(),
            stop: CancellationToken::new(),
            now: Mutex::default(),
        });
        // Owned here: `stop` cancels it and waits for it.
        let task = tokio::spawn(shared.clone().follow());
        Self {
            shared,
            task: Mutex::new(Some(task)),
        }
    }

    /// Looks at the model now instead of within two seconds.
    pub fn nudge(&self) {
        self.shared.nudged.notify_one();
    }

    /// How it is; none when the manifest speaks of no device.
    pub fn view(&self) -> Option<BacnetView> {
        self.shared.lock().view(&self.shared.tally)
    }

    /// What integrators import; none when there is no device.
    ///
    /// # Errors
    /// When the client's database cannot be read.
    pub async fn files(&self) -> Result<Option<BacnetFiles>, StoreError> {
        let Some(plan) = self.shared.lock().plan.clone() else {
            return Ok(None);
        };
        let row = bacnet::revision(self.shared.ingest.scope().db()).await?;
        let number = row.map_or(0, |row| u32::try_from(row.number).unwrap_or(u32::MAX));
        let revision = (number, row.map(|row| row.changed_at));
        Ok(BacnetFiles::of(&plan, &self.shared.reach, revision).ok())
    }

    /// Tells the exporter of metrics.
    pub fn record_figures(&self) {
        if let Some(view) = self.view() {
            let tenant = self.shared.ingest.scope().tenant();
            view.figures.record(&tenant.slug, view.points);
        }
    }

    /// Ends in order: requests in work are answered.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(task) = task else { return };
        if let Err(error) = task.await {
            tracing::error!(%error, "the task of a BACnet device failed");
        }
    }
}

impl Shared {
    async fn follow(self: Arc<Self>) {
        let mut tick = interval(FOLLOW_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut seen, mut failed_at) = (None, None::<Instant>);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                _ = tick.tick() => {}
                () = self.nudged.notified() => {}
            }
            let version = self.ingest.model().version();
            let is_due = failed_at.is_some_and(|at| at.elapsed() >= AGAIN);
            if seen == Some(version) && !is_due {
                continue;
            }
            match self.reconcile().await {
                Ok(true) => {
                    seen = Some(version);
                    failed_at = self.lock().failed.is_some().then(Instant::now);
                }
                Ok(false) => {}
                Err(error) => self.complain(&error),
            }
        }
        self.end_running().await;
    }

    /// Makes what runs equal to what is wanted; false when that must wait a little.
    async fn reconcile(self: &Arc<Self>) -> Result<bool, StoreError> {
        let clock = self.ingest.clock();
        let plan = Plan::read(self.ingest.scope(), &**clock)
            .await?
            .map(Arc::new);
        let wanted = plan.clone().filter(|plan| plan.spec.enabled);
        let fit = self.lock().fits(wanted.as_deref());
        match fit {
            Fit::Same => {
                self.lock().plan = plan;
                return Ok(true);
            }
            Fit::Later => return Ok(false),
            Fit::Other => {}
        }
        self.end_running().await;
        let started = match wanted {
            Some(plan) => self.begin(plan).await.map(Some),
            None => Ok(None),
        };
        let mut now = self.lock();
        now.plan = plan;
        now.since = clock.now();
        now.failed = started.as_ref().err().map(ToString::to_string);
        if let Some(why) = &now.failed {
            let slug = &self.ingest.scope().tenant().slug;
            tracing::warn!(tenant.slug = slug, why, "the BACnet device does not start");
        }
        now.running = started.ok().flatten();
        Ok(true)
    }

    async fn begin(self: &Arc<Self>, plan: Arc<Plan>) -> Result<Running, StartError> {
        let settings = plan.settings(&self.reach)?;
        let points = plan.shown.iter().map(|one| one.object.clone()).collect();
        let (asked, asking) = mpsc::channel(FOLLOWED);
        let named = |one: &super::shown::Shown| (one.object.name.clone(), one.clone());
        let writes = Arc::new(Forward {
            ingest: self.ingest.clone(),
            shown: plan.shown.iter().map(named).collect(),
            nudge: self.nudge.clone(),
            awaited: asked,
            tally: self.tally.clone(),
        });
        let history = Arc::new(Stored::new(self.ingest.engine().clone(), &plan.shown));
        let kept = Arc::new(Kept {
            db: self.ingest.scope().db().clone(),
            clock: self.ingest.clock().clone(),
        });
        let server = Server::start(settings, points, history, writes, kept).await?;
        let address = server.address().ok_or(StartError::Nowhere)?;
        let (counts, revision) = (server.counts().clone(), server.revision().number);
        let (ingest, hub) = (self.ingest.clone(), self.hub.clone());
        let feed = Feed::new(server, ingest, hub, plan.shown.clone());
        let stop = CancellationToken::new();
        Ok(Running {
            plan,
            address,
            revision,
            counts,
            started: Instant::now(),
            // Owned by the device: ended in `end_running`.
            feed: tokio::spawn(feed.run(asking, stop.clone())),
            stop,
        })
    }

    async fn end_running(&self) {
        let running = self.lock().running.take();
        let Some(running) = running else { return };
        running.stop.cancel();
        if let Err(error) = running.feed.await {
            tracing::error!(%error, "the feed of a BACnet device failed");
        }
        let mut now = self.lock();
        now.past = now.past.and(&running.counts);
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complain(&self, error: &StoreError) {
        let slug = &self.ingest.scope().tenant().slug;
        tracing::warn!(tenant.slug = slug, %error, "cannot follow the BACnet device");
    }
}

/// Whether what runs is what is wanted.
enum Fit {
    Same,
    /// No, and it began only just now with as much as there was.
    Later,
    Other,
}

impl Now {
    fn fits(&self, wanted: Option<&Plan>) -> Fit {
        match (&self.running, wanted) {
            (None, None) if self.failed.is_none() => Fit::Same,
            (Some(running), Some(plan)) if *running.plan == *plan => Fit::Same,
            (Some(running), Some(plan))
                if running.plan.spec == plan.spec && running.started.elapsed() < CALM =>
            {
                Fit::Later
            }
            _ => Fit::Other,
        }
    }

    fn view(&self, tally: &Tally) -> Option<BacnetView> {
        let plan = self.plan.as_ref()?;
        let objects = || plan.shown.iter().map(|one| &one.object);
        let running = self.running.as_ref();
        let past = BacnetFigures {
            writes_taken: tally.taken(),
            writes_refused: tally.refused(),
            ..self.past
        };
        Some(BacnetView {
            spec: plan.spec.clone(),
            name: plan.name.clone(),
            state: match (running, &self.failed) {
                (Some(running), _) => BacnetState::Running(running.address),
                (None, Some(why)) => BacnetState::Failed(why.clone()),
                (None, None) => BacnetState::Off,
            },
            since: self.since,
            revision: running.map_or(0, |running| running.revision),
            points: plan.shown.len(),
            writable: objects().filter(|one| one.writable).count(),
            logged: objects().filter(|one| one.logged).count(),
            left_out: plan.left_out,
            figures: running.map_or(past, |running| past.and(&running.counts)),
        })
    }
}
