//! The one integration binary: the platform against real servers and real clients.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod api;
mod audit;
mod bacnet;
mod dashboards;
mod engine;
mod feed;
mod house;
mod identity;
mod ingest;
mod isolation;
mod live;
mod loss;
mod maintenance;
mod mqtt;
mod servers;
mod support;
mod tenancy;
mod web;
