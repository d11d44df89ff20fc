//! One unit behind a gateway: what is read from it, in which reads, and whether it answers.

mod groups;
mod presence;

pub(crate) use groups::{Group, Item};
pub(crate) use presence::Presence;

use crate::plan::{Limits, Place};
use crate::register::Register;
use crate::rest::Rest;
use crate::sunspec::{Bases, Layout, Meaning};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::{Address, EquipmentHint};

/// A device as its configuration says.
#[derive(Debug, Clone)]
pub(crate) struct DeviceSetup {
    pub(crate) unit: u8,
    pub(crate) equipment: Arc<str>,
    pub(crate) hint: Arc<EquipmentHint>,
    pub(crate) online: Option<Address>,
    pub(crate) every: Duration,
    pub(crate) limits: Limits,
    pub(crate) registers: Vec<Register>,
    /// Whether it is asked for its models, and how they are meant.
    pub(crate) sunspec: Option<Meaning>,
}

/// A device at work.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) setup: DeviceSetup,
    pub(crate) groups: Vec<Group>,
    pub(crate) rest: Rest,
    pub(crate) presence: Presence,
    /// What it told of its models.
    pub(crate) layout: Layout,
    /// Where it was asked for them in vain.
    pub(crate) bases: Bases,
}

impl Device {
    /// Not asked yet.
    pub(crate) fn new(setup: DeviceSetup) -> Self {
        let presence = Presence::new(setup.online.clone(), setup.hint.clone());
        let mut device = Self {
            setup,
            groups: Vec::new(),
            rest: Rest::default(),
            presence,
            layout: Layout::default(),
            bases: Bases::default(),
        };
        device.regroup();
        device
    }

    /// Its registers and those of its models, by how often they are read. Forgets which reads
    /// were refused.
    pub(crate) fn regroup(&mut self) {
        let setup = &self.setup;
        let fixed = setup.registers.iter().map(|register| Item {
            register: register.clone(),
            address: Address {
                equipment: setup.equipment.clone(),
                point: register.point.clone(),
            },
            hint: setup.hint.clone(),
        });
        let items: Vec<Item> = fixed.chain(self.layout.items(setup)).collect();
        self.groups = Group::of(items, setup.every, setup.limits);
    }

    /// The item of a point that can be written.
    pub(crate) fn writable(&self, address: &Address) -> Option<&Item> {
        let items = self.groups.iter().flat_map(|group| &group.items);
        let mut writable = items.filter(|item| item.register.write.is_some());
        writable.find(|item| item.address == *address)
    }

    /// Whether it is left in peace.
    pub(crate) fn rests(&self) -> bool {
        self.rest.is_on(Instant::now())
    }

    /// What `place` is called in words.
    pub(crate) fn source(&self, place: Place) -> String {
        format!("unit {}, {place}", self.setup.unit)
    }
}
