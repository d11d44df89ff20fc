//! The server: topic spaces by name, and what the platform can do with them.

use crate::in_flight::InFlight;
use crate::report::DeliveryStream;
use crate::seldom::Seldom;
use crate::settle::Settled;
use crate::space::Space;
use crate::topic::{is_reserved, is_topic};
use crate::will::Will;
use crate::{Config, Handler, Message, Metrics, MetricsSnapshot, QoS, SpaceSnapshot};
use bytes::Bytes;
use bytestring::ByteString;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// An MQTT server over as many topic spaces as the handler names.
pub struct Broker {
    pub(crate) limits: Arc<Config>,
    pub(crate) handler: Arc<dyn Handler>,
    /// What belongs to no space, or not yet.
    pub(crate) metrics: Metrics,
    /// When a refusal was last logged.
    pub(crate) refusals: Seldom,
    spaces: Mutex<HashMap<Arc<str>, Arc<Space>>>,
    /// The sweeper, wills, and commits that outlive their connection.
    tasks: TaskTracker,
    closing: CancellationToken,
    id_salt: u64,
    ids: AtomicU64,
}

/// The topic cannot be published to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a topic one can publish to: empty, with wildcards, too deep or of the server")]
pub struct BadTopic;

impl Broker {
    /// A server without any client yet. Must be called inside a Tokio runtime: session
    /// expiry and delayed wills run on a task of it, until [`Broker::close`] or the last
    /// handle is dropped.
    pub fn new(limits: Config, handler: Arc<dyn Handler>) -> Arc<Self> {
        let broker = Arc::new(Self {
            limits: Arc::new(limits),
            handler,
            metrics: Metrics::default(),
            refusals: Seldom::default(),
            spaces: Mutex::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            id_salt: RandomState::new().hash_one("client ids"),
            ids: AtomicU64::new(1),
        });
        broker.spawn_sweeper();
        broker
    }

    /// Publishes into one space on behalf of the platform: not committed, only fanned out.
    ///
    /// Says how many sessions matched, and streams what became of each. A retained message
    /// is kept for later subscribers even when nobody matched.
    pub fn publish(
        &self,
        space: &str,
        topic: impl Into<ByteString>,
        payload: impl Into<Bytes>,
        qos: QoS,
        retain: bool,
    ) -> Result<(usize, DeliveryStream), BadTopic> {
        let message = Message {
            retain,
            ..Message::new(topic, payload, qos)
        };
        self.send(space, message)
    }

    /// The same for a message that was made otherwise; one that expires is not delivered later.
    pub fn send(&self, space: &str, message: Message) -> Result<(usize, DeliveryStream), BadTopic> {
        if !is_topic(&message.topic) || is_reserved(&message.topic) {
            return Err(BadTopic);
        }
        Ok(self.space(&Arc::from(space)).publish(message))
    }

    /// Closes the connections of one device, or of the whole space; says how many there were.
    /// Whether they may come back is the handler's to say.
    pub fn evict(&self, space: &str, device: Option<&str>) -> usize {
        let found = self.lock_spaces().get(space).cloned();
        found.map_or(0, |space| space.evict(device))
    }

    /// Forgets a space with its sessions and retained messages, and closes its connections;
    /// says how many there were. For an organisation that is gone: another one of the same
    /// name begins with nothing.
    pub fn forget(&self, space: &str) -> usize {
        let gone = self.lock_spaces().remove(space);
        gone.map_or(0, |space| space.evict(None))
    }

    /// What was counted so far, over all spaces that are not forgotten.
    pub fn metrics(&self) -> MetricsSnapshot {
        let mut total = self.metrics.snapshot();
        for space in self.spaces() {
            total += space.counted;
        }
        total
    }

    /// What there is in each space, and what was counted there so far.
    pub fn spaces(&self) -> Vec<SpaceSnapshot> {
        let spaces = self.lock_spaces();
        let named = spaces.iter();
        named.map(|(name, space)| space.snapshot(name)).collect()
    }

    /// Ends the background work: waits for commits that outlived their connection, at most
    /// [`Config::drain_timeout`]. Call it after every `serve` has returned.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        if timeout(self.limits.drain_timeout, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                left = self.tasks.len(),
                "mqtt endpoint closed with commits under way"
            );
        }
    }

    pub(crate) fn space(&self, name: &Arc<str>) -> Arc<Space> {
        let mut spaces = self.lock_spaces();
        let space = spaces
            .entry(Arc::clone(name))
            .or_insert_with(|| Arc::new(Space::new(Arc::clone(&self.limits))));
        Arc::clone(space)
    }

    /// A client id for a client that has none: not to be guessed, never given twice.
    pub(crate) fn assign_client_id(&self) -> ByteString {
        let number = self.ids.fetch_add(1, Ordering::Relaxed);
        format!("auto-{:016x}-{number}", self.id_salt).into()
    }

    /// Says a will in its space, committed as any other message.
    pub(crate) fn publish_will(&self, space: Arc<Space>, will: Will) {
        let handler = Arc::clone(&self.handler);
        let principal = Arc::clone(&will.principal);
        let patience = self.limits.commit_timeout;
        if !handler.may_publish(&principal, &will.message.topic) {
            space.metrics.refused_topic.one();
            return;
        }
        let batch = Arc::from([will.into_message(Instant::now())]);
        self.tasks.spawn(async move {
            let committing = handler.commit(principal, Arc::clone(&batch));
            match timeout(patience, committing).await.as_deref() {
                Ok([Ok(())]) => space.route(batch.iter(), None),
                _ => space.metrics.not_stored.one(),
            }
        });
    }

    /// Lets the commits of a connection that is gone come to their end: what is committed
    /// is shown to subscribers, but nobody is left to acknowledge it to.
    pub(crate) fn settle_without_client(
        &self,
        mut in_flight: InFlight,
        settle: impl Fn(&Settled) + Send + 'static,
    ) {
        if in_flight.is_empty() {
            return;
        }
        self.tasks.spawn(async move {
            while let Some(settled) = in_flight.next().await {
                settle(&settled);
            }
        });
    }

    fn spawn_sweeper(self: &Arc<Self>) {
        let broker = Arc::downgrade(self);
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            let mut ticks = interval(SWEEP_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while closing.run_until_cancelled(ticks.tick()).await.is_some() {
                let Some(broker) = broker.upgrade() else {
                    break;
                };
                broker.sweep(Instant::now());
            }
        });
    }

    fn sweep(&self, now: Instant) {
        let spaces: Vec<_> = self.lock_spaces().values().cloned().collect();
        for space in spaces {
            for will in space.sweep(now) {
                self.publish_will(Arc::clone(&space), will);
            }
        }
    }

    fn lock_spaces(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, Arc<Space>>> {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
