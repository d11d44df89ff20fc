//! Opening: take the writer's epoch, then rebuild the head.

use super::EngineError;
use super::codec::decode_journal;
use super::head::Head;
use super::read::off_the_loop;
use crate::domain::{PointId, PointSample};
use crate::store::Db;
use crate::store::tenant::journal::JournalRow;
use crate::store::tenant::{fencing, journal, latest, tombstones};

/// Journal rows per statement.
const PAGE: i64 = 64;

/// What opening found.
pub(super) struct Replayed {
    pub(super) epoch: i64,
    pub(super) head: Head,
    /// Points whose newest sample a deletion took; to be looked up.
    pub(super) bereft: Vec<PointId>,
}

/// Takes the database over from any writer before and rebuilds its head.
pub(super) async fn replay(db: &Db) -> Result<Replayed, EngineError> {
    let writer = fencing::take_epoch(db).await?;
    let mut head = Head::new(writer.merged_seq, &latest::list(db).await?);
    let mut pending = tombstones::list(db).await?.into_iter().peekable();
    let mut bereft = Vec::new();
    let mut after = writer.merged_seq;
    loop {
        let rows = journal::after(db, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for (seq, samples) in off_the_loop(move || unpack(rows)).await? {
            while let Some(tombstone) = pending.next_if(|tombstone| tombstone.seq < seq) {
                bereft.extend(head.apply_delete(tombstone));
            }
            head.apply(seq, &samples);
        }
    }
    for tombstone in pending {
        bereft.extend(head.apply_delete(tombstone));
    }
    Ok(Replayed {
        epoch: writer.epoch,
        head,
        bereft,
    })
}

fn unpack(rows: Vec<JournalRow>) -> Result<Vec<(i64, Vec<PointSample>)>, EngineError> {
    rows.into_iter()
        .map(|row| match decode_journal(&row.data) {
            Ok(samples) => Ok((row.seq, samples)),
            Err(error) => Err(EngineError::Corrupt(format!(
                "journal row {}: {error}",
                row.seq
            ))),
        })
        .collect()
}
