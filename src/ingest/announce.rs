//! Publish rules: how many equipments of a type have a point in a state, told whenever it changes.
//!
//! Counting starts from the newest committed values, so a start, a reconnection or a missed
//! change ends in the right number. Several changes at once may be told as one.

use super::Ingest;
use super::catalogue::Catalogue;
use crate::domain::PointId;
use crate::live::Hub;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigie_contract::Outbound;

/// How often a changed model is noticed.
const MODEL_EVERY: Duration = Duration::from_secs(2);

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) kind: Arc<str>,
    pub(super) point: Arc<str>,
    pub(super) state: Arc<str>,
    /// Only this site and the sites in it.
    pub(super) site: Option<Arc<str>>,
}

/// A count and the message that tells it.
pub(super) struct Announcement {
    pub(super) count: Count,
    pub(super) message: Box<dyn Fn(usize) -> Outbound + Send + Sync>,
}

impl fmt::Debug for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announcement")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Where announcements go.
pub(super) type Outlet = Arc<dyn Fn(Outbound) + Send + Sync>;

/// Tells counts until stopped.
pub(super) async fn announce(
    ingest: Arc<Ingest>,
    hub: Hub,
    announcements: Vec<Announcement>,
    outlet: Outlet,
    stop: CancellationToken,
) {
    let mut told = vec![None; announcements.len()];
    while !stop.is_cancelled() {
        let catalogue = ingest.model().snapshot();
        let targets: Vec<_> = announcements
            .iter()
            .map(|one| catalogue.targets(&one.count))
            .collect();
        let mut changes = hub.subscribe(ingest.scope().tenant().id);
        for target in &targets {
            let points: Vec<_> = target.iter().map(|(point, _)| *point).collect();
            changes.watch(&points);
        }
        while ingest.model().version() == catalogue.version {
            for ((announcement, target), told) in announcements.iter().zip(&targets).zip(&mut told)
            {
                let count = in_state(&ingest, target);
                if told.replace(count) != Some(count) {
                    outlet((announcement.message)(count));
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = changes.next() => {}
                () = tokio::time::sleep(MODEL_EVERY) => {}
            }
        }
    }
}

fn in_state(ingest: &Ingest, target: &[(PointId, f64)]) -> usize {
    let points: Vec<_> = target.iter().map(|(point, _)| *point).collect();
    let latest = ingest.engine().latest(&points);
    latest
        .iter()
        .zip(target)
        .filter(|((_, newest), (_, wanted))| {
            newest.is_some_and(|newest| is_same(newest.value, *wanted))
        })
        .count()
}

/// States are whole numbers; -0 is 0.
fn is_same(value: f64, state: f64) -> bool {
    (value + 0.0).to_bits() == (state + 0.0).to_bits()
}

impl Catalogue {
    /// The points that are counted, each with the value that counts.
    fn targets(&self, count: &Count) -> Vec<(PointId, f64)> {
        let kind = self.types.get(&count.kind);
        let site = count.site.as_ref().map(|key| self.sites.get(key));
        let mut targets: Vec<_> = self
            .equipment
            .values()
            .filter(|equipment| Some(&equipment.kind) == kind)
            .filter(|equipment| match site {
                None => true,
                Some(site) => site.is_some_and(|site| self.lies_in(equipment.site, *site)),
            })
            .filter_map(|equipment| equipment.points.get(&count.point))
            .filter_map(|point| Some((point.id, point.value_of_word(&count.state)?)))
            .collect();
        targets.sort_by_key(|(point, _)| *point);
        targets
    }
}
