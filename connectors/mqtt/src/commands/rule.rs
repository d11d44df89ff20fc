//! What a rule may say, and the message it makes.

use super::confirm::{CompiledConfirm, Confirmation};
use super::spoken;
use crate::{Route, RouteTable};
use serde::Deserialize;
use std::collections::BTreeMap;
use vigie_contract::{Address, Command, CommandFault, ConfigFault, Order, Outbound, ReadingValue};

const EQUIPMENT: &str = "{equipment}";
const STATE: &str = "{state}";
pub(super) const VALUE: &str = "{value}";

/// How a point is commanded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRule {
    /// Where to; `{equipment}` stands for the key of the equipment. Left out with a `dialect`.
    #[serde(default)]
    pub topic: String,
    /// The dialect of a route of this connection, which says it in its own words.
    #[serde(default)]
    pub dialect: Option<String>,
    /// What the device itself calls the point, for the dialect.
    #[serde(default)]
    pub item: Option<String>,
    /// Key of the point.
    pub point: String,
    /// Keys of the equipment it is for; all that have the point when absent.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// Template of the payload: `{value}` is the number or `true` and `false`, `{state}` the word of
    /// `states`, `{equipment}` the key of the equipment as a JSON text without its quotes.
    #[serde(default = "bare_value")]
    pub payload: String,
    /// Word on the wire to code of the point.
    #[serde(default)]
    pub states: BTreeMap<String, i32>,
    /// 0 or 1.
    #[serde(default = "at_least_once")]
    pub qos: u8,
    /// What confirms it; a reading of the same point with the same value when absent.
    #[serde(default)]
    pub confirm: ConfirmRule,
}

/// What confirms a command.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRule {
    /// Key of the point of the same equipment whose reading confirms; the commanded one when absent.
    #[serde(default)]
    pub point: Option<String>,
    /// Word of `states` to the words or codes that confirm it; the commanded value when absent.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<Accepted>>,
    /// No reading comes back: the acknowledgement of the message (QoS 1) is all there is.
    #[serde(default)]
    pub delivery: bool,
}

/// A value that confirms.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Accepted {
    /// A number or a code.
    Code(f64),
    /// A word of the routes.
    Word(String),
}

fn bare_value() -> String {
    VALUE.to_owned()
}

fn at_least_once() -> u8 {
    1
}

/// A checked rule.
#[derive(Debug)]
pub(super) struct CompiledRule {
    rule: CommandRule,
    confirm: CompiledConfirm,
}

impl CompiledRule {
    pub(super) fn new(
        rule: &CommandRule,
        routes: &[Route],
        table: &RouteTable,
    ) -> Result<Self, ConfigFault> {
        match &rule.dialect {
            Some(dialect) => spoken::check(rule, dialect, table)?,
            None => check_template(rule)?,
        }
        if rule.point.is_empty() {
            return Err(ConfigFault::at("/point", "the key of a point"));
        }
        if rule.qos > 1 {
            let message = "0 (at most once) or 1 (at least once)";
            return Err(ConfigFault::at("/qos", message));
        }
        let confirm =
            CompiledConfirm::new(rule, routes).map_err(|fault| fault.below("/confirm"))?;
        Ok(Self {
            rule: rule.clone(),
            confirm,
        })
    }

    pub(super) fn is_for(&self, address: &Address) -> bool {
        let rule = &self.rule;
        *address.point == *rule.point
            && (rule.equipment.is_empty()
                || rule.equipment.iter().any(|key| **key == *address.equipment))
    }

    /// Whether the topic can be one of this rule.
    pub(super) fn fits(&self, topic: &str, routes: &RouteTable) -> bool {
        if let Some(dialect) = &self.rule.dialect {
            return routes.is_order(dialect, topic);
        }
        let mut levels = topic.split('/');
        let fits = |own: &str| match (levels.next(), own.split_once(EQUIPMENT)) {
            (Some(level), None) => level == own,
            (Some(level), Some((before, after))) => {
                level.len() >= before.len() + after.len()
                    && level.starts_with(before)
                    && level.ends_with(after)
            }
            (None, _) => false,
        };
        self.rule.topic.split('/').all(fits) && levels.next().is_none()
    }

    /// The message, and the value that was said.
    pub(super) fn message(
        &self,
        command: &Command,
        routes: &RouteTable,
        now_us: i64,
    ) -> Result<(Outbound, f64), CommandFault> {
        let refused = |detail: &str| CommandFault::new("refused", detail);
        let value = match &command.value {
            Some(ReadingValue::Number(number)) if number.is_finite() => *number,
            Some(ReadingValue::Bool(flag)) => f64::from(u8::from(*flag)),
            Some(_) => return Err(refused("only numbers and codes can be sent")),
            None => return Err(refused("nothing can be released over MQTT")),
        };
        let word = self.word_of(value);
        if let (Some(dialect), Some(said)) = (&self.rule.dialect, &command.value) {
            let order = Order {
                address: &command.address,
                item: self.rule.item.as_deref(),
                value: said,
                word,
                now_us,
            };
            return Ok((routes.order(dialect, &order)?, value));
        }
        Ok((self.filled(command, value, word)?, value))
    }

    /// The message of a rule with a topic.
    fn filled(
        &self,
        command: &Command,
        value: f64,
        word: Option<&str>,
    ) -> Result<Outbound, CommandFault> {
        if word.is_none() && self.rule.payload.contains(STATE) {
            let why = "the rule has no word for this value";
            return Err(CommandFault::new("refused", why));
        }
        let shown = match command.value {
            Some(ReadingValue::Bool(flag)) => flag.to_string(),
            _ => (value + 0.0).to_string(),
        };
        let equipment = &*command.address.equipment;
        let payload = self.rule.payload.replace(VALUE, &shown);
        let payload = payload.replace(STATE, &escaped(word.unwrap_or_default()));
        Ok(Outbound {
            topic: self.rule.topic.replace(EQUIPMENT, equipment).into(),
            payload: payload.replace(EQUIPMENT, &escaped(equipment)).into_bytes(),
            qos: self.rule.qos,
            // A command that waits for whoever comes later would be obeyed at any time.
            retain: false,
        })
    }

    pub(super) fn confirmation(&self, address: &Address, value: f64) -> Confirmation {
        self.confirm.of(address, value, self.word_of(value))
    }

    fn word_of(&self, value: f64) -> Option<&str> {
        let mut states = self.rule.states.iter();
        states
            .find(|(_, code)| f64::from(**code).to_bits() == (value + 0.0).to_bits())
            .map(|(word, _)| word.as_str())
    }
}

fn check_template(rule: &CommandRule) -> Result<(), ConfigFault> {
    if rule.item.is_some() {
        return Err(ConfigFault::at("/item", "an item belongs to a `dialect`"));
    }
    check_topic(&rule.topic)?;
    check_holes(rule)
}

fn check_topic(topic: &str) -> Result<(), ConfigFault> {
    let bare = topic.replace(EQUIPMENT, "x");
    if bare.is_empty() || bare.contains(['+', '#', '\0', '{', '}']) {
        let message = "a topic without `+` and `#`; only `{equipment}` stands for something";
        return Err(ConfigFault::at("/topic", message));
    }
    let is_twice = |level: &str| level.matches(EQUIPMENT).count() > 1;
    if topic.split('/').any(is_twice) {
        return Err(ConfigFault::at("/topic", "`{equipment}` once in a level"));
    }
    Ok(())
}

fn check_holes(rule: &CommandRule) -> Result<(), ConfigFault> {
    if let Some(hole) =
        crate::publish::holes(&rule.payload).find(|hole| ![EQUIPMENT, STATE, VALUE].contains(hole))
    {
        let message =
            format!("`{hole}` stands for nothing here; there are {VALUE}, {STATE} and {EQUIPMENT}");
        return Err(ConfigFault::at("/payload", message));
    }
    if rule.payload.contains(STATE) && rule.states.is_empty() {
        return Err(ConfigFault::at(
            "/states",
            "`{state}` needs words: { OPEN = 2 }",
        ));
    }
    Ok(())
}

/// A text inside the quotes of a JSON text.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
