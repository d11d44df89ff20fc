//! Looking around at a broker: listens to everything for a while and tells which topics carry
//! numbers, each as a device with its points and the route that reads them.
//!
//! Invariant: a session of its own that leaves nothing behind and publishes nothing; what it
//! keeps is bounded.

use crate::MqttConfig;
use crate::packets::Incoming;
use crate::transport::Peer;
use crate::wire::Wire;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    Addition, ConfigFault, ConnectorError, Explorer, Exploring, Finding, Findings, FoundEquipment,
    FoundKind, FoundPoint, Reach, ReadingValue,
};

/// How long it listens: devices that speak less often are not seen.
const LISTENING: Duration = Duration::from_secs(30);
const WELCOME: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_secs(1);
/// More topics are not told.
const TOPICS: usize = 500;
/// More fields of one message are not told.
const FIELDS: usize = 64;
/// A larger message is skipped.
const MAX_PACKET: u32 = 1 << 20;
const EVERYTHING: &str = "#";

/// Looks around at one broker.
#[derive(Debug)]
pub struct MqttExplorer {
    config: MqttConfig,
    peer: Peer,
    reach: Reach,
}

impl MqttConfig {
    /// Checks; the session that looks around is not the one that runs, and dials no further.
    pub fn into_explorer(mut self, reach: Reach) -> Result<MqttExplorer, ConfigFault> {
        self.client_id = Some(format!("vigie-look-{:016x}", rand::random::<u64>()));
        self.persistent = false;
        let peer = Peer::parse(&self.url)?;
        Ok(MqttExplorer {
            config: self,
            peer,
            reach,
        })
    }
}

impl Explorer for MqttExplorer {
    fn explore(self: Box<Self>, findings: Findings, stop: CancellationToken) -> Exploring {
        Box::pin(async move { self.look(&findings, &stop).await })
    }
}

impl MqttExplorer {
    /// What was heard until it is stopped is told all the same.
    async fn look(
        &self,
        findings: &Findings,
        stop: &CancellationToken,
    ) -> Result<(), ConnectorError> {
        let lost = |error: io::Error| ConnectorError::Retry(error.to_string());
        let stream = self.peer.connect(&self.config, &self.reach).await?;
        let mut wire = Wire::new(stream, self.config.version.codec(), MAX_PACKET);
        self.open(&mut wire).await.map_err(lost)?;
        let seen = listen(&mut wire, findings, stop).await.map_err(lost)?;
        wire.put(self.config.version.goodbye()).map_err(lost)?;
        wire.flush().await.map_err(lost)?;
        for (topic, points) in seen {
            if !findings
                .tell(Finding::Equipment(equipment(&topic, points)))
                .await
            {
                break;
            }
        }
        Ok(())
    }

    async fn open(&self, wire: &mut Wire) -> io::Result<()> {
        wire.put(self.config.version.connect(&self.config, None))?;
        wire.flush().await?;
        let silent = || io::Error::new(io::ErrorKind::TimedOut, "the broker sends no CONNACK");
        let welcome = timeout(WELCOME, next(wire)).await.map_err(|_| silent())??;
        if let Incoming::Welcome(Err(reason)) = welcome {
            return Err(io::Error::new(io::ErrorKind::ConnectionRefused, reason));
        }
        let everything = [EVERYTHING.to_owned()];
        wire.put(self.config.version.subscribe(NonZeroU16::MIN, &everything))?;
        wire.flush().await
    }
}

/// Numbers and flags by topic and JSON pointer.
type Seen = BTreeMap<String, BTreeMap<String, ReadingValue>>;

async fn listen(
    wire: &mut Wire,
    findings: &Findings,
    stop: &CancellationToken,
) -> io::Result<Seen> {
    let (mut seen, end) = (Seen::new(), Instant::now() + LISTENING);
    let (mut steps, total) = (interval(STEP), LISTENING.as_secs() as u32);
    steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(seen),
            _ = steps.tick() => {
                if done > total || !findings.tell(Finding::Progress { done, total }).await {
                    return Ok(seen);
                }
                done += 1;
            }
            incoming = timeout_at(end, next(wire)) => match incoming {
                Err(_) => return Ok(seen),
                Ok(Err(error)) => return Err(error),
                Ok(Ok(Incoming::Message { topic, payload, .. })) => note(&mut seen, &topic, &payload),
                Ok(Ok(Incoming::Subscribed { refused: 1.. })) => {
                    let why = "the broker does not let this user listen to everything (`#`)";
                    return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
                }
                Ok(Ok(Incoming::Goodbye(why))) => {
                    return Err(io::Error::new(io::ErrorKind::ConnectionAborted, why));
                }
                Ok(Ok(_)) => {}
            }
        }
    }
}

async fn next(wire: &mut Wire) -> io::Result<Incoming> {
    loop {
        if let Some(incoming) = wire.take()? {
            return Ok(incoming);
        }
        wire.fill().await?;
    }
}

fn note(seen: &mut Seen, topic: &str, payload: &[u8]) {
    let is_ours_to_tell =
        !topic.starts_with('$') && (seen.len() < TOPICS || seen.contains_key(topic));
    if !is_ours_to_tell {
        return;
    }
    let Ok(said) = serde_json::from_slice::<Value>(payload) else {
        return;
    };
    let mut fields = BTreeMap::new();
    collect(&said, String::new(), &mut fields);
    if !fields.is_empty() {
        seen.entry(topic.to_owned()).or_default().extend(fields);
    }
}

/// Every number and flag, two levels deep.
fn collect(value: &Value, pointer: String, into: &mut BTreeMap<String, ReadingValue>) {
    match value {
        _ if into.len() >= FIELDS => {}
        Value::Number(number) => {
            into.extend(
                number
                    .as_f64()
                    .map(|number| (pointer, ReadingValue::Number(number))),
            );
        }
        Value::Bool(flag) => {
            into.insert(pointer, ReadingValue::Bool(*flag));
        }
        Value::Object(fields) if pointer.matches('/').count() < 2 => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, format!("{pointer}/{name}"), into);
            }
        }
        _ => {}
    }
}

fn equipment(topic: &str, points: BTreeMap<String, ReadingValue>) -> FoundEquipment {
    let key = key_of(topic);
    let mut rules = serde_json::Map::new();
    let points = points.into_iter().map(|(pointer, value)| {
        let point = key_of(if pointer.is_empty() {
            "value"
        } else {
            &pointer
        });
        let rule = if pointer.is_empty() {
            json!({})
        } else {
            json!({ "at": pointer })
        };
        rules.insert(point.clone(), rule);
        FoundPoint {
            name: point.replace(['-', '_'], " "),
            key: point,
            kind: match value {
                ReadingValue::Bool(_) => FoundKind::Boolean,
                _ => FoundKind::Number,
            },
            unit: None,
            writable: false,
            value: Some(value),
            additions: Vec::new(),
        }
    });
    FoundEquipment {
        points: points.collect(),
        name: topic.to_owned(),
        additions: vec![Addition {
            list: "/routes".to_owned(),
            item: json!({ "topic": topic, "equipment": key, "points": rules }),
        }],
        key,
        ..FoundEquipment::default()
    }
}

/// A key made of a topic or a pointer: its parts with `-` between.
fn key_of(text: &str) -> String {
    let parts = text.split('/').filter(|part| !part.is_empty());
    let joined = parts.collect::<Vec<_>>().join("-");
    joined
        .replace(['+', '#', '{', '}', ' ', '~'], "-")
        .chars()
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests;
