//! The difference between a manifest and what is there, as a plain value.
//!
//! Invariant: planning reads nothing and changes nothing; it is a function of its arguments.

use super::current::{Current, Ids};
use super::custom;
use super::fields::{Described, FieldChange, changes};
use super::model::Model;
use super::noun::Noun;
use super::parse::Manifest;
use super::read_bacnet::DEVICE;
use super::rename::{self, KeyChange};
use super::rotation::{note, note_new_secrets};
use super::secrets::Secrets;
use super::target::{Prune, target};
use crate::store::tenant::PointSpec;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is made.
    Create,
    /// It gets other values, perhaps another key.
    Change,
    /// It goes.
    Remove,
}

/// What becomes of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What becomes of it.
    pub action: Action,
    /// What it is.
    pub noun: Noun,
    /// Its key from now on.
    pub key: String,
    /// Its former key, when it has another now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What is different; for what goes, nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// What becomes of its points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointStep>,
    /// For what goes: how deep it lies in others of its kind.
    #[serde(skip)]
    pub(super) depth: usize,
}

/// What becomes of one point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PointStep {
    /// What becomes of it.
    pub action: Action,
    /// Its key from now on.
    pub key: String,
    /// Its former key, when it has another now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What is different.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// Whether samples are kept under it; they are no longer shown once it is removed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_history: bool,
}

/// Everything that is to be done for one client. [`apply`](super::apply) does it.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Which client.
    pub client: String,
    /// Whether the client is new.
    pub new: bool,
    /// What is to be done, things that others stand on first.
    pub steps: Vec<Step>,
    /// How much is there that the manifest does not name; it stays.
    pub kept: BTreeMap<Noun, usize>,
    #[serde(skip)]
    pub(super) target: Model,
    #[serde(skip)]
    pub(super) key_changes: Vec<KeyChange>,
    #[serde(skip)]
    pub(super) secrets: Secrets,
    /// Ids by the keys before any change, and the version of the model they were read at.
    #[serde(skip)]
    pub(super) ids: Ids,
    #[serde(skip)]
    pub(super) version: i64,
    #[serde(skip)]
    pub(super) stored_secrets: BTreeSet<String>,
    /// Hashes of the secrets of devices that are there, by the names they have from now on.
    #[serde(skip)]
    pub(super) device_hashes: BTreeMap<String, String>,
    #[serde(skip)]
    pub(super) former_hosts: BTreeSet<String>,
    /// The slug under which the client is there.
    #[serde(skip)]
    pub(super) former_slug: String,
    /// Whether a manifest asks for it, not a person.
    #[serde(skip)]
    pub(super) is_of_manifest: bool,
}

impl Plan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Points that go and have samples.
    pub fn lost_histories(&self) -> usize {
        let points = self.steps.iter().flat_map(|step| &step.points);
        points.filter(|point| point.has_history).count()
    }
}

/// Compares a manifest with what is there; nothing is there for a client that is new.
pub(super) fn plan(
    manifest: &Manifest,
    current: Option<&Current>,
    secrets: Secrets,
    prune: Prune,
) -> Plan {
    let mut there = current.cloned().unwrap_or_else(|| nothing(manifest));
    let stored_secrets = there.secrets.keys().cloned().collect();
    let former_hosts = there.model.hosts.clone();
    let former_slug = there.model.client.slug.clone();
    let ids = there.ids.clone();
    let key_changes = rename::take_over(&mut there, &manifest.renames);
    let target = target(&manifest.model, &there, prune);
    let mut steps = Comparison {
        there: &there,
        target: &target.model,
        key_changes: &key_changes,
    }
    .steps(current.is_none());
    note_new_secrets(&mut steps, &there, &target.model, &secrets);
    let mut kept = BTreeMap::new();
    for (noun, _) in &target.kept {
        *kept.entry(*noun).or_insert(0) += 1;
    }
    Plan {
        client: manifest.model.client.slug.clone(),
        new: current.is_none(),
        steps,
        kept,
        target: target.model,
        key_changes,
        secrets,
        ids,
        version: there.version,
        stored_secrets,
        device_hashes: there.device_hashes,
        former_hosts,
        former_slug,
        is_of_manifest: true,
    }
}

fn nothing(manifest: &Manifest) -> Current {
    let mut model = super::parse::empty_model();
    model.client = manifest.model.client.clone();
    Current::of_model(model)
}

/// The plan that makes `target` of what is there, for one part of a model; devices in `rotated`
/// get another secret. `ids` are by the keys before any change. Which secrets are stored is the
/// caller's to say.
pub(super) fn between(
    there: &Current,
    ids: Ids,
    target: Model,
    key_changes: Vec<KeyChange>,
    secrets: Secrets,
    rotated: &BTreeSet<String>,
) -> Plan {
    let mut steps = Comparison {
        there,
        target: &target,
        key_changes: &key_changes,
    }
    .steps(false);
    note_new_secrets(&mut steps, there, &target, &secrets);
    for name in rotated {
        note(&mut steps, Noun::Device, name, "secret".to_owned());
    }
    Plan {
        client: target.client.slug.clone(),
        new: false,
        steps,
        kept: BTreeMap::new(),
        former_hosts: target.hosts.clone(),
        former_slug: target.client.slug.clone(),
        is_of_manifest: false,
        target,
        key_changes,
        secrets,
        ids,
        version: there.version,
        stored_secrets: BTreeSet::new(),
        device_hashes: there.device_hashes.clone(),
    }
}

struct Comparison<'a> {
    there: &'a Current,
    target: &'a Model,
    key_changes: &'a [KeyChange],
}

impl Comparison<'_> {
    fn steps(&self, new: bool) -> Vec<Step> {
        let (there, target) = (&self.there.model, self.target);
        let mut steps = Vec::new();
        steps.extend(self.client(new));
        steps.extend(self.compare(Noun::Field, &there.fields, &target.fields));
        steps.extend(self.compare(Noun::Site, &there.sites, &target.sites));
        steps.extend(self.compare(Noun::Type, &there.types, &target.types));
        steps.extend(self.compare(Noun::Equipment, &there.equipment, &target.equipment));
        let connections = (&there.connections, &target.connections);
        steps.extend(self.compare(Noun::Connection, connections.0, connections.1));
        steps.extend(self.bacnet());
        steps.extend(self.compare(Noun::Device, &there.devices, &target.devices));
        steps.extend(self.compare(Noun::User, &there.users, &target.users));
        steps
    }

    fn bacnet(&self) -> Option<Step> {
        match (&self.there.model.bacnet, &self.target.bacnet) {
            (None, None) => None,
            (there, target) => self.step(Noun::Bacnet, DEVICE, there.as_ref(), target.as_ref()),
        }
    }

    fn client(&self, new: bool) -> Option<Step> {
        let describe = |model: &Model| {
            let mut fields = model.client.fields();
            if !model.hosts.is_empty() {
                let hosts: Vec<_> = model.hosts.iter().map(String::as_str).collect();
                fields.insert("hosts".to_owned(), hosts.join(" "));
            }
            fields
        };
        let wanted = describe(self.target);
        let fields = if new {
            changes(&BTreeMap::new(), &wanted)
        } else {
            changes(&describe(&self.there.model), &wanted)
        };
        let slug = &self.target.client.slug;
        let was = self.was(Noun::Client, None, slug);
        (new || was.is_some() || !fields.is_empty()).then(|| Step {
            action: if new { Action::Create } else { Action::Change },
            noun: Noun::Client,
            key: slug.clone(),
            was,
            fields,
            points: Vec::new(),
            depth: 0,
        })
    }

    fn compare<T: Described>(
        &self,
        noun: Noun,
        there: &BTreeMap<String, T>,
        target: &BTreeMap<String, T>,
    ) -> Vec<Step> {
        let wanted = target
            .iter()
            .filter_map(|(key, thing)| self.step(noun, key, there.get(key), Some(thing)));
        let gone = there
            .iter()
            .filter(|(key, _)| !target.contains_key(*key))
            .filter_map(|(key, thing)| self.step(noun, key, Some(thing), None));
        wanted.chain(gone).collect()
    }

    fn step<T: Described>(
        &self,
        noun: Noun,
        key: &str,
        there: Option<&T>,
        target: Option<&T>,
    ) -> Option<Step> {
        let step = Step {
            action: action(there.is_some(), target.is_some()),
            noun,
            key: key.to_owned(),
            was: self.was(noun, None, key),
            fields: self.fields(noun, key, there, target),
            points: self.points(noun, key, there, target),
            depth: self.there.model.depth(noun, key),
        };
        let same = step.fields.is_empty() && step.points.is_empty() && step.was.is_none();
        (step.action != Action::Change || !same).then_some(step)
    }

    /// What is different, values of custom fields included.
    fn fields<T: Described>(
        &self,
        noun: Noun,
        key: &str,
        there: Option<&T>,
        target: Option<&T>,
    ) -> Vec<FieldChange> {
        let mut found = fields(there, target);
        if target.is_some() {
            found.extend(custom::compare(&self.there.model, self.target, noun, key));
        }
        found
    }

    fn points<T: Described>(
        &self,
        noun: Noun,
        owner: &str,
        there: Option<&T>,
        target: Option<&T>,
    ) -> Vec<PointStep> {
        let (before, after) = (by_key(there), by_key(target));
        let mut keys: Vec<&str> = after.keys().copied().collect();
        keys.sort_by_key(|key| after[key].position);
        keys.extend(before.keys().filter(|key| !after.contains_key(*key)));
        let step = |key: &&str| {
            let (before, after) = (before.get(key).copied(), after.get(key).copied());
            let step = PointStep {
                action: action(before.is_some(), after.is_some()),
                key: (*key).to_owned(),
                was: self.was(noun, Some(owner), key),
                fields: fields(before, after),
                has_history: after.is_none() && self.has_history(noun, owner, key),
            };
            let same = step.fields.is_empty() && step.was.is_none();
            (step.action != Action::Change || !same).then_some(step)
        };
        keys.iter().filter_map(step).collect()
    }

    fn was(&self, noun: Noun, owner: Option<&str>, key: &str) -> Option<String> {
        self.key_changes
            .iter()
            .rfind(|change| {
                change.noun == noun && change.owner.as_deref() == owner && change.to == key
            })
            .map(|change| change.from.clone())
    }

    fn has_history(&self, noun: Noun, owner: &str, key: &str) -> bool {
        let point = (owner.to_owned(), key.to_owned());
        let id = self.there.ids.points.get(&point);
        noun == Noun::Equipment && id.is_some_and(|id| self.there.with_history.contains(id))
    }
}

fn action(there: bool, wanted: bool) -> Action {
    match (there, wanted) {
        (false, _) => Action::Create,
        (true, true) => Action::Change,
        (true, false) => Action::Remove,
    }
}

/// What is different; nothing for what goes.
fn fields<T: Described>(there: Option<&T>, target: Option<&T>) -> Vec<FieldChange> {
    let Some(target) = target else {
        return Vec::new();
    };
    let before = there.map_or_else(BTreeMap::new, Described::fields);
    changes(&before, &target.fields())
}

fn by_key<T: Described>(thing: Option<&T>) -> BTreeMap<&str, &PointSpec> {
    let points = thing.map_or(&[][..], Described::points);
    points
        .iter()
        .map(|point| (point.key.as_str(), point))
        .collect()
}
