//! Pages of a client with many points, and sockets that nobody reads.
//!
//! One process holds the platform, the browser and the sockets: the memory of a socket is
//! that of both its ends.

use crate::live::portal::{Portal, address};
use crate::machine;
use crate::report::{Goal, Report};
use clap::Args;
use futures_util::SinkExt;
use std::sync::Arc;
use std::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use vigie_contract::{Address, Delivery, Reading, ReadingQuality, ReadingValue};

const OVERVIEW_MS: f64 = 50.0;
const SLEEPER_KB: f64 = 128.0;
/// Points a sleeping socket watches.
const WATCHED: usize = 100;
/// How often every point changes while they sleep.
const CHANGES: usize = 20;
const BATCH: usize = 1_000;

/// What is measured.
#[derive(Debug, Args)]
pub struct Options {
    /// Points of the client
    #[arg(long, default_value_t = 10_000)]
    points: usize,
    /// How often each page is asked for
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Sockets that are opened and not read
    #[arg(long, default_value_t = 1_000)]
    sleepers: usize,
}

/// Measures on a fresh SQLite folder.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let portal = Portal::open(options.points).await?;
    tell_all(&portal, options.points, 1).await?;
    let mut report = Report::new("Pages of a large client");
    report.notes.push(format!(
        "{} points of {} equipment; SQLite; the pages from request to last byte, without compression",
        options.points,
        options.points.div_ceil(10),
    ));
    for (name, path, goal) in [
        ("overview", "/", Some(Goal::AtMost(OVERVIEW_MS))),
        ("equipment list", "/equipment", None),
    ] {
        let (mut took, bytes) = ask(&portal, path, options.rounds).await?;
        took.sort_unstable_by(f64::total_cmp);
        let p95 = took[(took.len() * 95).div_ceil(100) - 1];
        report.add(
            format!("{name}: p50"),
            took[took.len() / 2],
            "ms",
            None,
            None,
        );
        report.add(format!("{name}: p95"), p95, "ms", None, goal);
        report.add(
            format!("{name}: size"),
            bytes as f64 / 1024.0,
            "kB",
            None,
            None,
        );
    }
    let kb = sleep(&portal, options).await?;
    let name = format!("a socket that is not read, of {}: memory", options.sleepers);
    report.add(name, kb, "kB", None, Some(Goal::AtMost(SLEEPER_KB)));
    portal.close().await;
    Ok(report)
}

/// Milliseconds of each answer, the first (cold) one left out, and the size of the page.
async fn ask(portal: &Portal, path: &str, rounds: usize) -> anyhow::Result<(Vec<f64>, usize)> {
    let mut bytes = portal.get(path).await?.len();
    let mut took = Vec::new();
    for _ in 0..rounds {
        let asked = Instant::now();
        bytes = portal.get(path).await?.len();
        took.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    Ok((took, bytes))
}

/// What a socket costs that watches and is never read while everything changes.
async fn sleep(portal: &Portal, options: &Options) -> anyhow::Result<f64> {
    let before = machine::resident_mb();
    let mut sleepers = Vec::new();
    for number in 0..options.sleepers {
        let mut socket = portal.socket_of(number).await?;
        let first = number * WATCHED % options.points;
        let watched = portal.points.iter().cycle().skip(first).take(WATCHED);
        let points: Vec<_> = watched.copied().collect();
        let subscribe = serde_json::json!({ "subscribe": { "points": points } });
        socket.send(Message::text(subscribe.to_string())).await?;
        sleepers.push(socket);
    }
    tell_all(portal, options.points, CHANGES).await?;
    let grown = machine::resident_mb() - before;
    Ok(grown * 1024.0 / options.sleepers as f64)
}

/// Gives every point so many new values.
async fn tell_all(portal: &Portal, points: usize, times: usize) -> anyhow::Result<()> {
    for turn in 0..times {
        for first in (0..points).step_by(BATCH) {
            let now = portal.now();
            let readings =
                (first..points.min(first + BATCH)).map(|point| reading(point, turn, now));
            let delivery = Delivery {
                readings: readings.collect(),
                refusals: Vec::new(),
            };
            let settled = portal
                .ingest()
                .deliver(&portal.connection, &delivery)
                .await?;
            anyhow::ensure!(settled.refused == 0, "readings were refused");
        }
    }
    Ok(())
}

fn reading(point: usize, turn: usize, now_us: i64) -> Reading {
    let (thing, key) = address(point);
    Reading {
        address: Address {
            equipment: thing.into(),
            point: key.into(),
        },
        hint: Arc::default(),
        value: ReadingValue::Number((point + turn) as f64 / 10.0),
        unit: None,
        quality: ReadingQuality::Good,
        observed_at_us: Some(now_us),
    }
}
