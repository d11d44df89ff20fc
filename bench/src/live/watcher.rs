//! One page: a socket and the delays of what it got.

use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use vigie::domain::{Clock, PointId, SystemClock};

/// Seconds from the stamp of a value to its arrival.
#[derive(Debug, Default)]
pub struct Delays(Vec<f64>);

impl Delays {
    /// Puts those of another page beside them.
    pub fn add(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Whether nothing arrived.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The delay that so many percent do not exceed (nearest rank).
    pub fn percentile(&mut self, percent: f64) -> f64 {
        self.0.sort_unstable_by(f64::total_cmp);
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        self.0[rank.clamp(1, self.0.len()) - 1]
    }
}

/// Watches points and measures every change that arrives between `begin` and `end`.
pub async fn watch(
    mut socket: WebSocketStream<TcpStream>,
    points: Vec<PointId>,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<Delays> {
    let subscribe = serde_json::json!({ "subscribe": { "points": points } });
    socket.send(Message::text(subscribe.to_string())).await?;
    let mut delays = Delays::default();
    while let Ok(message) = timeout_at(end, socket.next()).await {
        let message = message.context("the feed ended")??;
        let Message::Text(text) = message else {
            anyhow::ensure!(!message.is_close(), "the feed was closed: {message:?}");
            continue;
        };
        let arrived_ms = SystemClock.now().0 as f64 / 1e3;
        if Instant::now() < begin {
            continue;
        }
        let message: Value = serde_json::from_str(&text)?;
        for change in message["changes"].as_array().into_iter().flatten() {
            let at = change["at"].as_f64().context("a change without a time")?;
            delays.0.push((arrived_ms - at) / 1e3);
        }
    }
    Ok(delays)
}
