//! What is known of a person, for the person: one JSON document that says what each part means.
//!
//! Invariant: no secret of theirs is in it (hashes, factors, tokens), and nothing of anybody else.

use crate::domain::audit::{Hand, Subject};
use crate::domain::{Timestamp, UserId};
use crate::store::audit::{self, Filter};
use crate::store::tenant::{UserRow, dashboards, grants, sessions};
use crate::store::{Db, StoreError};
use crate::tenancy::dashboards::layout;
use crate::web::audit::of_entry;
use serde_json::{Value, json};

/// Entries of the log that are read at once.
const CHUNK: i64 = 1_000;

/// Everything that is kept of a person.
pub async fn collect(db: &Db, user: &UserRow, at: Timestamp) -> Result<Value, StoreError> {
    Ok(json!({
        "about": {
            "what": "Everything this portal keeps about you.",
            "account": "Who you are here and what you may do. Of your password only a hash is kept; it is not in this document.",
            "grants": "The sites and types of equipment you see, where you do not see all.",
            "sessions": "Browsers in which you are signed in: from where and with what.",
            "dashboards": "Dashboards you arranged.",
            "audit": "What the audit log tells of what you did, and of what was done to your account. It is kept to answer who changed what; your name, addresses and programs in it are erased with your account, your number stays.",
        },
        "created_at": at.to_string(),
        "account": account(user),
        "grants": grants_of(db, user.id).await?,
        "sessions": sessions_of(db, user.id, at).await?,
        "dashboards": dashboards_of(db, user.id).await?,
        "audit": entries_of(db, user.id).await?,
    }))
}

fn account(row: &UserRow) -> Value {
    json!({
        "id": row.id,
        "email": row.user.email,
        "name": row.user.name,
        "role": row.user.role,
        "language": row.locale,
        "theme": row.theme,
        "time_zone": row.time_zone,
        "number_format": row.number_format,
        "date_format": row.date_format,
        "email_verified_at": row.email_verified_at.map(|at| at.to_string()),
        "disabled": row.disabled,
        "created_at": row.created_at.to_string(),
    })
}

async fn grants_of(db: &Db, user: UserId) -> Result<Value, StoreError> {
    let grants = grants::of(db, user).await?;
    Ok(json!({ "sites": grants.sites, "types": grants.types }))
}

async fn sessions_of(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<Value>, StoreError> {
    let sessions = sessions::list_of(db, user, now).await?;
    let shown = sessions.into_iter().map(|session| {
        json!({
            "signed_in_at": session.signed_in_at.to_string(),
            "last_seen_at": session.last_seen_at.to_string(),
            "expires_at": session.expires_at.to_string(),
            "address": session.address,
            "user_agent": session.user_agent,
        })
    });
    Ok(shown.collect())
}

async fn dashboards_of(db: &Db, user: UserId) -> Result<Vec<Value>, StoreError> {
    let rows = dashboards::list_of(db, user).await?;
    let shown = rows.iter().map(|row| {
        json!({
            "name": row.dashboard.name,
            "shared": row.dashboard.shared,
            "layout": layout(row),
            "created_at": row.created_at.to_string(),
        })
    });
    Ok(shown.collect())
}

/// What they did, then what was done to their account; each newest first.
async fn entries_of(db: &Db, user: UserId) -> Result<Vec<Value>, StoreError> {
    let did = Filter {
        who: Some(Hand::User(user).to_string()),
        ..Filter::default()
    };
    let suffered = Filter {
        noun: Some(Subject::PERSON.to_owned()),
        key: Some(user.to_string()),
        ..Filter::default()
    };
    let mut all = Vec::new();
    for (mut filter, own) in [(did, true), (suffered, false)] {
        loop {
            let entries = audit::list(db, &filter, CHUNK).await?;
            all.extend(entries.iter().map(|entry| {
                let mut record = of_entry(entry);
                if !own && record.actor != Hand::User(user).to_string() {
                    record = record.without_actor();
                }
                json!(record)
            }));
            filter.before = entries.last().map(|entry| entry.id);
            if (entries.len() as i64) < CHUNK {
                break;
            }
        }
    }
    Ok(all)
}
