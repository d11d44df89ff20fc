//! What a handler may ask of a request.
//!
//! Invariant: deny by default. A client's database is reached only through
//! [`Portal`], [`Visit`] or [`Caller`]; the last two exist only for somebody who
//! signed in or carries a key.

mod address;
mod caller;
mod language;
mod parts;
mod portal;
mod visit;

pub use address::ClientAddress;
pub use caller::{Caller, Read, Scope, Write};
pub use language::{LOCALE_COOKIE, Language, THEME_COOKIE, theme};
pub use parts::{Form, LONGEST_FORM, Path, Query};
pub use portal::{Portal, host_of};
pub use visit::{Visit, Visitor, zone};
