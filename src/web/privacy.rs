//! What is known of a person, for the person: one JSON document that says what each part means.
//!
//! Invariant: no secret of theirs is in it (hashes, tokens), and nothing of anybody else.

use crate::domain::audit::{Hand, Subject};
use crate::domain::{Timestamp, UserId};
use crate::store::audit::{self, Filter};
use crate::store::tenant::{
    UserRow, dashboards, grants, passkeys, providers, saved_filters, sessions, tokens,
};
use crate::store::{Db, StoreError, app_codes};
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
            "programs": "Programs that signed in as you: from where and with what.",
            "second_factors": "What you show beside the password: an authenticator app, passkeys by the names you gave them, and how many recovery codes are left. Keys and codes themselves are not in this document.",
            "providers": "Other places through which you sign in, and the number under which each knows you.",
            "filters": "Filters of the equipment list that you saved.",
            "dashboards": "Dashboards you arranged.",
            "audit": "What the audit log tells of what you did, and of what was done to your account. It is kept to answer who changed what; your name, addresses and programs in it are erased with your account, your number stays.",
        },
        "created_at": at.to_string(),
        "account": account(user),
        "grants": grants_of(db, user.id).await?,
        "sessions": sessions_of(db, user.id, at).await?,
        "programs": programs_of(db, user.id, at).await?,
        "second_factors": factors_of(db, user.id).await?,
        "providers": providers_of(db, user.id).await?,
        "filters": filters_of(db, user.id).await?,
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

async fn programs_of(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<Value>, StoreError> {
    let families = tokens::list_of(db, user, now).await?;
    let shown = families.into_iter().map(|family| {
        json!({
            "signed_in_at": family.created_at.to_string(),
            "last_used_at": family.last_used_at.to_string(),
            "expires_at": family.expires_at.to_string(),
            "address": family.address,
            "user_agent": family.user_agent,
        })
    });
    Ok(shown.collect())
}

async fn factors_of(db: &Db, user: UserId) -> Result<Value, StoreError> {
    let app = app_codes::find(db, user.0).await?;
    let since = app.and_then(|row| row.confirmed_at);
    let passkeys = passkeys::list_of(db, user).await?.into_iter().map(|row| {
        json!({
            "name": row.passkey.name,
            "created_at": row.created_at.to_string(),
            "last_used_at": row.last_used_at.map(|at| at.to_string()),
        })
    });
    Ok(json!({
        "authenticator_app_since": since.map(|at| at.to_string()),
        "passkeys": passkeys.collect::<Vec<_>>(),
        "recovery_codes_left": app_codes::count_recovery_codes(db, user.0).await?,
    }))
}

async fn providers_of(db: &Db, user: UserId) -> Result<Vec<Value>, StoreError> {
    let links = providers::links_of(db, user).await?;
    let shown = links.into_iter().map(|link| {
        json!({
            "provider": link.provider,
            "subject": link.subject,
            "first_used_at": link.created_at.to_string(),
            "last_used_at": link.last_used_at.to_string(),
        })
    });
    Ok(shown.collect())
}

async fn filters_of(db: &Db, user: UserId) -> Result<Vec<Value>, StoreError> {
    let rows = saved_filters::list(db, user).await?;
    let shown = rows.into_iter();
    Ok(shown
        .map(|row| json!({ "name": row.name, "query": row.query }))
        .collect())
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
