//! What people do with what is their own: pages and the API come through here.

use super::extract::Account;
use super::{AppState, WebError};
use crate::domain::audit::Action;
use crate::domain::{Timestamp, TokenFamilyId, UserId};
use crate::identity::journal;
use crate::store::Db;
use crate::store::tenant::{saved_filters, sessions, tokens};
use crate::tenancy::Reason;

/// Lists of equipment a person keeps at most.
const MOST_FILTERS: i64 = 50;
const LONGEST_FILTER_NAME: usize = 60;
const LONGEST_QUERY: usize = 2_000;

/// Keeps a list under a name; one of the same name is replaced.
pub async fn keep_filter(
    db: &Db,
    user: UserId,
    (name, query): (&str, &str),
    at: Timestamp,
) -> Result<(), WebError> {
    let name = name.trim();
    let too_long = |pointer, most| Err(WebError::fault(pointer, Reason::TooLong { most }));
    match (name.chars().count(), query.len()) {
        (0, _) => return Err(WebError::fault("/name", Reason::Empty)),
        (1..=LONGEST_FILTER_NAME, 0..=LONGEST_QUERY) => {}
        (1..=LONGEST_FILTER_NAME, _) => return too_long("/query", LONGEST_QUERY),
        _ => return too_long("/name", LONGEST_FILTER_NAME),
    }
    let known = saved_filters::list(db, user).await?;
    let is_new = known.iter().all(|row| row.name != name);
    if is_new && known.len() as i64 >= MOST_FILTERS {
        return Err(WebError::Quota {
            what: "kept lists",
            most: MOST_FILTERS,
        });
    }
    Ok(saved_filters::put(db, user, name, query, at).await?)
}

/// Signs out a browser of theirs; false when it is none, or ended meanwhile.
pub async fn end_browser(state: &AppState, account: &Account, id: &str) -> Result<bool, WebError> {
    let hash = hex::decode(id).map_err(|_| WebError::NotFound)?;
    let (user, now) = (&account.user, state.clock.now());
    let mut tx = account.client.scope().db().begin().await?;
    let is_theirs = sessions::revoke_of(&mut tx, user.id, &hash).await?;
    if is_theirs {
        let by = &account.actor;
        journal::note(
            &mut tx,
            now,
            by,
            user,
            Action::SIGNED_OUT,
            "another session",
        );
    }
    tx.commit().await?;
    Ok(is_theirs)
}

/// Signs out a program of theirs; false when it is none, or ended meanwhile.
pub async fn end_program(
    state: &AppState,
    account: &Account,
    id: TokenFamilyId,
) -> Result<bool, WebError> {
    let (user, now) = (&account.user, state.clock.now());
    let mut tx = account.client.scope().db().begin().await?;
    let is_theirs = tokens::revoke_family(&mut tx, user.id, id).await?;
    if is_theirs {
        let by = &account.actor;
        journal::note(&mut tx, now, by, user, Action::SIGNED_OUT, "a program");
    }
    tx.commit().await?;
    Ok(is_theirs)
}
