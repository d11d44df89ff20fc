//! NCMD and DCMD: what a metric is to become.
//!
//! A device that was born told the name, the alias and the data type of each metric; it is told by
//! its alias where it has one, as it reports itself. Never acknowledged: its next report confirms.
//!
//! Source: Eclipse Sparkplug 3.0.0, 6.4.6, 6.4.19 and 6.4.26.

use super::Sparkplug;
use super::edge::Edge;
use super::payload::{Metric, Payload};
use super::topic::NAMESPACE;
use super::value::written;
use crate::notes::point_key;
use prost::Message;
use vigie_contract::{CommandFault, Order, Outbound};

/// An edge node, or one of its devices, that is alive.
struct Alive<'a> {
    state: &'a Edge,
    group: &'a str,
    edge: &'a str,
    /// Empty for the node itself.
    device: &'a str,
}

impl Sparkplug {
    pub(super) fn told(&self, order: &Order<'_>) -> Result<Outbound, CommandFault> {
        let unheard = "it was not heard since it was born, or births are being asked for";
        let alive = self.alive(&order.address.equipment);
        let alive = alive.ok_or_else(|| CommandFault::new("not_connected", unheard))?;
        let is_it = |name: &str| match order.item {
            Some(item) => name == item,
            None => self.point_of(name) == *order.address.point,
        };
        let found = alive.state.find(alive.device, is_it);
        let unknown = || CommandFault::new("no_such_point", "its birth names no such metric");
        let (name, alias, datatype) = found.ok_or_else(unknown)?;
        let value = written(order.value, order.word, datatype)
            .map_err(|why| CommandFault::new("refused", why))?;
        let timestamp = u64::try_from(order.now_us / 1_000).ok();
        let metric = Metric {
            name: alias.is_none().then(|| name.to_owned()),
            alias,
            timestamp,
            datatype: Some(datatype),
            value: Some(value),
            ..Metric::default()
        };
        let payload = Payload {
            timestamp,
            metrics: vec![metric],
            seq: None,
        };
        Ok(Outbound {
            topic: alive.topic().into(),
            payload: payload.encode_to_vec(),
            qos: 0,
            retain: false,
        })
    }

    /// Who the equipment is, if it is alive.
    fn alive(&self, equipment: &str) -> Option<Alive<'_>> {
        let edges = self.edges.iter().filter(|(_, state)| state.is_alive());
        for ((group, edge), state) in edges {
            let alive = |device| Alive {
                state,
                group,
                edge,
                device,
            };
            if self.node.fill(group, edge, "") == equipment {
                return Some(alive(""));
            }
            let mut devices = state.devices();
            if let Some(device) =
                devices.find(|device| self.device.fill(group, edge, device) == equipment)
            {
                return Some(alive(device));
            }
        }
        None
    }

    /// The key of the point that a metric is.
    pub(super) fn point_of(&self, name: &str) -> String {
        self.points
            .get(name)
            .cloned()
            .unwrap_or_else(|| point_key(name))
    }
}

impl Alive<'_> {
    fn topic(&self) -> String {
        let Self {
            group,
            edge,
            device,
            ..
        } = self;
        if device.is_empty() {
            format!("{NAMESPACE}/{group}/NCMD/{edge}")
        } else {
            format!("{NAMESPACE}/{group}/DCMD/{edge}/{device}")
        }
    }
}
