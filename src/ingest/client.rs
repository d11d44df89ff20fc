//! Ingest of one client: every delivery comes through here.

use super::budget::Budget;
use super::growth::{Growth, Room};
use super::http::LineMapping;
use super::model::Model;
use super::resolve::{Reason, Window};
use super::tally::{IngestStats, Tally};
use crate::domain::{Clock, PointSample, Quality, Timestamp};
use crate::store::StoreError;
use crate::telemetry::{Engine, EngineError};
use crate::tenancy::TenantScope;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use vigie_contract::{Address, Delivery, EquipmentHint, Reading, Settlement, SinkError};

/// How far ingest goes.
#[derive(Debug, Clone, Copy)]
pub struct IngestLimits {
    /// Equipment a client may have before routes create no more.
    pub max_equipment: usize,
    /// How far ahead of us a device's clock may be.
    pub ahead: Duration,
}

impl Default for IngestLimits {
    fn default() -> Self {
        Self {
            max_equipment: 10_000,
            ahead: Duration::from_secs(600),
        }
    }
}

/// The way in of one client.
pub struct Ingest {
    model: Arc<Model>,
    engine: Arc<Engine>,
    clock: Arc<dyn Clock>,
    limits: IngestLimits,
    growth: Growth,
    lines: RwLock<Arc<LineMapping>>,
    tally: Tally,
    /// The quota of samples; none is without a limit.
    budget: Option<Budget>,
    /// Whether the quota of storage is used up.
    is_full: AtomicBool,
}

impl Ingest {
    /// The way in of the client the model belongs to.
    pub fn new(
        model: Arc<Model>,
        engine: Arc<Engine>,
        clock: Arc<dyn Clock>,
        limits: IngestLimits,
    ) -> Arc<Self> {
        let tenant = model.scope().tenant();
        let budget = Budget::new(tenant.quota.samples_per_s, clock.now());
        let slug = tenant.slug.clone();
        Arc::new(Self {
            budget,
            model,
            engine,
            clock,
            limits,
            growth: Growth::default(),
            lines: RwLock::default(),
            tally: Tally::new(&slug),
            is_full: AtomicBool::new(false),
        })
    }

    /// Stores a delivery of a connection and settles it.
    ///
    /// Resolves once every reading is durable or refused for good and counted; `Unavailable`
    /// means that nothing of it was counted and the same may be offered again. Readings without
    /// a time are stamped now. A delivery may hold refusals only. Dropping the future loses the
    /// answer, never a committed sample.
    pub async fn deliver(
        &self,
        connection: &Arc<str>,
        delivery: &Delivery,
    ) -> Result<Settlement, SinkError> {
        self.commit(connection, delivery)
            .await
            .map(|receipt| receipt.settlement)
    }

    /// Like [`Self::deliver`]; says which readings were refused and why.
    pub(super) async fn commit(
        &self,
        connection: &Arc<str>,
        delivery: &Delivery,
    ) -> Result<Receipt, SinkError> {
        let tenant = self.scope().tenant();
        let now = self.clock.now();
        let window = Window::new(
            now,
            tenant.retention_days,
            self.limits.ahead.as_micros() as i64,
        );
        let mut sorted = self.sort(&delivery.readings, &window);
        if self.grow(delivery, &sorted, now).await? {
            sorted = self.sort(&delivery.readings, &window);
        }
        self.blame_quota(delivery, &mut sorted);
        self.hold_to_quota(&mut sorted, delivery.readings.len(), now);
        let stored = sorted.samples.len() as u32;
        let is_uncertain = |one: &&PointSample| one.sample.quality == Quality::Uncertain;
        let uncertain = sorted.samples.iter().filter(is_uncertain).count();
        if stored > 0 {
            let arrived = Instant::now();
            self.engine
                .write(sorted.samples)
                .await
                .map_err(sink_error)?;
            self.tally.waited(arrived.elapsed());
        }
        let refused = self
            .tally
            .refuse(connection, delivery, &sorted.refused, now);
        self.tally.store(stored, uncertain as u32);
        Ok(Receipt {
            settlement: Settlement { stored, refused },
            refused_readings: sorted.refused,
        })
    }

    /// Which equipment and point a line of line protocol means.
    pub fn line_mapping(&self) -> Arc<LineMapping> {
        self.lines
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces the mapping of lines; the supervisor does it when the connection changes.
    pub fn map_lines(&self, mapping: LineMapping) {
        *self.lines.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mapping);
    }

    /// Whose way in it is.
    pub fn scope(&self) -> &TenantScope {
        self.model.scope()
    }

    /// The model it resolves with.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The engine it writes to.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// What "now" is.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What came in since the start.
    pub fn stats(&self) -> IngestStats {
        self.tally.stats()
    }

    /// Writes counted refusals and discovered equipment to the database. The supervisor does it
    /// every second and when it stops.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.tally.flush(self.scope().db()).await
    }

    fn sort(&self, readings: &[Reading], window: &Window) -> Sorted {
        let catalogue = self.model.snapshot();
        let mut sorted = Sorted {
            samples: Vec::with_capacity(readings.len()),
            refused: Vec::new(),
        };
        for (index, reading) in readings.iter().enumerate() {
            match catalogue.resolve(reading, window) {
                Ok(sample) => sorted.samples.push(sample),
                Err(reason) => sorted.refused.push((index, reason)),
            }
        }
        sorted
    }

    /// Says whether the database holds as much as the client may store; the platform measures it.
    pub fn note_storage(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::Relaxed);
    }

    /// Equipment that would grow and has no room is not unknown: the quota keeps it out.
    fn blame_quota(&self, delivery: &Delivery, sorted: &mut Sorted) {
        let catalogue = self.model.snapshot();
        for (index, reason) in &mut sorted.refused {
            if *reason != Reason::UnknownEquipment {
                continue;
            }
            let reading = &delivery.readings[*index];
            let seedling = catalogue.seedling(&reading.address, &reading.hint, usize::MAX);
            if seedling.is_some_and(|one| self.growth.is_crowded(catalogue.version, &one)) {
                *reason = Reason::PointsQuota;
            }
        }
    }

    /// A delivery that goes beyond the quota of the client is refused as a whole.
    fn hold_to_quota(&self, sorted: &mut Sorted, readings: usize, now: Timestamp) {
        let wanted = sorted.samples.len();
        let budget = self.budget.as_ref();
        let beyond = match wanted {
            0 => return,
            _ if self.is_full.load(Ordering::Relaxed) => Reason::StorageQuota,
            _ if budget.is_none_or(|budget| budget.take(wanted, now)) => return,
            _ => Reason::Quota,
        };
        let known: HashMap<usize, Reason> = sorted.refused.drain(..).collect();
        let reason = |index: &usize| known.get(index).copied().unwrap_or(beyond);
        sorted.samples.clear();
        sorted.refused = (0..readings).map(|index| (index, reason(&index))).collect();
    }

    /// Creates equipment that a device says was installed; true when it is in the model.
    pub(super) async fn install(
        &self,
        address: Address,
        hint: EquipmentHint,
    ) -> Result<bool, SinkError> {
        let catalogue = self.model.snapshot();
        if catalogue.equipment.contains_key(&address.equipment) {
            return Ok(true);
        }
        let room = self.room();
        let Some(seedling) = catalogue.seedling(&address, &hint, room.max_equipment) else {
            return Ok(false);
        };
        let (now, seedlings) = (self.clock.now(), vec![seedling]);
        self.growth
            .plant(&self.model, seedlings, room, now)
            .await
            .map_err(|error| SinkError::Unavailable(error.to_string()))?;
        let known = self.model.snapshot();
        Ok(known.equipment.contains_key(&address.equipment))
    }

    /// Creates unknown equipment whose route names a type; whether there was any.
    async fn grow(
        &self,
        delivery: &Delivery,
        sorted: &Sorted,
        now: Timestamp,
    ) -> Result<bool, SinkError> {
        let catalogue = self.model.snapshot();
        let max_equipment = self.limits.max_equipment;
        let unknown = sorted
            .refused
            .iter()
            .filter(|(_, reason)| *reason == Reason::UnknownEquipment);
        let seedlings: Vec<_> = unknown
            .filter_map(|(index, _)| {
                let reading = &delivery.readings[*index];
                catalogue.seedling(&reading.address, &reading.hint, max_equipment)
            })
            .filter(|seedling| !self.growth.is_crowded(catalogue.version, seedling))
            .collect();
        if seedlings.is_empty() {
            return Ok(false);
        }
        self.growth
            .plant(&self.model, seedlings, self.room(), now)
            .await
            .map_err(|error| SinkError::Unavailable(error.to_string()))?;
        Ok(true)
    }

    /// How much may be created.
    fn room(&self) -> Room {
        Room {
            max_equipment: self.limits.max_equipment,
            max_points: self.scope().tenant().quota.points,
        }
    }
}

/// Readings, sorted into what can be stored and what cannot (by index).
struct Sorted {
    samples: Vec<PointSample>,
    refused: Vec<(usize, Reason)>,
}

/// What became of a delivery, reading by reading.
pub(super) struct Receipt {
    pub(super) settlement: Settlement,
    /// Index and reason, in order.
    pub(super) refused_readings: Vec<(usize, Reason)>,
}

/// What the connector is to do about a write that failed.
fn sink_error(error: EngineError) -> SinkError {
    match error {
        EngineError::Closed | EngineError::Fenced => SinkError::Closed,
        other => SinkError::Unavailable(other.to_string()),
    }
}
