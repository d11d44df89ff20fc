//! Writing and merging: processor time and bytes per sample.

use crate::databases::Database;
use crate::report::{Goal, Peer, Report};
use crate::workload::{self, PERIOD_S, Workload};
use crate::{machine, peers};
use anyhow::Result;
use std::sync::Arc;
use std::time::Instant;
use vigie::domain::{Clock, ManualClock, PointId, PointSample, Timestamp};
use vigie::telemetry::{CommitListener, Engine, EngineConfig, PointZones};

const POINTS: usize = 10_000;
/// Writers that hand in one tick together, as as many devices would.
const WRITERS: usize = 10;
/// Ticks that are made to learn what making them takes.
const MADE_TICKS: i64 = 1_000;
/// 2026-11-01T00:00:00Z.
const START: Timestamp = Timestamp(1_793_491_200_000_000);

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// A PostgreSQL server whose user may create databases; without it only SQLite is measured.
    #[arg(long, env = "VIGIE_TEST_POSTGRES", value_name = "URL")]
    pub postgres: Option<String>,
    /// Simulated hours.
    #[arg(long, default_value_t = 24)]
    hours: i64,
    /// Millions of samples the plain table gets.
    #[arg(long, default_value_t = 2)]
    peer_millions: usize,
}

/// A listener that nobody listens with, and points in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl CommitListener for Quiet {
    fn committed(&self, _samples: &Arc<[PointSample]>) {}
}

impl PointZones for Quiet {
    fn zone(&self, _point: PointId) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::UTC
    }
}

/// Measures every database.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("engine: writing and merging");
    report.notes.push(workload::describe(POINTS));
    report.notes.push(format!(
        "{} simulated hours as fast as they go; a tick is handed in by {WRITERS} writers at once; merges when the engine \
         wants them, the last included; processor time of this process and of the database server, less what making \
         the samples takes by itself; bytes of blocks on PostgreSQL after `vacuum full`, since autovacuum cannot keep up with days that pass in seconds",
        options.hours
    ));
    if options.postgres.is_none() {
        report
            .notes
            .push("PostgreSQL was not measured: no --postgres URL".to_owned());
    }
    for database in Database::create_all(options.postgres.as_deref(), "engine").await? {
        measure(&database, options, &mut report).await?;
        database.remove().await?;
    }
    Ok(report)
}

/// Opens an engine on a fresh database.
pub async fn open(database: &Database, clock: Arc<dyn Clock>) -> Result<Arc<Engine>> {
    vigie::store::tenant::migrate(&database.db).await?;
    let quiet = Arc::new(Quiet);
    let db = database.db.clone();
    Ok(Engine::open(db, quiet.clone(), quiet, clock, EngineConfig::default()).await?)
}

struct Cost {
    cpu_per_million: f64,
    samples_per_second: f64,
}

async fn measure(database: &Database, options: &Options, report: &mut Report) -> Result<()> {
    let name = &database.name;
    let peer = plain(database, options.peer_millions * 1_000_000).await?;
    let peer_bytes = database.table_bytes("plain").await? / (options.peer_millions as f64 * 1e6);
    let table = |value| {
        Some(Peer {
            name: format!("{name} table with a key"),
            value,
        })
    };

    let clock = Arc::new(ManualClock::at(START));
    let engine = open(database, clock.clone()).await?;
    let ours = fill(database, &engine, &clock, options.hours).await?;
    let stats = engine.stats();
    let samples = stats.committed_samples as f64;
    database.compact("blocks").await?;
    let blocks = database.table_bytes("blocks").await? / samples;
    let rollups = database.table_bytes("rollups_hour").await? / samples;
    let journal = stats.journal_bytes as f64 / samples;

    let at_most = |limit| Some(Goal::AtMost(limit));
    report.add(
        format!("{name}: processor time"),
        ours.cpu_per_million,
        "s per million samples",
        table(peer.cpu_per_million),
        at_most(0.35),
    );
    report.add(
        format!("{name}: throughput"),
        ours.samples_per_second,
        "samples/s",
        table(peer.samples_per_second),
        // What the built-in MQTT endpoint must be able to hand over.
        Some(Goal::AtLeast(150_000.0)),
    );
    report.add(
        format!("{name}: journal"),
        journal,
        "bytes/sample",
        None,
        at_most(4.5),
    );
    report.add(
        format!("{name}: blocks"),
        blocks,
        "bytes/sample",
        table(peer_bytes),
        at_most(1.6),
    );
    report.add(
        format!("{name}: hourly rollups"),
        rollups,
        "bytes/sample",
        None,
        None,
    );
    report.add(
        format!("{name}: merges"),
        stats.merges as f64,
        "merges",
        None,
        None,
    );
    report.add(
        format!("{name}: resident memory of this process"),
        machine::resident_mb(),
        "MB",
        None,
        at_most(300.0),
    );
    engine.close().await;
    Ok(())
}

async fn fill(
    database: &Database,
    engine: &Arc<Engine>,
    clock: &ManualClock,
    hours: i64,
) -> Result<Cost> {
    let making = making();
    let mut workload = Workload::new(POINTS, START);
    let ticks = hours * 3_600 / PERIOD_S;
    let (cpu, started) = (database.cpu(), Instant::now());
    for tick in 0..ticks {
        clock.set(START.plus(tick * PERIOD_S * Timestamp::SECOND));
        write_tick(engine, portions(&mut workload, tick)).await?;
    }
    // What is done once a day is over counts too.
    clock.set(START.plus(hours * Timestamp::HOUR));
    engine.merge().await?;
    let mut cost = cost(database, cpu, started, ticks as usize * POINTS);
    cost.cpu_per_million -= making;
    Ok(cost)
}

/// One tick as the writers hand it in.
fn portions(workload: &mut Workload, tick: i64) -> Vec<Vec<PointSample>> {
    let samples = workload.tick(tick);
    let portions = samples.chunks(POINTS / WRITERS);
    portions.map(<[PointSample]>::to_vec).collect()
}

/// Processor seconds to make a million samples.
fn making() -> f64 {
    let mut workload = Workload::new(POINTS, START);
    let before = machine::own_cpu();
    for tick in 0..MADE_TICKS {
        std::hint::black_box(portions(&mut workload, tick));
    }
    (machine::own_cpu() - before) / (MADE_TICKS as f64 * POINTS as f64 / 1e6)
}

async fn write_tick(engine: &Arc<Engine>, portions: Vec<Vec<PointSample>>) -> Result<()> {
    let mut writers = tokio::task::JoinSet::new();
    for samples in portions {
        let engine = engine.clone();
        writers.spawn(async move { engine.write(samples).await });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    Ok(())
}

/// The same samples into the plain table, one transaction per tick.
async fn plain(database: &Database, samples: usize) -> Result<Cost> {
    peers::create(&database.db).await?;
    let mut workload = Workload::new(POINTS, START);
    let (cpu, started) = (database.cpu(), Instant::now());
    for tick in 0..samples / POINTS {
        peers::insert(&database.db, &workload.tick(tick as i64)).await?;
    }
    Ok(cost(database, cpu, started, samples))
}

fn cost(database: &Database, cpu_before: f64, started: Instant, samples: usize) -> Cost {
    Cost {
        cpu_per_million: (database.cpu() - cpu_before) / (samples as f64 / 1e6),
        samples_per_second: samples as f64 / started.elapsed().as_secs_f64(),
    }
}
