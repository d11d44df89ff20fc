//! The audit log: a chain that shows every change, also to those who own the database.

mod chain;
mod forgotten;
mod portal;
mod verify;

use vigie::domain::Timestamp;
use vigie::domain::audit::{Action, Actor, Deed, Fields, Subject};
use vigie::store::{Db, audit, tenant};

pub(super) const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A client's database with nothing in it.
pub(super) async fn migrated(db: &Db) {
    tenant::migrate(db).await.unwrap();
}

/// A site got another order.
pub(super) fn moved(key: &str, to: i64) -> Deed {
    Deed::new(Action::CHANGED, Subject::new("site", key))
        .before(Fields::new().with("order", to - 1))
        .after(Fields::new().with("order", to))
}

/// Records deeds in one transaction.
pub(super) async fn record(db: &Db, actor: &Actor, deeds: &[Deed]) {
    let mut tx = db.begin().await.unwrap();
    for deed in deeds {
        audit::record(&mut tx, NOON, actor, deed);
    }
    tx.commit().await.unwrap();
}
