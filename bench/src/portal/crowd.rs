//! People who ask once a second, and how long they wait.

use anyhow::{Context, Result, ensure};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// The first seconds are not measured: everything is cold, and connections are made.
const WARM_UP: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_secs(1);

/// Milliseconds of each answer, from the moment its request was due.
#[derive(Debug, Default)]
pub struct Delays {
    found: Vec<f64>,
    measured: Duration,
}

impl Delays {
    /// The delay that so many percent do not exceed (nearest rank).
    pub fn percentile(&mut self, percent: f64) -> f64 {
        self.found.sort_unstable_by(f64::total_cmp);
        let rank = (percent / 100.0 * self.found.len() as f64).ceil() as usize;
        self.found[rank.clamp(1, self.found.len()) - 1]
    }

    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.found.len() as f64 / self.measured.as_secs_f64()
    }
}

/// Where they ask, and what.
pub struct Crowd<'a> {
    /// On the loopback.
    pub port: u16,
    /// Paths, in turn.
    pub reads: &'a [&'a str],
    /// How long they are watched.
    pub measured: Duration,
}

impl Crowd<'_> {
    /// Lets everybody ask; `proofs` are the header lines by which each is known.
    pub async fn ask(&self, proofs: impl ExactSizeIterator<Item = String>) -> Result<Delays> {
        let (people, started) = (proofs.len() as u32, Instant::now());
        let begin = started + WARM_UP;
        let mut asking = JoinSet::new();
        for (number, proof) in proofs.enumerate() {
            let person = Person {
                requests: self.requests(&proof),
                // Spread over the second.
                first: started + EVERY * number as u32 / people,
                turn: number,
                begin,
                end: begin + self.measured,
            };
            asking.spawn(person.ask(self.port));
        }
        let mut delays = Delays {
            measured: self.measured,
            ..Delays::default()
        };
        while let Some(of_one) = asking.join_next().await {
            delays.found.append(&mut of_one??);
        }
        ensure!(!delays.found.is_empty(), "nobody was answered");
        Ok(delays)
    }

    fn requests(&self, proof: &str) -> Vec<Vec<u8>> {
        let request = |path: &&str| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: bench.localhost:{}\r\nAccept: */*\r\n{proof}\r\n",
                self.port
            )
        };
        self.reads
            .iter()
            .map(|path| request(path).into_bytes())
            .collect()
    }
}

/// One of them.
struct Person {
    requests: Vec<Vec<u8>>,
    first: Instant,
    turn: usize,
    begin: Instant,
    end: Instant,
}

impl Person {
    async fn ask(self, port: u16) -> Result<Vec<f64>> {
        let mut delays = Vec::new();
        let (mut due, mut turn) = (self.first, self.turn);
        sleep_until(due).await;
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        while due < self.end {
            sleep_until(due).await;
            let request = &self.requests[turn % self.requests.len()];
            stream.get_mut().write_all(request).await?;
            skip_answer(&mut stream).await?;
            if due >= self.begin {
                delays.push(due.elapsed().as_secs_f64() * 1e3);
            }
            due += EVERY;
            turn += 1;
        }
        Ok(delays)
    }
}

/// Reads one answer to its last byte.
async fn skip_answer(stream: &mut BufReader<TcpStream>) -> Result<()> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    ensure!(
        line.starts_with("HTTP/1.1 200"),
        "the server answers {line:?}"
    );
    let mut length = None;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
        }
    }
    let length: u64 = length.context("an answer without its length")?;
    let skipped = tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    ensure!(skipped == length, "an answer ended early");
    Ok(())
}
