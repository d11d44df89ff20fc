//! Reading: 30 days of one point, its latest hour, and hourly rollups of 100 points.

use crate::databases::Database;
use crate::engine::open;
use crate::peers;
use crate::report::{Goal, Peer, Report};
use crate::workload::{self, PERIOD_S, Workload};
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::time::Instant;
use vigie::domain::{ManualClock, PointId, TimeRange, Timestamp};
use vigie::telemetry::{Engine, Resolution};

const POINTS: usize = 100;
/// Points in the plain table, which grows too slowly for all.
const PEER_POINTS: usize = 10;
const DAYS: i64 = 30;
/// Ticks of one day.
const DAY_TICKS: i64 = 86_400 / PERIOD_S;
/// The last ticks stay in the head.
const HEAD_TICKS: i64 = 420;
const REPEATS: usize = 21;
/// 2026-10-01T00:00:00Z.
const START: Timestamp = Timestamp(1_790_812_800_000_000);

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// A PostgreSQL server whose user may create databases; without it only SQLite is measured.
    #[arg(long, env = "VIGIE_TEST_POSTGRES", value_name = "URL")]
    pub postgres: Option<String>,
}

/// Measures every database.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("query: reading");
    report.notes.push(workload::describe(POINTS));
    report.notes.push(format!(
        "{DAYS} days merged, the last {HEAD_TICKS} samples of each point in the head; median of {REPEATS} after one warm-up; \
         the plain table holds {PEER_POINTS} points, so its rollups are of {PEER_POINTS} points"
    ));
    if options.postgres.is_none() {
        report
            .notes
            .push("PostgreSQL was not measured: no --postgres URL".to_owned());
    }
    for database in Database::create_all(options.postgres.as_deref(), "query").await? {
        measure(&database, &mut report).await?;
        database.remove().await?;
    }
    Ok(report)
}

async fn measure(database: &Database, report: &mut Report) -> Result<()> {
    fill_plain(database).await?;
    let engine = fill(database).await?;
    database.settle().await?;
    let name = &database.name;
    let table = |value| {
        Some(Peer {
            name: format!("{name} table with a key"),
            value,
        })
    };
    let at_most = |limit| Some(Goal::AtMost(limit));
    let (db, point) = (&database.db, PointId(5));
    let all = range(0, DAYS * DAY_TICKS);
    let hour = range(DAYS * DAY_TICKS - 360, DAYS * DAY_TICKS);
    let points: Vec<PointId> = (1..=POINTS as i64).map(PointId).collect();

    let ours = median(
        async || Ok(engine.samples(point, all, usize::MAX).await?.len()),
        259_200,
    )
    .await?;
    let theirs = median(
        async || peers::raw(db, 5, all.start.0, all.end.0).await,
        259_200,
    )
    .await?;
    report.add(
        format!("{name}: 30 days of one point, raw (259,200)"),
        ours,
        "ms",
        table(theirs),
        at_most(5.0),
    );

    let ours = median(
        async || Ok(engine.samples(point, hour, usize::MAX).await?.len()),
        360,
    )
    .await?;
    let theirs = median(
        async || peers::raw(db, 5, hour.start.0, hour.end.0).await,
        360,
    )
    .await?;
    report.add(
        format!("{name}: latest hour of one point"),
        ours,
        "ms",
        table(theirs),
        at_most(1.0),
    );

    let hours = DAYS as usize * 24;
    let rollups = async || {
        let found = engine.rollups(&points, all, Resolution::Hour).await?;
        Ok(found.iter().map(|(_, rollups)| rollups.len()).sum())
    };
    let ours = median(rollups, POINTS * hours).await?;
    let theirs = async || peers::hourly(db, PEER_POINTS as i64, all.start.0, all.end.0).await;
    let theirs = median(theirs, PEER_POINTS * hours).await?;
    report.add(
        format!("{name}: hourly rollups of 100 points, 30 days"),
        ours,
        "ms",
        table(theirs),
        at_most(40.0),
    );
    engine.close().await;
    Ok(())
}

fn range(first_tick: i64, end_tick: i64) -> TimeRange {
    let at = |tick| START.plus(tick * PERIOD_S * Timestamp::SECOND);
    TimeRange {
        start: at(first_tick),
        end: at(end_tick),
    }
}

async fn fill(database: &Database) -> Result<Arc<Engine>> {
    let clock = Arc::new(ManualClock::at(START.plus(DAYS * Timestamp::DAY)));
    let engine = open(database, clock).await?;
    let mut workload = Workload::new(POINTS, START);
    let ticks = DAYS * DAY_TICKS;
    for first in (0..ticks - HEAD_TICKS).step_by(360) {
        write(
            &engine,
            &mut workload,
            first..(first + 360).min(ticks - HEAD_TICKS),
        )
        .await?;
    }
    engine.merge().await?;
    write(&engine, &mut workload, ticks - HEAD_TICKS..ticks).await?;
    Ok(engine)
}

async fn write(
    engine: &Engine,
    workload: &mut Workload,
    ticks: std::ops::Range<i64>,
) -> Result<()> {
    let mut samples = Vec::new();
    for tick in ticks {
        samples.extend(workload.tick(tick));
    }
    engine.write(samples).await?;
    Ok(())
}

async fn fill_plain(database: &Database) -> Result<()> {
    peers::create(&database.db).await?;
    let mut workload = Workload::new(PEER_POINTS, START);
    for first in (0..DAYS * DAY_TICKS).step_by(1_000) {
        let mut samples = Vec::new();
        for tick in first..(first + 1_000).min(DAYS * DAY_TICKS) {
            samples.extend(workload.tick(tick));
        }
        peers::insert(&database.db, &samples).await?;
    }
    Ok(())
}

/// Milliseconds of the middle run; every run must find as many rows as expected.
async fn median(mut query: impl AsyncFnMut() -> Result<usize>, expected: usize) -> Result<f64> {
    let mut times = Vec::with_capacity(REPEATS);
    for run in 0..=REPEATS {
        let started = Instant::now();
        let found = query().await?;
        let elapsed = started.elapsed().as_secs_f64() * 1e3;
        ensure!(found == expected, "{found} rows instead of {expected}");
        if run > 0 {
            times.push(elapsed);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[REPEATS / 2])
}
