//! Changes in words, for callers that have no fields to tell: an entry of the audit log.

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx, audit};

/// Records a change with the transaction that makes it. Prefer [`audit::record`], which
/// also takes what was different.
pub async fn insert(
    tx: &mut Tx,
    at: Timestamp,
    actor: &str,
    what: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    audit::record_words(tx, at, (actor, what), subject, detail).await
}
