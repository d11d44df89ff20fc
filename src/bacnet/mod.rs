//! A client as a BACnet/IP device of its own, for building management systems.
//!
//! Start with [`BacnetDevice`]: owned by a running client, it follows the model, starts and stops the
//! server of `connectors/bacnet-server` with what `[bacnet]` of the manifest says, and shows it the
//! live feed. [`shown`] says which points are objects, [`writes`] what becomes of what peers write.
//!
//! Invariant: the device shows points of one client, from its own model and hub, and what a peer
//! writes is a command like any other, held to the policy of its point.

mod device;
mod feed;
mod figures;
mod files;
mod history;
mod plan;
mod revisions;
mod shown;
mod view;
mod writes;

pub use device::{BacnetDevice, Surroundings};
pub use figures::BacnetFigures;
pub use files::BacnetFiles;
pub use view::{BacnetState, BacnetView};
