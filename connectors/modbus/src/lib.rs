//! Modbus TCP: gateways that are asked, and the registers that become readings.
//!
//! Start with [`ModbusConfig`], what a connection of a manifest says. It is checked into
//! [`register`]s; [`plan`] says which reads fetch them, [`schedule`] when, [`decode`] what the
//! answers mean. [`ModbusConnector`] runs it, one [`line`] (a TCP connection) after the other.
//! [`sunspec`] finds the registers of devices that describe themselves.
//!
//! Invariant: an answer that came too late is never taken for another's. After any time-out
//! or transport fault the TCP connection is dropped and dialled anew.

mod board;
mod check;
mod config;
mod connector;
mod decode;
mod device;
mod encode;
mod explorer;
mod image;
mod line;
mod link;
mod period;
mod plan;
mod profile;
mod register;
mod rest;
mod scale;
mod schedule;
mod settle;
mod sunspec;
mod trace;
mod victron;
mod write;

pub use config::{DeviceConfig, ModbusConfig, OnlinePoint, Sign};
pub use connector::ModbusConnector;
pub use explorer::ModbusExplorer;
pub use profile::Profile;
pub use register::{Codes, Format, Order, Raw, RegisterConfig, Table, WriteRule};
pub use victron::{ImportFault, import as import_victron};
