//! The client against a BACnet stack written by others: BACpypes3 in a process of its own.

mod commands;
mod conformance;
mod explore;
mod garbage;
mod history;
mod peer;
mod reach;
mod reading;
mod run;
