//! From a body to a report: what is good is durable, what is bad is told.
//!
//! A body is parsed on a thread of its own and stored batch by batch while it is read.
//!
//! Invariant: the memory of a request beside its body does not grow with the body.

use super::batch::{Batch, Batches};
use super::fault::{Counts, Fault, MAX_FAULTS};
use super::line_protocol::Precision;
use super::mapping::LineMapping;
use super::{json, lines};
use crate::ingest::Ingest;
use bytes::Bytes;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use vigie_contract::{Delivery, SinkError};

/// What became of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// Samples that are durable.
    pub stored: u32,
    /// Values or lines that were refused.
    pub refused: u32,
    /// These by reason.
    pub reasons: Counts,
    /// The first of them, in the order of the body.
    pub faults: Vec<Fault>,
}

/// Stores a body of line protocol.
///
/// `Unavailable` after a part of it was stored is possible; sending all of it again is harmless.
pub async fn write_lines(
    ingest: &Ingest,
    body: Bytes,
    precision: Precision,
) -> Result<WriteReport, SinkError> {
    let mapping = ingest.line_mapping();
    let (text, known) = (body.clone(), mapping.clone());
    let read = move |batches: &mut Batches<'_>| lines::read(&text, precision, &known, batches);
    store(ingest, &mapping, &body, read).await
}

/// Stores a JSON body; like [`write_lines`].
pub async fn write_json(ingest: &Ingest, body: Bytes) -> Result<WriteReport, SinkError> {
    let mapping = ingest.line_mapping();
    let zone = TimeZone::get(&ingest.scope().tenant().time_zone).unwrap_or(TimeZone::UTC);
    let (text, hint) = (body.clone(), mapping.hint.clone());
    let read = move |batches: &mut Batches<'_>| json::read(&text, &zone, &hint, batches);
    store(ingest, &mapping, &body, read).await
}

async fn store(
    ingest: &Ingest,
    mapping: &LineMapping,
    body: &Bytes,
    read: impl FnOnce(&mut Batches<'_>) + Send + 'static,
) -> Result<WriteReport, SinkError> {
    let (full, mut batches) = mpsc::channel(1);
    // Ours: it ends with the body, or at its next batch once nobody receives.
    let reading = tokio::task::spawn_blocking(move || {
        let mut hand_over = |batch| full.blocking_send(batch).is_ok();
        let mut batches = Batches::new(&mut hand_over);
        read(&mut batches);
        batches.finish();
    });
    let mut report = WriteReport::default();
    while let Some(batch) = batches.recv().await {
        report.add(commit(ingest, mapping, batch, body).await?);
    }
    let outcome = reading.await;
    outcome.map_err(|error| SinkError::Unavailable(format!("the body was not read: {error}")))?;
    Ok(report)
}

async fn commit(
    ingest: &Ingest,
    mapping: &LineMapping,
    batch: Batch,
    body: &[u8],
) -> Result<WriteReport, SinkError> {
    let Batch {
        readings,
        places,
        mut faults,
    } = batch;
    let delivery = Delivery {
        readings,
        refusals: faults.refusals(body),
    };
    let receipt = ingest.commit(&mapping.connection, &delivery).await?;
    for (index, reason) in receipt.refused_readings {
        faults.add(index, reason.as_str(), || {
            (places[index].to_string(), reason.sentence().to_owned())
        });
    }
    faults.told.sort_by_key(|(after, _)| *after);
    Ok(WriteReport {
        stored: receipt.settlement.stored,
        refused: receipt.settlement.refused,
        reasons: faults.counts,
        faults: faults.told.into_iter().map(|(_, fault)| fault).collect(),
    })
}

impl WriteReport {
    /// Adds what became of the next batch.
    fn add(&mut self, next: Self) {
        self.stored += next.stored;
        self.refused += next.refused;
        for (reason, n) in next.reasons.iter() {
            self.reasons.add(reason, n);
        }
        self.faults.extend(next.faults);
        self.faults.truncate(MAX_FAULTS);
    }
}
