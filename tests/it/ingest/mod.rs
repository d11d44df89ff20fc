//! Readings in, from every way in to what a reader finds, on both databases.

mod commands;
mod connections;
mod endpoint;
mod exploring;
mod http;
mod modbus;
mod readings;
mod removal;
mod takeover;
mod workshop;
