//! The audit log on the web: what page, API and exports share.
//!
//! Invariant: whoever takes entries out is in the log, with what they asked for.

mod export;
mod query;
mod record;

pub use export::{Format, export};
pub use query::Asked;
pub use record::{Record, of_entry};
