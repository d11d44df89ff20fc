//! Equipment that a route creates from its type the first time it speaks.

use super::catalogue::Catalogue;
use super::model::Model;
use crate::domain::audit::{Action, Actor, Deed, Subject};
use crate::domain::{EquipmentTypeId, SiteId, Timestamp};
use crate::store::tenant::{Equipment, equipment, equipment_types, points, settings};
use crate::store::{StoreError, audit};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;
use vigie_contract::{Address, EquipmentHint};

/// Who made it, as the database says.
const CREATED_BY: &str = equipment::BY_DEVICES;

/// Creates equipment, one caller at a time.
#[derive(Debug, Default)]
pub(super) struct Growth {
    turn: Mutex<()>,
    crowded: std::sync::Mutex<Crowded>,
}

/// Types whose equipment found no room in the quota of points, in one version of the model.
#[derive(Debug, Default)]
struct Crowded {
    version: i64,
    kinds: HashSet<EquipmentTypeId>,
}

/// How much may grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Equipment of a client before routes create no more.
    pub(super) max_equipment: usize,
    /// Points of a client; none is without a limit.
    pub(super) max_points: Option<i64>,
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
    pub(super) fn seedling(
        &self,
        address: &Address,
        hint: &EquipmentHint,
        max_equipment: usize,
    ) -> Option<Seedling> {
        let kind = *self.types.get(hint.kind.as_ref()?)?;
        let site = match &hint.site {
            Some(key) => *self.sites.get(key)?,
            None if self.sites.len() == 1 => *self.sites.values().next()?,
            None => return None,
        };
        let has_room = self.equipment.len() < max_equipment;
        has_room.then(|| Seedling {
            key: address.equipment.clone(),
            site,
            kind,
        })
    }
}

impl Growth {
    /// Whether equipment like this found no room since the model last changed.
    pub(super) fn is_crowded(&self, version: i64, seedling: &Seedling) -> bool {
        let crowded = self.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        crowded.version == version && crowded.kinds.contains(&seedling.kind)
    }

    fn note_crowded(&self, version: i64, kinds: HashSet<EquipmentTypeId>) {
        let mut crowded = self.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        if crowded.version != version {
            *crowded = Crowded::default();
        }
        crowded.version = version;
        crowded.kinds.extend(kinds);
    }

    /// Creates what is still missing and has room, in one transaction, and puts it into the model.
    pub(super) async fn plant(
        &self,
        model: &Model,
        mut seedlings: Vec<Seedling>,
        room: Room,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let known = model.snapshot();
        seedlings.retain(|seedling| !known.equipment.contains_key(&seedling.key));
        seedlings.sort_by(|a, b| a.key.cmp(&b.key));
        seedlings.dedup_by(|a, b| a.key == b.key);
        seedlings.truncate(room.max_equipment.saturating_sub(known.equipment.len()));
        if seedlings.is_empty() {
            return Ok(());
        }
        match create(model, seedlings, room.max_points, now).await {
            Ok(Grown::Nothing(kinds)) => {
                self.note_crowded(known.version, kinds);
                Ok(())
            }
            Ok(Grown::At(version, planted, kinds)) => {
                adopt(model, &known, &planted, version).await?;
                self.note_crowded(model.version(), kinds);
                Ok(())
            }
            // Somebody else (a manifest, another node) was faster.
            Err(StoreError::Duplicate(_)) => model.refresh().await.map(|_| ()),
            Err(error) => Err(error),
        }
    }
}

/// What came of seedlings.
enum Grown {
    /// None had room; of these types they are.
    Nothing(HashSet<EquipmentTypeId>),
    /// These are in this version of the model; of those types some had no room.
    At(i64, Vec<Seedling>, HashSet<EquipmentTypeId>),
}

/// Creates those that have room.
async fn create(
    model: &Model,
    seedlings: Vec<Seedling>,
    max_points: Option<i64>,
    now: Timestamp,
) -> Result<Grown, StoreError> {
    let mut tx = model.scope().db().begin().await?;
    let mut room = match max_points {
        Some(most) => most - points::count(&mut tx).await?,
        None => i64::MAX,
    };
    let (mut planted, mut crowded) = (Vec::new(), HashSet::new());
    for seedling in seedlings {
        let size = equipment_types::count_points(&mut tx, seedling.kind).await?;
        if size > room {
            crowded.insert(seedling.kind);
            continue;
        }
        room -= size;
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
        planted.push(seedling);
    }
    if planted.is_empty() {
        tx.rollback().await?;
        return Ok(Grown::Nothing(crowded));
    }
    let version = settings::bump_model_version(&mut tx).await?;
    tx.commit().await?;
    tracing::info!(
        tenant.slug = model.scope().tenant().slug,
        created = planted.len(),
        "equipment created"
    );
    Ok(Grown::At(version, planted, crowded))
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
