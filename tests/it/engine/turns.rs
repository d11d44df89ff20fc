//! At the turn of an hour the head is merged by itself, whole hours at a time.

use super::subject::{Subject, at, sample};
use crate::support::{on_each_backend, wait};
use std::time::Duration;
use vigie::domain::{PointId, PointSample, TimeRange, Timestamp};
use vigie::store::tenant::blocks::{self, BlockEntry};
use vigie::telemetry::{EngineConfig, Resolution};

const POINT: PointId = PointId(1);
const PATIENCE: Duration = Duration::from_secs(30);
const HOURS: i64 = 3;

fn ten() -> Timestamp {
    at("2026-11-20T10:00:00Z")
}

/// So much after ten o'clock.
fn after_ten(hours: i64, minutes: i64) -> Timestamp {
    ten().plus(hours * Timestamp::HOUR + minutes * 60 * Timestamp::SECOND)
}

/// One sample a minute.
fn hour(hours: i64) -> Vec<PointSample> {
    let minute = |minutes| sample(1, after_ten(hours, minutes).0, minutes as f64);
    (0..60).map(minute).collect()
}

async fn parts(subject: &Subject) -> Vec<BlockEntry> {
    let day = i64::from(ten().utc_day());
    blocks::entries(&subject.database.db, [POINT], day, day)
        .await
        .unwrap()
}

/// Writes an hour while it lasts, then waits until the hours before it are merged.
async fn live_through(subject: &Subject, hours: i64) {
    for sample in hour(hours) {
        subject.clock.set(sample.sample.at);
        subject.engine.write(vec![sample]).await.unwrap();
    }
    wait::until("the hours before are merged", PATIENCE, async || {
        (subject.engine.stats().head_samples == 60).then_some(())
    })
    .await;
}

on_each_backend! {
    async fn each_hour_becomes_one_part_when_it_is_over(database: TestDatabase) {
        let subject = Subject::open(database, EngineConfig::default(), ten()).await;
        for hours in 0..HOURS {
            live_through(&subject, hours).await;
        }
        let spans: Vec<_> = parts(&subject).await.iter().map(|part| (part.part, part.t0, part.t1, part.n)).collect();
        let whole = |hours| (hours, after_ten(hours, 0).0, after_ten(hours, 59).0, 60);
        assert_eq!(spans, (0..HOURS - 1).map(whole).collect::<Vec<_>>());
        let found = subject.engine.samples(POINT, TimeRange::ALL, usize::MAX).await.unwrap();
        assert_eq!(found.len() as i64, HOURS * 60);
    }

    async fn a_late_sample_after_the_turn_joins_its_hour(database: TestDatabase) {
        let subject = Subject::open(database, EngineConfig::default(), ten()).await;
        live_through(&subject, 0).await;
        live_through(&subject, 1).await;
        let late = sample(1, after_ten(0, 59).0 + 1, 99.0);
        subject.engine.write(vec![late]).await.unwrap();
        subject.engine.merge().await.unwrap();
        let hours = subject.engine.rollups(&[POINT], TimeRange::ALL, Resolution::Hour).await.unwrap();
        let counts: Vec<_> = hours[0].1.iter().map(|hour| (hour.n, hour.last)).collect();
        assert_eq!(counts, [(61, 99.0), (60, 59.0)]);
    }
}
