//! Who did what to what: the words of the audit log, and its chain.
//!
//! Start at [`Deed`]: what is recorded. `store::audit::record` writes it with the
//! transaction that does it; `docs/audit.md` says what is promised.
//!
//! Invariant: what tells of a person is kept apart from the chain, which holds only a
//! salted digest of it, so that a person can be forgotten and the chain still holds.

mod actor;
pub mod chain;
mod deed;
mod fields;
mod origin;

pub use actor::{Actor, Hand};
pub use deed::{Action, Deed, Subject};
pub use fields::Fields;
pub use origin::Origin;
