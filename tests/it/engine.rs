//! The time-series engine on both databases.

mod differential;
mod oracle;
mod subject;
