//! What the audit log says of the door: who was wrong, and who left. Who came in is said by `entry`.
//!
//! Invariant: what somebody typed as an account that does not exist is not written down: it is
//! often a password.

use crate::domain::Timestamp;
use crate::domain::audit::{Action, Actor, Deed, Hand, Subject};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, users};
use crate::store::{StoreError, audit};
use std::net::IpAddr;

/// Somebody was wrong.
pub async fn failed(
    client: &Client,
    email: &str,
    (address, agent): (Option<IpAddr>, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let db = client.scope().db();
    let subject = match users::find_by_email(db, email.trim()).await? {
        Some(row) => Subject::person(row.id, &row.user.email),
        None => Subject::new("account", "unknown"),
    };
    let actor = Actor::of(Hand::Nobody).from_where(address, agent);
    let mut tx = db.begin().await?;
    let deed = Deed::new(Action::SIGN_IN_FAILED, subject);
    audit::record(&mut tx, now, &actor, &deed);
    tx.commit().await
}

/// Somebody signed out.
pub async fn left(
    client: &Client,
    user: &UserRow,
    (address, agent): (Option<IpAddr>, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let person = &user.user;
    let actor = Actor::user(user.id, &person.name, &person.email).from_where(address, agent);
    let deed = Deed::new(Action::SIGNED_OUT, Subject::person(user.id, &person.email));
    let mut tx = client.scope().db().begin().await?;
    audit::record(&mut tx, now, &actor, &deed);
    tx.commit().await
}
