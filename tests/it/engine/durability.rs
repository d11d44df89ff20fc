//! Nothing acknowledged is lost, nothing is stored twice, and one writer only.

use super::subject::{Subject, Zones, at, sample};
use crate::support::{Backend, Postgres, TestDatabase, on_each_backend, wait};
use std::sync::Arc;
use std::time::Duration;
use vigie::domain::{ManualClock, PointId, TimeRange, Timestamp};
use vigie::store::Db;
use vigie::telemetry::{Engine, EngineConfig, EngineError};

const POINT: PointId = PointId(1);
const PATIENCE: Duration = Duration::from_secs(30);

fn now() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn impatient() -> EngineConfig {
    EngineConfig {
        retry_for: Duration::from_millis(100),
        ..Subject::by_hand()
    }
}

async fn values(engine: &Engine) -> Vec<f64> {
    let samples = engine
        .samples(POINT, TimeRange::ALL, usize::MAX)
        .await
        .unwrap();
    samples.iter().map(|sample| sample.value).collect()
}

on_each_backend! {
    async fn who_opens_later_fences_the_writer_before_off(database: TestDatabase) {
        let subject = Subject::open(database, Subject::by_hand(), now()).await;
        subject.engine.write(vec![sample(1, 1, 1.0)]).await.unwrap();
        let successor = subject.another_engine().await;
        let merge = subject.engine.merge().await;
        assert!(matches!(merge, Err(EngineError::Fenced)), "{merge:?}");
        for _ in 0..2 {
            let refused = subject.engine.write(vec![sample(1, 2, 2.0)]).await;
            assert!(matches!(refused, Err(EngineError::Fenced)), "{refused:?}");
        }
        successor.write(vec![sample(1, 3, 3.0)]).await.unwrap();
        successor.merge().await.unwrap();
        assert_eq!(values(&successor).await, [1.0, 3.0]);
    }

    async fn acknowledged_samples_survive_an_engine_that_is_dropped_at_work(database: TestDatabase) {
        let mut subject = Subject::open(database, Subject::by_hand(), now()).await;
        let mut acknowledged = Vec::new();
        for round in 0..8_u32 {
            for n in 0..20 {
                let number = f64::from(round * 20 + n);
                subject.engine.write(vec![sample(1, number as i64, number)]).await.unwrap();
                acknowledged.push(number);
            }
            // A merge that is cut off somewhere in the middle.
            let cut = Duration::from_micros(700 * u64::from(round));
            let _cut_off = tokio::time::timeout(cut, subject.engine.merge()).await;
            subject.restart(false).await;
            assert_eq!(values(&subject.engine).await, acknowledged);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_until_there_is_room() {
    let database = TestDatabase::create(Backend::Sqlite).await;
    let subject = Subject::open(database, impatient(), now()).await;
    let limit = |pages: i64| {
        let Db::Sqlite { write, .. } = subject.database.db.clone() else {
            unreachable!("the database is SQLite")
        };
        let pragma = sqlx::AssertSqlSafe(format!("pragma max_page_count = {pages}"));
        async move { sqlx::query(pragma).execute(&write).await.unwrap() }
    };
    subject.engine.write(vec![sample(1, 0, 0.0)]).await.unwrap();
    limit(1).await;
    let incompressible = |n: i64| sample(1, n, (n as f64 * 0.137).sin());
    let refused = subject
        .engine
        .write((1..20_000).map(incompressible).collect())
        .await;
    assert!(matches!(refused, Err(EngineError::Full(_))), "{refused:?}");
    assert_eq!(values(&subject.engine).await, [0.0]);
    limit(1_000_000).await;
    subject.engine.write(vec![sample(1, 1, 1.0)]).await.unwrap();
    assert_eq!(values(&subject.engine).await, [0.0, 1.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_of_postgresql_writing_resumes_and_nothing_is_lost_or_doubled() {
    let mut server = Postgres::start().await;
    let db = Db::open_postgres(server.url().parse().unwrap(), 4);
    vigie::store::tenant::migrate(&db).await.unwrap();
    let clock = Arc::new(ManualClock::at(now()));
    let told = Arc::<super::subject::Told>::default();
    let engine = Engine::open(db, Arc::new(Zones), told.clone(), clock, Subject::by_hand())
        .await
        .unwrap();
    let writer = tokio::spawn(write_numbers(engine.clone()));
    wait::until("some commits", PATIENCE, async || {
        (engine.stats().commits > 20).then_some(())
    })
    .await;
    server.crash().await;
    server.resume().await;
    let commits = engine.stats().commits;
    wait::until("commits after the crash", PATIENCE, async || {
        (engine.stats().commits > commits + 20).then_some(())
    })
    .await;
    writer.abort();
    let _aborted = writer.await;
    engine.close().await;
    let heard: Vec<_> = told
        .0
        .lock()
        .unwrap()
        .iter()
        .map(|sample| sample.sample.value)
        .collect();
    let found = values(&engine).await;
    assert_eq!(
        found, heard,
        "each commit is told once, and is what is stored"
    );
}

/// Writes numbers one after the other; a number that was refused is not tried again.
async fn write_numbers(engine: Arc<Engine>) {
    for n in 0_i32.. {
        let _refused_while_down = engine
            .write(vec![sample(1, i64::from(n), f64::from(n))])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_cut_off_while_it_begins_leaves_no_trace_on_its_connection() {
    let database = TestDatabase::create(Backend::Postgres).await;
    let Db::Postgres(observer) = database.reopen().await else {
        unreachable!("the database is PostgreSQL")
    };
    for nanos in (0..400_000).step_by(1_000) {
        let _cut_off = tokio::time::timeout(Duration::from_nanos(nanos), database.db.begin()).await;
    }
    wait::until(
        "no connection is left in a transaction",
        PATIENCE,
        async || {
            let open: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity \
             where datname = current_database() and state like 'idle in transaction%'",
            )
            .fetch_one(&observer)
            .await
            .unwrap();
            (open == 0).then_some(())
        },
    )
    .await;
}
