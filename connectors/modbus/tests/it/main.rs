//! The connector against peers written by others: pymodbus as the gateway, mbpoll as another master.

mod conformance;
mod faults;
mod reading;
mod sunspec;
mod support;
mod writing;
