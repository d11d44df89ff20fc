//! The connector against peers written by others: pymodbus as the gateway, mbpoll as another master.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod conformance;
mod faults;
mod reading;
mod sunspec;
mod support;
mod writing;
