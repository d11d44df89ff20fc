//! What waits to be told to Redis: at most one value a point.

use crate::domain::{PointId, PointSample, Sample, TenantId};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Bounded by the number of points. Suspended while Redis is away: then it takes
/// nothing, because everything is sent again from the channels afterwards.
#[derive(Debug, Default)]
pub(in crate::live) struct Outbox {
    state: Mutex<State>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct State {
    letters: HashMap<TenantId, Letter>,
    suspended: bool,
}

/// What one tenant's listeners are told next: first forget, then the changes.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub(super) forgotten: HashSet<PointId>,
    pub(super) changes: HashMap<PointId, Sample>,
    pub(super) commanded: HashSet<PointId>,
}

impl Outbox {
    pub(in crate::live) fn put(&self, tenant: TenantId, samples: &[PointSample]) {
        if !samples.is_empty() {
            let changes = samples.iter().map(|each| (each.point, each.sample));
            self.write(tenant, |letter| letter.changes.extend(changes));
        }
    }

    pub(in crate::live) fn forget(&self, tenant: TenantId, points: &[PointId]) {
        self.write(tenant, |letter| {
            for point in points {
                letter.changes.remove(point);
                letter.forgotten.insert(*point);
            }
        });
    }

    pub(in crate::live) fn commanded(&self, tenant: TenantId, point: PointId) {
        self.write(tenant, |letter| _ = letter.commanded.insert(point));
    }

    /// Waits until something is to be sent, and takes it. Cancel-safe.
    pub(super) async fn next(&self) -> HashMap<TenantId, Letter> {
        loop {
            let filled = self.filled.notified();
            let letters = std::mem::take(&mut self.lock().letters);
            if !letters.is_empty() {
                return letters;
            }
            filled.await;
        }
    }

    /// Redis is away: throws away what waits and takes no more.
    pub(super) fn suspend(&self) {
        *self.lock() = State {
            letters: HashMap::new(),
            suspended: true,
        };
    }

    pub(super) fn resume(&self) {
        self.lock().suspended = false;
    }

    fn write(&self, tenant: TenantId, change: impl FnOnce(&mut Letter)) {
        let mut state = self.lock();
        if state.suspended {
            return;
        }
        change(state.letters.entry(tenant).or_default());
        drop(state);
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Quality, Timestamp};
    use futures_util::FutureExt;

    const TENANT: TenantId = TenantId(1);

    fn sample(second: i64) -> PointSample {
        PointSample {
            point: PointId(7),
            sample: Sample {
                at: Timestamp::from_seconds(second),
                value: 0.0,
                quality: Quality::Good,
            },
        }
    }

    #[test]
    fn of_many_values_of_a_point_the_last_is_sent() {
        let outbox = Outbox::default();
        for second in 0..1_000 {
            outbox.put(TENANT, &[sample(second)]);
        }
        let letters = outbox.next().now_or_never().unwrap();
        let changes: Vec<_> = letters[&TENANT].changes.iter().collect();
        assert_eq!(changes, [(&PointId(7), &sample(999).sample)]);
        assert!(outbox.next().now_or_never().is_none(), "taken is taken");
    }

    #[test]
    fn what_is_forgotten_is_not_told_after() {
        let outbox = Outbox::default();
        outbox.put(TENANT, &[sample(1)]);
        outbox.forget(TENANT, &[PointId(7)]);
        let letters = outbox.next().now_or_never().unwrap();
        assert!(letters[&TENANT].changes.is_empty());
        assert!(letters[&TENANT].forgotten.contains(&PointId(7)));
    }

    #[test]
    fn nothing_is_kept_for_a_redis_that_is_away() {
        let outbox = Outbox::default();
        outbox.put(TENANT, &[sample(1)]);
        outbox.suspend();
        outbox.put(TENANT, &[sample(2)]);
        assert!(outbox.next().now_or_never().is_none());
        outbox.resume();
        outbox.put(TENANT, &[sample(3)]);
        assert!(outbox.next().now_or_never().is_some());
    }
}
