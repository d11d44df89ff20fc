//! One tenant's live values: the newest of each point, and who watches what.

use super::mailbox::Mailbox;
use crate::domain::{PointId, PointSample, Sample};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

/// Newest means newest at the source: late data never takes a value back, and of
/// two values of one instant the later commit wins, as in the engine.
#[derive(Debug, Default)]
pub(super) struct Channel {
    latest: Mutex<HashMap<PointId, Sample>>,
    roster: RwLock<Roster>,
    written_here: AtomicBool,
}

/// Indexed by point, so that a commit touches only those who watch it.
#[derive(Debug, Default)]
struct Roster {
    members: Vec<Arc<Mailbox>>,
    watchers: HashMap<PointId, Vec<Arc<Mailbox>>>,
}

impl Channel {
    /// Takes over what is newer than what it has, and returns that.
    pub(super) fn advance(&self, samples: &[PointSample]) -> Vec<PointSample> {
        let mut latest = self.latest();
        let mut fresh = Vec::with_capacity(samples.len());
        for entry in samples {
            match latest.entry(entry.point) {
                Entry::Occupied(known) if known.get().at > entry.sample.at => continue,
                Entry::Occupied(mut known) => *known.get_mut() = entry.sample,
                Entry::Vacant(unknown) => {
                    unknown.insert(entry.sample);
                }
            }
            fresh.push(*entry);
        }
        fresh
    }

    /// Hands samples to everybody who watches their points.
    pub(super) fn deliver(&self, samples: &[PointSample]) {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        if roster.watchers.is_empty() {
            return;
        }
        let published = Instant::now();
        for PointSample { point, sample } in samples {
            for mailbox in roster.watchers.get(point).into_iter().flatten() {
                mailbox.put(*point, *sample, published);
            }
        }
    }

    /// Tells everybody who watches these points that their commands are further.
    pub(super) fn deliver_commanded(&self, points: &[PointId]) {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        for point in points {
            for mailbox in roster.watchers.get(point).into_iter().flatten() {
                mailbox.put_commanded(*point);
            }
        }
    }

    /// The newest values that passed here since the start.
    pub(super) fn newest(&self, points: &[PointId]) -> Vec<(PointId, Option<Sample>)> {
        let latest = self.latest();
        points
            .iter()
            .map(|point| (*point, latest.get(point).copied()))
            .collect()
    }

    /// Everything that passed here since the start, newest of each point.
    pub(super) fn all(&self) -> Vec<PointSample> {
        self.latest()
            .iter()
            .map(|(point, sample)| PointSample {
                point: *point,
                sample: *sample,
            })
            .collect()
    }

    /// Unlearns points whose history was changed under their newest value.
    pub(super) fn forget(&self, points: &[PointId]) {
        let mut latest = self.latest();
        for point in points {
            latest.remove(point);
        }
        drop(latest);
        self.ask_for_resync();
    }

    /// Unlearns everything.
    pub(super) fn reset(&self) {
        self.latest().clear();
        self.ask_for_resync();
    }

    /// Whether the engine of this tenant runs in this process, so that the values
    /// here are the newest there are.
    pub(super) fn is_written_here(&self) -> bool {
        self.written_here.load(Ordering::Relaxed)
    }

    pub(super) fn set_written_here(&self, here: bool) {
        self.written_here.store(here, Ordering::Relaxed);
    }

    pub(super) fn has_listeners(&self) -> bool {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        !roster.members.is_empty()
    }

    /// Tells every listener that it may have missed values.
    pub(super) fn ask_for_resync(&self) {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        for mailbox in &roster.members {
            mailbox.ask_for_resync();
        }
    }

    /// Returns whether it is the first listener.
    pub(super) fn join(&self, mailbox: &Arc<Mailbox>) -> bool {
        self.change_roster(|roster| {
            roster.members.push(Arc::clone(mailbox));
            roster.members.len() == 1
        })
    }

    pub(super) fn watch(&self, mailbox: &Arc<Mailbox>, points: impl Iterator<Item = PointId>) {
        self.change_roster(|roster| {
            for point in points {
                let watchers = roster.watchers.entry(point).or_default();
                watchers.push(Arc::clone(mailbox));
            }
        });
    }

    pub(super) fn unwatch(&self, mailbox: &Arc<Mailbox>, points: impl Iterator<Item = PointId>) {
        self.change_roster(|roster| {
            for point in points {
                roster.unwatch(mailbox, point);
                mailbox.discard(point);
            }
        });
    }

    /// Returns whether nobody listens any more.
    pub(super) fn leave(
        &self,
        mailbox: &Arc<Mailbox>,
        watched: impl Iterator<Item = PointId>,
    ) -> bool {
        self.change_roster(|roster| {
            for point in watched {
                roster.unwatch(mailbox, point);
            }
            remove(&mut roster.members, mailbox);
            roster.members.is_empty()
        })
    }

    fn latest(&self) -> MutexGuard<'_, HashMap<PointId, Sample>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_roster<T>(&self, change: impl FnOnce(&mut Roster) -> T) -> T {
        change(&mut self.roster.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Roster {
    fn unwatch(&mut self, mailbox: &Arc<Mailbox>, point: PointId) {
        let Entry::Occupied(mut watchers) = self.watchers.entry(point) else {
            return;
        };
        remove(watchers.get_mut(), mailbox);
        if watchers.get().is_empty() {
            watchers.remove();
        }
    }
}

fn remove(mailboxes: &mut Vec<Arc<Mailbox>>, gone: &Arc<Mailbox>) {
    if let Some(place) = mailboxes.iter().position(|each| Arc::ptr_eq(each, gone)) {
        mailboxes.swap_remove(place);
    }
}
