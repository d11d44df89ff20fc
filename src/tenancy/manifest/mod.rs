//! Tenancy as code: a manifest says what a client is to be.
//!
//! [`parse`] reads files into [`Manifest`]s or says everything that is wrong with them.
//! [`prepare`] compares manifests with what is there and gives each difference as a plain
//! value, a [`Plan`]; [`apply`](fn@apply) makes it so in one transaction of the client's
//! database; [`export`](fn@export) prints what is there as a manifest whose plan is empty.
//!
//! Invariant: nothing is applied of a manifest that has a fault.

mod apply;
pub mod change;
mod check;
mod check_commands;
mod check_publish;
mod config;
mod current;
mod custom;
mod draft;
mod export;
mod export_bacnet;
mod fields;
mod keys;
mod library;
mod model;
mod noun;
mod parse;
mod period;
mod plan;
mod prepare;
mod read_bacnet;
mod read_connections;
mod read_equipment;
mod read_fields;
mod read_people;
mod read_points;
mod read_sites;
mod read_types;
mod reader;
mod record;
mod rename;
mod rotation;
mod rows;
mod secrets;
mod show;
mod source;
mod target;
#[cfg(test)]
mod tests;
mod write;
mod write_keys;

pub use apply::{Applied, ApplyError, apply};
pub use config::{ConfigFault, ConnectionChecker, RevealError, reveal};
pub use current::Current;
pub use export::export;
pub use fields::FieldChange;
pub use library::Library;
pub use model::{
    ConnectionSpec, DeviceSpec, EquipmentSpec, Model, SecretSource, SiteSpec, TypeSpec, UserSpec,
};
pub use noun::{Noun, Renames};
pub use parse::{Manifest, parse};
pub use plan::{Action, Plan, PointStep, Step};
pub use prepare::{Conditions, PlanError, prepare, read_current};
pub use secrets::Environment;
pub use source::{Fault, Faults, Source};
pub use target::Prune;

pub(in crate::tenancy) use source::did_you_mean;
