//! Values of custom fields in a plan: held to what each field is, compared, written.

use super::change::{Custom, by_key, settled_values};
use super::current::{Current, Ids, inverse};
use super::fields::{FieldChange, Fields, changes};
use super::model::{Model, field_key};
use super::noun::Noun;
use super::parse::Manifest;
use super::plan::{Plan, Step};
use super::source::Fault;
use super::target::Prune;
use crate::domain::{EquipmentId, FieldId, SiteId};
use crate::store::tenant::{Field, FieldRow, fields};
use crate::store::{Db, StoreError, Tx};
use std::collections::{BTreeMap, HashMap};

/// What the field of a step begins with, when it is a custom one.
const MARK: &str = "custom.";

/// Reads the custom fields of a client, and what its sites and equipment have in them.
pub(super) async fn load(db: &Db, model: &mut Model, ids: &mut Ids) -> Result<(), StoreError> {
    let rows = fields::list(db).await?;
    model.fields = in_order(&rows);
    let named = |row: &FieldRow| (field_key(&row.field.noun, &row.field.key), row.id);
    ids.fields = rows.iter().map(named).collect();
    let of_sites = by_key(&rows, &fields::list_of_sites(db).await?);
    let of_things = by_key(&rows, &fields::list_of_equipment(db).await?);
    let (sites, things) = (inverse(&ids.sites), inverse(&ids.equipment));
    let of_sites = of_each(Noun::Site, &sites, of_sites, SiteId);
    let of_things = of_each(Noun::Equipment, &things, of_things, EquipmentId);
    model.custom = of_sites.chain(of_things).collect();
    Ok(())
}

/// Custom fields by their keys, numbered in their order among those of their noun.
fn in_order(rows: &[FieldRow]) -> BTreeMap<String, Field> {
    let mut seen: HashMap<&str, i64> = HashMap::new();
    rows.iter()
        .map(|row| {
            let next = seen.entry(row.field.noun.as_str()).or_default();
            let field = Field {
                position: *next,
                ..row.field.clone()
            };
            *next += 1;
            (field_key(&field.noun, &field.key), field)
        })
        .collect()
}

/// Values of custom fields by the keys of what has them.
fn of_each<I: Eq + std::hash::Hash>(
    noun: Noun,
    keys: &HashMap<I, String>,
    values: HashMap<i64, Custom>,
    id: impl Fn(i64) -> I,
) -> impl Iterator<Item = ((Noun, String), Custom)> {
    values.into_iter().filter_map(move |(owner, custom)| {
        let key = keys.get(&id(owner))?;
        Some(((noun, key.clone()), custom))
    })
}

/// The manifest with every value as it would be kept, or why one cannot be.
pub(super) fn settle(
    manifest: &Manifest,
    current: Option<&Current>,
    prune: Prune,
    faults: &mut Vec<Fault>,
) -> Manifest {
    let mut settled = manifest.clone();
    let mut known = manifest.model.fields.clone();
    for (key, former) in current.iter().flat_map(|there| &there.model.fields) {
        match known.get(key) {
            Some(field) if field.kind != former.kind => {
                let message = format!(
                    "is of kind `{}`, which is fixed: remove the field, or give another key",
                    former.kind
                );
                faults.push(manifest.fault_at(Noun::Field, key, message));
            }
            None if prune == Prune::Keep => {
                known.insert(key.clone(), former.clone());
            }
            _ => {}
        }
    }
    let known: Vec<_> = known.into_values().collect();
    for ((noun, key), custom) in &mut settled.model.custom {
        match settled_values(&known, &noun.to_string(), custom) {
            Ok(values) => *custom = values,
            Err(wrong) => {
                let message = |(field, reason)| format!("`custom.{field}` {reason}");
                let wrong = wrong.into_iter().map(message);
                faults.extend(wrong.map(|message| manifest.fault_at(*noun, key, message)));
            }
        }
    }
    settled
}

/// Values a manifest says nothing of stay, of things and fields that do.
pub(super) fn keep(model: &mut Model, there: &Model) {
    for ((noun, key), custom) in &there.custom {
        let stays = match noun {
            Noun::Site => model.sites.contains_key(key),
            _ => model.equipment.contains_key(key),
        };
        let place = (*noun, key.clone());
        if stays && !model.custom.contains_key(&place) {
            model.custom.insert(place, custom.clone());
        }
    }
    let fields = &model.fields;
    for ((noun, _), custom) in &mut model.custom {
        custom.retain(|key, _| fields.contains_key(&field_key(&noun.to_string(), key)));
    }
}

/// What is different in the values of one thing.
pub(super) fn compare(there: &Model, target: &Model, noun: Noun, key: &str) -> Vec<FieldChange> {
    let place = (noun, key.to_owned());
    changes(
        &told(there.custom.get(&place)),
        &told(target.custom.get(&place)),
    )
}

fn told(custom: Option<&Custom>) -> Fields {
    let values = custom.into_iter().flatten();
    values
        .map(|(key, value)| (format!("{MARK}{key}"), value.to_string()))
        .collect()
}

/// Writes the values of a step's thing, if they are different.
pub(super) async fn write(
    tx: &mut Tx,
    plan: &Plan,
    ids: &BTreeMap<String, FieldId>,
    step: &Step,
    thing: i64,
) -> Result<(), StoreError> {
    if !step
        .fields
        .iter()
        .any(|change| change.field.starts_with(MARK))
    {
        return Ok(());
    }
    let is_site = step.noun == Noun::Site;
    if is_site {
        fields::clear_site(tx, thing).await?;
    } else {
        fields::clear_thing(tx, thing).await?;
    }
    let place = (step.noun, step.key.clone());
    for (key, value) in plan.target.custom.get(&place).into_iter().flatten() {
        let field = ids.get(&field_key(&step.noun.to_string(), key));
        let (field, value) = (*field.ok_or(StoreError::NotFound)?, value.to_string());
        if is_site {
            fields::insert_of_site(tx, thing, field, &value).await?;
        } else {
            fields::insert_of_thing(tx, thing, field, &value).await?;
        }
    }
    Ok(())
}
