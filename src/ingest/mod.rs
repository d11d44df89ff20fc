//! Readings in: resolve, convert, validate, hand to the engine, settle.
//!
//! Start at [`Ingest`], one per client: connectors reach it through a sink,
//! the HTTP handlers through [`http`], the built-in MQTT endpoint through
//! [`endpoint`]. [`Supervisor`] runs the connections of a client.
//!
//! Invariant: a delivery is settled only after its samples are committed, and a
//! value that is not stored is counted by reason. Nothing is dropped in silence.

mod announce;
mod budget;
mod catalogue;
mod client;
mod discoveries;
pub mod endpoint;
mod growth;
pub mod http;
mod memory;
mod model;
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
pub use model::Model;
pub use sink::ConnectionSink;
pub use supervisor::{ConnectionView, Services, Supervisor};
pub use tally::IngestStats;
pub use trial::try_connection;
/// What a page shows of a connection.
pub use vigie_contract::{ConnectorStatus, Health};

/// What holds configurations of connections to their protocols.
pub fn connection_checker() -> &'static dyn ConnectionChecker {
    &registry::Registry
}
