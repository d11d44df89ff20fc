//! The running clients of this process: the engine, ingest and live values of each.
//!
//! Start at [`Platform`]. It opens every active client, follows the control database
//! (a client that is added, suspended or removed while we run) and closes them in order.
//!
//! Invariant: whoever wants data of a client holds their [`Client`], which comes from
//! a host name or a slug, never from a payload.

mod client;
mod commits;
mod pace;
mod platform;

pub use client::{Client, OpenError};
pub use platform::{Platform, PlatformConfig, Portal, Unserved};
