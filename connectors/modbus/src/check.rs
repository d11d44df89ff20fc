//! A configuration, checked as far as that can be done without the gateway.

use crate::config::{DeviceConfig, ModbusConfig};
use crate::device::DeviceSetup;
use crate::link::Manners;
use crate::period;
use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};
use crate::profile::Profile;
use crate::register::{Register, RegisterConfig, check::key};
use crate::sunspec::Meaning;
use std::collections::HashSet;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::time::Duration;
use vigie_contract::{Address, ConfigFault, EquipmentHint};

const DEFAULT_PORT: &str = "502";
const DEFAULT_EVERY: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: u8 = 8;
const MOST_DEVICES: usize = 1_000;
const MOST_VALUES: usize = 50_000;
const ANSWER_TIMES_MS: std::ops::RangeInclusive<u32> = 50..=60_000;
const LONGEST_PAUSE_MS: u32 = 10_000;

/// A checked configuration.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) manners: Manners,
    pub(crate) connections: usize,
    pub(crate) online: Option<Address>,
    pub(crate) devices: Vec<DeviceSetup>,
}

type Checked<T> = Result<T, ConfigFault>;

impl Setup {
    pub(crate) fn of(config: &ModbusConfig) -> Checked<Self> {
        check_numbers(config)?;
        let every = every_of(config.every.as_deref(), "/every")?.unwrap_or(DEFAULT_EVERY);
        let mut devices = Vec::with_capacity(config.devices.len());
        for (index, device) in config.devices.iter().enumerate() {
            let below = |fault: ConfigFault| fault.below(&format!("/devices/{index}"));
            devices.push(device_of(device, config, every).map_err(below)?);
        }
        check_points(&devices)?;
        let (host, port) = address_of(&config.address)?;
        Ok(Self {
            manners: Manners {
                host,
                port,
                answer_timeout: Duration::from_millis(config.timeout_ms.into()),
                pause: Duration::from_millis(config.pause_ms.into()),
            },
            connections: usize::from(config.connections).min(devices.len()),
            online: online_of(config)?,
            devices,
        })
    }
}

fn check_numbers(config: &ModbusConfig) -> Checked<()> {
    let allow = |fine: bool, pointer: &str, message: String| {
        let fault = || ConfigFault::at(pointer, message);
        fine.then_some(()).ok_or_else(fault)
    };
    allow(
        (1..=MOST_CONNECTIONS).contains(&config.connections),
        "/connections",
        format!("1 to {MOST_CONNECTIONS}"),
    )?;
    allow(
        ANSWER_TIMES_MS.contains(&config.timeout_ms),
        "/timeout_ms",
        "50 to 60000 milliseconds".to_owned(),
    )?;
    allow(
        config.pause_ms <= LONGEST_PAUSE_MS,
        "/pause_ms",
        format!("at most {LONGEST_PAUSE_MS} milliseconds"),
    )?;
    allow(
        (1..=MOST_REGISTERS).contains(&config.max_registers),
        "/max_registers",
        format!("1 to {MOST_REGISTERS}, as the protocol has it"),
    )?;
    allow(
        (1..=MOST_BITS).contains(&config.max_bits),
        "/max_bits",
        format!("1 to {MOST_BITS}, as the protocol has it"),
    )?;
    allow(
        (1..=MOST_DEVICES).contains(&config.devices.len()),
        "/devices",
        format!("1 to {MOST_DEVICES} devices"),
    )
}

/// Host, an IPv6 address without its brackets, and port.
fn address_of(text: &str) -> Checked<(String, u16)> {
    let rule = "host or host:port, like 192.168.1.20 or gateway.example:1502";
    let fault = || ConfigFault::at("/address", rule);
    let has_port = match text.strip_prefix('[') {
        Some(rest) => rest.contains("]:"),
        None => text.contains(':'),
    };
    let (host, port) = if has_port {
        text.rsplit_once(':').ok_or_else(fault)?
    } else {
        (text, DEFAULT_PORT)
    };
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.contains(['/', ' ', '@', ':', '[', ']']),
    };
    let port = port.parse::<u16>().ok().filter(|port| *port > 0 && is_host);
    port.map(|port| (bare.unwrap_or(host).to_owned(), port))
        .ok_or_else(fault)
}

fn online_of(config: &ModbusConfig) -> Checked<Option<Address>> {
    let Some(online) = &config.online else {
        return Ok(None);
    };
    Ok(Some(Address {
        equipment: key("/online/equipment", &online.equipment)?,
        point: key("/online/point", &online.point)?,
    }))
}

fn device_of(
    device: &DeviceConfig,
    config: &ModbusConfig,
    every: Duration,
) -> Checked<DeviceSetup> {
    let profile = device.profile.as_deref().map(profile_of).transpose()?;
    let gap = profile.as_ref().and_then(|profile| profile.gap);
    let limits = Limits {
        gap: device.gap.or(gap).unwrap_or(config.gap),
        registers: config.max_registers,
        bits: config.max_bits,
    };
    let equipment = key("/equipment", &device.equipment)?;
    let kind = device.kind.clone();
    let hint = EquipmentHint {
        site: device.site.as_deref().map(Into::into),
        kind: kind
            .or(profile.as_ref().and_then(|profile| profile.kind.clone()))
            .map(Into::into),
    };
    let mut registers = match &profile {
        Some(profile) => registers_of(&profile.registers, limits)
            .map_err(|fault| ConfigFault::at("/profile", fault.to_string()))?,
        None => Vec::new(),
    };
    registers.extend(registers_of(&device.registers, limits)?);
    if registers.is_empty() && !device.sunspec {
        let message = "a device has a `profile`, `registers` or `sunspec = true`";
        return Err(ConfigFault::at("/registers", message));
    }
    let online = device.online.as_deref().map(|point| key("/online", point));
    let online = online.transpose()?.map(|point| Address {
        equipment: equipment.clone(),
        point,
    });
    Ok(DeviceSetup {
        unit: device.unit,
        equipment,
        hint: Arc::new(hint),
        online,
        every: every_of(device.every.as_deref(), "/every")?.unwrap_or(every),
        limits,
        registers,
        sunspec: device.sunspec.then(|| Meaning {
            charging: device.charging,
            types: device.types.clone(),
        }),
    })
}

fn profile_of(name: &str) -> Checked<Profile> {
    Profile::find(name).ok_or_else(|| {
        let known = Profile::names().collect::<Vec<_>>().join(", ");
        ConfigFault::at(
            "/profile",
            format!("`{name}` is no profile; there are {known}"),
        )
    })
}

fn registers_of(entries: &[RegisterConfig], limits: Limits) -> Checked<Vec<Register>> {
    let mut registers = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let below = |fault: ConfigFault| fault.below(&format!("/registers/{index}"));
        registers.extend(entry.check(limits).map_err(below)?);
    }
    Ok(registers)
}

/// A point is read from one place only.
fn check_points(devices: &[DeviceSetup]) -> Checked<()> {
    let mut seen = HashSet::new();
    for (index, device) in devices.iter().enumerate() {
        for register in &device.registers {
            let (equipment, point) = (&device.equipment, &register.point);
            if !seen.insert((equipment.clone(), point.clone())) {
                let message = format!("`{point}` of `{equipment}` is read from two places");
                return Err(ConfigFault::at(
                    format!("/devices/{index}/registers"),
                    message,
                ));
            }
        }
    }
    if seen.len() > MOST_VALUES {
        return Err(ConfigFault::at(
            "/devices",
            format!("at most {MOST_VALUES} values"),
        ));
    }
    Ok(())
}

fn every_of(text: Option<&str>, pointer: &str) -> Checked<Option<Duration>> {
    let parse = |text| period::parse(text).ok_or_else(|| ConfigFault::at(pointer, period::RULE));
    text.map(parse).transpose()
}

#[cfg(test)]
mod tests;
