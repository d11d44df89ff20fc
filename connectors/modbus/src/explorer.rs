//! Who is behind a gateway: every unit is asked whether it is there, and what it has.

mod found;

use crate::check::Setup;
use crate::config::ModbusConfig;
use crate::device::{Device, DeviceSetup};
use crate::image::Image;
use crate::link::{Fault, Link};
use crate::plan::Place;
use crate::register::Table;
use crate::sunspec::{self, Bases, Layout};
use found::{Found, key_of};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ConfigFault, ConnectorError, Delivery, EquipmentHint, Explorer, Exploring, Finding, Findings,
    Reach,
};

/// Units a serial line may have (Modbus over Serial Line 1.02, 2.2).
const UNITS: std::ops::RangeInclusive<u8> = 1..=247;
const LONGEST: Duration = Duration::from_secs(300);
/// So many neighbours that answer and say nothing of themselves are one device that takes any unit.
const ANONYMOUS: usize = 4;

/// Looks around behind one gateway.
#[derive(Debug)]
pub struct ModbusExplorer {
    setup: Setup,
    reach: Reach,
}

impl ModbusConfig {
    /// Checks, and makes what looks around, as far as `reach` allows.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn into_explorer(self, reach: Reach) -> Result<ModbusExplorer, ConfigFault> {
        let setup = Setup::of(&self)?;
        Ok(ModbusExplorer { setup, reach })
    }
}

impl Explorer for ModbusExplorer {
    fn explore(self: Box<Self>, findings: Findings, stop: CancellationToken) -> Exploring {
        Box::pin(async move {
            let look = Look {
                link: None,
                setup: self.setup,
                reach: self.reach,
                findings,
                serials: HashSet::new(),
                anonymous: 0,
            };
            tokio::select! {
                () = stop.cancelled() => Ok(()),
                // What was found by then has been told.
                end = timeout(LONGEST, look.around()) => end.unwrap_or(Ok(())),
            }
        })
    }
}

struct Look {
    setup: Setup,
    reach: Reach,
    link: Option<Link>,
    findings: Findings,
    serials: HashSet<String>,
    anonymous: usize,
}

impl Look {
    async fn around(mut self) -> Result<(), ConnectorError> {
        let mut units: Vec<u8> = self
            .setup
            .devices
            .iter()
            .map(|device| device.unit)
            .collect();
        let known = units.len();
        units.extend(
            UNITS
                .filter(|unit| !units.contains(unit))
                .collect::<Vec<_>>(),
        );
        let total = units.len() as u32;
        for (done, unit) in (0..).zip(units) {
            if !self.findings.tell(Finding::Progress { done, total }).await {
                return Ok(());
            }
            let found = self.unit(unit).await?;
            self.anonymous = match &found {
                Some(found) if found.serial.is_none() && found.vendor.is_none() => {
                    self.anonymous + 1
                }
                _ => 0,
            };
            if done as usize >= known && self.anonymous >= ANONYMOUS {
                break;
            }
            if let Some(found) = found
                && !self.tell(found).await
            {
                return Ok(());
            }
        }
        let done = Finding::Progress { done: total, total };
        self.findings.tell(done).await;
        Ok(())
    }

    async fn tell(&mut self, found: Found) -> bool {
        if let Some(serial) = &found.serial
            && !self.serials.insert(serial.clone())
        {
            return true;
        }
        for equipment in found.equipment {
            if !self.findings.tell(Finding::Equipment(equipment)).await {
                return false;
            }
        }
        true
    }

    /// What is at a unit; Err: the gateway is not there.
    async fn unit(&mut self, unit: u8) -> Result<Option<Found>, ConnectorError> {
        let first = Place {
            table: Table::Holding,
            start: 0,
            count: 1,
        };
        let mut bases = Bases::default();
        match self.link().await?.read(unit, first).await {
            Err(Fault::Lost(_)) => return Ok(None),
            Err(Fault::Exception(exception)) if exception.is_absence() => return Ok(None),
            Ok(_) | Err(Fault::Exception(_)) => {}
        }
        let layout = self.layout(unit, &mut bases).await?;
        let device = self.device(unit, layout);
        let link = self.link().await?;
        let values = values(link, &device).await;
        let is_asked = self.is_asked_for_models(unit);
        Ok(Some(Found::new(&device, &values, is_asked)))
    }

    fn is_asked_for_models(&self, unit: u8) -> bool {
        let mut devices = self.setup.devices.iter();
        devices.any(|device| device.unit == unit && device.sunspec.is_some())
    }

    /// A place where the device falls silent costs the connection, and is passed over.
    async fn layout(&mut self, unit: u8, bases: &mut Bases) -> Result<Layout, ConnectorError> {
        let attempts = 3;
        for _ in 0..attempts {
            match sunspec::walk(self.link().await?, unit, bases).await {
                Ok(layout) => return Ok(layout),
                Err(Fault::Exception(_)) => break,
                Err(Fault::Lost(_)) => {}
            }
        }
        Ok(Layout::default())
    }

    fn device(&self, unit: u8, layout: Layout) -> Device {
        let configured = self.setup.devices.iter().find(|device| device.unit == unit);
        let equipment =
            configured.map_or_else(|| key_of(unit, &layout), |device| device.equipment.clone());
        let first = &self.setup.devices[0];
        let mut device = Device::new(DeviceSetup {
            unit,
            equipment,
            hint: Arc::new(EquipmentHint::default()),
            online: None,
            every: first.every,
            limits: first.limits,
            registers: configured
                .map(|device| device.registers.clone())
                .unwrap_or_default(),
            sunspec: Some(
                configured
                    .and_then(|device| device.sunspec.clone())
                    .unwrap_or_default(),
            ),
        });
        device.layout = layout;
        device.regroup();
        device
    }

    /// A connection that is still good, or a new one.
    async fn link(&mut self) -> Result<&mut Link, ConnectorError> {
        if !self.link.as_ref().is_some_and(Link::is_open) {
            let link = Link::open(&self.setup.manners, &self.reach).await;
            self.link = Some(link.map_err(ConnectorError::Retry)?);
        }
        let closed = || ConnectorError::Retry("the connection is closed".to_owned());
        self.link.as_mut().ok_or_else(closed)
    }
}

/// Whatever can be read now; what cannot is left open.
async fn values(link: &mut Link, device: &Device) -> Delivery {
    let (unit, mut delivery) = (device.setup.unit, Delivery::default());
    for group in &device.groups {
        let mut image = Image::default();
        for place in group.reads(Instant::now()) {
            if let Ok(answer) = link.read(unit, place).await {
                image.add(place, answer);
            }
        }
        group.decode(unit, &image, 0, &mut delivery);
    }
    delivery
}
