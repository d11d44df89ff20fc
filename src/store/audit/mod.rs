//! The audit log of a database: the client's own, and the platform's in the control database.
//!
//! [`record`] notes a deed with the transaction that does it. What a transaction noted is
//! written when it commits, in one go and last of all: the lock on the head of the chain is
//! held for as short as can be, and whatever else two transactions lock, they cannot wait
//! for each other in a circle because of the log. Ingest of samples never comes here.
//!
//! Invariant: an entry is never changed nor removed; triggers of the database refuse it.
//! Only what tells of a person ([`persons`]) can go.

mod adopt;
mod append;
mod log;
pub mod persons;
mod verify;

pub use adopt::adopt;
pub(in crate::store) use append::{Pending, append};
pub use log::{Entry, Filter, changes, list};
pub use verify::{Sealed, head, read};

use super::Tx;
use crate::domain::Timestamp;
use crate::domain::audit::{Actor, Deed};

/// Notes what is done, to be written when the transaction commits; rolled back, it was never noted.
pub fn record(tx: &mut Tx, at: Timestamp, actor: &Actor, deed: &Deed) {
    tx.pending.push(Pending::of(at, actor, deed));
}
