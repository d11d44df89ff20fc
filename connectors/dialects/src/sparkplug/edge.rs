//! What is known of one edge node: whether it is alive, its sequence, its aliases.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Aliases and devices of one edge node that are remembered.
const MAX_ALIASES: usize = 100_000;
pub(super) const MAX_DEVICES: usize = 4_096;
/// Between two requests for births.
const PATIENCE_US: i64 = 10_000_000;
/// Metric of a birth and a death that belong together.
pub(super) const BD_SEQ: &str = "bdSeq";

/// What a birth said of a name.
#[derive(Debug)]
struct Known {
    datatype: u32,
    unit: Option<Arc<str>>,
    alias: Option<u64>,
}

/// What is known of its life.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// No birth that still counts was heard.
    #[default]
    Unknown,
    /// Its birth was heard, with this `bdSeq`.
    Born(Option<u64>),
}

/// An edge node.
#[derive(Debug, Default)]
pub(super) struct Edge {
    life: Life,
    /// Number of the newest message.
    seq: Option<u8>,
    aliases: HashMap<u64, Metric>,
    /// By device and name, for messages that leave the rest out.
    named: HashMap<(Box<str>, Arc<str>), Known>,
    alive: HashSet<Box<str>>,
    asked_us: Option<i64>,
    wants_birth: bool,
}

/// What a birth said of a metric.
#[derive(Debug, Clone)]
pub(super) struct Metric {
    pub(super) name: Arc<str>,
    pub(super) datatype: u32,
    pub(super) unit: Option<Arc<str>>,
    /// The device it is of; empty for the node itself.
    device: Box<str>,
}

impl Edge {
    /// A birth of the node: everything before it is forgotten.
    pub(super) fn born(&mut self, bd_seq: Option<u64>, seq: Option<u8>) {
        *self = Self {
            life: Life::Born(bd_seq),
            seq,
            ..Self::default()
        };
    }

    /// Whether a death belongs to the life we know; then it ends.
    pub(super) fn died(&mut self, bd_seq: Option<u64>) -> bool {
        let is_ours = match self.life {
            Life::Born(birth) => birth.is_none() || bd_seq.is_none() || birth == bd_seq,
            Life::Unknown => false,
        };
        if is_ours {
            *self = Self::default();
        }
        is_ours
    }

    /// Whether the number of a message follows the one before; a gap asks for a birth, until
    /// which aliases mean nothing.
    pub(super) fn follows(&mut self, seq: Option<u8>) -> bool {
        let follows = match (self.seq, seq) {
            (Some(before), Some(seq)) => before.wrapping_add(1) == seq,
            _ => false,
        };
        if self.life == Life::Unknown || !follows {
            self.lost();
        }
        self.seq = seq;
        follows
    }

    /// Something is missing: a birth will tell it again.
    pub(super) fn lost(&mut self) {
        self.life = Life::Unknown;
        self.aliases.clear();
        self.wants_birth = true;
    }

    /// Whether to ask for a birth now; at most every ten seconds.
    pub(super) fn asks(&mut self, now_us: i64) -> bool {
        let is_patient = self
            .asked_us
            .is_some_and(|asked| now_us.saturating_sub(asked) < PATIENCE_US);
        if !self.wants_birth || is_patient {
            return false;
        }
        self.wants_birth = false;
        self.asked_us = Some(now_us);
        true
    }

    /// A device is born; what was said of it before is forgotten. False when there are too many.
    pub(super) fn device_born(&mut self, device: &str) -> bool {
        self.aliases.retain(|_, metric| &*metric.device != device);
        self.named.retain(|(known, _), _| &**known != device);
        let has_room = self.alive.len() < MAX_DEVICES || self.alive.contains(device);
        if has_room {
            self.alive.insert(device.into());
        }
        has_room
    }

    /// Whether the device was alive.
    pub(super) fn device_died(&mut self, device: &str) -> bool {
        self.alive.remove(device)
    }

    pub(super) fn is_device_alive(&self, device: &str) -> bool {
        self.alive.contains(device)
    }

    /// The devices that are alive, in no order.
    pub(super) fn devices(&self) -> impl Iterator<Item = &str> {
        self.alive.iter().map(|device| &**device)
    }

    /// Remembers a metric of a birth.
    pub(super) fn learn(
        &mut self,
        device: &str,
        name: &str,
        alias: Option<u64>,
        datatype: u32,
        unit: Option<&str>,
    ) {
        let (name, unit) = (Arc::<str>::from(name), unit.map(Arc::<str>::from));
        if self.named.len() < MAX_ALIASES {
            let known = Known {
                datatype,
                unit: unit.clone(),
                alias,
            };
            self.named.insert((device.into(), name.clone()), known);
        }
        if let Some(alias) = alias
            && self.aliases.len() < MAX_ALIASES
        {
            let device = device.into();
            self.aliases.insert(
                alias,
                Metric {
                    name,
                    datatype,
                    unit,
                    device,
                },
            );
        }
    }

    /// The metric of an alias, if it is of this device.
    pub(super) fn by_alias(&self, device: &str, alias: u64) -> Option<Metric> {
        let metric = self.aliases.get(&alias)?;
        (&*metric.device == device).then(|| metric.clone())
    }

    /// Data type and unit of a metric by its name.
    pub(super) fn by_name(&self, device: &str, name: &str) -> Option<Metric> {
        let name: Arc<str> = name.into();
        let known = self.named.get(&(device.into(), name.clone()))?;
        Some(Metric {
            name,
            datatype: known.datatype,
            unit: known.unit.clone(),
            device: device.into(),
        })
    }

    /// Whether its birth was heard, and nothing was lost since.
    pub(super) fn is_alive(&self) -> bool {
        self.life != Life::Unknown
    }

    /// Name, alias and data type of the first metric of a device whose name `is_it`.
    pub(super) fn find(
        &self,
        device: &str,
        is_it: impl Fn(&str) -> bool,
    ) -> Option<(&str, Option<u64>, u32)> {
        let mut of_device = self.named.iter().filter(|((of, _), _)| **of == *device);
        let ((_, name), known) = of_device.find(|((_, name), _)| is_it(name))?;
        Some((name, known.alias, known.datatype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_asks_once_and_not_again_at_once() {
        let mut edge = Edge::default();
        edge.born(Some(1), Some(0));
        assert!(edge.follows(Some(1)) && !edge.asks(0));
        assert!(!edge.follows(Some(3)));
        assert!(edge.asks(0) && !edge.asks(1));
        assert!(!edge.follows(Some(5)));
        assert!(!edge.asks(PATIENCE_US - 1) && edge.asks(PATIENCE_US));
    }

    #[test]
    fn numbers_wrap_after_255() {
        let mut edge = Edge::default();
        edge.born(None, Some(255));
        assert!(edge.follows(Some(0)));
    }

    #[test]
    fn a_death_of_another_life_is_none() {
        let mut edge = Edge::default();
        edge.born(Some(7), Some(0));
        assert!(!edge.died(Some(6)));
        assert!(edge.died(Some(7)) && !edge.died(Some(7)));
    }
}
