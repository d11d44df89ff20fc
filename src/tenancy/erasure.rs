//! To forget a person: the account goes, and what the audit log tells of them; their number stays.
//!
//! Invariant: a client that has an admin keeps one.

use crate::domain::audit::{Action, Actor, Deed, Hand, Subject};
use crate::domain::{Timestamp, UserId};
use crate::store::audit::{self, persons};
use crate::store::tenant::{dashboards, share_links, users};
use crate::store::{Db, StoreError};

/// Why somebody was not forgotten; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// There is no such person.
    #[error("there is no such person")]
    Unknown,
    /// Nobody would be left who can let people in.
    #[error("the last admin cannot be erased: make somebody else an admin first")]
    LastAdmin,
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Erases a person in one transaction: account, sessions, factors, grants and whatever else is
/// theirs, and everything the log tells of them. Whoever erases themselves leaves no name behind
/// in the record of it.
pub async fn erase(
    db: &Db,
    user: UserId,
    actor: &Actor,
    at: Timestamp,
) -> Result<(), ErasureError> {
    let mut tx = db.begin().await?;
    let admins = users::hold_admins(&mut tx).await?;
    if admins == [user] {
        return Err(ErasureError::LastAdmin);
    }
    for dashboard in dashboards::list_of(db, user).await? {
        share_links::delete_of(&mut tx, dashboard.id.0).await?;
    }
    if !users::delete(&mut tx, user).await? {
        return Err(ErasureError::Unknown);
    }
    let hand = Hand::User(user);
    persons::forget(&mut tx, &hand.to_string()).await?;
    let nameless = Actor::of(hand);
    let actor = if actor.hand == hand { &nameless } else { actor };
    let deed = Deed::new(Action::ERASED, Subject::new(Subject::PERSON, user));
    audit::record(&mut tx, at, actor, &deed);
    Ok(tx.commit().await?)
}
