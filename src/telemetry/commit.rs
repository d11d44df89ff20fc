//! A transaction of the writer, stored exactly once.
//!
//! A failure that may pass is retried; a retry stores the same flush only once.

use super::EngineError;
use super::engine::Noted;
use super::shared::Shared;
use crate::store::tenant::fencing;
use crate::store::tenant::journal::{self, Flush};
use crate::store::tenant::tombstones::{self, TombstoneRow};
use crate::store::{Db, StoreError, audit};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

const STATEMENT_TIMEOUT: Duration = Duration::from_secs(15);
const FIRST_RETRY: Duration = Duration::from_millis(50);
const SLOWEST_RETRY: Duration = Duration::from_secs(1);

/// Stores a change exactly once; repeats it while the failure may pass and there is time.
pub(super) async fn store(shared: &Shared, change: Change<'_>) -> Result<(), EngineError> {
    let deadline = Instant::now() + shared.config.retry_for;
    let mut delay = FIRST_RETRY;
    loop {
        let error = match timeout(STATEMENT_TIMEOUT, change.store(shared)).await {
            Ok(Ok(())) => return Ok(()),
            // Another writer used this seq: it took over.
            Ok(Err(StoreError::Duplicate(_))) => EngineError::Fenced,
            Ok(Err(error)) => error.into(),
            Err(_) => timed_out(),
        };
        if !error.is_transient() || Instant::now() + delay > deadline {
            return Err(error);
        }
        tracing::debug!(error = %error, "commit failed, trying again");
        sleep(delay).await;
        delay = (delay * 2).min(SLOWEST_RETRY);
    }
}

/// Whether a flush whose outcome is unknown is stored.
pub(super) async fn is_stored(
    shared: &Shared,
    source: &str,
    seq: i64,
) -> Result<bool, EngineError> {
    let asked = journal::is_stored(&shared.db, source, seq);
    let answer = timeout(STATEMENT_TIMEOUT, asked).await;
    Ok(answer.map_err(|_| timed_out())??)
}

/// What a transaction of the writer adds.
#[derive(Clone, Copy)]
pub(super) enum Change<'a> {
    Flush(&'a Flush),
    Tombstone(&'a TombstoneRow, Option<&'a Noted>),
}

impl Change<'_> {
    /// One attempt; repeating it after an unknown outcome changes nothing.
    async fn store(self, shared: &Shared) -> Result<(), StoreError> {
        match self {
            Self::Flush(flush) => store_flush(&shared.db, flush).await,
            Self::Tombstone(tombstone, noted) => store_tombstone(shared, tombstone, noted).await,
        }
    }
}

async fn store_flush(db: &Db, flush: &Flush) -> Result<(), StoreError> {
    let added = journal::insert(db, flush).await?;
    if added || journal::is_stored(db, &flush.source, flush.source_seq).await? {
        Ok(())
    } else {
        Err(StoreError::Fenced)
    }
}

async fn store_tombstone(
    shared: &Shared,
    tombstone: &TombstoneRow,
    noted: Option<&Noted>,
) -> Result<(), StoreError> {
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    let is_new = tombstones::insert(&mut tx, tombstone).await?;
    if let Some(Noted { at, actor, deed }) = noted.filter(|_| is_new) {
        audit::record(&mut tx, *at, actor, deed);
    }
    tx.commit().await
}

fn timed_out() -> EngineError {
    EngineError::Unavailable("the database did not answer in time".to_owned())
}
