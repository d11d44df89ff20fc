//! Commands that were given to connections and have no last word yet.
//!
//! Bounded for each device and each connection, so that those that say nothing hold up nobody else;
//! what finds no room stays pending.

use crate::domain::EquipmentId;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// For all of a client.
const MOST: usize = 1_024;
/// For one connection: as many as may wait for its session.
const OF_CONNECTION: usize = 64;
/// For one device.
const OF_DEVICE: usize = 4;

/// Whom a command was given to.
type Given = (Arc<str>, EquipmentId);

/// Those that are followed.
#[derive(Default)]
pub(super) struct UnderWay {
    following: JoinSet<Given>,
    of_connections: HashMap<Arc<str>, usize>,
    of_devices: HashMap<EquipmentId, usize>,
}

impl UnderWay {
    /// Whether one more may be given to this device over this connection.
    pub(super) fn has_room(&self, connection: &str, device: EquipmentId) -> bool {
        let of = |count: Option<&usize>| count.copied().unwrap_or(0);
        self.following.len() < MOST
            && of(self.of_connections.get(connection)) < OF_CONNECTION
            && of(self.of_devices.get(&device)) < OF_DEVICE
    }

    /// Follows a command to its last word.
    pub(super) fn follow(
        &mut self,
        connection: &str,
        device: EquipmentId,
        following: impl Future<Output = ()> + Send + 'static,
    ) {
        let connection: Arc<str> = connection.into();
        *self.of_connections.entry(connection.clone()).or_default() += 1;
        *self.of_devices.entry(device).or_default() += 1;
        self.following.spawn(async move {
            following.await;
            (connection, device)
        });
    }

    /// Makes room for what ended.
    pub(super) fn note_ended(&mut self) {
        while let Some(ended) = self.following.try_join_next() {
            if let Ok((connection, device)) = ended {
                leave(&mut self.of_connections, &connection);
                leave(&mut self.of_devices, &device);
            }
        }
        if self.following.is_empty() {
            // Also of what panicked.
            self.of_connections.clear();
            self.of_devices.clear();
        }
    }

    /// Waits for all of them.
    pub(super) async fn all_ended(&mut self) {
        while self.following.join_next().await.is_some() {}
    }
}

fn leave<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
