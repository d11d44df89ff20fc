//! Reading, newest first.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, on_db};

/// One entry as people read it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its place in the chain.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Whose hand: `user:7`, `manifest`.
    pub actor: String,
    /// The verb.
    pub action: String,
    /// What it was done to: `site`.
    pub noun: String,
    /// Which one.
    pub key: String,
    /// JSON: name, before, after, note.
    pub detail: String,
    /// JSON that tells of the actor; none when nothing is known or they were forgotten.
    pub who: Option<String>,
    /// JSON like `detail`, for a subject that is a person; none once they were forgotten.
    pub what: Option<String>,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// Which entries; an absent part does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries before this place.
    pub before: Option<i64>,
    /// A hand (`user:7`), or a part of what tells of the actor.
    pub who: Option<String>,
    /// The verb.
    pub action: Option<String>,
    /// The noun of the subject.
    pub noun: Option<String>,
    /// The key of the subject.
    pub key: Option<String>,
    /// From this instant.
    pub start: Option<Timestamp>,
    /// Before this instant.
    pub end: Option<Timestamp>,
    /// A part of anything that is told.
    pub text: Option<String>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select a.id, a.at, a.actor, a.action, a.noun, a.key, a.detail, a.hash, \
             w.content as who, s.content as what from audit_log a \
             left join audit_persons w on w.entry = a.id and w.part = 'who' \
             left join audit_persons s on s.entry = a.id and s.part = 'what' ",
            $tail
        )
    };
}

/// The newest entries that pass, newest first.
pub async fn list(db: &Db, filter: &Filter, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let (who, text) = (pattern(filter.who.as_ref()), pattern(filter.text.as_ref()));
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where (cast($1 as bigint) is null or a.id < $1) \
         and (cast($2 as text) is null or a.actor = $2 or lower(w.content) like $3 escape '!') \
         and (cast($4 as text) is null or a.action = $4) \
         and (cast($5 as text) is null or a.noun = $5) \
         and (cast($6 as text) is null or a.key = $6) \
         and (cast($7 as bigint) is null or a.at >= $7) \
         and (cast($8 as bigint) is null or a.at < $8) \
         and (cast($9 as text) is null or lower(a.action || ' ' || a.noun || ' ' || a.key || ' ' \
         || a.detail || ' ' || coalesce(w.content, '') || ' ' || coalesce(s.content, '')) \
         like $9 escape '!') \
         order by a.id desc limit $10"
    ))
    .bind(filter.before)
    .bind(filter.who.as_deref())
    .bind(who)
    .bind(filter.action.as_deref())
    .bind(filter.noun.as_deref())
    .bind(filter.key.as_deref())
    .bind(filter.start)
    .bind(filter.end)
    .bind(text)
    .bind(limit)
    .fetch_all(pool))
}

/// The newest entries that are neither about signing in nor about people, newest first.
pub async fn changes(db: &Db, limit: i64) -> Result<Vec<Entry>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where a.noun in ('site', 'type', 'equipment', 'connection', 'device') \
         and a.action in ('created', 'changed', 'renamed', 'removed', 'revoked') \
         order by a.id desc limit $1"
    ))
    .bind(limit)
    .fetch_all(pool))
}

/// `%part%` in lower case, its own signs taken literally.
fn pattern(part: Option<&String>) -> Option<String> {
    let mut pattern = String::from("%");
    for letter in part?.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signs_of_a_pattern_are_letters_when_a_person_types_them() {
        assert_eq!(pattern(Some(&"50%_!A".to_owned())).unwrap(), "%50!%!_!!a%");
        assert_eq!(pattern(None), None);
    }
}
