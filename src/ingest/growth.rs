//! Equipment that a route creates from its type the first time it speaks.

use super::catalogue::Catalogue;
use super::model::Model;
use crate::domain::audit::{Action, Actor, Deed, Subject};
use crate::domain::{EquipmentTypeId, SiteId, Timestamp};
use crate::store::tenant::{Equipment, equipment, points, settings};
use crate::store::{StoreError, audit};
use std::sync::Arc;
use tokio::sync::Mutex;
use vigie_contract::Reading;

/// Who made it, as the database says.
const CREATED_BY: &str = equipment::BY_DEVICES;

/// Creates equipment, one caller at a time.
#[derive(Debug, Default)]
pub(super) struct Growth {
    turn: Mutex<()>,
}

/// An equipment to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seedling {
    key: Arc<str>,
    site: SiteId,
    kind: EquipmentTypeId,
}

impl Catalogue {
    /// What would have to be created for a reading of unknown equipment; `None` when its route
    /// names no type, or one (or a site) that is not in the model, or there is no room.
    pub(super) fn seedling(&self, reading: &Reading, max_equipment: usize) -> Option<Seedling> {
        let kind = *self.types.get(reading.hint.kind.as_ref()?)?;
        let site = match &reading.hint.site {
            Some(key) => *self.sites.get(key)?,
            None if self.sites.len() == 1 => *self.sites.values().next()?,
            None => return None,
        };
        let has_room = self.equipment.len() < max_equipment;
        has_room.then(|| Seedling {
            key: reading.address.equipment.clone(),
            site,
            kind,
        })
    }
}

impl Growth {
    /// Creates what is still missing, in one transaction, and puts it into the model.
    pub(super) async fn plant(
        &self,
        model: &Model,
        mut seedlings: Vec<Seedling>,
        max_equipment: usize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let known = model.snapshot();
        seedlings.retain(|seedling| !known.equipment.contains_key(&seedling.key));
        seedlings.sort_by(|a, b| a.key.cmp(&b.key));
        seedlings.dedup_by(|a, b| a.key == b.key);
        seedlings.truncate(max_equipment.saturating_sub(known.equipment.len()));
        if seedlings.is_empty() {
            return Ok(());
        }
        match create(model, &seedlings, now).await {
            Ok(version) => adopt(model, &known, &seedlings, version).await,
            // Somebody else (a manifest, another node) was faster.
            Err(StoreError::Duplicate(_)) => model.refresh().await.map(|_| ()),
            Err(error) => Err(error),
        }
    }
}

/// The version of the model that has them.
async fn create(model: &Model, seedlings: &[Seedling], now: Timestamp) -> Result<i64, StoreError> {
    let mut tx = model.scope().db().begin().await?;
    for seedling in seedlings {
        let wanted = Equipment {
            site_id: seedling.site,
            parent_id: None,
            type_id: seedling.kind,
            key: seedling.key.to_string(),
            name: seedling.key.to_string(),
            model: None,
            serial: None,
            note: None,
        };
        let id = equipment::insert(&mut tx, &wanted, CREATED_BY, now).await?;
        points::insert_from_type(&mut tx, id, now).await?;
        let subject = Subject::new("equipment", &seedling.key);
        let deed = Deed::new(Action::CREATED, subject).note("first message of its route");
        audit::record(&mut tx, now, &Actor::DEVICES, &deed);
    }
    let version = settings::bump_model_version(&mut tx).await?;
    tx.commit().await?;
    tracing::info!(
        tenant.slug = model.scope().tenant().slug,
        created = seedlings.len(),
        "equipment created"
    );
    Ok(version)
}

/// Adds only what is new when nobody else changed the model, else reads it all.
async fn adopt(
    model: &Model,
    known: &Catalogue,
    seedlings: &[Seedling],
    version: i64,
) -> Result<(), StoreError> {
    if version != known.version + 1 {
        return model.refresh().await.map(|_| ());
    }
    let db = model.scope().db();
    let mut grown = known.clone();
    for seedling in seedlings {
        if let Some(row) = equipment::find_by_key(db, &seedling.key).await? {
            let points = points::list_of(db, row.id).await?;
            grown.add_equipment(vec![row], points);
        }
    }
    grown.version = version;
    model.replace(grown);
    Ok(())
}
