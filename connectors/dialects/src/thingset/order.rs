//! Desires: what an item of a node is to become, `des/{node}/{group}` `{"item": value}`.
//!
//! The specification wants desires retained; a retained command would be obeyed by whoever comes
//! later, so ours are not: a node that is away does not get them.
//!
//! Source: thingset.io, specification 0.6, "ThingSet to MQTT mapping".

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use vigie_contract::{CommandFault, ConfigFault, Order, Outbound, ReadingValue};

/// Nodes of one route that are remembered.
const MAX_NODES: usize = 4_096;
/// Longest way to a node that is remembered, in bytes.
const MAX_WAY: usize = 512;
const DESIRES: &str = "des";
/// Up to here every whole number is one of f64.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// How the nodes of a route are reached, by key of their equipment.
#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Arc<str>, Box<str>>);

impl Nodes {
    /// Remembers whose topic this is.
    pub(super) fn note(&mut self, equipment: &Arc<str>, topic: &str) {
        if self.0.contains_key(equipment) || self.0.len() >= MAX_NODES {
            return;
        }
        if let Some(way) = way_to_node(topic).filter(|way| way.len() <= MAX_WAY) {
            self.0.insert(equipment.clone(), way.into());
        }
    }

    pub(super) fn desire(&self, order: &Order<'_>) -> Result<Outbound, CommandFault> {
        let refused = |why: &str| CommandFault::new("refused", why);
        let unheard = || CommandFault::new("not_connected", "nothing was heard of this node yet");
        let way = self.0.get(&order.address.equipment).ok_or_else(unheard)?;
        let item = order.item.and_then(|item| item.rsplit_once('/'));
        let (group, item) = item.ok_or_else(|| refused("the rule names no item"))?;
        let value = match (order.value, order.word) {
            (_, Some(word)) => Value::from(word),
            (ReadingValue::Bool(flag), None) => Value::from(*flag),
            (ReadingValue::Number(number), None) => number_of(*number),
            (ReadingValue::State(_), None) => {
                return Err(refused("only numbers and codes can be sent"));
            }
        };
        Ok(Outbound {
            topic: format!("{way}/{group}").into(),
            payload: json!({ item: value }).to_string().into_bytes(),
            qos: 1,
            retain: false,
        })
    }
}

/// An item is named by its group and its own name: `Conf/sChgEnable`.
pub(super) fn check_item(item: Option<&str>) -> Result<(), ConfigFault> {
    let is_path = |item: &str| {
        let mut levels = item.split('/');
        levels.clone().count() > 1 && levels.all(|level| !level.is_empty())
    };
    let is_fine = item.is_some_and(|item| is_path(item) && !item.contains(['+', '#', '\0']));
    let message = "group and name of the item in the device, such as `Conf/sChgEnable`";
    is_fine
        .then_some(())
        .ok_or_else(|| ConfigFault::at("/item", message))
}

/// Whether a topic is that of a desire.
pub(super) fn is_desire(topic: &str) -> bool {
    let levels: Vec<&str> = topic.split('/').collect();
    let at = levels.iter().position(|level| *level == DESIRES);
    at.is_some_and(|at| levels.len() >= at + 3)
}

/// The beginning of the topics of desires for the node that reports on this one.
fn way_to_node(topic: &str) -> Option<String> {
    let mut before = String::new();
    let mut levels = topic.split('/');
    loop {
        let level = levels.next()?;
        if matches!(level, "rpt" | "r") {
            let node = levels.next().filter(|node| !node.is_empty())?;
            return Some(format!("{before}{DESIRES}/{node}"));
        }
        before.push_str(level);
        before.push('/');
    }
}

/// A whole number without a point, which a device with integers understands.
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_contract::Address;

    fn told(
        nodes: &Nodes,
        item: &str,
        value: ReadingValue,
    ) -> Result<(String, String), &'static str> {
        let address = Address {
            equipment: "pack".into(),
            point: "charging_allowed".into(),
        };
        let order = Order {
            address: &address,
            item: Some(item),
            value: &value,
            word: None,
            now_us: 0,
        };
        let message = nodes.desire(&order).map_err(|fault| fault.reason)?;
        assert_eq!((message.qos, message.retain), (1, false));
        let payload = String::from_utf8(message.payload).unwrap();
        Ok((message.topic.to_string(), payload))
    }

    #[test]
    fn a_node_is_told_where_it_reports() {
        let mut nodes = Nodes::default();
        let item = "Conf/sChgEnable";
        let allowed = ReadingValue::Bool(true);
        assert_eq!(told(&nodes, item, allowed.clone()), Err("not_connected"));
        nodes.note(&"pack".into(), "hall/rpt/A1B2/mLive_");
        nodes.note(&"pack".into(), "elsewhere/rpt/X/mLive_");
        let told = |item, value| told(&nodes, item, value).unwrap();
        assert_eq!(
            told(item, allowed),
            (
                "hall/des/A1B2/Conf".to_owned(),
                r#"{"sChgEnable":true}"#.to_owned()
            )
        );
        let payload = |number| told("Bat/Conf/sMax_A", ReadingValue::Number(number)).1;
        assert_eq!(payload(40.0), r#"{"sMax_A":40}"#);
        assert_eq!(payload(0.5), r#"{"sMax_A":0.5}"#);
    }

    #[test]
    fn an_item_is_a_path_and_desires_have_topics_of_their_own() {
        assert!(check_item(Some("Conf/sChgEnable")).is_ok());
        for item in [
            None,
            Some(""),
            Some("sChgEnable"),
            Some("Conf/"),
            Some("+/x"),
        ] {
            assert_eq!(check_item(item).unwrap_err().pointer, "/item", "{item:?}");
        }
        assert!(is_desire("des/A1/Conf") && is_desire("hall/des/A1/Conf/x"));
        assert!(!is_desire("rpt/A1/mLive_") && !is_desire("des/A1"));
    }
}
