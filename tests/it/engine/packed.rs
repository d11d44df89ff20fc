//! The hours of days that are over, once more in blobs: always what their rows say.

use super::subject::{Subject, at, sample};
use crate::support::on_each_backend;
use vigie::domain::{PointId, TimeRange, Timestamp};
use vigie::store::Db;
use vigie::store::tenant::{open_spans, packed_hours, rollups};
use vigie::telemetry::Resolution;
use vigie::telemetry::codec::decode_hours;

const POINTS: [PointId; 2] = [PointId(1), PointId(2)];
const DAYS: i64 = 3;

fn midnight() -> Timestamp {
    at("2026-11-20T00:00:00Z")
}

/// Three days of both points; the clock stands at noon of the third.
async fn filled(subject: &Subject) {
    let step = 25 * Timestamp::SECOND * 60;
    let samples = (0..DAYS * Timestamp::DAY / step).flat_map(|n| {
        POINTS.map(|point| sample(point.0, midnight().0 + n * step, (n % 7) as f64 / 10.0))
    });
    subject.engine.write(samples.collect()).await.unwrap();
    subject.engine.merge().await.unwrap();
}

/// How many days are packed; each must say what its rows say.
async fn packed_days(db: &Db) -> usize {
    let first = i64::from(midnight().utc_day());
    let packed = packed_hours::of_points(db, &POINTS, first, first + DAYS)
        .await
        .unwrap();
    for day in &packed {
        let from = day.day * Timestamp::DAY;
        let starts = (from..from + Timestamp::DAY).step_by(Timestamp::HOUR as usize);
        let rows = rollups::hours(db, &[day.point_id], starts).await.unwrap();
        assert!(!rows.is_empty());
        assert_eq!(
            decode_hours(day.point_id, day.day, &day.data).unwrap(),
            rows
        );
    }
    packed.len()
}

async fn open_days(db: &Db) -> usize {
    let what = open_spans::Derived::PackedHours;
    open_spans::of_points(db, what, &POINTS, 0, i64::MAX)
        .await
        .unwrap()
        .len()
}

async fn samples_in_hours(subject: &Subject) -> u64 {
    let hours = subject
        .engine
        .rollups(&POINTS, TimeRange::ALL, Resolution::Hour)
        .await
        .unwrap();
    hours
        .iter()
        .flat_map(|(_, hours)| hours)
        .map(|hour| hour.n)
        .sum()
}

on_each_backend! {
    async fn days_that_are_over_are_packed_as_their_rows(database: TestDatabase) {
        let subject = Subject::open(database, Subject::by_hand(), midnight().plus(60 * Timestamp::HOUR)).await;
        filled(&subject).await;
        let db = &subject.database.db;
        assert_eq!((packed_days(db).await, open_days(db).await), (4, 2));
        subject.clock.advance(Timestamp::DAY);
        subject.engine.write(vec![sample(1, midnight().0 + DAYS * Timestamp::DAY, 1.0)]).await.unwrap();
        subject.engine.merge().await.unwrap();
        assert_eq!((packed_days(db).await, open_days(db).await), (6, 1));
    }

    async fn a_packed_day_heeds_late_samples_and_deletions(database: TestDatabase) {
        let subject = Subject::open(database, Subject::by_hand(), midnight().plus(60 * Timestamp::HOUR)).await;
        filled(&subject).await;
        let before = samples_in_hours(&subject).await;
        subject.engine.write(vec![sample(1, midnight().0 + 1, 9.0)]).await.unwrap();
        assert_eq!(samples_in_hours(&subject).await, before + 1);
        subject.engine.merge().await.unwrap();
        assert_eq!((packed_days(&subject.database.db).await, samples_in_hours(&subject).await), (4, before + 1));
        let first_day = TimeRange::new(midnight(), midnight().plus(Timestamp::DAY)).unwrap();
        subject.engine.delete(PointId(1), first_day).await.unwrap();
        let left = samples_in_hours(&subject).await;
        subject.engine.merge().await.unwrap();
        assert_eq!((packed_days(&subject.database.db).await, samples_in_hours(&subject).await), (3, left));
    }
}
