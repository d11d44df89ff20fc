//! The demo's world: thirty days of history, then devices that speak real MQTT.
//!
//! Invariant: nothing here writes past ingest, and a second start continues on
//! the same data.

mod credentials;
mod field;
mod history;
mod model;
mod world;

pub(super) use world::{MANIFESTS, World};
