//! What a unit turned out to be, in the words of the contract.

use crate::device::{Device, Item};
use crate::register::Form;
use crate::sunspec::Layout;
use serde_json::json;
use std::sync::Arc;
use vigie_contract::{Addition, Delivery, FoundEquipment, FoundKind, FoundPoint};

/// What a unit turned out to be.
pub(super) struct Found {
    pub(super) serial: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) equipment: Vec<FoundEquipment>,
}

impl Found {
    /// `is_asked`: the connection asks it for its models already, and need not be told to.
    pub(super) fn new(device: &Device, values: &Delivery, is_asked: bool) -> Self {
        let layout = &device.layout;
        let mut equipment: Vec<FoundEquipment> = Vec::new();
        for item in device.groups.iter().flat_map(|group| &group.items) {
            let key = &*item.address.equipment;
            let at = equipment
                .iter()
                .position(|found| found.key == key)
                .unwrap_or_else(|| {
                    equipment.push(equipment_of(device, item, is_asked));
                    equipment.len() - 1
                });
            equipment[at].points.push(point_of(item, values));
        }
        if equipment.is_empty() {
            equipment.push(FoundEquipment {
                key: device.setup.equipment.to_string(),
                name: format!("Unit {}", device.setup.unit),
                vendor: layout.vendor.clone(),
                model: layout.model.clone(),
                serial: layout.serial.clone(),
                ..FoundEquipment::default()
            });
        }
        Self {
            serial: layout.serial.clone(),
            vendor: layout.vendor.clone(),
            equipment,
        }
    }
}

fn equipment_of(device: &Device, item: &Item, is_asked: bool) -> FoundEquipment {
    let (setup, layout) = (&device.setup, &device.layout);
    let named = [&layout.vendor, &layout.model].into_iter().flatten();
    let name = named.map(String::as_str).collect::<Vec<_>>().join(" ");
    let adopt = json!({ "unit": setup.unit, "equipment": &*setup.equipment, "sunspec": true });
    FoundEquipment {
        key: item.address.equipment.to_string(),
        name: if name.is_empty() {
            format!("Unit {}", setup.unit)
        } else {
            name
        },
        kind: item.hint.kind.as_deref().map(str::to_owned),
        vendor: layout.vendor.clone(),
        model: layout.model.clone(),
        serial: layout.serial.clone(),
        points: Vec::new(),
        additions: if layout.is_sunspec && !is_asked {
            vec![Addition {
                list: "/devices".to_owned(),
                item: adopt,
            }]
        } else {
            Vec::new()
        },
    }
}

fn point_of(item: &Item, values: &Delivery) -> FoundPoint {
    let register = &item.register;
    let reading = values
        .readings
        .iter()
        .find(|reading| reading.address == item.address);
    let kind = match register.form {
        Form::Coil | Form::Flag(_) => FoundKind::Boolean,
        _ if !register.states.is_empty() => {
            let states = register.states.iter();
            FoundKind::State(
                states
                    .map(|(word, code)| (word.to_string(), *code))
                    .collect(),
            )
        }
        _ => FoundKind::Number,
    };
    FoundPoint {
        key: register.point.to_string(),
        name: register.point.to_string(),
        kind,
        unit: register.unit.as_deref().map(str::to_owned),
        writable: register.write.is_some(),
        value: reading.map(|reading| reading.value.clone()),
        additions: Vec::new(),
    }
}

/// The serial number where there is one: a unit id can be changed.
pub(super) fn key_of(unit: u8, layout: &Layout) -> Arc<str> {
    let is_fine = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let serial = layout.serial.as_deref().unwrap_or_default();
    let serial: String = serial.chars().filter(is_fine).take(64).collect();
    if serial.is_empty() {
        format!("unit-{unit}").into()
    } else {
        serial.into()
    }
}
