//! What a handler may ask of a request.
//!
//! Invariant: deny by default. A client's database is reached only through
//! [`Portal`], [`Visit`], [`Account`] or [`Caller`]; all but the first exist only for
//! somebody whom the guard let pass.

mod account;
mod address;
mod caller;
mod language;
mod origin;
mod parts;
mod portal;
mod visit;

pub use crate::domain::audit::Origin;
pub use account::Account;
pub use address::ClientAddress;
pub use caller::Caller;
pub use language::{LOCALE_COOKIE, Language, THEME_COOKIE, theme};
pub use parts::{Form, LONGEST_FORM, Path, Query};
pub use portal::{Portal, host_of};
pub use visit::{Visit, Visitor, zone};
