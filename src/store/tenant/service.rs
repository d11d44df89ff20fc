//! Whom to call about an equipment, and until when it is under warranty.

use crate::domain::EquipmentId;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// Contact and warranty.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Service {
    /// Whom to ask for.
    pub contact_name: String,
    /// Their number.
    pub contact_phone: String,
    /// Their address.
    pub contact_email: String,
    /// The last day of the warranty, counted from 1970-01-01.
    pub warranty_until: Option<i64>,
    /// Moves with every change; 0 where nothing was written yet.
    pub version: i64,
}

/// What is known of an equipment.
pub async fn find(db: &Db, equipment: EquipmentId) -> Result<Option<Service>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select contact_name, contact_phone, contact_email, warranty_until, version \
         from equipment_service where equipment_id = $1",
    )
    .bind(equipment)
    .fetch_optional(pool))
}

/// Writes what is known, if it is still at its version; false when somebody else wrote it.
pub async fn put(tx: &mut Tx, equipment: EquipmentId, known: &Service) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "insert into equipment_service (equipment_id, contact_name, contact_phone, \
         contact_email, warranty_until, version) values ($1, $2, $3, $4, $5, 1) \
         on conflict (equipment_id) do update set contact_name = excluded.contact_name, \
         contact_phone = excluded.contact_phone, contact_email = excluded.contact_email, \
         warranty_until = excluded.warranty_until, version = equipment_service.version + 1 \
         where equipment_service.version = $6",
    )
    .bind(equipment)
    .bind(&known.contact_name)
    .bind(&known.contact_phone)
    .bind(&known.contact_email)
    .bind(known.warranty_until)
    .bind(known.version)
    .execute(conn))?;
    Ok(touched > 0)
}
