//! Keys that change: what is there, under the keys it has from now on.
//!
//! A rename counts when the former key is there and the new one is not, so that `was`
//! may stay in a manifest for ever. Chains (a to b, b to c) are followed from their end.

use super::current::{Current, Ids};
use super::noun::{Noun, Renames};
use std::collections::{BTreeMap, BTreeSet};

/// One key that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyChange {
    pub(super) noun: Noun,
    /// The type or equipment whose point it is, under its new key; none for things themselves.
    pub(super) owner: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
}

/// Takes over the new keys; the changes are in the order they can be made in.
pub(super) fn take_over(current: &mut Current, renames: &Renames) -> Vec<KeyChange> {
    let mut done = Vec::new();
    while let Some(change) = next(current, renames) {
        current.rename(change.noun, &change.from, &change.to);
        done.push(change);
    }
    done.extend(of_points(current, renames));
    done
}

/// The same for points: those of types first, those of equipment with them or by themselves.
pub(super) fn of_points(current: &mut Current, renames: &Renames) -> Vec<KeyChange> {
    let mut done = type_points(current, renames);
    done.extend(equipment_points(current, renames));
    done
}

fn next(current: &Current, renames: &Renames) -> Option<KeyChange> {
    let possible =
        |noun: Noun, from: &str, to: &str| current.has(noun, from) && !current.has(noun, to);
    renames
        .keys()
        .find(|(noun, from, to)| possible(*noun, from, to))
        .map(|(noun, from, to)| KeyChange {
            noun,
            owner: None,
            from: from.to_owned(),
            to: to.to_owned(),
        })
}

fn type_points(current: &mut Current, renames: &Renames) -> Vec<KeyChange> {
    let mut done = Vec::new();
    for (owner, kind) in &mut current.model.types {
        for (from, to) in renames.points_of(Noun::Type, owner) {
            if kind.point(to).is_some() {
                continue;
            }
            if let Some(point) = kind.points.iter_mut().find(|point| point.key == from) {
                to.clone_into(&mut point.key);
                done.push(point_change(Noun::Type, owner, from, to));
            }
        }
    }
    done
}

/// Points of equipment change with those of its type, or by themselves.
fn equipment_points(current: &mut Current, renames: &Renames) -> Vec<KeyChange> {
    let mut done = Vec::new();
    for (owner, thing) in &mut current.model.equipment {
        let own = renames.points_of(Noun::Equipment, owner);
        let of_type = renames.points_of(Noun::Type, &thing.kind);
        for (from, to) in own.into_iter().chain(of_type) {
            if thing.point(to).is_some() {
                continue;
            }
            let Some(point) = thing.points.iter_mut().find(|point| point.key == from) else {
                continue;
            };
            to.clone_into(&mut point.key);
            let points = &mut current.ids.points;
            if let Some(id) = points.remove(&(owner.clone(), from.to_owned())) {
                points.insert((owner.clone(), to.to_owned()), id);
            }
            done.push(point_change(Noun::Equipment, owner, from, to));
        }
    }
    done
}

fn point_change(noun: Noun, owner: &str, from: &str, to: &str) -> KeyChange {
    KeyChange {
        noun,
        owner: Some(owner.to_owned()),
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

impl Current {
    fn has(&self, noun: Noun, key: &str) -> bool {
        let model = &self.model;
        match noun {
            Noun::Client => model.client.slug == key,
            Noun::Field => model.fields.contains_key(key),
            Noun::Site => model.sites.contains_key(key),
            Noun::Type => model.types.contains_key(key),
            Noun::Equipment => model.equipment.contains_key(key),
            Noun::Connection => model.connections.contains_key(key),
            Noun::Bacnet => model.bacnet.is_some(),
            Noun::Device => model.devices.contains_key(key),
            Noun::User => model.users.contains_key(key),
        }
    }

    pub(super) fn rename(&mut self, noun: Noun, from: &str, to: &str) {
        if let Some(custom) = self.model.custom.remove(&(noun, from.to_owned())) {
            self.model.custom.insert((noun, to.to_owned()), custom);
        }
        match noun {
            Noun::Client => to.clone_into(&mut self.model.client.slug),
            // They keep their keys: no manifest says `was` of one.
            Noun::Field | Noun::Bacnet => {}
            Noun::Site => self.rename_site(from, to),
            Noun::Type => self.rename_type(from, to),
            Noun::Equipment => self.rename_equipment(from, to),
            Noun::Connection => {
                rekey(&mut self.model.connections, from, to);
                rekey(&mut self.ids.connections, from, to);
                self.rename_secrets(from, to);
            }
            Noun::Device => {
                rekey(&mut self.model.devices, from, to);
                rekey(&mut self.ids.devices, from, to);
                rekey(&mut self.device_hashes, from, to);
                self.rename_mark(noun, from, to);
            }
            Noun::User => {
                rekey(&mut self.model.users, from, to);
                rekey(&mut self.ids.users, from, to);
                self.rename_mark(noun, from, to);
            }
        }
    }

    fn rename_mark(&mut self, noun: Noun, from: &str, to: &str) {
        if self
            .made_by_manifest
            .remove(&(noun.to_string(), from.to_owned()))
        {
            self.made_by_manifest
                .insert((noun.to_string(), to.to_owned()));
        }
    }

    fn rename_site(&mut self, from: &str, to: &str) {
        rekey(&mut self.model.sites, from, to);
        rekey(&mut self.ids.sites, from, to);
        let parents = self.model.sites.values_mut();
        for parent in parents.filter_map(|site| site.parent.as_mut()) {
            replace(parent, from, to);
        }
        for thing in self.model.equipment.values_mut() {
            replace(&mut thing.site, from, to);
        }
        for user in self.model.users.values_mut() {
            replace_in(&mut user.sites, from, to);
        }
    }

    fn rename_type(&mut self, from: &str, to: &str) {
        rekey(&mut self.model.types, from, to);
        rekey(&mut self.ids.types, from, to);
        if let Some(kind) = self.model.types.get_mut(to) {
            to.clone_into(&mut kind.head.key);
        }
        for thing in self.model.equipment.values_mut() {
            replace(&mut thing.kind, from, to);
        }
        for user in self.model.users.values_mut() {
            replace_in(&mut user.types, from, to);
        }
    }

    fn rename_equipment(&mut self, from: &str, to: &str) {
        rekey(&mut self.model.equipment, from, to);
        rekey(&mut self.ids.equipment, from, to);
        let parents = self.model.equipment.values_mut();
        for parent in parents.filter_map(|thing| thing.parent.as_mut()) {
            replace(parent, from, to);
        }
        if self.made_by_devices.remove(from) {
            self.made_by_devices.insert(to.to_owned());
        }
        self.ids.give_points(from, to);
    }

    /// So that a renamed connection does not look as if its secrets were new.
    fn rename_secrets(&mut self, from: &str, to: &str) {
        let (from, to) = (format!("connection/{from}/"), format!("connection/{to}/"));
        let secrets = std::mem::take(&mut self.secrets);
        self.secrets = secrets
            .into_iter()
            .map(|(name, secret)| match name.strip_prefix(&from) {
                Some(rest) => (format!("{to}{rest}"), secret),
                None => (name, secret),
            })
            .collect();
    }
}

impl Ids {
    /// Gives the points of one equipment to another key.
    pub(super) fn give_points(&mut self, from: &str, to: &str) {
        let points = std::mem::take(&mut self.points);
        self.points = points
            .into_iter()
            .map(|((mut owner, key), id)| {
                replace(&mut owner, from, to);
                ((owner, key), id)
            })
            .collect();
    }
}

fn rekey<T>(map: &mut BTreeMap<String, T>, from: &str, to: &str) {
    if let Some(value) = map.remove(from) {
        map.insert(to.to_owned(), value);
    }
}

fn replace_in(keys: &mut BTreeSet<String>, from: &str, to: &str) {
    if keys.remove(from) {
        keys.insert(to.to_owned());
    }
}

fn replace(key: &mut String, from: &str, to: &str) {
    if key == from {
        to.clone_into(key);
    }
}
