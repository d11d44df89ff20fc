//! The time-series engine of one tenant: journal, head, blocks, rollups.
//!
//! Start at [`Engine`]. A write joins a group commit in the *journal* and is
//! then visible in the *head* (memory); a merge moves the head into *blocks*
//! (one point, one UTC day) and rollups. Readers see both as one.
//!
//! Invariant: nothing is acknowledged, shown or told to the listener before its
//! transaction is committed; and nothing is kept outside the tenant's database
//! that the journal cannot rebuild.

mod batch;
mod calendar;
pub mod codec;
mod commit;
mod config;
mod engine;
mod error;
mod gather;
mod head;
mod merge;
mod merger;
mod pace;
mod point_map;
mod read;
mod read_calendar;
mod read_hours;
mod replay;
mod restore;
mod rollup;
mod series;
mod shared;
mod states;
mod stored_hours;
mod summary;
mod view;
mod writer;

pub use config::EngineConfig;
pub use engine::{CommitListener, Committed, Engine, EngineStats, Noted, PointZones};
pub use error::EngineError;
pub use rollup::{Resolution, Rollup, StateSpan};
