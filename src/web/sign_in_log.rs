//! What the audit log says of the door: who was wrong, and who left. Who came in is said by `entry`.
//!
//! Invariant: what somebody typed as an account that does not exist is not written down: it is
//! often a password.

use super::door::Try;
use crate::domain::Timestamp;
use crate::domain::audit::{Action, Deed, Origin, Subject};
use crate::identity::journal;
use crate::runtime::Client;
use crate::store::tenant::UserRow;
use crate::store::{StoreError, audit};
use std::time::Duration;

/// An account that does not exist.
pub fn unknown() -> Subject {
    Subject::new("account", "unknown")
}

/// Somebody was wrong; `locks_for` when this was the failure after which the account has to wait.
pub async fn failed(
    attempt: Try<'_>,
    locks_for: Option<Duration>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Try {
        db,
        by,
        subject,
        what,
        ..
    } = attempt;
    let mut tx = db.begin().await?;
    let deed = Deed::new(Action::SIGN_IN_FAILED, subject.clone()).note(what);
    audit::record(&mut tx, now, &by, &deed);
    if let Some(wait) = locks_for {
        let note = format!("for {} s, longer with each failure", wait.as_secs());
        let deed = Deed::new(Action::LOCKED_OUT, subject).note(&note);
        audit::record(&mut tx, now, &by, &deed);
    }
    tx.commit().await
}

/// Somebody signed out.
pub async fn left(
    client: &Client,
    user: &UserRow,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), StoreError> {
    let actor = journal::actor(user, origin);
    let mut tx = client.scope().db().begin().await?;
    journal::note(&mut tx, now, &actor, user, Action::SIGNED_OUT, "");
    tx.commit().await
}
