//! Both demo clients as one: filled together, run together.

use super::history::History;
use super::model::{self, Device};
use super::{credentials, field};
use crate::domain::Clock;
use crate::ingest::Ingest;
use anyhow::Result;
use futures_util::future::try_join_all;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The manifests of the demo's clients: file name and text.
pub(in crate::commands) const MANIFESTS: [(&str, &str); 2] = [
    (
        "demo-energie.toml",
        include_str!("../../../tenants/demo-energie.toml"),
    ),
    (
        "demo-parking.toml",
        include_str!("../../../tenants/demo-parking.toml"),
    ),
];

/// How far the first history reaches back, unless told otherwise.
pub(in crate::commands) const HISTORY_DAYS: u32 = 30;
/// A shorter gap is filled without a word.
const WORTH_A_BAR_SECONDS: u64 = 2 * 86_400;

/// The demo's clients and what stands on their sites.
pub(in crate::commands) struct World {
    clients: Vec<Premises>,
    clock: Arc<dyn Clock>,
    history_days: u32,
}

struct Premises {
    ingest: Arc<Ingest>,
    devices: Arc<Vec<Device>>,
}

impl World {
    /// Knows which devices belong to which client; clients that are not the demo's have none.
    pub(in crate::commands) fn of(ways_in: Vec<Arc<Ingest>>, clock: Arc<dyn Clock>) -> Self {
        let premises = |ingest: Arc<Ingest>| {
            let devices = match ingest.scope().tenant().slug.as_str() {
                "demo-energie" => model::energy_devices(),
                "demo-parking" => model::parking_devices(),
                _ => return None,
            };
            let devices = Arc::new(devices);
            Some(Premises { ingest, devices })
        };
        let clients = ways_in.into_iter().filter_map(premises).collect();
        Self {
            clients,
            clock,
            history_days: HISTORY_DAYS,
        }
    }

    /// Reaches back another number of days at the first start.
    pub(in crate::commands) fn with_history_days(mut self, days: u32) -> Self {
        self.history_days = days;
        self
    }

    /// Fills what is missing up to now: thirty days, or the gap since the last stop.
    /// Returns how many samples were stored.
    pub(in crate::commands) async fn fill_history(&self) -> Result<u64> {
        let started = Instant::now();
        let (clock, days) = (self.clock.as_ref(), self.history_days);
        let preparing = self
            .clients
            .iter()
            .map(|client| History::prepare(&client.ingest, &client.devices, days, clock));
        let histories = try_join_all(preparing).await?;
        let bar = progress(histories.iter().map(History::seconds).sum());
        let stored = try_join_all(histories.into_iter().map(|history| history.fill(&bar))).await?;
        bar.finish_and_clear();
        let stored: u64 = stored.into_iter().sum();
        tracing::info!(
            samples = stored,
            duration_ms = started.elapsed().as_millis() as u64,
            "history filled: {} samples",
            HumanCount(stored)
        );
        Ok(stored)
    }

    /// Runs the devices of all clients against the built-in endpoint until stopped.
    pub(in crate::commands) async fn run(
        self,
        endpoint: SocketAddr,
        stop: CancellationToken,
    ) -> Result<()> {
        // One task for each client, owned by this set.
        let mut clients = JoinSet::new();
        for Premises { ingest, devices } in self.clients {
            let secrets = credentials::issue(ingest.scope(), &devices, self.clock.as_ref()).await?;
            let slug = ingest.scope().tenant().slug.clone();
            let (clock, stop) = (Arc::clone(&self.clock), stop.clone());
            clients.spawn(field::run(slug, devices, secrets, endpoint, clock, stop));
        }
        while let Some(ended) = clients.join_next().await {
            ended?;
        }
        Ok(())
    }
}

fn progress(seconds: u64) -> ProgressBar {
    if seconds < WORTH_A_BAR_SECONDS {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(seconds).with_message("30 days of history");
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} %  {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

#[cfg(test)]
mod tests;
