//! The sessions of one space, by the device they belong to.
//!
//! Invariant: a session belongs to the credential that opened it. Two devices that use the
//! same client id have a session each, and neither can take over the other's.

use crate::session::Session;
use bytestring::ByteString;
use std::collections::HashMap;
use std::sync::Arc;

/// What a session is found by inside its space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionKey {
    pub(crate) device: Arc<str>,
    pub(crate) client_id: ByteString,
}

/// All sessions of a space, connected or not.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_device: HashMap<Arc<str>, HashMap<ByteString, Arc<Session>>>,
    count: usize,
}

impl Sessions {
    pub(crate) fn get(&self, key: &SessionKey) -> Option<&Arc<Session>> {
        self.by_device.get(&key.device)?.get(&key.client_id)
    }

    pub(crate) fn insert(&mut self, session: Arc<Session>) {
        let SessionKey { device, client_id } = session.key.clone();
        let of_device = self.by_device.entry(device).or_default();
        if of_device.insert(client_id, session).is_none() {
            self.count += 1;
        }
    }

    pub(crate) fn remove(&mut self, key: &SessionKey) -> Option<Arc<Session>> {
        let of_device = self.by_device.get_mut(&key.device)?;
        let removed = of_device.remove(&key.client_id)?;
        if of_device.is_empty() {
            self.by_device.remove(&key.device);
        }
        self.count -= 1;
        Some(removed)
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// How many belong to one device.
    pub(crate) fn count_of(&self, device: &str) -> usize {
        self.by_device.get(device).map_or(0, HashMap::len)
    }

    /// Those of one device, or all of them.
    pub(crate) fn of(&self, device: Option<&str>) -> impl Iterator<Item = &Arc<Session>> {
        self.by_device
            .iter()
            .filter(move |(owner, _)| device.is_none_or(|device| device == &***owner))
            .flat_map(|(_, sessions)| sessions.values())
    }

    /// The session of a device that has been without a connection for the longest time.
    pub(crate) fn longest_away(&self, device: &str) -> Option<SessionKey> {
        let of_device = self.by_device.get(device)?.values();
        let away = of_device.filter_map(|session| Some((session.lock().away_since()?, session)));
        let (_, longest) = away.min_by_key(|(since, _)| *since)?;
        Some(longest.key.clone())
    }
}
