//! What will be there after a plan: what the manifest says, and what it leaves alone.
//!
//! Without pruning, whatever the manifest does not name stays. With it, only people and
//! devices stay that were added by hand, and equipment that devices made by themselves, as
//! long as its site and type do. Its points follow their type, except where somebody gave
//! them other values.

use super::current::{Current, arrange_points};
use super::custom;
use super::model::{EquipmentSpec, Model, TypeSpec, number_points};
use super::noun::Noun;
use crate::store::tenant::PointSpec;
use std::collections::{BTreeMap, BTreeSet};

/// Whether what the manifest does not name is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
}

/// The target and what of it the manifest does not name.
pub(super) struct Target {
    pub(super) model: Model,
    pub(super) kept: BTreeSet<(Noun, String)>,
}

/// Completes the model of a manifest with what stays of what is there.
pub(super) fn target(wanted: &Model, current: &Current, prune: Prune) -> Target {
    let there = &current.model;
    let mut target = Target {
        model: wanted.clone(),
        kept: BTreeSet::new(),
    };
    if prune == Prune::Keep {
        target.keep_type_points(there);
        target.keep_everything(there);
    }
    target.keep_made_by_hand(current);
    target.keep_made_by_devices(there, &current.made_by_devices);
    target.arrange();
    custom::keep(&mut target.model, there);
    target
}

impl Target {
    fn keep_everything(&mut self, there: &Model) {
        let model = &mut self.model;
        let kept = &mut self.kept;
        keep(&mut model.users, &there.users, Noun::User, kept);
        keep(&mut model.devices, &there.devices, Noun::Device, kept);
        keep(&mut model.types, &there.types, Noun::Type, kept);
        keep(
            &mut model.connections,
            &there.connections,
            Noun::Connection,
            kept,
        );
        if model.bacnet.is_none() {
            model.bacnet.clone_from(&there.bacnet);
        }
        self.keep_fields(there);
        self.keep_sites(there);
        for (key, thing) in &there.equipment {
            if !self.model.equipment.contains_key(key) {
                self.keep_thing(key, thing, there);
            }
        }
    }

    /// In their order, after those of the manifest.
    fn keep_fields(&mut self, there: &Model) {
        let fields = &mut self.model.fields;
        let mut others: Vec<_> = there.fields.iter().collect();
        others.retain(|(key, _)| !fields.contains_key(*key));
        others.sort_by_key(|(_, field)| field.position);
        for (key, field) in others {
            let mut field = field.clone();
            let alike = fields.values().filter(|other| other.noun == field.noun);
            field.position = alike.count() as i64;
            fields.insert(key.clone(), field);
            self.kept.insert((Noun::Field, key.clone()));
        }
    }

    /// In their order, after those of the manifest.
    fn keep_sites(&mut self, there: &Model) {
        let mut others: Vec<_> = there
            .sites
            .iter()
            .filter(|(key, _)| !self.model.sites.contains_key(*key))
            .collect();
        others.sort_by_key(|(_, site)| site.order);
        for (key, site) in others {
            let mut site = site.clone();
            site.order = self.model.sites.len() as i64;
            self.model.sites.insert(key.clone(), site);
            self.kept.insert((Noun::Site, key.clone()));
        }
    }

    /// Points that the manifest's types and equipment do not name stay as well.
    fn keep_type_points(&mut self, there: &Model) {
        for (key, kind) in &mut self.model.types {
            if let Some(former) = there.types.get(key) {
                keep_points(&mut kind.points, &former.points);
                number_points(&mut kind.points);
            }
        }
        for (key, thing) in &mut self.model.equipment {
            if let Some(former) = there.equipment.get(key) {
                keep_points(&mut thing.points, &former.points);
                number_points(&mut thing.points);
            }
        }
    }

    /// People and devices that no manifest made.
    fn keep_made_by_hand(&mut self, current: &Current) {
        let there = &current.model;
        let by_hand = |noun: Noun, name: &String| {
            let mark = (noun.to_string(), name.clone());
            !current.made_by_manifest.contains(&mark)
        };
        let (model, kept) = (&mut self.model, &mut self.kept);
        let mut users = there.users.clone();
        users.retain(|email, _| by_hand(Noun::User, email));
        keep(&mut model.users, &users, Noun::User, kept);
        let mut devices = there.devices.clone();
        devices.retain(|name, _| by_hand(Noun::Device, name));
        keep(&mut model.devices, &devices, Noun::Device, kept);
    }

    fn keep_made_by_devices(&mut self, there: &Model, made_by_devices: &BTreeSet<String>) {
        for key in made_by_devices {
            let Some(thing) = there.equipment.get(key) else {
                continue;
            };
            let named = self.model.equipment.contains_key(key);
            let stands = self.model.sites.contains_key(&thing.site)
                && self.model.types.contains_key(&thing.kind);
            if !named && stands {
                self.keep_thing(key, thing, there);
            }
        }
    }

    fn keep_thing(&mut self, key: &str, thing: &EquipmentSpec, there: &Model) {
        let mut thing = thing.clone();
        let kinds = (
            there.types.get(&thing.kind),
            self.model.types.get(&thing.kind),
        );
        if let (Some(former), Some(kind)) = kinds {
            thing.points = follow_type(&thing.points, former, kind);
        }
        self.model.equipment.insert(key.to_owned(), thing);
        self.kept.insert((Noun::Equipment, key.to_owned()));
    }

    /// Equipment has every point of its type, kept ones included, and lies in what is there.
    fn arrange(&mut self) {
        let Model {
            types, equipment, ..
        } = &mut self.model;
        for thing in equipment.values_mut() {
            let kind = types.get(&thing.kind);
            keep_points(&mut thing.points, kind.map_or(&[], |kind| &kind.points));
            arrange_points(&mut thing.points, kind);
        }
        let keys: BTreeSet<String> = equipment.keys().cloned().collect();
        for thing in equipment.values_mut() {
            thing.parent = thing.parent.take().filter(|parent| keys.contains(parent));
        }
    }
}

fn keep<T: Clone>(
    wanted: &mut BTreeMap<String, T>,
    there: &BTreeMap<String, T>,
    noun: Noun,
    kept: &mut BTreeSet<(Noun, String)>,
) {
    for (key, thing) in there {
        if !wanted.contains_key(key) {
            wanted.insert(key.clone(), thing.clone());
            kept.insert((noun, key.clone()));
        }
    }
}

pub(super) fn keep_points(wanted: &mut Vec<PointSpec>, there: &[PointSpec]) {
    for point in there {
        if !wanted.iter().any(|own| own.key == point.key) {
            wanted.push(point.clone());
        }
    }
}

/// Points that are as their type made them become as their type is now; the others stay.
pub(super) fn follow_type(
    points: &[PointSpec],
    former: &TypeSpec,
    kind: &TypeSpec,
) -> Vec<PointSpec> {
    let as_made = |point: &PointSpec| {
        let original = former.point(&point.key);
        original.is_some_and(|original| same_but_order(original, point))
    };
    let mut followed: Vec<PointSpec> = points
        .iter()
        .filter_map(|point| {
            if as_made(point) {
                kind.point(&point.key).cloned()
            } else {
                Some(point.clone())
            }
        })
        .collect();
    keep_points(&mut followed, &kind.points);
    followed
}

fn same_but_order(one: &PointSpec, other: &PointSpec) -> bool {
    let position = other.position;
    let one = PointSpec {
        position,
        ..one.clone()
    };
    one == *other
}
