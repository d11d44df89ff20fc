//! A day that is over is one block; while it goes on, every merge adds a part.

use super::subject::{Subject, at, sample};
use crate::support::on_each_backend;
use vigie::domain::{PointId, PointSample, TimeRange, Timestamp};
use vigie::store::tenant::blocks;

const POINT: PointId = PointId(1);
/// Merges of one day, and samples of each.
const MERGES: i64 = 40;
const SAMPLES: i64 = 30;

fn midnight() -> Timestamp {
    at("2026-11-20T00:00:00Z")
}

/// What is written before a merge.
fn portion(merge: i64) -> Vec<PointSample> {
    let late = |n: i64| n * 37 % 100 * 1_000;
    let of = |n: i64| {
        sample(
            1,
            midnight().0 + n * 60 * Timestamp::SECOND + late(n),
            n as f64 / 10.0,
        )
    };
    (merge * SAMPLES..(merge + 1) * SAMPLES).map(of).collect()
}

/// Writes a day, merge by merge.
async fn write_a_day(subject: &Subject) -> Vec<PointSample> {
    for merge in 0..MERGES {
        subject.engine.write(portion(merge)).await.unwrap();
        subject.engine.merge().await.unwrap();
    }
    (0..MERGES).flat_map(portion).collect()
}

/// How many blocks the day has.
async fn parts(subject: &Subject) -> usize {
    let day = i64::from(midnight().utc_day());
    blocks::entries(&subject.database.db, [POINT], day, day)
        .await
        .unwrap()
        .len()
}

/// Lets the next day begin: it is noticed by the next merge.
async fn next_day(subject: &Subject) -> PointSample {
    subject.clock.advance(Timestamp::DAY);
    let first = sample(1, midnight().plus(Timestamp::DAY).0 + 1, -1.0);
    subject.engine.write(vec![first]).await.unwrap();
    subject.engine.merge().await.unwrap();
    first
}

async fn assert_holds(subject: &Subject, expected: &[PointSample]) {
    let found = subject
        .engine
        .samples(POINT, TimeRange::ALL, usize::MAX)
        .await
        .unwrap();
    assert!(
        found
            .iter()
            .eq(expected.iter().map(|expected| &expected.sample)),
        "{} samples",
        found.len()
    );
}

on_each_backend! {
    async fn a_day_that_goes_on_has_a_bounded_number_of_parts(database: TestDatabase) {
        let subject = Subject::open(database, Subject::by_hand(), midnight().plus(Timestamp::HOUR)).await;
        let written = write_a_day(&subject).await;
        assert_eq!(parts(&subject).await, MERGES as usize - 32, "the first 32 and the one after became one");
        assert_holds(&subject, &written).await;
    }

    async fn a_day_that_is_over_is_one_block_also_after_late_samples(database: TestDatabase) {
        let mut subject = Subject::open(database, Subject::by_hand(), midnight().plus(Timestamp::HOUR)).await;
        let mut written = write_a_day(&subject).await;
        written.push(next_day(&subject).await);
        assert_eq!(parts(&subject).await, 1);
        assert_holds(&subject, &written).await;
        written[500].sample.value = 9.0;
        subject.engine.write(vec![written[500]]).await.unwrap();
        subject.engine.merge().await.unwrap();
        subject.restart(true).await;
        assert_eq!(parts(&subject).await, 1);
        assert_holds(&subject, &written).await;
    }

    async fn a_deletion_just_before_midnight_is_heeded_by_the_block_of_the_day(database: TestDatabase) {
        let subject = Subject::open(database, Subject::by_hand(), midnight().plus(Timestamp::HOUR)).await;
        let mut written = write_a_day(&subject).await;
        let deleted = TimeRange::new(written[100].sample.at, written[700].sample.at).unwrap();
        subject.engine.delete(POINT, deleted).await.unwrap();
        written.retain(|written| !deleted.contains(written.sample.at));
        written.push(next_day(&subject).await);
        assert_eq!(parts(&subject).await, 1);
        assert_holds(&subject, &written).await;
    }
}
