//! A checked configuration: what the session works from.

use crate::config::{BacnetConfig, Cov, DeviceConfig, PointConfig};
use crate::object::{self, Kind};
use bacnet_types::enums::ObjectType;
use bacnet_types::primitives::ObjectIdentifier;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use vigie_contract::{Address, ConfigFault, EquipmentHint};

const LAST_INSTANCE: u32 = 4_194_302;
const MOST_POINTS: usize = 50_000;

/// Everything of a connection, checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) config: BacnetConfig,
    pub(crate) devices: Vec<DevicePlan>,
}

/// One device and its points.
#[derive(Debug)]
pub(crate) struct DevicePlan {
    pub(crate) config: DeviceConfig,
    pub(crate) station: Option<Vec<u8>>,
    pub(crate) zone: TimeZone,
    pub(crate) points: Vec<PointPlan>,
}

/// One object that is one point.
#[derive(Debug)]
pub(crate) struct PointPlan {
    pub(crate) object: ObjectIdentifier,
    pub(crate) kind: Kind,
    pub(crate) address: Address,
    pub(crate) hint: Arc<EquipmentHint>,
    pub(crate) unit: Option<Arc<str>>,
    pub(crate) cov: Cov,
    pub(crate) log: Option<LogPlan>,
    pub(crate) writable: bool,
    pub(crate) priority: Option<u8>,
}

/// The log of a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogPlan {
    pub(crate) object: ObjectIdentifier,
    /// Read so often, each record once; only after an outage when absent.
    pub(crate) every: Option<Duration>,
}

impl Plan {
    /// Checks everything that can be checked without a device; `zone` is for clocks without one.
    pub(crate) fn compile(config: BacnetConfig, zone: &TimeZone) -> Result<Self, ConfigFault> {
        check_network(&config)?;
        let mut devices = Vec::with_capacity(config.devices.len());
        let mut places = HashMap::new();
        for (index, device) in config.devices.iter().enumerate() {
            let below = format!("/devices/{index}");
            let plan = DevicePlan::compile(device, zone).map_err(|fault| fault.below(&below))?;
            if places.insert(device.instance, index).is_some() {
                let pointer = format!("{below}/instance");
                return Err(ConfigFault::at(pointer, "this device is listed twice"));
            }
            devices.push(plan);
        }
        let mut plan = Self { config, devices };
        plan.add_points(&places)?;
        Ok(plan)
    }

    fn add_points(&mut self, places: &HashMap<u32, usize>) -> Result<(), ConfigFault> {
        let config = &self.config;
        if config.points.len() > MOST_POINTS {
            let message = format!("at most {MOST_POINTS} points");
            return Err(ConfigFault::at("/points", message));
        }
        let mut addresses = HashMap::new();
        for (index, point) in config.points.iter().enumerate() {
            let at = |name: &str, message: &str| {
                ConfigFault::at(format!("/points/{index}/{name}"), message)
            };
            let place = places
                .get(&point.device)
                .ok_or_else(|| at("device", "this device is not among the devices"))?;
            let device = &mut self.devices[*place];
            let plan = PointPlan::compile(point, &device.config, config)
                .map_err(|fault| fault.below(&format!("/points/{index}")))?;
            if addresses.insert(plan.address.clone(), index).is_some() {
                return Err(at("point", "this point of this equipment is listed twice"));
            }
            device.points.push(plan);
        }
        Ok(())
    }

    /// The device and the point that a command speaks of.
    pub(crate) fn find(&self, address: &Address) -> Option<(usize, usize)> {
        self.devices.iter().enumerate().find_map(|(device, plan)| {
            let mut points = plan.points.iter();
            let point = points.position(|point| point.address == *address)?;
            Some((device, point))
        })
    }
}

impl DevicePlan {
    fn compile(config: &DeviceConfig, zone: &TimeZone) -> Result<Self, ConfigFault> {
        check_device(config)?;
        let zone = match &config.time_zone {
            None => zone.clone(),
            Some(name) => TimeZone::get(name)
                .map_err(|_| ConfigFault::at("/time_zone", "no IANA zone, such as Europe/Paris"))?,
        };
        let station = config.station.as_deref().map(station).transpose()?;
        Ok(Self {
            config: config.clone(),
            station,
            zone,
            points: Vec::new(),
        })
    }
}

impl PointPlan {
    fn compile(
        config: &PointConfig,
        device: &DeviceConfig,
        all: &BacnetConfig,
    ) -> Result<Self, ConfigFault> {
        let object = object::parse(&config.object)
            .ok_or_else(|| ConfigFault::at("/object", "write an object as `analog-input:1`"))?;
        let kind = Kind::of(object.object_type()).ok_or_else(|| {
            let message = "analog, binary, multi-state, integer, accumulator, pulse converter \
                           and loop objects can be read";
            ConfigFault::at("/object", message)
        })?;
        if config
            .priority
            .is_some_and(|priority| !(1..=16).contains(&priority))
        {
            return Err(ConfigFault::at("/priority", "1 (first) to 16"));
        }
        if config.point.is_empty() {
            return Err(ConfigFault::at("/point", "the key of a point"));
        }
        let equipment = config
            .equipment
            .clone()
            .or_else(|| device.equipment.clone());
        let equipment = equipment.unwrap_or_else(|| format!("device-{}", device.instance));
        let hint = EquipmentHint {
            site: or(device.site.as_deref(), all.site.as_deref()),
            kind: or(device.kind.as_deref(), all.kind.as_deref()),
        };
        Ok(Self {
            object,
            kind,
            address: Address {
                equipment: equipment.into(),
                point: config.point.as_str().into(),
            },
            hint: Arc::new(hint),
            unit: config.unit.as_deref().map(Into::into),
            cov: config.cov.unwrap_or(device.cov),
            log: log_of(config)?,
            writable: config.writable,
            priority: config.priority,
        })
    }
}

fn or(own: Option<&str>, general: Option<&str>) -> Option<Arc<str>> {
    own.or(general).map(Into::into)
}

fn log_of(config: &PointConfig) -> Result<Option<LogPlan>, ConfigFault> {
    let every = config.log_every_s;
    if every.is_some_and(|every| !(1..=86_400).contains(&every)) {
        return Err(ConfigFault::at("/log_every_s", "1 to 86400 seconds"));
    }
    let Some(name) = &config.log else {
        let fault = ConfigFault::at("/log_every_s", "say which `log`");
        return every.map_or(Ok(None), |_| Err(fault));
    };
    let object = object::parse(name)
        .filter(|object| object.object_type() == ObjectType::TREND_LOG)
        .ok_or_else(|| ConfigFault::at("/log", "write a trend log as `trend-log:1`"))?;
    let every = every.map(|seconds| Duration::from_secs(seconds.into()));
    Ok(Some(LogPlan { object, every }))
}

fn allow(fine: bool, pointer: &str, message: &str) -> Result<(), ConfigFault> {
    let fault = || ConfigFault::at(pointer, message);
    fine.then_some(()).ok_or_else(fault)
}

fn check_network(config: &BacnetConfig) -> Result<(), ConfigFault> {
    allow(
        !config.interface.is_multicast(),
        "/interface",
        "an address of this machine",
    )?;
    allow(
        (100..=60_000).contains(&config.timeout_ms),
        "/timeout_ms",
        "100 to 60000 milliseconds",
    )?;
    allow(config.retries <= 5, "/retries", "0 to 5")?;
    allow(
        config.bbmd_ttl_s >= 30,
        "/bbmd_ttl_s",
        "30 to 65535 seconds",
    )?;
    let bbmd = config
        .bbmd
        .is_none_or(|bbmd| bbmd.port() != 0 && !bbmd.ip().is_unspecified());
    allow(bbmd, "/bbmd", "address and port of a BBMD: 192.0.2.1:47808")
}

fn check_device(config: &DeviceConfig) -> Result<(), ConfigFault> {
    allow(
        config.instance <= LAST_INSTANCE,
        "/instance",
        "0 to 4194302",
    )?;
    allow(
        (1..=86_400).contains(&config.poll_s),
        "/poll_s",
        "1 to 86400 seconds",
    )?;
    allow((1..=8).contains(&config.requests), "/requests", "1 to 8")?;
    let lifetime = config.cov_lifetime_s;
    allow(
        (10..=86_400).contains(&lifetime),
        "/cov_lifetime_s",
        "10 to 86400 seconds",
    )?;
    let network = config
        .network
        .is_none_or(|network| (1..=65_534).contains(&network));
    allow(network, "/network", "1 to 65534")?;
    let named = config.network.is_some() && config.address.is_some();
    allow(
        config.station.is_none() || named,
        "/station",
        "needs the `address` of its router and the number of its `network`",
    )?;
    allow(
        config.address.is_none() || config.network.is_none() || config.station.is_some(),
        "/network",
        "a device behind a router at a known `address` needs its `station` too",
    )?;
    let address = config.address.is_none_or(|address| address.port() != 0);
    allow(address, "/address", "address and port: 192.0.2.7:47808")
}

fn station(text: &str) -> Result<Vec<u8>, ConfigFault> {
    let fault = || ConfigFault::at("/station", "1 to 7 bytes in hexadecimal: `0c`");
    let digits: Vec<_> = text.bytes().collect();
    if digits.is_empty() || digits.len() > 14 || digits.len() % 2 != 0 {
        return Err(fault());
    }
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    let bytes: Option<Vec<_>> = digits.chunks(2).map(byte).collect();
    bytes.ok_or_else(fault)
}

#[cfg(test)]
mod tests;
