//! Readers beside writers and merges: every answer is one state of the whole.

use super::subject::{Subject, at, sample};
use crate::support::on_each_backend;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio_util::sync::CancellationToken;
use vigie::domain::{PointId, TimeRange, Timestamp};
use vigie::telemetry::{Engine, Resolution};

const POINT: PointId = PointId(1);
const BATCHES: i64 = 150;
const BATCH: i64 = 40;

on_each_backend! {
    async fn readers_never_see_a_gap_while_merges_run(database: TestDatabase) {
        let start = at("2026-11-20T00:00:00Z");
        let subject = Subject::open(database, Subject::by_hand(), start.plus(Timestamp::DAY)).await;
        let (acknowledged, done) = (Arc::new(AtomicI64::new(0)), CancellationToken::new());
        let merges = tokio::spawn(merge_until(subject.engine.clone(), done.clone()));
        let reads = tokio::spawn(read_until(subject.engine.clone(), acknowledged.clone(), done.clone()));
        for batch in 0..BATCHES {
            let number = |n: i64| sample(1, start.0 + n * 10 * Timestamp::SECOND, n as f64);
            let samples = (batch * BATCH..(batch + 1) * BATCH).map(number).collect();
            subject.engine.write(samples).await.unwrap();
            acknowledged.store((batch + 1) * BATCH, Ordering::SeqCst);
        }
        done.cancel();
        let (merges, reads) = (merges.await.unwrap(), reads.await.unwrap());
        assert!(merges > 2 && reads > 2, "{merges} merges, {reads} reads");
    }
}

async fn merge_until(engine: Arc<Engine>, done: CancellationToken) -> usize {
    let mut merges = 0;
    while !done.is_cancelled() {
        engine.merge().await.unwrap();
        merges += 1;
    }
    merges
}

/// Samples count up from 0, so that a gap, a repeat or a torn batch shows.
async fn read_until(
    engine: Arc<Engine>,
    acknowledged: Arc<AtomicI64>,
    done: CancellationToken,
) -> usize {
    let mut reads = 0;
    while !done.is_cancelled() {
        let before = acknowledged.load(Ordering::SeqCst);
        let samples = engine
            .samples(POINT, TimeRange::ALL, usize::MAX)
            .await
            .unwrap();
        let numbers: Vec<_> = samples.iter().map(|sample| sample.value as i64).collect();
        assert_eq!(numbers, (0..samples.len() as i64).collect::<Vec<_>>());
        assert!(
            samples.len() as i64 >= before,
            "acknowledged samples are missing"
        );
        assert_eq!(samples.len() as i64 % BATCH, 0, "a torn batch");
        let before = acknowledged.load(Ordering::SeqCst);
        let hours = engine
            .rollups(&[POINT], TimeRange::ALL, Resolution::Hour)
            .await
            .unwrap();
        let counted: u64 = hours[0].1.iter().map(|hour| hour.n).sum();
        assert!(
            counted as i64 >= before && counted as i64 % BATCH == 0,
            "{counted} in rollups, {before} before"
        );
        reads += 1;
    }
    reads
}
