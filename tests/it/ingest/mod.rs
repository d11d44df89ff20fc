//! Readings in, from every way in to what a reader finds, on both databases.

mod again;
mod commands;
mod connections;
mod endpoint;
mod exploring;
mod fairness;
mod http;
mod modbus;
mod readings;
mod removal;
mod spoken;
mod takeover;
pub(crate) mod workshop;
