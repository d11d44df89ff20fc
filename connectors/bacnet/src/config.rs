//! What a connection of a manifest says about BACnet.

use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddrV4};

/// One BACnet/IP network as seen from one address and port of ours.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BacnetConfig {
    /// Our address; name it on a machine with several (answers go to the address that asked).
    #[serde(default = "any_address")]
    pub interface: Ipv4Addr,
    /// Our UDP port; 0 takes a free one, which hears no broadcasts.
    #[serde(default = "standard_port")]
    pub port: u16,
    /// Where broadcasts go: that of the subnet, or 255.255.255.255.
    #[serde(default = "everybody")]
    pub broadcast: Ipv4Addr,
    /// Registers as a foreign device with this BBMD (`192.0.2.1:47808`), again before the
    /// registration ends.
    #[serde(default)]
    pub bbmd: Option<SocketAddrV4>,
    /// Seconds that a registration lasts: 30 to 65535.
    #[serde(default = "five_minutes")]
    pub bbmd_ttl_s: u16,
    /// How long a device may take to answer: 100 to 60000 milliseconds.
    #[serde(default = "three_seconds")]
    pub timeout_ms: u32,
    /// How often a request without an answer is sent again: 0 to 5.
    #[serde(default = "once")]
    pub retries: u8,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created; without it, it is only listed as discovered.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// The devices.
    #[serde(default)]
    pub devices: Vec<DeviceConfig>,
    /// What is read from them, and written to them.
    #[serde(default)]
    pub points: Vec<PointConfig>,
}

/// One device.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceConfig {
    /// Its instance number: 0 to 4194302.
    pub instance: u32,
    /// Key of the equipment; `device-<instance>` when absent.
    #[serde(default)]
    pub equipment: Option<String>,
    /// Site in which it is created when it is unknown.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which it is created when it is unknown.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Where it is, or the router it is behind; found by Who-Is when absent.
    #[serde(default)]
    pub address: Option<SocketAddrV4>,
    /// Number of the BACnet network it is on, when that is behind a router: 1 to 65534.
    #[serde(default)]
    pub network: Option<u16>,
    /// Its address on that network in hexadecimal (`0c`), when the router's `address` is given.
    #[serde(default)]
    pub station: Option<String>,
    /// Seconds between two polls: 1 to 86400.
    #[serde(default = "one_minute")]
    pub poll_s: u32,
    /// Requests in flight at once: 1 to 8. One is right for a device behind a slow router.
    #[serde(default = "one_request")]
    pub requests: u8,
    /// Whether its points are subscribed to, unless they say otherwise.
    #[serde(default)]
    pub cov: Cov,
    /// Seconds that a subscription lasts; it is renewed after half of them: 10 to 86400.
    #[serde(default = "five_minutes_long")]
    pub cov_lifetime_s: u32,
    /// IANA zone of the device's clock, for the records of its logs; that of the client when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// One object of a device that is one point.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointConfig {
    /// Instance number of the device, which must be among the devices.
    pub device: u32,
    /// The object: `analog-input:1`.
    pub object: String,
    /// Key of the point.
    pub point: String,
    /// Key of the equipment, when it is another than the device's.
    #[serde(default)]
    pub equipment: Option<String>,
    /// Unit of the value; what the device says when absent.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whether the object is subscribed to; as the device says when absent.
    #[serde(default)]
    pub cov: Option<Cov>,
    /// Trend log of the device that records this object (`trend-log:3`): what it holds of the time
    /// when the device, the network or we were away is read afterwards.
    #[serde(default)]
    pub log: Option<String>,
    /// Reads the log every so many seconds instead, each record once: 1 to 86400.
    #[serde(default)]
    pub log_every_s: Option<u32>,
    /// Whether people may write it.
    #[serde(default)]
    pub writable: bool,
    /// Priority of what is written, 1 (first) to 16, where the command names none.
    #[serde(default)]
    pub priority: Option<u8>,
}

/// How changes are heard of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cov {
    /// Not at all: the object is polled.
    #[default]
    Off,
    /// The device tells and does not wait for an answer.
    Unconfirmed,
    /// The device tells until it is answered.
    Confirmed,
}

fn any_address() -> Ipv4Addr {
    Ipv4Addr::UNSPECIFIED
}

fn standard_port() -> u16 {
    47_808
}

fn everybody() -> Ipv4Addr {
    Ipv4Addr::BROADCAST
}

fn five_minutes() -> u16 {
    300
}

fn five_minutes_long() -> u32 {
    300
}

fn three_seconds() -> u32 {
    3_000
}

fn one_minute() -> u32 {
    60
}

fn once() -> u8 {
    1
}

fn one_request() -> u8 {
    1
}
