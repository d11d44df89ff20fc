//! What a connection of a manifest says about MQTT.

use crate::CommandRule;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One session with one broker.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MqttConfig {
    /// `mqtt://host[:1883]` or `mqtts://host[:8883]`.
    pub url: String,
    /// Protocol version; 4 is MQTT 3.1.1.
    #[serde(default)]
    pub version: Version,
    /// Fixed id of this session; two sessions with one id disconnect each other in a loop.
    #[serde(default)]
    pub client_id: Option<String>,
    /// User name.
    #[serde(default)]
    pub username: Option<String>,
    /// Password, in clear only here in memory.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// Whether the broker keeps what arrives while we are away (default yes).
    #[serde(default = "yes")]
    pub persistent: bool,
    /// How long it keeps it, in seconds; MQTT 5 only, MQTT 3.1.1 leaves it to the broker.
    #[serde(default = "one_day")]
    pub session_expiry_s: u32,
    /// Seconds between signs of life, at least 5.
    #[serde(default = "half_a_minute")]
    pub keep_alive_s: u16,
    /// Shares the messages with other sessions of this group (`$share/<group>/…`).
    #[serde(default)]
    pub share_group: Option<String>,
    /// A larger payload is refused, counted and acknowledged.
    #[serde(default = "two_mebibytes")]
    pub max_payload: usize,
    /// Messages in work at once; MQTT 5 tells the broker, MQTT 3.1.1 has the broker's own limit.
    #[serde(default = "a_thousand")]
    pub inflight: u16,
    /// PEM file of the authorities to trust instead of the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Which topics are which points.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// What is published to the broker.
    #[serde(default)]
    pub publish: Vec<PublishRule>,
    /// How points are commanded.
    #[serde(default)]
    pub commands: Vec<CommandRule>,
}

/// MQTT protocol version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum Version {
    /// MQTT 3.1.1, protocol level 4.
    #[default]
    V4,
    /// MQTT 5.
    V5,
}

impl TryFrom<u8> for Version {
    type Error = String;
    fn try_from(level: u8) -> Result<Self, String> {
        match level {
            4 => Ok(Self::V4),
            5 => Ok(Self::V5),
            _ => Err(format!("version is 4 (MQTT 3.1.1) or 5, not {level}")),
        }
    }
}

/// Which topics carry which points.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Topic pattern: literal levels, `{name}` for one level with a name, `+`, and `#` at the end.
    pub topic: String,
    /// Key of the equipment, with `{name}` for levels of the topic; `{equipment}` when absent.
    #[serde(default)]
    pub equipment: Option<String>,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created; without it, it is only listed as discovered.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// JSON pointer to the device's time stamp; the time of arrival when absent.
    #[serde(default)]
    pub time: Option<String>,
    /// IANA zone of stamps that carry none; the zone of the client when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Point key (may hold `{name}` of the topic, and `{n}` with an array) to where its value is.
    #[serde(default)]
    pub points: BTreeMap<String, PointRule>,
    /// What the devices speak, instead of `points`.
    #[serde(default)]
    pub dialect: Option<String>,
    /// What only the dialect knows.
    #[serde(default)]
    pub options: serde_json::Value,
}

/// Where in the payload the value of a point is, and what it means.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointRule {
    /// JSON pointer (RFC 6901); a last `/*` takes every element of an array. The whole payload when absent.
    #[serde(default)]
    pub at: Option<String>,
    /// Word to code, without regard to case; a word that is not here is refused.
    #[serde(default)]
    pub states: BTreeMap<String, i32>,
    /// Multiplies a number.
    #[serde(default)]
    pub scale: Option<f64>,
    /// Added after the scale.
    #[serde(default)]
    pub offset: Option<f64>,
    /// Unit of the value; the unit of the point when absent.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A message that is published whenever what it says changes, and at every start.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishRule {
    /// Topic, without wildcards.
    pub topic: String,
    /// Template of the payload; `{count}` is the number.
    #[serde(default = "bare_count")]
    pub payload: String,
    /// What is counted.
    pub count: CountRule,
    /// Whether the broker keeps it for those who come later.
    #[serde(default = "yes")]
    pub retain: bool,
    /// 0 or 1.
    #[serde(default = "at_least_once")]
    pub qos: u8,
}

/// How many equipments of a type have a point in a state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountRule {
    /// Key of the equipment type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Key of the point.
    pub point: String,
    /// Word of the state, or a number.
    pub state: String,
    /// Only equipment of this site and the sites in it.
    #[serde(default)]
    pub site: Option<String>,
}

fn yes() -> bool {
    true
}

fn one_day() -> u32 {
    86_400
}

fn half_a_minute() -> u16 {
    30
}

fn two_mebibytes() -> usize {
    2 << 20
}

fn a_thousand() -> u16 {
    1_000
}

fn bare_count() -> String {
    "{count}".to_owned()
}

fn at_least_once() -> u8 {
    1
}
