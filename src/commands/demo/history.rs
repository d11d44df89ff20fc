//! Fills what a client's devices would have said while nobody listened.
//!
//! The same messages, decoded by the same routes and taken by the same ingest as
//! live ones; only denser in time than the wall clock. What is there already is
//! not written again: filling starts after the newest sample.

use super::model::{Device, Pace};
use crate::domain::{Clock, PointId, TimeRange, Timestamp};
use crate::ingest::Ingest;
use crate::store::tenant::{connections, points};
use crate::tenancy::TenantScope;
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::mpsc;
use vigie_contract::Delivery;
use vigie_mqtt::{Route, RouteTable};

/// Readings settled as one.
const BATCH: usize = 10_000;
/// Batches decoded ahead of the writer.
const AHEAD: usize = 1;
/// Samples after which they are packed away, so that memory stays small.
const MERGE_EVERY: u32 = 250_000;

/// One client to fill.
pub(super) struct History {
    ingest: Arc<Ingest>,
    connection: Arc<str>,
    routes: RouteTable,
    devices: Arc<Vec<Device>>,
    range: TimeRange,
    first_time: bool,
}

/// The part of a connection's configuration that says what its messages mean.
#[derive(Deserialize)]
struct Routes {
    routes: Vec<Route>,
}

/// Some messages, decoded.
struct Batch {
    delivery: Delivery,
    until: Timestamp,
}

impl History {
    /// Finds out what is missing.
    pub(super) async fn prepare(
        ingest: &Arc<Ingest>,
        devices: &Arc<Vec<Device>>,
        days: u32,
        clock: &dyn Clock,
    ) -> Result<Self> {
        let (connection, routes) = endpoint_routes(ingest.scope()).await?;
        let newest = newest(ingest).await?;
        let end = clock.now();
        let start = newest.map_or(end.plus(-i64::from(days) * Timestamp::DAY), |newest| {
            newest.plus(1)
        });
        Ok(Self {
            ingest: Arc::clone(ingest),
            connection: connection.into(),
            routes,
            devices: Arc::clone(devices),
            range: TimeRange {
                start,
                end: end.max(start),
            },
            first_time: newest.is_none(),
        })
    }

    /// How much there is to fill, in seconds.
    pub(super) fn seconds(&self) -> u64 {
        (self.range.end.since(self.range.start) / Timestamp::SECOND) as u64
    }

    /// Fills it; returns the number of samples stored.
    pub(super) async fn fill(self, bar: &ProgressBar) -> Result<u64> {
        let (ingest, connection) = (Arc::clone(&self.ingest), Arc::clone(&self.connection));
        let mut shown = self.range.start;
        let (sender, mut receiver) = mpsc::channel::<Batch>(AHEAD);
        // Ends when it has said everything or nobody listens any more; awaited below.
        let speaking = tokio::task::spawn_blocking(move || self.speak(&sender));
        let (mut stored, mut unmerged) = (0, 0);
        while let Some(Batch { delivery, until }) = receiver.recv().await {
            let settled = ingest.deliver(&connection, &delivery).await;
            let settlement = settled.context("cannot store the history")?;
            bar.inc((until.since(shown) / Timestamp::SECOND) as u64);
            shown = until;
            stored += u64::from(settlement.stored);
            unmerged += settlement.stored;
            if unmerged > MERGE_EVERY {
                ingest.engine().merge().await?;
                unmerged = 0;
            }
        }
        speaking.await?;
        if unmerged > 0 {
            ingest.engine().merge().await?;
        }
        Ok(stored)
    }

    /// Sends everything the devices say, hour by hour, as batches.
    fn speak(&self, sender: &mpsc::Sender<Batch>) {
        let mut delivery = Delivery::default();
        let mut from = self.range.start;
        while from < self.range.end {
            let until = from.plus(Timestamp::HOUR).min(self.range.end);
            for device in self.devices.iter() {
                self.decode(
                    device,
                    TimeRange {
                        start: from,
                        end: until,
                    },
                    &mut delivery,
                );
            }
            from = until;
            if delivery.readings.len() >= BATCH || from == self.range.end {
                let delivery = std::mem::take(&mut delivery);
                if sender.blocking_send(Batch { delivery, until }).is_err() {
                    return;
                }
            }
        }
    }

    fn decode(&self, device: &Device, range: TimeRange, delivery: &mut Delivery) {
        let range = match device.silent_for_hours {
            Some(_) if !self.first_time => return,
            Some(hours) => TimeRange {
                end: range.end.min(self.range.end.plus(-hours * Timestamp::HOUR)),
                ..range
            },
            None => range,
        };
        for message in device.messages(range, Pace::History) {
            let payload = message.payload.as_bytes();
            self.routes
                .decode_into(delivery, &message.topic, payload, message.at.0);
        }
    }
}

/// The key and the routes of the client's connection to the built-in endpoint.
async fn endpoint_routes(scope: &TenantScope) -> Result<(String, RouteTable)> {
    let rows = connections::list(scope.db()).await?;
    let Some(row) = rows
        .into_iter()
        .find(|row| row.connection.protocol == "mqtt-endpoint")
    else {
        bail!(
            "{} has no connection to the built-in endpoint",
            scope.tenant().slug
        );
    };
    let config: Routes = serde_json::from_str(&row.connection.config)?;
    let zone = jiff::tz::TimeZone::get(&scope.tenant().time_zone)?;
    let table = RouteTable::compile(&config.routes).map_err(|fault| {
        anyhow::anyhow!(
            "connection {}: {}: {}",
            row.connection.key,
            fault.pointer,
            fault.message
        )
    })?;
    Ok((row.connection.key, table.with_zone(zone)))
}

/// The time of the newest sample of the client.
async fn newest(ingest: &Ingest) -> Result<Option<Timestamp>> {
    let rows = points::list(ingest.scope().db()).await?;
    let ids: Vec<PointId> = rows.into_iter().map(|row| row.id).collect();
    let latest = ingest.engine().latest(&ids).into_iter();
    Ok(latest
        .filter_map(|(_, sample)| sample)
        .map(|sample| sample.at)
        .max())
}
