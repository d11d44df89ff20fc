//! A client organisation as a BACnet/IP device of its own, for the building management systems of
//! integrators.
//!
//! Start with [`Server`]: it is given [`Points`](Point) with fixed instance numbers, and told of every
//! new value ([`Server::update`]). What peers write goes through [`Writes`] before it counts; trend
//! logs begin with what [`History`] has. The platform decides who may do what: here are only the
//! allow-list, the rates and the priority arrays.
//!
//! Invariant: nothing is served to, taken from or said to an address that is not on the allow-list,
//! and nothing a peer sends changes more than the present value of a writable point.

mod array;
mod ede;
mod log;
mod object;
mod point;
mod priorities;
mod revision;
mod server;
mod settings;
mod state;
mod window;
mod writes;

pub use ede::{ede, point_list, state_texts};
pub use point::{Doubt, Event, Kind, Point, Update, Value};
pub use revision::{Revision, Revisions};
pub use server::{Server, ServerError};
pub use settings::Settings;
pub use vigie_bacnet_link::{AllowList, BadNetwork, Counts, Outlet, Rates};
pub use window::{History, NoHistory, Reading, Record};
pub use writes::{NoWrites, Write, Writes, Writing};
