//! The time-series engine on both databases.

mod differential;
mod durability;
mod oracle;
mod packed;
mod promises;
mod settled;
mod snapshots;
mod subject;
mod turns;
