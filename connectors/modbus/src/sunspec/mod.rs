//! Devices that describe themselves: the models of the SunSpec Alliance.
//!
//! At one of three addresses stands `SunS`, then one model after another, each with its number
//! and length, up to number 0xFFFF (SunSpec Device Information Model Specification, 6.2). The
//! models that Vigie knows become registers like any others; `profiles/sunspec-*.toml` has them.

mod models;
mod walk;

pub(crate) use models::model_of;
pub(crate) use walk::{Bases, walk};

use crate::config::Sign;
use crate::device::{DeviceSetup, Item};
use models::Model;
use std::sync::Arc;
use vigie_contract::{Address, EquipmentHint};

/// How the models of a device are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The sign of charging.
    pub(crate) charging: Sign,
    /// Types that equipment may be created from; all of them when empty.
    pub(crate) types: Vec<String>,
}

impl Meaning {
    fn allows(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|allowed| allowed == kind)
    }
}

/// What a device told of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) is_sunspec: bool,
    pub(crate) vendor: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) serial: Option<String>,
    /// Every model that was seen, in order.
    pub(crate) blocks: Vec<Block>,
}

/// A model and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) id: u16,
    /// Address of its number.
    pub(crate) start: u16,
    /// How many repeating parts it has.
    pub(crate) parts: u16,
}

impl Layout {
    /// Why nothing is read of it.
    pub(crate) fn lack(&self) -> Option<String> {
        if !self.is_sunspec {
            return Some("no SunSpec device at 40000, 0 or 50000".to_owned());
        }
        if self.blocks.iter().any(|block| model_of(block.id).is_some()) {
            return None;
        }
        let seen: Vec<String> = self
            .blocks
            .iter()
            .map(|block| block.id.to_string())
            .collect();
        Some(format!(
            "none of its SunSpec models ({}) is known",
            seen.join(", ")
        ))
    }

    /// The registers of its known models, each with its equipment.
    pub(crate) fn items(&self, setup: &DeviceSetup) -> Vec<Item> {
        let mut items = Vec::new();
        let has_strings = self.blocks.iter().any(|block| block.id == 804);
        for (index, block) in self.blocks.iter().enumerate() {
            let Some(model) = model_of(block.id) else {
                continue;
            };
            let before = self.blocks[..index].iter();
            let alike = before.filter(|other| {
                model_of(other.id)
                    .is_some_and(|other| other.suffix == model.suffix && other.is_primary)
            });
            let name = name_of(&setup.equipment, model, alike.count() + 1);
            let Some(meaning) = &setup.sunspec else {
                continue;
            };
            let source = Source {
                setup,
                model,
                block: *block,
                meaning,
            };
            items.extend(source.fixed(&name));
            // A string that is told at length is not taken from the summary of its bank.
            if block.id != 803 || !has_strings {
                items.extend(source.repeating(&name));
            }
        }
        items
    }
}

/// `roof-inverter`, `roof-inverter-2`; strings have their number always.
fn name_of(equipment: &str, model: &Model, number: usize) -> String {
    let suffix = &model.suffix;
    if number > 1 || model.is_numbered {
        format!("{equipment}-{suffix}-{number}")
    } else {
        format!("{equipment}-{suffix}")
    }
}

/// One block as registers.
struct Source<'a> {
    setup: &'a DeviceSetup,
    model: &'a Model,
    block: Block,
    meaning: &'a Meaning,
}

impl Source<'_> {
    fn fixed(&self, name: &str) -> Vec<Item> {
        let start = self.block.start;
        self.bind(&self.model.registers, start, name, &self.model.kind)
    }

    fn repeating(&self, name: &str) -> Vec<Item> {
        let Some(repeat) = &self.model.repeat else {
            return Vec::new();
        };
        let base = if self.model.is_numbered {
            name
        } else {
            &*self.setup.equipment
        };
        let mut items = Vec::new();
        for part in 0..self.block.parts {
            let start = self.block.start + repeat.start + part * repeat.stride;
            let name = format!("{base}-{}-{}", repeat.suffix, part + 1);
            items.extend(self.bind(&repeat.registers, start, &name, &repeat.kind));
        }
        items
    }

    fn bind(
        &self,
        entries: &[crate::register::RegisterConfig],
        start: u16,
        name: &str,
        kind: &Arc<str>,
    ) -> Vec<Item> {
        let equipment: Arc<str> = name.into();
        let hint = Arc::new(EquipmentHint {
            site: self.setup.hint.site.clone(),
            kind: self.meaning.allows(kind).then(|| kind.clone()),
        });
        let mut items = Vec::new();
        for entry in entries {
            let mut entry = entry.clone();
            entry.address = entry.address.saturating_add(start);
            entry.scale_register = entry
                .scale_register
                .map(|at| at.saturating_add(self.block.start));
            if self.model.is_flipped(&entry, self.meaning) {
                entry.scale = Some(-entry.scale.unwrap_or(1.0));
            }
            // The walk saw to it that the block ends within the address space.
            for register in entry.check(self.setup.limits).unwrap_or_default() {
                let address = Address {
                    equipment: equipment.clone(),
                    point: register.point.clone(),
                };
                items.push(Item {
                    register,
                    address,
                    hint: hint.clone(),
                });
            }
        }
        items
    }
}

#[cfg(test)]
mod tests;
