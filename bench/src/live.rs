//! From ingest to the browser: how long a reading takes to a WebSocket that watches it.
//!
//! One process holds the platform and the sockets, so both ends read one clock.
//! Readings go in as a connector delivers them and come out as a browser gets them.

pub mod portal;
mod watcher;

use crate::machine;
use crate::report::{Goal, Report};
use clap::Args;
use portal::Portal;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};
use vigie_contract::{Address, Delivery, Reading, ReadingQuality, ReadingValue};
use watcher::Delays;

/// How often a batch of readings arrives.
const TICK: Duration = Duration::from_millis(20);
/// The first seconds are not measured: everything is cold.
const WARM_UP: Duration = Duration::from_secs(3);
const GOAL_SECONDS: f64 = 1.0;
/// Points a page shows.
const PAGE_POINTS: usize = 100;

/// What is measured.
#[derive(Debug, Args)]
pub struct Options {
    /// Readings per second
    #[arg(long, default_value_t = 5_000)]
    rate: usize,
    /// Points they belong to
    #[arg(long, default_value_t = 5_000)]
    points: usize,
    /// Open pages, each watching 100 points
    #[arg(long, default_value_t = 100)]
    pages: usize,
    /// Seconds
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// Measures on a fresh SQLite folder.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let portal = Portal::open(options.points).await?;
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(options.seconds);
    // Both sets end with `end`; they are awaited below.
    let mut pages = JoinSet::new();
    for page in 0..options.pages {
        let first = page * PAGE_POINTS % options.points;
        let watched: Vec<_> = portal
            .points
            .iter()
            .cycle()
            .skip(first)
            .take(PAGE_POINTS)
            .copied()
            .collect();
        pages.spawn(watcher::watch(portal.socket().await?, watched, begin, end));
    }
    let everything = tokio::spawn(watcher::watch(
        portal.socket().await?,
        portal.points.clone(),
        begin,
        end,
    ));
    let cpu_before = machine::own_cpu();
    let started = Instant::now();
    let sent = feed(&portal, options, end).await?;
    let cpu = (machine::own_cpu() - cpu_before) / started.elapsed().as_secs_f64();
    let mut of_pages = Delays::default();
    while let Some(delays) = pages.join_next().await {
        of_pages.add(delays??);
    }
    let of_everything = everything.await??;
    portal.close().await;

    let rate = sent as f64 / started.elapsed().as_secs_f64();
    let mut report = Report::new("Live: ingest to browser");
    report.notes.push(format!(
        "{rate:.0} readings/s of {} points, delivered every {} ms and stamped then; {} pages of {PAGE_POINTS} points \
         and one of all; SQLite; sockets in the same process; {cpu:.2} cores in all",
        options.points,
        TICK.as_millis(),
        options.pages,
    ));
    for (name, mut delays) in [
        ("a page of 100 points", of_pages),
        ("a page of all points", of_everything),
    ] {
        anyhow::ensure!(
            !delays.is_empty(),
            "{name} got no value: nothing was measured"
        );
        report.add(
            format!("{name}: p50"),
            delays.percentile(50.0),
            "s",
            None,
            None,
        );
        let goal = Some(Goal::AtMost(GOAL_SECONDS));
        report.add(
            format!("{name}: p99"),
            delays.percentile(99.0),
            "s",
            None,
            goal,
        );
    }
    Ok(report)
}

/// Delivers readings at the rate until `end`; returns how many.
async fn feed(portal: &Portal, options: &Options, end: Instant) -> anyhow::Result<usize> {
    let batch = options.rate * TICK.as_millis() as usize / 1_000;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    // Deliveries wait for their commit together, as those of many devices do.
    let mut settling = JoinSet::new();
    let mut sent = 0;
    while Instant::now() < end {
        tick.tick().await;
        let now = portal.now();
        let readings = (sent..sent + batch).map(|turn| reading(turn % options.points, turn, now));
        let delivery = Delivery {
            readings: readings.collect(),
            refusals: Vec::new(),
        };
        let (ingest, connection) = (Arc::clone(portal.ingest()), Arc::clone(&portal.connection));
        settling.spawn(async move { ingest.deliver(&connection, &delivery).await });
        sent += batch;
        while let Some(settled) = settling.try_join_next() {
            anyhow::ensure!(settled??.refused == 0, "readings were refused");
        }
    }
    while let Some(settled) = settling.join_next().await {
        anyhow::ensure!(settled??.refused == 0, "readings were refused");
    }
    Ok(sent)
}

fn reading(point: usize, turn: usize, now_us: i64) -> Reading {
    let (thing, key) = portal::address(point);
    Reading {
        address: Address {
            equipment: thing.into(),
            point: key.into(),
        },
        hint: Arc::default(),
        value: ReadingValue::Number((turn % 1_000) as f64 / 10.0),
        unit: None,
        quality: ReadingQuality::Good,
        observed_at_us: Some(now_us),
    }
}
