//! Writes down what becomes of people, with the change it belongs to.

use crate::domain::Timestamp;
use crate::domain::audit::{Action, Actor, Deed, Origin, Subject};
use crate::store::tenant::UserRow;
use crate::store::{Tx, audit};

/// Records what somebody did about a user: themselves, or an administrator.
pub fn note(tx: &mut Tx, at: Timestamp, by: &Actor, user: &UserRow, action: Action, note: &str) {
    audit::record(tx, at, by, &Deed::new(action, subject(user)).note(note));
}

/// A user who acts, as they are called now and from where they come.
pub fn actor(user: &UserRow, origin: &Origin) -> Actor {
    Actor::user(user.id, &user.user.name, &user.user.email).from_where(origin)
}

/// A user to whom something is done.
pub fn subject(user: &UserRow) -> Subject {
    Subject::person(user.id, &user.user.email)
}
