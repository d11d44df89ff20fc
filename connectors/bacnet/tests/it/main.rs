//! The client against a BACnet stack written by others: BACpypes3 in a process of its own.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod commands;
mod conformance;
mod explore;
mod garbage;
mod history;
mod peer;
mod reach;
mod reading;
mod run;
