//! What trend logs begin with: the newest stored values of a point.

use super::shown::Shown;
use crate::domain::{PointId, Sample, TimeRange, Timestamp};
use crate::telemetry::{Engine, EngineError};
use std::collections::HashMap;
use std::sync::Arc;
use vigie_bacnet_server::{History, Point, Reading, Record};

/// Seconds between two values where nothing else is known.
const USUAL_PERIOD: i64 = 60;
/// How far back values are looked for.
const FARTHEST: i64 = 400 * Timestamp::DAY;
/// How much further each look goes.
const FURTHER: i64 = 8;
/// Looks that are taken at most.
const LOOKS: usize = 12;

/// The engine of one client, as logs ask it.
pub(super) struct Stored {
    engine: Arc<Engine>,
    shown: HashMap<String, Shown>,
}

impl Stored {
    pub(super) fn new(engine: Arc<Engine>, shown: &[Shown]) -> Self {
        let logged = shown.iter().filter(|one| one.object.logged);
        Self {
            engine,
            shown: logged
                .map(|one| (one.object.name.clone(), one.clone()))
                .collect(),
        }
    }

    async fn read(&self, name: &str, most: usize) -> Vec<Record> {
        let Some(shown) = self.shown.get(name) else {
            return Vec::new();
        };
        let samples = match newest(&self.engine, shown.id, most).await {
            Ok(samples) => samples,
            Err(error) => {
                tracing::warn!(point = name, %error, "a BACnet trend log begins empty");
                return Vec::new();
            }
        };
        samples.iter().filter_map(|one| shown.record(one)).collect()
    }
}

impl History for Stored {
    fn newest(self: Arc<Self>, point: &Point, most: usize) -> Reading {
        let name = point.name.clone();
        Box::pin(async move { self.read(&name, most).await })
    }
}

/// The newest `most` samples of a point, oldest first. A read gives the oldest of a span, so the
/// span is widened or narrowed until it holds enough and not too many.
async fn newest(engine: &Engine, point: PointId, most: usize) -> Result<Vec<Sample>, EngineError> {
    let Some((_, Some(last))) = engine.latest(&[point]).pop() else {
        return Ok(Vec::new());
    };
    let end = last.at.plus(1);
    let wanted = i64::try_from(most).unwrap_or(i64::MAX);
    let mut span = USUAL_PERIOD * Timestamp::SECOND;
    span = span.saturating_mul(wanted).min(FARTHEST);
    let (mut found, limit) = (Vec::new(), most.saturating_mul(16));
    for _ in 0..LOOKS {
        let Some(range) = TimeRange::new(end.plus(-span), end) else {
            break;
        };
        let samples = engine.samples(point, range, limit).await?;
        let (is_cut, is_enough) = (samples.len() >= limit, samples.len() >= most);
        if !is_cut {
            found = samples;
        }
        if is_cut {
            span /= FURTHER;
        } else if is_enough || span >= FARTHEST {
            break;
        } else {
            span = span.saturating_mul(FURTHER).min(FARTHEST);
        }
    }
    let surplus = found.len().saturating_sub(most);
    Ok(found.split_off(surplus))
}
