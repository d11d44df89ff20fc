//! Writes down what people do about themselves, with the change it belongs to.

use crate::domain::Timestamp;
use crate::domain::audit::{Action, Actor, Deed, Subject};
use crate::store::tenant::UserRow;
use crate::store::{Tx, audit};

/// Records what a user did about themselves.
pub fn note(tx: &mut Tx, at: Timestamp, user: &UserRow, action: Action, note: &str) {
    about(tx, at, &actor(user), user, action, note);
}

/// Records what somebody did about a user.
pub fn about(tx: &mut Tx, at: Timestamp, by: &Actor, user: &UserRow, action: Action, note: &str) {
    let subject = Subject::person(user.id, &user.user.email);
    audit::record(tx, at, by, &Deed::new(action, subject).note(note));
}

/// How the record names a user as they are now.
pub fn actor(user: &UserRow) -> Actor {
    Actor::user(user.id, &user.user.name, &user.user.email)
}
