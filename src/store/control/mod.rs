//! The platform's own database: which clients there are and where their data lies.
//!
//! Invariant: nothing of what a client measures, and nobody who signs in to a
//! portal, is kept here. The platform's own staff is.

pub mod checkpoints;
pub mod provisioning;
pub mod signing_keys;
pub mod staff;
pub mod staff_sessions;
pub mod tenants;

pub use signing_keys::SigningKeyRow;
pub use staff::{Staff, StaffRow};
pub use staff_sessions::StaffSession;
pub use tenants::{TenantRow, TenantSpec};

use super::{Db, StoreError, audit};

/// Brings the schema of the control database up to date; repeating it is harmless.
pub async fn migrate(db: &Db) -> Result<(), StoreError> {
    match db {
        Db::Postgres(pool) => {
            sqlx::migrate!("migrations/control/postgres")
                .run(pool)
                .await?;
        }

        Db::Sqlite { write, .. } => {
            sqlx::migrate!("migrations/control/sqlite")
                .run(write)
                .await?;
        }
    }
    audit::adopt(db).await
}
