//! One client's database: its model, its people and keys, and its samples.
//!
//! A noun has a plain struct with what people decide about it (`Site`) and a row
//! that adds what the database knows (`SiteRow`). Reads take a [`Db`], changes of
//! the model take a [`Tx`], so that whoever changes several nouns decides what
//! belongs together; such a transaction ends with [`settings::bump_model_version`].

pub mod annotations;
pub mod api_keys;
pub mod bacnet;
pub mod blocks;
pub mod ceremonies;
pub mod commands;
pub mod connections;
pub mod dashboards;
pub mod devices;
pub mod discovered;
pub mod employees;
pub mod equipment;
pub mod equipment_types;
pub mod factors;
pub mod fencing;
pub mod fields;
pub mod grants;
pub mod idempotency;
pub mod journal;
pub mod key_places;
pub mod latest;
pub mod links;
pub mod logo;
pub mod maintenance;
pub mod maintenance_files;
pub mod manifest_marks;
pub mod open_spans;
pub mod outbox;
pub mod packed_hours;
pub mod passkeys;
pub mod points;
pub mod providers;
pub mod rejects;
pub mod removed_points;
pub mod rollups;
pub mod saved_filters;
pub mod secrets;
pub mod service;
pub mod sessions;
pub mod settings;
pub mod share_links;
pub mod sites;
pub mod support_grants;
pub mod tokens;
pub mod tombstones;
pub mod usage;
pub mod users;

pub use annotations::AnnotationRow;
pub use api_keys::{ApiKey, ApiKeyRow};
pub use ceremonies::CeremonyRow;
pub use commands::{Command, CommandRow, Ending};
pub use connections::{Connection, ConnectionRow};
pub use dashboards::{Dashboard, DashboardRow};
pub use devices::DeviceRow;
pub use discovered::{DiscoveredRow, Sighting};
pub use equipment::{Equipment, EquipmentRow};
pub use equipment_types::{EquipmentType, EquipmentTypeRow, TypePointRow};
pub use fields::{Field, FieldRow, FieldValueRow};
pub use idempotency::RememberedRow;
pub use links::{LinkRow, LinkSpec};
pub use maintenance::{Work, WorkRow};
pub use maintenance_files::FileRow;
pub use outbox::OutboxRow;
pub use passkeys::{Passkey, PasskeyRow};
pub use points::{PointRow, PointSpec};
pub use providers::{Provider, ProviderRow};
pub use rejects::{Reject, RejectCountRow, RejectRow};
pub use saved_filters::SavedFilterRow;
pub use secrets::SecretRow;
pub use sessions::{Session, SessionUserRow};
pub use settings::Versions;
pub use share_links::{ShareLink, ShareLinkRow};
pub use sites::{Site, SiteRow};
pub use support_grants::{SupportGrant, SupportGrantRow};
pub use tokens::{RefreshTokenRow, TokenFamilyRow};
pub use users::{Profile, User, UserRow};

use super::{Db, StoreError, audit};

/// Brings the schema of a client's database up to date; repeating it is harmless.
pub async fn migrate(db: &Db) -> Result<(), StoreError> {
    match db {
        Db::Postgres(pool) => {
            sqlx::migrate!("migrations/tenant/postgres")
                .run(pool)
                .await?;
        }

        Db::Sqlite { write, .. } => {
            sqlx::migrate!("migrations/tenant/sqlite")
                .run(write)
                .await?;
        }
    }
    audit::adopt(db).await
}
