//! What happens after each commit of a client's engine: fan-out and counting.

use crate::domain::{PointSample, TenantId};
use crate::live::Hub;
use crate::telemetry::CommitListener;
use metrics::{Counter, Histogram, counter, histogram};
use std::sync::Arc;

/// Hands committed samples to the live hub.
pub(super) struct Commits {
    tenant: TenantId,
    hub: Hub,
    transactions: Counter,
    samples: Counter,
    batch: Histogram,
}

impl Commits {
    pub(super) fn new(tenant: TenantId, slug: &str, hub: Hub) -> Self {
        let slug = slug.to_owned();
        Self {
            tenant,
            hub,
            transactions: counter!("vigie_engine_commits_total", "tenant" => slug.clone()),
            samples: counter!("vigie_engine_samples_total", "tenant" => slug.clone()),
            batch: histogram!("vigie_engine_batch_samples", "tenant" => slug),
        }
    }
}

impl CommitListener for Commits {
    fn committed(&self, samples: &Arc<[PointSample]>) {
        self.transactions.increment(1);
        self.samples.increment(samples.len() as u64);
        self.batch.record(samples.len() as f64);
        self.hub.publish(self.tenant, samples);
    }
}
