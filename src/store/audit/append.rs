//! Writing: the entries of one transaction, chained to what is there.

use super::super::batch::{Placeholders, batches, values};
use crate::domain::Timestamp;
use crate::domain::audit::chain::{self, Hash, Link, ROOT};
use crate::domain::audit::{Actor, Deed};
use crate::store::{StoreError, Tx, exec_tx, on_tx};

/// A deed that waits for its transaction to commit.
#[derive(Debug)]
pub(in crate::store) struct Pending {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) noun: String,
    pub(super) key: String,
    pub(super) detail: String,
    /// What tells of the actor.
    pub(super) who: Option<Part>,
    /// What tells of the person it was done to.
    pub(super) what: Option<Part>,
}

/// What tells of a person, kept beside the chain.
#[derive(Debug)]
pub(super) struct Part {
    /// Whom it goes with: `user:7`.
    pub(super) person: String,
    pub(super) content: String,
}

impl Pending {
    pub(super) fn of(at: Timestamp, actor: &Actor, deed: &Deed) -> Self {
        let subject = &deed.subject;
        let mut entry = Self {
            at,
            actor: actor.hand.to_string(),
            action: deed.action.as_str().to_owned(),
            noun: subject.noun().to_owned(),
            key: subject.key().to_owned(),
            detail: deed.told(),
            who: None,
            what: None,
        };
        if subject.is_person() {
            entry.what = Some(Part {
                person: entry.person(),
                content: std::mem::replace(&mut entry.detail, "{}".to_owned()),
            });
        }
        entry.who = actor.told().map(|content| Part {
            person: entry.whose_visit(),
            content,
        });
        entry
    }

    /// `user:7`, of an entry about user 7.
    fn person(&self) -> String {
        format!("{}:{}", self.noun, self.key)
    }

    /// Who is forgotten with the actor's part: whoever tried to be somebody goes with them.
    fn whose_visit(&self) -> String {
        if self.actor == "nobody" && self.what.is_some() {
            self.person()
        } else {
            self.actor.clone()
        }
    }
}

/// An entry with its place in the chain.
struct Chained {
    id: i64,
    entry: Pending,
    who: Option<Salted>,
    what: Option<Salted>,
    hash: Hash,
}

struct Salted {
    part: Part,
    salt: Hash,
    digest: Hash,
}

impl Salted {
    fn of(part: Part) -> Self {
        let salt: Hash = rand::random();
        let digest = chain::digest(&salt, &part.content);
        Self { part, salt, digest }
    }
}

/// Writes what the transaction noted, in the order it was noted.
pub(in crate::store) async fn append(tx: &mut Tx) -> Result<(), StoreError> {
    let pending = std::mem::take(&mut tx.pending);
    if pending.is_empty() {
        return Ok(());
    }
    let last = advance(tx, pending.len() as i64).await?;
    let first = last - pending.len() as i64 + 1;
    let mut previous = hash_of(tx, first - 1).await?;
    let mut entries = Vec::with_capacity(pending.len());
    for (id, entry) in (first..).zip(pending) {
        let chained = chained(id, entry, &previous);
        previous = chained.hash.to_vec();
        entries.push(chained);
    }
    insert_entries(tx, &entries).await?;
    insert_persons(tx, &entries).await
}

fn chained(id: i64, mut entry: Pending, previous: &[u8]) -> Chained {
    let (who, what) = (
        entry.who.take().map(Salted::of),
        entry.what.take().map(Salted::of),
    );
    let link = Link {
        id,
        at: entry.at.0,
        actor: &entry.actor,
        action: &entry.action,
        noun: &entry.noun,
        key: &entry.key,
        detail: &entry.detail,
        who: who.as_ref().map(|part| &part.digest[..]),
        what: what.as_ref().map(|part| &part.digest[..]),
    };
    let hash = link.hash(previous);
    Chained {
        id,
        entry,
        who,
        what,
        hash,
    }
}

/// Takes so many places; whoever comes next waits here until this transaction has ended.
async fn advance(tx: &mut Tx, entries: i64) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "update audit_head set last = last + $1 where one = 1 returning last",
    )
    .bind(entries)
    .fetch_one(conn))
}

async fn hash_of(tx: &mut Tx, id: i64) -> Result<Vec<u8>, StoreError> {
    if id == 0 {
        return Ok(ROOT.to_vec());
    }
    on_tx!(tx, conn => sqlx::query_scalar("select hash from audit_log where id = $1")
        .bind(id)
        .fetch_one(conn))
}

async fn insert_entries(tx: &mut Tx, entries: &[Chained]) -> Result<(), StoreError> {
    for batch in batches(entries) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into audit_log (id, at, actor, action, noun, key, detail, who_digest, \
             what_digest, hash) values",
            batch.len(),
            10,
            "",
        );
        exec_tx!(tx, conn => batch.iter().fold(sqlx::query(sql), |query, one| query
            .bind(one.id)
            .bind(one.entry.at)
            .bind(&one.entry.actor)
            .bind(&one.entry.action)
            .bind(&one.entry.noun)
            .bind(&one.entry.key)
            .bind(&one.entry.detail)
            .bind(one.who.as_ref().map(|part| part.digest.to_vec()))
            .bind(one.what.as_ref().map(|part| part.digest.to_vec()))
            .bind(one.hash.to_vec()))
        .execute(conn))?;
    }
    Ok(())
}

async fn insert_persons(tx: &mut Tx, entries: &[Chained]) -> Result<(), StoreError> {
    let parts: Vec<(i64, &str, &Salted)> = entries
        .iter()
        .flat_map(|one| {
            let who = one.who.iter().map(|part| (one.id, "who", part));
            who.chain(one.what.iter().map(|part| (one.id, "what", part)))
        })
        .collect();
    for batch in batches(&parts) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into audit_persons (entry, part, person, salt, content) values",
            batch.len(),
            5,
            "",
        );
        exec_tx!(tx, conn => batch.iter().fold(sqlx::query(sql), |query, (id, part, salted)| query
            .bind(*id)
            .bind(*part)
            .bind(&salted.part.person)
            .bind(salted.salt.to_vec())
            .bind(&salted.part.content))
        .execute(conn))?;
    }
    Ok(())
}
