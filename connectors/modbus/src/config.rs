//! What a connection of a manifest says about Modbus.

use crate::register::RegisterConfig;
use serde::Deserialize;

/// One Modbus TCP gateway, or a device that speaks it itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModbusConfig {
    /// `host` or `host:port`; 502 when there is no port.
    pub address: String,
    /// TCP connections at once, 1 to 8; more than one only where the gateway takes it. The
    /// devices are shared out among them.
    #[serde(default = "one")]
    pub connections: u8,
    /// How long an answer may take, in milliseconds: 50 to 60,000.
    #[serde(default = "one_second")]
    pub timeout_ms: u32,
    /// Rest between an answer and the next request, in milliseconds, for gateways of slow buses.
    #[serde(default)]
    pub pause_ms: u32,
    /// Registers nobody asked for that may be read along to save a request.
    #[serde(default = "eight")]
    pub gap: u16,
    /// Registers in one read, 1 to 125.
    #[serde(default = "most_registers")]
    pub max_registers: u16,
    /// Coils or inputs in one read, 1 to 2,000.
    #[serde(default = "most_bits")]
    pub max_bits: u16,
    /// How often registers are read that say nothing else: `10s`.
    #[serde(default)]
    pub every: Option<String>,
    /// The point that says whether the gateway is there.
    #[serde(default)]
    pub online: Option<OnlinePoint>,
    /// The devices behind it.
    pub devices: Vec<DeviceConfig>,
}

/// A yes-no point that says whether something is there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlinePoint {
    /// Key of the equipment.
    pub equipment: String,
    /// Key of the point, `online` when absent.
    #[serde(default = "online")]
    pub point: String,
}

/// One device: a unit behind the gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceConfig {
    /// Unit id, 0 to 255.
    pub unit: u8,
    /// Key of the equipment; how the keys begin of what a SunSpec device has.
    pub equipment: String,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created; that of the profile when absent.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Key of the point that says whether the device answers.
    #[serde(default)]
    pub online: Option<String>,
    /// Name of a register map that comes with Vigie.
    #[serde(default)]
    pub profile: Option<String>,
    /// Whether the device is asked for its SunSpec models.
    #[serde(default)]
    pub sunspec: bool,
    /// The types that equipment of its SunSpec models may be created from; all of them when empty.
    /// What stands here, a manifest takes over from the library of types.
    #[serde(default)]
    pub types: Vec<String>,
    /// Which sign charging has in its SunSpec battery models.
    #[serde(default)]
    pub charging: Sign,
    /// How often, for registers that say nothing else.
    #[serde(default)]
    pub every: Option<String>,
    /// As for the connection.
    #[serde(default)]
    pub gap: Option<u16>,
    /// Registers, beside those of the profile.
    #[serde(default)]
    pub registers: Vec<RegisterConfig>,
}

/// A sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Above zero.
    Positive,
    /// Below zero, as most makers read the SunSpec battery models.
    #[default]
    Negative,
}

fn one() -> u8 {
    1
}

fn one_second() -> u32 {
    1_000
}

fn eight() -> u16 {
    8
}

fn most_registers() -> u16 {
    crate::plan::MOST_REGISTERS
}

fn most_bits() -> u16 {
    crate::plan::MOST_BITS
}

fn online() -> String {
    "online".to_owned()
}
