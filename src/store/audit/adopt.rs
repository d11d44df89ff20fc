//! The records of changes from before there was a chain: they become its first entries.

use super::Pending;
use super::append::Part;
use crate::domain::Timestamp;
use crate::domain::audit::Subject;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

#[derive(Debug, sqlx::FromRow)]
struct Former {
    at: Timestamp,
    actor: String,
    what: String,
    subject: String,
    detail: String,
}

/// Chains what was recorded before; repeating it is harmless, and two at once do it once.
pub async fn adopt(db: &Db) -> Result<(), StoreError> {
    if !has_former(db).await? {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    hold_head(&mut tx).await?;
    for former in list_former(&mut tx).await? {
        let entry = entry_of(&mut tx, former).await?;
        tx.pending.push(entry);
    }
    delete_former(&mut tx).await?;
    tx.commit().await
}

async fn entry_of(tx: &mut Tx, former: Former) -> Result<Pending, StoreError> {
    let (noun, name) = split(&former.subject);
    let told = match former.detail.as_str() {
        "" => "{}".to_owned(),
        note => serde_json::json!({ "note": note }).to_string(),
    };
    let mut entry = Pending {
        at: former.at,
        actor: former.actor,
        action: former.what,
        noun: noun.to_owned(),
        key: name.to_owned(),
        detail: told,
        who: None,
        what: None,
    };
    if noun == Subject::PERSON {
        let id = find_user(tx, name).await?.unwrap_or_default();
        entry.key = id.to_string();
        entry.what = Some(Part {
            person: format!("{noun}:{id}"),
            content: serde_json::json!({ "name": name, "note": former.detail }).to_string(),
        });
        "{}".clone_into(&mut entry.detail);
    }
    Ok(entry)
}

/// `site lyon`, `API key telegraf`: noun and key.
fn split(subject: &str) -> (&str, &str) {
    match subject.strip_prefix("API key ") {
        Some(name) => ("api-key", name),
        None => subject.split_once(' ').unwrap_or((subject, "")),
    }
}

/// Whoever else adopts waits here.
async fn hold_head(tx: &mut Tx) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("update audit_head set last = last where one = 1").execute(conn))?;
    Ok(())
}

async fn has_former(db: &Db) -> Result<bool, StoreError> {
    let any: Option<i64> = on_db!(db.write, pool => sqlx::query_scalar(
        "select id from changes_before_audit limit 1",
    )
    .fetch_optional(pool))?;
    Ok(any.is_some())
}

async fn list_former(tx: &mut Tx) -> Result<Vec<Former>, StoreError> {
    on_tx!(tx, conn => sqlx::query_as(
        "select at, actor, what, subject, detail from changes_before_audit order by id",
    )
    .fetch_all(conn))
}

async fn delete_former(tx: &mut Tx) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from changes_before_audit").execute(conn))?;
    Ok(())
}

/// The present number of who has this address; the control database has no users.
async fn find_user(tx: &mut Tx, email: &str) -> Result<Option<i64>, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select id from users where email = $1")
        .bind(email)
        .fetch_optional(conn))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_subject_is_a_noun_and_a_key() {
        assert_eq!(split("site lyon"), ("site", "lyon"));
        assert_eq!(split("equipment Pack 1"), ("equipment", "Pack 1"));
        assert_eq!(split("API key telegraf"), ("api-key", "telegraf"));
        assert_eq!(split("odd"), ("odd", ""));
    }
}
