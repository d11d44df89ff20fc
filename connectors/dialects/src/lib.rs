//! Dialects: devices that speak a language of their own over MQTT or a stream of bytes.
//!
//! A dialect is a pure decoder ([`vigie_contract::Dialect`]): it hears messages and says what is to be
//! sent, and does no I/O. The connectors for MQTT carry them by [`Known`]; [`GreenBmsConfig`] and
//! [`ThingSetWsConfig`] are sessions of our own for devices that no broker stands in front of.
//!
//! Invariant: no bytes panic a dialect, and what it remembers of devices is bounded.

mod battery;
mod can;
mod foxbms;
mod green_bms;
mod known;
mod notes;
mod options;
mod sparkplug;
mod stream;
mod thingset;
mod victron;

pub use green_bms::{GreenBmsConfig, GreenBmsConnector};
pub use known::{Known, NAMES};
pub use thingset::{ThingSetConnector, ThingSetWsConfig};
