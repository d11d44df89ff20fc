//! What a device counts, over all its starts in this process.

use metrics::{counter, gauge};
use std::sync::atomic::{AtomicU64, Ordering};
use vigie_bacnet_server::Counts;

/// Counts since the process started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BacnetFigures {
    /// Messages taken from peers.
    pub received: u64,
    /// Bytes of those.
    pub received_bytes: u64,
    /// Messages of addresses that are not on the list of peers.
    pub strangers: u64,
    /// Messages beyond what is answered a second.
    pub too_often: u64,
    /// Messages that no device may send.
    pub foolish: u64,
    /// Writes that became commands, or changed nothing.
    pub writes_taken: u64,
    /// Writes that were refused.
    pub writes_refused: u64,
}

impl BacnetFigures {
    /// Both together.
    pub(super) fn and(self, counts: &Counts) -> Self {
        Self {
            received: self.received + counts.taken(),
            received_bytes: self.received_bytes + counts.bytes(),
            strangers: self.strangers + counts.strangers(),
            too_often: self.too_often + counts.too_often(),
            foolish: self.foolish + counts.foolish(),
            ..self
        }
    }

    /// Tells the exporter of metrics.
    pub(super) fn record(&self, tenant: &str, objects: usize) {
        let tenant = || tenant.to_owned();
        gauge!("vigie_bacnet_objects", "tenant" => tenant()).set(objects as f64);
        counter!("vigie_bacnet_received_total", "tenant" => tenant()).absolute(self.received);
        counter!("vigie_bacnet_received_bytes_total", "tenant" => tenant())
            .absolute(self.received_bytes);
        let dropped = [
            ("stranger", self.strangers),
            ("too_often", self.too_often),
            ("foolish", self.foolish),
        ];
        for (reason, count) in dropped {
            counter!("vigie_bacnet_dropped_total", "tenant" => tenant(), "reason" => reason)
                .absolute(count);
        }
        for (outcome, count) in [
            ("taken", self.writes_taken),
            ("refused", self.writes_refused),
        ] {
            counter!("vigie_bacnet_writes_total", "tenant" => tenant(), "outcome" => outcome)
                .absolute(count);
        }
    }
}

/// Writes, counted where they are decided.
#[derive(Debug, Default)]
pub(super) struct Tally {
    taken: AtomicU64,
    refused: AtomicU64,
}

impl Tally {
    pub(super) fn written(&self, is_taken: bool) {
        let count = if is_taken { &self.taken } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
