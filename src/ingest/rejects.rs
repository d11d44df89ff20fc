//! What was refused: counts that are never lost, examples that are bounded.

use crate::domain::Timestamp;
use crate::store::tenant::{Reject, rejects};
use crate::store::{Db, StoreError};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Examples kept between two flushes; the oldest go first.
const MAX_EXAMPLES: usize = 200;

/// Refusals that are not in the database yet.
#[derive(Debug, Default)]
pub(super) struct RejectBook(Mutex<Page>);

#[derive(Debug, Default)]
struct Page {
    counts: HashMap<(Arc<str>, &'static str), Count>,
    examples: VecDeque<Reject>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    n: u64,
    last_at: Timestamp,
}

impl RejectBook {
    /// Counts `n` refusals of one reason.
    pub(super) fn count(&self, connection: &Arc<str>, reason: &'static str, n: u32, at: Timestamp) {
        self.page().add(
            connection,
            reason,
            Count {
                n: n.into(),
                last_at: at,
            },
        );
    }

    /// Keeps an example to look at.
    pub(super) fn keep(&self, example: Reject) {
        self.page().keep(example);
    }

    /// Writes everything to the database in one transaction; keeps it when that fails.
    pub(super) async fn flush(&self, db: &Db) -> Result<(), StoreError> {
        let page = std::mem::take(&mut *self.page());
        if page.counts.is_empty() && page.examples.is_empty() {
            return Ok(());
        }
        let outcome = page.write(db).await;
        if outcome.is_err() {
            self.put_back(page);
        }
        outcome
    }

    fn put_back(&self, older: Page) {
        let mut page = self.page();
        for ((connection, reason), count) in older.counts {
            page.add(&connection, reason, count);
        }
        let newer = std::mem::replace(&mut page.examples, older.examples);
        for example in newer {
            page.keep(example);
        }
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn add(&mut self, connection: &Arc<str>, reason: &'static str, more: Count) {
        let none = Count {
            n: 0,
            last_at: more.last_at,
        };
        let count = self
            .counts
            .entry((connection.clone(), reason))
            .or_insert(none);
        count.n += more.n;
        count.last_at = count.last_at.max(more.last_at);
    }

    fn keep(&mut self, example: Reject) {
        if self.examples.len() == MAX_EXAMPLES {
            self.examples.pop_front();
        }
        self.examples.push_back(example);
    }

    async fn write(&self, db: &Db) -> Result<(), StoreError> {
        let mut tx = db.begin().await?;
        for ((connection, reason), count) in &self.counts {
            rejects::add_count(&mut tx, connection, reason, count.n as i64, count.last_at).await?;
        }
        for example in &self.examples {
            rejects::insert(&mut tx, example).await?;
        }
        rejects::prune(&mut tx).await?;
        tx.commit().await
    }
}
