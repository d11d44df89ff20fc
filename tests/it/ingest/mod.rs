//! Readings in, from every way in to what a reader finds, on both databases.

mod connections;
mod endpoint;
mod http;
mod readings;
mod removal;
mod takeover;
mod workshop;
