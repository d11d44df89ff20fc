//! The demo's world: thirty days of history, then devices that speak real MQTT.
//!
//! Start at [`command`].
//!
//! Invariant: nothing here writes past ingest, and a second start continues on
//! the same data.

mod command;
mod credentials;
mod field;
mod history;
mod model;
mod sign_in;
mod world;

pub(super) use command::{Args, run};
