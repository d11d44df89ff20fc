//! Which devices were let in and with which credential, so that a connection ends when its
//! credential does.
//!
//! Invariant: no more is kept than devices of the client that were right once, each with the
//! credentials of its last changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The devices that were let in, by client.
#[derive(Default)]
pub(super) struct Admitted(Mutex<HashMap<Arc<str>, Devices>>);

/// By name: the stored hashes they were recognised with.
type Devices = BTreeMap<Arc<str>, BTreeMap<String, Standing>>;

#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Valid,
    /// Told to leave once. Looked at once more: it may have been between being recognised
    /// and being connected.
    Leaving,
}

impl Admitted {
    /// Notes that a device was recognised with the stored `hash`.
    pub(super) fn note(&self, space: &str, device: &str, hash: &str) {
        let mut spaces = self.lock();
        let devices = spaces.entry(space.into()).or_default();
        let hashes = devices.entry(device.into()).or_default();
        hashes.insert(hash.to_owned(), Standing::Valid);
    }

    /// Whether any device of the client was let in.
    pub(super) fn any(&self, space: &str) -> bool {
        self.lock().contains_key(space)
    }

    /// Nobody is in the space any more.
    pub(super) fn clear(&self, space: &str) {
        self.lock().remove(space);
    }

    /// Devices that are to leave: let in with what is not, or no longer, their `valid` hash.
    pub(super) fn stale(&self, space: &str, valid: &HashMap<String, String>) -> Vec<Arc<str>> {
        let mut spaces = self.lock();
        let Some(devices) = spaces.get_mut(space) else {
            return Vec::new();
        };
        let mut stale = Vec::new();
        for (device, hashes) in devices.iter_mut() {
            if leaves(hashes, valid.get(&**device)) {
                stale.push(Arc::clone(device));
            }
        }
        devices.retain(|_, hashes| !hashes.is_empty());
        if devices.is_empty() {
            spaces.remove(space);
        }
        stale
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Devices>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a device must leave. One that came back with its new credential is not sent
/// away a second time for the old one.
fn leaves(hashes: &mut BTreeMap<String, Standing>, valid: Option<&String>) -> bool {
    let is_back = valid.is_some_and(|hash| hashes.contains_key(hash));
    let mut leaves = false;
    hashes.retain(|hash, standing| {
        if Some(hash) == valid {
            return true;
        }
        let first = *standing == Standing::Valid;
        leaves |= first || !is_back;
        *standing = Standing::Leaving;
        first
    });
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(hash: &str) -> HashMap<String, String> {
        HashMap::from([("gateway".to_owned(), hash.to_owned())])
    }

    const NOBODY: [&str; 0] = [];

    fn sent_away(admitted: &Admitted, valid: &HashMap<String, String>) -> Vec<String> {
        let stale = admitted.stale("plant", valid);
        stale.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_revoked_device_is_sent_away_twice_and_forgotten() {
        let admitted = Admitted::default();
        admitted.note("plant", "gateway", "one");
        assert_eq!(sent_away(&admitted, &valid("one")), NOBODY);
        let nobody = HashMap::new();
        assert_eq!(sent_away(&admitted, &nobody), ["gateway"]);
        assert_eq!(sent_away(&admitted, &nobody), ["gateway"]);
        assert!(!admitted.any("plant"));
    }

    #[test]
    fn a_device_that_came_back_with_its_new_secret_stays() {
        let admitted = Admitted::default();
        admitted.note("plant", "gateway", "one");
        assert_eq!(sent_away(&admitted, &valid("two")), ["gateway"]);
        admitted.note("plant", "gateway", "two");
        assert_eq!(sent_away(&admitted, &valid("two")), NOBODY);
        assert_eq!(sent_away(&admitted, &valid("two")), NOBODY);
    }
}
