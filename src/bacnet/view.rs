//! The device as people see it.

use super::BacnetFigures;
use crate::domain::Timestamp;
use crate::tenancy::bacnet::BacnetSpec;
use std::net::SocketAddrV4;

/// How the device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BacnetState {
    /// The manifest says that it does not run.
    Off,
    /// It answers at this address.
    Running(SocketAddrV4),
    /// It does not start, for this reason; it is tried again.
    Failed(String),
}

/// A device that the manifest of a client speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct BacnetView {
    /// What the manifest says.
    pub spec: BacnetSpec,
    /// What it is called.
    pub name: String,
    /// How it is.
    pub state: BacnetState,
    /// Since when.
    pub since: Timestamp,
    /// `Database_Revision`; 0 before its first start.
    pub revision: u32,
    /// Points that are shown.
    pub points: usize,
    /// Those of them that peers may write.
    pub writable: usize,
    /// Those of them that have a trend log.
    pub logged: usize,
    /// Points that are meant and cannot be shown: states without words.
    pub left_out: usize,
    /// What it counted.
    pub figures: BacnetFigures,
}
