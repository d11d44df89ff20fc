//! The serial line behind a TCP bridge (ser2net, an ESP32): pages are asked for in turn, so that
//! the pack and its cells both come.
//!
//! Source: control unit 2.1. It sends the page that `#s<n>` asks for (2 the overview, 3 the
//! cells) and falls silent when `#m<n>` does not come for 15 seconds.

use super::{GreenBms, Positive, charging, without_secrets};
use crate::stream::{Dialing, Received, Sent, Speaker, Wire, keep_connected};
use bytes::{Buf, BytesMut};
use futures_util::StreamExt;
use serde::Deserialize;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::codec::{Decoder, Encoder, Framed};
use vigie_contract::{
    ConfigFault, Connector, ConnectorError, Delivery, Dialect, EquipmentHint, Heard, Reach,
    Running, Session,
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
/// How long each page is listened to; well within the 15 seconds of the control unit.
const PAGE: Duration = Duration::from_secs(5);
/// It says something every 5 seconds on its own.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest line.
const MAX_LINE: usize = 4_096;
/// Values of one line.
const MAX_READINGS: usize = 1_024;
const OVERVIEW: u8 = 2;
const CELLS: u8 = 3;

/// What a connection of protocol `green-bms-tcp` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GreenBmsConfig {
    /// `host:port` of the bridge.
    pub address: String,
    /// Key of the equipment that the pack is.
    pub equipment: String,
    /// Site in which it is created when it is unknown.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which it is created; without it, it is only listed as discovered.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Which way its current counts as positive: `charging` (default) or `discharging`.
    #[serde(default = "charging")]
    positive: Positive,
}

/// A checked configuration, ready to run.
#[derive(Debug)]
pub struct GreenBmsConnector {
    config: GreenBmsConfig,
    host: String,
    port: u16,
    dialect: GreenBms,
    equipment: Arc<str>,
    hint: Arc<EquipmentHint>,
    page: u8,
    turns: u8,
}

impl GreenBmsConfig {
    /// Checks everything that can be checked without the peer.
    pub fn into_connector(self) -> Result<GreenBmsConnector, ConfigFault> {
        let (host, port) = self.address.rsplit_once(':').unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = port
            .parse()
            .ok()
            .filter(|port: &u16| *port > 0 && !host.is_empty());
        let Some(port) = port else {
            return Err(ConfigFault::at("/address", "`host:port` of the bridge"));
        };
        if self.equipment.is_empty() {
            return Err(ConfigFault::at("/equipment", "the key of the pack"));
        }
        Ok(GreenBmsConnector {
            dialect: GreenBms::counting(self.positive),
            equipment: self.equipment.as_str().into(),
            hint: Arc::new(EquipmentHint {
                site: self.site.as_deref().map(Arc::from),
                kind: self.kind.as_deref().map(Arc::from),
            }),
            page: OVERVIEW,
            turns: 0,
            host,
            port,
            config: self,
        })
    }
}

impl Connector for GreenBmsConnector {
    fn run(self: Box<Self>, session: Session) -> Running {
        Box::pin(keep_connected(*self, session))
    }
}

impl Speaker for GreenBmsConnector {
    fn dial(&self, reach: Reach) -> Dialing {
        let (address, host, port) = (self.config.address.clone(), self.host.clone(), self.port);
        Box::pin(async move {
            let retry = |why: String| ConnectorError::Retry(format!("{address}: {why}"));
            let stream = timeout(DIAL_TIMEOUT, reach.connect(&host, port))
                .await
                .map_err(|_| retry("no answer".to_owned()))?
                .map_err(|error| retry(error.to_string()))?;
            let (outbound, inbound) = Framed::new(stream, Lines::default()).split();
            Ok(Wire {
                inbound: inbound.boxed(),
                outbound: Box::pin(outbound),
            })
        })
    }

    fn opened(&mut self) -> Vec<Sent> {
        self.page = OVERVIEW;
        self.turns = 0;
        vec![
            Sent::Message(format!("#s{OVERVIEW}\n")),
            Sent::Message("#m0\n".to_owned()),
        ]
    }

    fn period(&self) -> Duration {
        PAGE
    }

    /// The other page, and that we still listen.
    fn turn(&mut self) -> Vec<Sent> {
        self.turns = self.turns.wrapping_add(1) % 100;
        self.page = if self.page == OVERVIEW {
            CELLS
        } else {
            OVERVIEW
        };
        vec![
            Sent::Message(format!("#s{}\n", self.page)),
            Sent::Message(format!("#m{}\n", self.turns)),
        ]
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn hear(&mut self, message: &[u8], arrival_us: i64, delivery: &mut Delivery) {
        let heard = Heard {
            topic: &self.config.address,
            payload: message,
            equipment: &self.equipment,
            hint: &self.hint,
            arrival_us,
            room: MAX_READINGS,
        };
        self.dialect.hear(&heard, delivery);
    }

    fn presentable(&self, message: &[u8]) -> Vec<u8> {
        without_secrets(message)
    }

    fn source(&self) -> String {
        self.config.address.clone()
    }
}

/// Lines without their ends; one that is too long is thrown away as it comes.
#[derive(Debug, Default)]
struct Lines {
    /// Bytes of a line that is being thrown away.
    dropped: usize,
}

impl Decoder for Lines {
    type Item = Received;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Received>> {
        loop {
            let Some(end) = bytes.iter().position(|byte| b"\r\n".contains(byte)) else {
                if self.dropped > 0 || bytes.len() > MAX_LINE {
                    self.dropped += bytes.len();
                    bytes.clear();
                }
                return Ok(None);
            };
            let line = bytes.split_to(end);
            bytes.advance(1);
            let size = std::mem::take(&mut self.dropped) + line.len();
            if size > MAX_LINE {
                return Ok(Some(Received::TooLarge(size)));
            }
            if !line.is_empty() {
                return Ok(Some(Received::Message(line.to_vec())));
            }
        }
    }

    /// The beginning of a line that will not end is none.
    fn decode_eof(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Received>> {
        let line = self.decode(bytes)?;
        if line.is_none() {
            bytes.clear();
        }
        Ok(line)
    }
}

impl Encoder<Sent> for Lines {
    type Error = io::Error;

    fn encode(&mut self, sent: Sent, bytes: &mut BytesMut) -> io::Result<()> {
        if let Sent::Message(text) = sent {
            bytes.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_takes_no_memory_and_the_next_is_read() {
        let (mut lines, mut bytes) = (Lines::default(), BytesMut::new());
        for _ in 0..100 {
            bytes.extend_from_slice(&[b'x'; 1_000]);
            assert!(lines.decode(&mut bytes).unwrap().is_none());
            assert!(bytes.len() <= MAX_LINE);
        }
        bytes.extend_from_slice(b"\r\n$#g00152.3$\r\n");
        assert!(matches!(
            lines.decode(&mut bytes),
            Ok(Some(Received::TooLarge(100_000)))
        ));
        assert!(
            matches!(lines.decode(&mut bytes), Ok(Some(Received::Message(line))) if line == b"$#g00152.3$")
        );
    }

    #[test]
    fn the_page_of_the_password_is_never_asked_for() {
        let config = serde_json::json!({ "address": "b:1", "equipment": "p" });
        let config: GreenBmsConfig = serde_json::from_value(config).unwrap();
        let mut connector = config.into_connector().unwrap();
        let mut said = connector.opened();
        (0..10).for_each(|_| said.extend(connector.turn()));
        let pages: std::collections::HashSet<_> = said
            .iter()
            .filter_map(|sent| match sent {
                Sent::Message(text) => text.strip_prefix("#s"),
                Sent::AreYouThere => None,
            })
            .collect();
        assert_eq!(pages, ["2\n", "3\n"].into());
    }
}
