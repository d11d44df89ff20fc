//! One listener's place at the hub.

use super::Hub;
use super::channel::Channel;
use super::mailbox::{Mailbox, Update};
use crate::domain::PointId;
use std::collections::HashSet;
use std::sync::Arc;

/// Watches points of one tenant until it is dropped.
///
/// Watch first, then read the present state from the engine: what is committed in
/// between arrives as a change, and the newest instant wins.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    channel: Arc<Channel>,
    mailbox: Arc<Mailbox>,
    watched: HashSet<PointId>,
}

impl Subscription {
    pub(super) fn join(hub: Hub, channel: Arc<Channel>) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        if channel.join(&mailbox) {
            hub.audience_changed();
        }
        Self {
            hub,
            channel,
            mailbox,
            watched: HashSet::new(),
        }
    }

    /// Adds points to what it watches.
    pub fn watch(&mut self, points: &[PointId]) {
        let added: Vec<_> = points
            .iter()
            .copied()
            .filter(|point| self.watched.insert(*point))
            .collect();
        self.channel.watch(&self.mailbox, added.into_iter());
    }

    /// Takes points off; what waits of them is dropped.
    pub fn unwatch(&mut self, points: &[PointId]) {
        let removed: Vec<_> = points
            .iter()
            .copied()
            .filter(|point| self.watched.remove(point))
            .collect();
        self.channel.unwatch(&self.mailbox, removed.into_iter());
    }

    /// The points it watches.
    pub fn watched(&self) -> &HashSet<PointId> {
        &self.watched
    }

    /// Waits for a change and takes everything that waits, at most one value a
    /// point: the newest. Never empty. Cancel-safe.
    pub async fn next(&mut self) -> Update {
        self.mailbox.next().await
    }

    /// Takes what waits, without waiting; possibly nothing.
    pub fn take(&mut self) -> Update {
        self.mailbox.take()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let watched = self.watched.drain();
        if self.channel.leave(&self.mailbox, watched) {
            self.hub.audience_changed();
        }
    }
}
