//! BACnet/IP as a client: devices of building management, polled and subscribed to, commanded and
//! looked into.
//!
//! Start with [`BacnetConfig`], what a connection of a manifest says; `session` runs one task for
//! each device. `ask` is the one way of a request to a device: it keeps to the device's budget and
//! to the 256 invoke ids that all devices share.
//!
//! Invariant: a device that is silent, slow or lies costs only its own readings.

mod ask;
mod commands;
mod config;
mod connector;
mod cov;
mod deliver;
mod device;
mod explore;
mod find;
mod health;
mod history;
mod memory;
mod network;
mod object;
mod plan;
mod poll;
mod read;
mod session;
mod ticks;
mod value;
mod watch;
mod words;

pub use config::{BacnetConfig, Cov, DeviceConfig, PointConfig};
pub use connector::BacnetConnector;
pub use explore::BacnetExplorer;
