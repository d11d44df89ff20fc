//! What a running device is told: new values, values that grow old, writes that came to nothing.

use super::shown::Shown;
use crate::domain::{CommandId, CommandState, PointId, PointSample, Timestamp};
use crate::ingest::Ingest;
use crate::live::Hub;
use crate::store::StoreError;
use crate::store::tenant::commands;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vigie_bacnet_server::Server;

/// Writes whose commands are followed at once.
pub(super) const FOLLOWED: usize = 256;
/// How often values are looked at that may have grown old, and commands that may have ended.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A command that a peer's write became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Awaited {
    pub(super) command: CommandId,
    /// Name of the object, and the slot of its priority array.
    pub(super) point: String,
    pub(super) priority: u8,
}

/// Feeds one device until it is stopped.
pub(super) struct Feed {
    pub(super) server: Server,
    pub(super) ingest: Arc<Ingest>,
    pub(super) hub: Hub,
    places: HashMap<PointId, usize>,
    points: Vec<Fed>,
    awaited: Vec<Awaited>,
}

struct Fed {
    shown: Shown,
    /// When the newest value was true.
    newest: Option<Timestamp>,
    is_stale: bool,
}

impl Feed {
    pub(super) fn new(server: Server, ingest: Arc<Ingest>, hub: Hub, shown: Vec<Shown>) -> Self {
        let places = shown.iter().enumerate().map(|(place, one)| (one.id, place));
        let places = places.collect();
        let fed = |shown| Fed {
            shown,
            newest: None,
            is_stale: false,
        };
        Self {
            server,
            ingest,
            hub,
            places,
            points: shown.into_iter().map(fed).collect(),
            awaited: Vec::new(),
        }
    }

    /// Until `stop`; then the device ends in order.
    pub(super) async fn run(mut self, mut asked: mpsc::Receiver<Awaited>, stop: CancellationToken) {
        let ids: Vec<_> = self.places.keys().copied().collect();
        let mut changes = self.hub.subscribe(self.ingest.scope().tenant().id);
        changes.watch(&ids);
        self.show_all(&ids).await;
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                update = changes.next() => {
                    if update.resync {
                        self.show_all(&ids).await;
                    }
                    for change in update.changes {
                        self.show(change.point, Some(change)).await;
                    }
                }
                Some(awaited) = asked.recv() => self.follow(awaited),
                _ = look.tick() => {
                    self.show_stale().await;
                    if let Err(error) = self.settle().await {
                        tracing::warn!(%error, "cannot look what became of BACnet writes");
                    }
                }
            }
        }
        self.server.stop().await;
    }

    /// What stands now, from the engine's memory.
    async fn show_all(&mut self, ids: &[PointId]) {
        for (point, sample) in self.ingest.engine().latest(ids) {
            let newest = sample.map(|sample| PointSample { point, sample });
            self.show(point, newest).await;
        }
    }

    async fn show(&mut self, point: PointId, newest: Option<PointSample>) {
        let now = self.ingest.clock().now();
        let Some(fed) = self
            .places
            .get(&point)
            .map(|place| &mut self.points[*place])
        else {
            return;
        };
        let sample = newest.map(|newest| newest.sample);
        fed.newest = sample.map(|sample| sample.at);
        fed.is_stale = sample.is_some_and(|sample| fed.shown.is_stale(sample.at, now));
        let update = fed.shown.update(sample.as_ref(), now);
        self.server.update(&fed.shown.object.name, update).await;
    }

    /// A value that was fresh when it came grows old by itself.
    async fn show_stale(&mut self) {
        let now = self.ingest.clock().now();
        let grown_old = |fed: &Fed| {
            let newest = fed.newest.filter(|_| !fed.is_stale);
            newest.is_some_and(|at| fed.shown.is_stale(at, now))
        };
        let old: Vec<_> = self.points.iter().filter(|fed| grown_old(fed)).collect();
        let old: Vec<_> = old.into_iter().map(|fed| fed.shown.id).collect();
        if !old.is_empty() {
            self.show_all(&old).await;
        }
    }

    /// The newest write of a slot is the one that counts there.
    fn follow(&mut self, awaited: Awaited) {
        let same = |one: &Awaited| (&one.point, one.priority) == (&awaited.point, awaited.priority);
        self.awaited.retain(|one| !same(one));
        if self.awaited.len() < FOLLOWED {
            self.awaited.push(awaited);
        }
    }

    /// What did not come about is taken out of the priority array.
    async fn settle(&mut self) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        for awaited in std::mem::take(&mut self.awaited) {
            let row = commands::find(self.ingest.scope().db(), awaited.command).await?;
            match row.map(|row| row.state) {
                Some(CommandState::Pending | CommandState::Sent) => waiting.push(awaited),
                Some(CommandState::Confirmed) => {}
                _ => {
                    let Awaited {
                        point, priority, ..
                    } = &awaited;
                    self.server.relinquish(point, *priority).await;
                }
            }
        }
        self.awaited = waiting;
        Ok(())
    }
}
