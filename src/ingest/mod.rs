//! Readings in: resolve, convert, validate, hand to the engine, settle.
//!
//! Start at [`Ingest`], one per client: connectors reach it through a sink,
//! the HTTP handlers through [`http`], the built-in MQTT endpoint through
//! [`endpoint`]. [`Supervisor`] runs the connections of a client and gives them its commands.
//!
//! Invariant: a delivery is settled only after its samples are committed, and a
//! value that is not stored is counted by reason. Nothing is dropped in silence.

mod announce;
mod begin;
mod budget;
mod catalogue;
mod client;
mod commands;
mod discoveries;
pub mod endpoint;
mod explorations;
mod growth;
pub mod http;
mod memory;
mod model;
mod rates;
mod reach;
pub mod registry;
mod rejects;
mod resolve;
mod running;
mod sink;
mod supervisor;
mod tally;
mod trial;

use crate::tenancy::manifest::ConnectionChecker;

pub use client::{Ingest, IngestLimits};
pub use explorations::{Exploration, ExploreError};
pub use model::Model;
pub use reach::{inward, outward};
pub use registry::PROTOCOLS;
pub use sink::ConnectionSink;
pub use supervisor::{ConnectionView, Services, Supervisor};
pub use tally::IngestStats;
pub use trial::try_connection;
pub use vigie_contract::Reach;
/// What a page shows of a connection.
pub use vigie_contract::{
    Addition, ConnectorStatus, Direction, FoundEquipment, FoundKind, FoundPoint, Health,
    ReadingValue, TraceLine,
};

/// Whether a protocol can tell what is behind its peer.
pub fn explores(protocol: &str) -> bool {
    registry::explores(protocol)
}

/// What holds configurations of connections to their protocols.
pub fn connection_checker() -> &'static dyn ConnectionChecker {
    &registry::Registry
}
