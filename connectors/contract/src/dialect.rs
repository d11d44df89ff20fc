//! Devices that speak a language of their own over a wire that a connector shares out.
//!
//! A connector knows the wire (MQTT, a stream of bytes); a [`Dialect`] knows what is said on it.
//! It does no I/O: it hears messages, and says what is to be sent.

use crate::{Address, CommandFault, ConfigFault, Delivery, EquipmentHint, Outbound, ReadingValue};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

/// Understands the messages of one route; remembers what it must of each device, with bounds.
///
/// No bytes may panic it, block it or make it grow without bound. `now_us` is microseconds since
/// the epoch (UTC).
pub trait Dialect: Debug + Send {
    /// Turns one message into readings and refusals.
    fn hear(&mut self, heard: &Heard<'_>, delivery: &mut Delivery);

    /// The message as it may be kept and shown: without secrets.
    fn presentable<'a>(&self, payload: &'a [u8]) -> Cow<'a, [u8]> {
        Cow::Borrowed(payload)
    }

    /// What it needs from the session that carries it.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// What the peer shall say for us when we are lost; asked before each session.
    fn will(&mut self, _now_us: i64) -> Option<Outbound> {
        None
    }

    /// A session has begun: what is said first.
    fn opened(&mut self, _now_us: i64) -> Vec<Outbound> {
        Vec::new()
    }

    /// What is to be said now; asked after messages, and about once a second.
    fn say(&mut self, _now_us: i64) -> Vec<Outbound> {
        Vec::new()
    }

    /// The session ends in order: what is said last.
    fn closing(&mut self, _now_us: i64) -> Vec<Outbound> {
        Vec::new()
    }

    /// Whether it can tell devices what to do, and `item` of a rule is something it can name. The
    /// fault points into the rule: `/dialect`, `/item`.
    fn check_order(&self, _item: Option<&str>) -> Result<(), ConfigFault> {
        Err(ConfigFault::at("/dialect", "this dialect only listens"))
    }

    /// The message that tells a device. Never retained.
    ///
    /// # Errors
    /// `not_connected` while nothing was heard of the device, `no_such_point`, `refused` for a value
    /// that it cannot say.
    fn order(&self, _order: &Order<'_>) -> Result<Outbound, CommandFault> {
        Err(CommandFault::new(
            "not_writable",
            "this dialect only listens",
        ))
    }

    /// Whether messages on this topic tell devices what to do.
    fn is_order(&self, _topic: &str) -> bool {
        false
    }
}

/// What a point of a device is to become, in the words of a dialect.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The point, as its readings name it.
    pub address: &'a Address,
    /// What the device itself calls it, where the rule says so.
    pub item: Option<&'a str>,
    /// A finite number, a code, or a boolean.
    pub value: &'a ReadingValue,
    /// The device's word for the value, where the rule has one.
    pub word: Option<&'a str>,
    /// Now.
    pub now_us: i64,
}

/// What a dialect needs from the session that carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// A session of our own with a peer, in which it can speak.
    pub session: bool,
    /// A session that the peer does not keep while we are away.
    pub fresh: bool,
    /// Topics it must hear beside those of its route.
    pub topics: Vec<String>,
}

/// One message, and what its route says about it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// In the words of the wire.
    pub topic: &'a str,
    /// What was said.
    pub payload: &'a [u8],
    /// Key of the equipment by its route; empty where the dialect names the equipment itself.
    pub equipment: &'a Arc<str>,
    /// What to do when the equipment is unknown.
    pub hint: &'a Arc<EquipmentHint>,
    /// When it arrived; the time of readings without one of their own.
    pub arrival_us: i64,
    /// Most readings it may bring.
    pub room: usize,
}

/// Finds the dialect of a route, by its name and options.
pub trait Dialects {
    /// A dialect that has heard nothing yet. The fault points into the route: `/dialect`,
    /// `/options/dbc`.
    fn speak(&self, name: &str, terms: &Terms<'_>) -> Result<Spoken, ConfigFault>;
}

/// What a route says about its dialect.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The key of equipment as the route writes it, with its holes.
    pub equipment: Option<&'a str>,
    /// What only this dialect knows; `null` when the route has none.
    pub options: &'a Value,
}

/// A dialect, ready to hear.
#[derive(Debug)]
pub struct Spoken {
    /// It.
    pub dialect: Box<dyn Dialect>,
    /// Whether it names equipment by itself, from what is said.
    pub names_equipment: bool,
}

/// Knows no dialect.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDialects;

impl Dialects for NoDialects {
    fn speak(&self, name: &str, _terms: &Terms<'_>) -> Result<Spoken, ConfigFault> {
        let message = format!("`{name}` is no dialect of this connection");
        Err(ConfigFault::at("/dialect", message))
    }
}
