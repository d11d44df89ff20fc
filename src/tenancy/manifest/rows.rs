//! What a manifest says of a thing, as the row that is stored.

use super::current::Ids;
use super::model::{EquipmentSpec, SiteSpec};
use super::write::find;
use crate::domain::{EquipmentId, EquipmentTypeId, SiteId};
use crate::store::StoreError;
use crate::store::tenant::{Equipment, Site};
use std::collections::BTreeMap;

pub(super) fn site_of(key: &str, spec: &SiteSpec, ids: &Ids) -> Result<Site, StoreError> {
    Ok(Site {
        parent_id: parent_id(&ids.sites, spec.parent.as_ref())?,
        key: key.to_owned(),
        name: spec.name.clone(),
        address: spec.address.clone(),
        latitude: spec.position.map(|(latitude, _)| latitude),
        longitude: spec.position.map(|(_, longitude)| longitude),
        time_zone: spec.time_zone.clone(),
        position: spec.order,
    })
}

pub(super) fn equipment_of(
    key: &str,
    spec: &EquipmentSpec,
    ids: &Ids,
) -> Result<Equipment, StoreError> {
    let (site_id, type_id): (SiteId, EquipmentTypeId) =
        (find(&ids.sites, &spec.site)?, find(&ids.types, &spec.kind)?);
    let parent_id: Option<EquipmentId> = parent_id(&ids.equipment, spec.parent.as_ref())?;
    Ok(Equipment {
        site_id,
        parent_id,
        type_id,
        key: key.to_owned(),
        name: spec.name.clone(),
        model: spec.model.clone(),
        serial: spec.serial.clone(),
        note: spec.note.clone(),
    })
}

fn parent_id<I: Copy>(
    ids: &BTreeMap<String, I>,
    parent: Option<&String>,
) -> Result<Option<I>, StoreError> {
    parent.map(|key| find(ids, key)).transpose()
}
