//! CAN over somebody else's wire: frames as text or JSON, taken apart by a DBC file.
//!
//! Without I/O: [`frame`] finds the frames in a message, [`database`] knows what their bits mean.

mod database;
mod frame;
mod plain;

pub(crate) use database::{Database, Measured};
pub(crate) use frame::{Heard, hear};
pub(crate) use plain::Can;
