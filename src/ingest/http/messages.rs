//! Messages over HTTP: what a device would publish, read by the routes of the client's `http` connection.

use super::fault::{Counts, Fault, MAX_FAULTS};
use super::write::WriteReport;
use crate::ingest::Ingest;
use std::fmt;
use std::sync::Arc;
use vigie_contract::{Delivery, Reading, Refusal, SinkError};

type Read = dyn Fn(&str, &[u8], i64) -> Delivery + Send + Sync;

/// Turns topic, payload and arrival (microseconds since the epoch) into readings.
#[derive(Clone)]
pub struct MessageReader(Arc<Read>);

impl MessageReader {
    /// One that reads with `read`.
    pub fn new(read: impl Fn(&str, &[u8], i64) -> Delivery + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }
}

impl fmt::Debug for MessageReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageReader")
    }
}

/// Stores one message; returns once what is good is durable.
pub async fn write_message(
    ingest: &Ingest,
    topic: &str,
    body: &[u8],
) -> Result<WriteReport, SinkError> {
    let mapping = ingest.line_mapping();
    let arrival = ingest.clock().now();
    let delivery = match &mapping.messages {
        Some(MessageReader(read)) => read(topic, body, arrival.0),
        None => Delivery {
            refusals: vec![Refusal::new(
                "no_route",
                topic,
                "no connection of protocol `http` has `routes`",
                &[],
            )],
            ..Delivery::default()
        },
    };
    let receipt = ingest.commit(&mapping.connection, &delivery).await?;
    let mut report = WriteReport {
        stored: receipt.settlement.stored,
        refused: receipt.settlement.refused,
        ..WriteReport::default()
    };
    for refusal in &delivery.refusals {
        let (place, message) = (refusal.source.clone(), refusal.detail.clone());
        report.tell(refusal.reason, refusal.count, place, message);
    }
    for (index, reason) in receipt.refused_readings {
        let place = delivery.readings.get(index).map(name_of);
        let message = reason.sentence().to_owned();
        report.tell(reason.as_str(), 1, place.unwrap_or_default(), message);
    }
    Ok(report)
}

impl WriteReport {
    fn tell(&mut self, reason: &'static str, count: u32, place: String, message: String) {
        Counts::add(&mut self.reasons, reason, count);
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault {
                place,
                reason,
                message,
            });
        }
    }
}

fn name_of(reading: &Reading) -> String {
    format!("{}, {}", reading.address.equipment, reading.address.point)
}
