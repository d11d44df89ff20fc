//! The dialects from outside: what devices say, byte for byte, and what becomes of it; the
//! connectors against peers.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(
    clippy::float_cmp,
    reason = "what a device says comes through to the last bit"
)]

mod battery;
mod foxbms;
mod garbage;
mod green_bms;
mod support;
mod thingset;
mod victron;
mod websocket;
