//! Changes by hand: one wish, or several at once, about what a client has.
//!
//! The API and the pages of administrators say what they want as [`Wish`]es; [`make`] reads what
//! is there around them, holds them to the rules of manifests, and has the writer of manifests
//! carry the difference out in one transaction: all of it or nothing. What was made here and
//! what a manifest says can therefore always be compared.
//!
//! Invariant: a wish reads what it speaks of and what that stands on, never the whole model.

mod after;
mod bench;
mod client;
mod connection;
mod custom;
mod equipment;
mod fault;
mod field;
mod gather;
mod keys;
mod kind;
mod look;
mod make;
mod people;
mod point;
mod rank;
mod settle;
mod site;
mod version;
mod wish;

pub use client::{ClientAct, ClientWish, change_client, look_at_client};
pub use connection::ConnectionWish;
pub(in crate::tenancy::manifest) use custom::settled_values;
pub use custom::{Custom, by_key};
pub use equipment::EquipmentWish;
pub use fault::{FieldFault, Refused};
pub use field::{FieldWish, change_field, version_of_field};
pub use keys::{ApiKeyWish, MadeKey, make_key, revoke_key, rotate_key};
pub use kind::TypeWish;
pub use look::{Looked, look};
pub use make::{Made, Office, make};
pub use people::{DeviceWish, UserWish};
pub use point::PointWish;
pub use settle::understood;
pub use site::SiteWish;
pub use version::Version;
pub use wish::{Act, Ref, Thing, Wish, Wished};
