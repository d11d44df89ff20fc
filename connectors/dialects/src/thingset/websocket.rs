//! ThingSet over WebSocket: a gateway (`/gw/{id}`) or one node (`/node/{id}`).
//!
//! Reports come by themselves (`#mLive_ {…}`, `#/node/path {…}`); what does not is asked for
//! (`?Bat`), one request after another, and answered `:85 {…}`.

use super::{Options, ThingSet};
use crate::notes::Notes;
use crate::stream::{Dialing, Received, Sent, Speaker, Wire, keep_connected};
use futures_util::{SinkExt, StreamExt, future};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use url::Url;
use vigie_contract::{
    ConfigFault, Connector, ConnectorError, Delivery, EquipmentHint, Heard, Reach, Running, Session,
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_MESSAGE: usize = 256 << 10;
const MAX_READINGS: usize = 4_096;
/// Signs of life are asked for so often at least.
const PULSE: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(65);
/// Status of an answer with content (2.05).
const CONTENT: &str = "85";

/// What a connection of protocol `thingset-ws` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThingSetWsConfig {
    /// `ws://host/node/{id}` or `ws://host/gw/{id}`.
    pub url: String,
    /// Key of the equipment whose reports name no node.
    pub equipment: String,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Groups to ask for, in turn.
    #[serde(default)]
    pub poll: Vec<String>,
    /// Seconds between two requests, 1 to 3,600.
    #[serde(default = "ten")]
    pub poll_s: u64,
    /// Point keys by name of an item.
    #[serde(default)]
    pub points: BTreeMap<String, String>,
}

fn ten() -> u64 {
    10
}

/// A checked configuration, ready to run.
#[derive(Debug)]
pub struct ThingSetConnector {
    config: ThingSetWsConfig,
    host: String,
    port: u16,
    dialect: ThingSet,
    equipment: Arc<str>,
    hint: Arc<EquipmentHint>,
    /// Requests so far.
    asked: usize,
    /// What is being asked for.
    waits_for: Option<String>,
}

impl ThingSetWsConfig {
    /// Checks everything that can be checked without the peer.
    pub fn into_connector(self) -> Result<ThingSetConnector, ConfigFault> {
        let url = Url::parse(&self.url)
            .ok()
            .filter(|url| url.scheme() == "ws");
        let place =
            url.and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
        let Some((host, port)) = place else {
            let message = "the address of a gateway or node: `ws://host/node/{id}`";
            return Err(ConfigFault::at("/url", message));
        };
        if self.equipment.is_empty() {
            return Err(ConfigFault::at("/equipment", "the key of the node"));
        }
        if !(1..=3_600).contains(&self.poll_s) {
            return Err(ConfigFault::at("/poll_s", "1 to 3600 seconds"));
        }
        let options = Options {
            points: self.points.clone(),
            ..Options::default()
        };
        Ok(ThingSetConnector {
            dialect: ThingSet::with(options)?,
            equipment: self.equipment.as_str().into(),
            hint: Arc::new(EquipmentHint {
                site: self.site.as_deref().map(Arc::from),
                kind: self.kind.as_deref().map(Arc::from),
            }),
            asked: 0,
            waits_for: None,
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            config: self,
        })
    }
}

impl Connector for ThingSetConnector {
    fn run(self: Box<Self>, session: Session) -> Running {
        Box::pin(keep_connected(*self, session))
    }
}

impl Speaker for ThingSetConnector {
    fn dial(&self, reach: Reach) -> Dialing {
        let (url, host, port) = (self.config.url.clone(), self.host.clone(), self.port);
        Box::pin(async move {
            let limits = WebSocketConfig::default()
                .max_message_size(Some(MAX_MESSAGE))
                .max_frame_size(Some(MAX_MESSAGE));
            let retry = |why: String| ConnectorError::Retry(format!("{url}: {why}"));
            let open = async {
                let stream = reach.connect(&host, port).await;
                let stream = stream.map_err(|error| retry(error.to_string()))?;
                client_async_with_config(&url, stream, Some(limits))
                    .await
                    .map_err(|error| retry(error.to_string()))
            };
            let (socket, _) = timeout(DIAL_TIMEOUT, open)
                .await
                .map_err(|_| retry("no answer".to_owned()))??;
            let (outbound, inbound) = socket.split();
            let outbound = outbound
                .sink_map_err(io::Error::other)
                .with(|sent: Sent| future::ok::<_, io::Error>(message_of(sent)));
            let inbound = inbound.map(|message| message.map(received).map_err(io::Error::other));
            Ok(Wire {
                inbound: inbound.boxed(),
                outbound: Box::pin(outbound),
            })
        })
    }

    fn opened(&mut self) -> Vec<Sent> {
        self.waits_for = None;
        self.turn()
    }

    fn period(&self) -> Duration {
        let asked = Duration::from_secs(self.config.poll_s);
        if self.config.poll.is_empty() {
            PULSE
        } else {
            asked.min(PULSE)
        }
    }

    fn turn(&mut self) -> Vec<Sent> {
        let mut say = vec![Sent::AreYouThere];
        if !self.config.poll.is_empty() {
            let group = &self.config.poll[self.asked % self.config.poll.len()];
            self.asked = self.asked.wrapping_add(1);
            say.push(Sent::Message(format!("?{group}")));
            self.waits_for = Some(group.clone());
        }
        say
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn hear(&mut self, message: &[u8], arrival_us: i64, delivery: &mut Delivery) {
        let text = String::from_utf8_lossy(message);
        let text = text.trim();
        let node = text.strip_prefix("#/").and_then(|rest| {
            let end = rest.find(['/', ' ', '{'])?;
            rest[end..].starts_with('/').then(|| &rest[..end])
        });
        let equipment = node.map_or_else(|| self.equipment.clone(), Arc::from);
        let heard = Heard {
            topic: &self.config.url,
            payload: message,
            equipment: &equipment,
            hint: &self.hint,
            arrival_us,
            room: MAX_READINGS,
        };
        let mut notes = Notes::new(&heard, delivery);
        match text.strip_prefix(':') {
            None if text.starts_with('#') => self.dialect.hear_text(&mut notes, "", text),
            None => notes.refuse("bad_line", "neither a report (`#…`) nor an answer (`:…`)"),
            Some(answer) => match self.waits_for.take() {
                Some(group) => hear_answer(&self.dialect, &mut notes, &group, answer),
                None => notes.refuse("bad_line", "an answer that was not asked for"),
            },
        }
    }

    fn source(&self) -> String {
        self.config.url.clone()
    }
}

/// `85 {…}`: the status and what is in the group.
fn hear_answer(dialect: &ThingSet, notes: &mut Notes, group: &str, answer: &str) {
    let (status, content) = answer.split_at(answer.find([' ', '{']).unwrap_or(answer.len()));
    // 0.4 and 0.5 say in words what the status means: `:85 Content. {…}`.
    let content = content.find('{').map_or("", |begin| &content[begin..]);
    if status.trim_end_matches('.') == CONTENT {
        dialect.hear_text(notes, group, content);
    } else {
        notes.refuse("refused", format!("`{group}`: the node answers {status}"));
    }
}

fn message_of(sent: Sent) -> Message {
    match sent {
        Sent::Message(text) => Message::text(text),
        Sent::AreYouThere => Message::Ping(bytes::Bytes::new()),
    }
}

fn received(message: Message) -> Received {
    match message {
        Message::Text(text) => Received::Message(text.as_bytes().to_vec()),
        Message::Binary(bytes) => Received::Message(bytes.to_vec()),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
            Received::Sign
        }
    }
}
