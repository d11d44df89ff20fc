//! Line protocol over HTTP: processor time per sample, beside victoria-metrics on the same
//! bytes and a PostgreSQL table with a key on the same samples.

use crate::child::{Server, free_port, run_vigie, vigie};
use crate::databases::Database;
use crate::peers;
use crate::report::{Goal, Peer, Report};
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vigie::domain::{Clock, PointId, PointSample, Quality, Sample, SystemClock, Timestamp};

const DEVICES: usize = 1_000;
const FIELDS: usize = 10;
const PER_BODY: usize = DEVICES * FIELDS;
/// What a server still does after the last answer is its work too.
const AFTERMATH: Duration = Duration::from_secs(5);

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Bodies of 10,000 samples.
    #[arg(long, default_value_t = 200)]
    bodies: usize,
    /// A PostgreSQL server whose user may create databases, for the table with a key.
    #[arg(long, env = "VIGIE_TEST_POSTGRES", value_name = "URL")]
    postgres: Option<String>,
}

/// Measures one after the other, on the same bytes.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("http: line protocol");
    report.notes.push(format!(
        "{} bodies of {PER_BODY} samples ({DEVICES} lines of {FIELDS} fields, {} kB), one after the other on one connection; processor time \
         of the server, up to {} s after the last answer; Vigie on SQLite answers when the samples are on disk (its merge into blocks is in \
         `bench engine`), victoria-metrics when they are in memory",
        options.bodies,
        body(0, options.bodies).len() / 1_000,
        AFTERMATH.as_secs()
    ));
    let ours = of_vigie(options.bodies).await?;
    let theirs = of_victoria(options.bodies).await?;
    let peer = Peer {
        name: "victoria-metrics".to_owned(),
        value: theirs,
    };
    report.add(
        "processor time, SQLite",
        ours,
        "µs/sample",
        Some(peer),
        Some(Goal::AtMost((theirs * 1_000.0).round() / 1_000.0)),
    );
    match of_table(options).await? {
        Some((name, table)) => {
            let peer = Peer {
                name: format!("table with a key on {name}, without HTTP and parsing"),
                value: table,
            };
            report.add(
                "processor time, SQLite",
                ours,
                "µs/sample",
                Some(peer),
                None,
            );
        }
        None => report
            .notes
            .push("the table with a key was not measured: no --postgres URL".to_owned()),
    }
    Ok(report)
}

async fn of_vigie(bodies: usize) -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("vigie-bench-{}-http", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let manifest = folder.join("bench.toml");
    std::fs::write(&manifest, MANIFEST)?;
    let data = folder.join("data");
    run_vigie(
        &data,
        &[
            "tenants",
            "apply",
            manifest.to_str().context("a readable path")?,
        ],
    )?;
    let key = run_vigie(
        &data,
        &[
            "api-keys", "create", "bench", "bench", "--scope", "write", "--quiet",
        ],
    )?;
    let port = free_port()?;
    let server = Server::start(
        vigie(&data, &["serve", "--listen", &format!("127.0.0.1:{port}")])?,
        port,
    )
    .await?;
    let head = format!(
        "POST /api/v1/write HTTP/1.1\r\nHost: bench.localhost\r\nAuthorization: Bearer {key}\r\n"
    );
    let cost = feed(&server, &head, bodies).await;
    drop(server);
    std::fs::remove_dir_all(folder)?;
    cost
}

async fn of_victoria(bodies: usize) -> Result<f64> {
    let port = free_port()?;
    let folder = std::env::temp_dir().join(format!("vigie-bench-{}-victoria", std::process::id()));
    let mut command = Command::new("victoria-metrics");
    command
        .arg(format!("-storageDataPath={}", folder.display()))
        .arg(format!("-httpListenAddr=127.0.0.1:{port}"))
        .arg("-retentionPeriod=12");
    let server = Server::start(command, port)
        .await
        .context("victoria-metrics is in the Debian package of that name")?;
    let cost = feed(
        &server,
        "POST /write HTTP/1.1\r\nHost: localhost\r\n",
        bodies,
    )
    .await;
    drop(server);
    std::fs::remove_dir_all(folder)?;
    cost
}

/// Microseconds of processor time per sample.
async fn feed(server: &Server, head: &str, bodies: usize) -> Result<f64> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await?;
    stream.set_nodelay(true)?;
    let before = server.cpu();
    for index in 0..bodies {
        post(&mut stream, head, &body(index, bodies)).await?;
    }
    tokio::time::sleep(AFTERMATH).await;
    Ok((server.cpu() - before) * 1e6 / (bodies * PER_BODY) as f64)
}

async fn post(stream: &mut TcpStream, head: &str, body: &str) -> Result<()> {
    let head = format!(
        "{head}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await?;
        answer.push(byte);
    }
    let answer = String::from_utf8_lossy(&answer);
    ensure!(
        answer.starts_with("HTTP/1.1 204"),
        "the server answers {answer}"
    );
    Ok(())
}

/// The same samples into a plain table, straight through the driver.
async fn of_table(options: &Options) -> Result<Option<(String, f64)>> {
    let Some(url) = options.postgres.as_deref() else {
        return Ok(None);
    };
    let database = Database::create_all(Some(url), "http")
        .await?
        .pop()
        .context("the PostgreSQL database")?;
    peers::create(&database.db).await?;
    let before = database.cpu();
    for index in 0..options.bodies {
        peers::insert(&database.db, &samples(index, options.bodies)).await?;
    }
    let cost = (database.cpu() - before) * 1e6 / (options.bodies * PER_BODY) as f64;
    let name = database.name.clone();
    database.remove().await?;
    Ok(Some((name, cost)))
}

fn samples(index: usize, bodies: usize) -> Vec<PointSample> {
    let at = stamp(index, bodies);
    let sample = |n: usize| PointSample {
        point: PointId(n as i64),
        sample: Sample {
            at,
            value: value(index, n),
            quality: Quality::Good,
        },
    };
    (0..PER_BODY).map(sample).collect()
}

fn body(index: usize, bodies: usize) -> String {
    let stamp = stamp(index, bodies).0 * 1_000;
    let mut body = String::with_capacity(PER_BODY * 12);
    for device in 0..DEVICES {
        let _infallible = write!(body, "bench,equipment=d{device:03} ");
        for field in 0..FIELDS {
            let comma = if field == 0 { "" } else { "," };
            let _infallible = write!(
                body,
                "{comma}f{field}={:.2}",
                value(index, device * FIELDS + field)
            );
        }
        let _infallible = writeln!(body, " {stamp}");
    }
    body
}

/// A slow wave with small steps, as measurements are.
fn value(index: usize, point: usize) -> f64 {
    let step = (index * 7 + point * 13) % 41;
    20.0 + (point % 50) as f64 + step as f64 / 100.0
}

/// Ten seconds apart, the last one ten seconds ago.
fn stamp(index: usize, bodies: usize) -> Timestamp {
    let now = Timestamp(SystemClock.now().0.div_euclid(3_600_000_000) * 3_600_000_000);
    now.plus((index as i64 - bodies as i64) * 10 * Timestamp::SECOND)
}

const MANIFEST: &str = r#"
[client]
slug = "bench"
name = "Bench"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "site"
name = "Site"

[[types]]
key = "device"
name = "Device"
points = [
  { key = "f0", name = "0", kind = "number" },
  { key = "f1", name = "1", kind = "number" },
  { key = "f2", name = "2", kind = "number" },
  { key = "f3", name = "3", kind = "number" },
  { key = "f4", name = "4", kind = "number" },
  { key = "f5", name = "5", kind = "number" },
  { key = "f6", name = "6", kind = "number" },
  { key = "f7", name = "7", kind = "number" },
  { key = "f8", name = "8", kind = "number" },
  { key = "f9", name = "9", kind = "number" },
]

[[equipment]]
keys = "d000..d999"
name = "Device {key}"
site = "site"
type = "device"
"#;
