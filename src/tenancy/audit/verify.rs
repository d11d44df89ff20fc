//! The proof itself: recomputes the chain from its first entry.

use crate::domain::audit::chain::{self, Hash, Link, ROOT};
use crate::domain::audit::{Action, Hand, Subject};
use crate::store::audit::{Sealed, head, read};
use crate::store::{Db, StoreError};
use std::collections::HashMap;

/// Entries that are read at once.
const CHUNK: i64 = 1_000;

/// How far a log goes: the place of its last entry, and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the last one.
    pub hash: Hash,
}

/// The first thing that is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is not there.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// An entry, or the one before it, is not what was written.
    #[error("entry {0} was changed, or something was put before it")]
    Changed(i64),
    /// What is told of a person is not what was written.
    #[error("what entry {0} tells of a person was changed")]
    Retold(i64),
    /// What is told of a person is gone, and no erasure says why.
    #[error("what entry {0} told of a person is gone, and no erasure is recorded")]
    Untold(i64),
    /// There are fewer entries than were written.
    #[error("the log ends at entry {found}, and {written} were written")]
    Cut {
        /// The last entry there is.
        found: i64,
        /// How many there were.
        written: i64,
    },
    /// The log went another way since it was verified.
    #[error("entry {0} is another than the one a checkpoint names")]
    Rewritten(i64),
    /// The checkpoint of the last verification is not one of ours.
    #[error("the checkpoint of the last verification was changed")]
    Seal,
}

/// Walks the chain. `known` are heads it had before: it must still pass through each of them.
pub async fn verify(db: &Db, known: &[Head]) -> Result<Result<Head, Broken>, StoreError> {
    // Read first: entries may be added while we read, never taken away.
    let written = head(db).await?;
    let mut walk = Walk::new(known);
    loop {
        let chunk = read(db, walk.head.entries, CHUNK).await?;
        if chunk.is_empty() {
            return Ok(walk.end(written));
        }
        for entry in &chunk {
            if let Err(broken) = walk.step(entry) {
                return Ok(Err(broken));
            }
        }
    }
}

struct Walk {
    head: Head,
    known: HashMap<i64, Hash>,
    /// Whoever was erased, and by which entry.
    erased: HashMap<String, i64>,
    /// Entries that tell nothing of a person any more.
    untold: Vec<(i64, String)>,
}

impl Walk {
    fn new(known: &[Head]) -> Self {
        Self {
            head: Head {
                entries: 0,
                hash: ROOT,
            },
            known: known.iter().map(|head| (head.entries, head.hash)).collect(),
            erased: HashMap::new(),
            untold: Vec::new(),
        }
    }

    fn step(&mut self, entry: &Sealed) -> Result<(), Broken> {
        let id = self.head.entries + 1;
        if entry.id != id {
            return Err(Broken::Missing(id));
        }
        let hash = link(entry).hash(&self.head.hash);
        if hash[..] != entry.hash[..] {
            return Err(Broken::Changed(id));
        }
        if self.known.get(&id).is_some_and(|known| *known != hash) {
            return Err(Broken::Rewritten(id));
        }
        self.check_persons(entry)?;
        if entry.action == Action::ERASED.as_str() {
            self.erased.insert(subject(entry), id);
        }
        self.head = Head { entries: id, hash };
        Ok(())
    }

    fn check_persons(&mut self, entry: &Sealed) -> Result<(), Broken> {
        let who = (&entry.who_digest, &entry.who, &entry.who_salt);
        let what = (&entry.what_digest, &entry.what, &entry.what_salt);
        for (part, person) in [(who, visitor(entry)), (what, subject(entry))] {
            match part {
                (None, None, _) => {}
                (Some(digest), Some(content), Some(salt)) => {
                    if chain::digest(salt, content)[..] != digest[..] {
                        return Err(Broken::Retold(entry.id));
                    }
                }
                (Some(_), None, _) => self.untold.push((entry.id, person)),
                _ => return Err(Broken::Retold(entry.id)),
            }
        }
        Ok(())
    }

    fn end(self, written: i64) -> Result<Head, Broken> {
        let longest = self.known.keys().copied().max().unwrap_or(0).max(written);
        if self.head.entries < longest {
            return Err(Broken::Cut {
                found: self.head.entries,
                written: longest,
            });
        }
        let unexplained = self.untold.iter().find(|(id, person)| {
            let erased = self.erased.get(person);
            erased.is_none_or(|erasure| erasure < id)
        });
        match unexplained {
            Some((id, _)) => Err(Broken::Untold(*id)),
            None => Ok(self.head),
        }
    }
}

fn link(entry: &Sealed) -> Link<'_> {
    Link {
        id: entry.id,
        at: entry.at,
        actor: &entry.actor,
        action: &entry.action,
        noun: &entry.noun,
        key: &entry.key,
        detail: &entry.detail,
        who: entry.who_digest.as_deref(),
        what: entry.what_digest.as_deref(),
    }
}

fn subject(entry: &Sealed) -> String {
    format!("{}:{}", entry.noun, entry.key)
}

/// With whom what is told of the actor goes: see `store::audit`.
fn visitor(entry: &Sealed) -> String {
    if entry.actor == Hand::Nobody.to_string() && entry.noun == Subject::PERSON {
        subject(entry)
    } else {
        entry.actor.clone()
    }
}
