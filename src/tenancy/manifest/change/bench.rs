//! Where wishes are worked into the model: what was there around them, and what will be.

use super::after::After;
use super::custom::{Custom, CustomFields};
use super::fault::Faults;
use super::gather::Gathered;
use super::make::nothing;
use super::wish::Ref;
use crate::domain::{EquipmentId, PointId};
use crate::store::control::TenantSpec;
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::current::{Current, Ids};
use crate::tenancy::manifest::model::{DeviceSpec, Model, SecretSource};
use crate::tenancy::manifest::rename::KeyChange;
use crate::tenancy::manifest::secrets::Secrets;
use crate::tenancy::secrets::Vault;
use crate::tenancy::{Reason, Tenant, manifest::current};
use std::collections::{BTreeSet, HashMap};

/// What is there around some wishes, and what will be once they are true.
pub(super) struct Bench {
    /// What is there, under the keys it will have.
    pub(super) there: Current,
    /// What will be.
    pub(super) target: Model,
    /// Identities under the keys before any change.
    pub(super) ids: Ids,
    pub(super) key_changes: Vec<KeyChange>,
    pub(super) secrets: Secrets,
    /// Devices that get another secret.
    pub(super) rotated: BTreeSet<String>,
    /// What a manifest does not say and the same transaction does.
    pub(super) after: Vec<After>,
    pub(super) disabled_users: BTreeSet<String>,
    pub(super) custom: CustomFields,
    /// Names of the sealed secrets before any change.
    pub(super) stored_secrets: BTreeSet<String>,
    points: HashMap<PointId, EquipmentId>,
    next_site: i64,
}

impl Bench {
    /// Lays out what was gathered.
    pub(super) fn of(
        gathered: Gathered<'_>,
        tenant: &Tenant,
        client: TenantSpec,
        vault: &Vault,
        version: i64,
    ) -> Self {
        let Gathered {
            tables,
            devices,
            secrets,
            points,
            last_site,
            custom,
            ..
        } = gathered;
        let secrets = current::open_secrets(tenant, vault, &secrets);
        let mut model = tables.model(&client, &tenant.hosts, &secrets);
        for row in &tables.sites {
            if let Some(site) = model.sites.get_mut(&row.site.key) {
                site.order = row.site.position;
            }
        }
        let mut ids = tables.ids();
        for device in &devices {
            ids.devices.insert(device.name.clone(), device.id);
        }
        let live = devices.iter().filter(|device| device.revoked_at.is_none());
        for device in live.clone() {
            let source = device.secret_source.as_deref();
            let password = source.and_then(SecretSource::parse);
            let spec = DeviceSpec {
                password,
                may_command: device.may_command,
            };
            model.devices.insert(device.name.clone(), spec);
        }
        let disabled = tables.users.iter().filter(|row| row.disabled);
        Self {
            custom,
            stored_secrets: secrets.keys().cloned().collect(),
            disabled_users: disabled.map(|row| row.user.email.clone()).collect(),
            there: Current {
                model: model.clone(),
                ids: ids.clone(),
                version,
                made_by_devices: tables.made_by_devices(),
                made_by_manifest: BTreeSet::new(),
                with_history: BTreeSet::new(),
                secrets,
                device_hashes: live
                    .map(|device| (device.name.clone(), device.secret_hash.clone()))
                    .collect(),
            },
            target: model,
            ids,
            key_changes: Vec::new(),
            secrets: Secrets::default(),
            rotated: BTreeSet::new(),
            after: Vec::new(),
            points,
            next_site: last_site + 1,
        }
    }

    /// The key of what has this id, as it is by now.
    pub(super) fn key_of(&self, noun: Noun, id: i64) -> Option<String> {
        fn find<I: PartialEq + Copy>(
            ids: &std::collections::BTreeMap<String, I>,
            id: I,
        ) -> Option<String> {
            let (key, _) = ids.iter().find(|(_, known)| **known == id)?;
            Some(key.clone())
        }
        use crate::domain::{ConnectionId, DeviceId, EquipmentTypeId, SiteId, UserId};
        let ids = &self.there.ids;
        match noun {
            Noun::Client | Noun::Field | Noun::Bacnet => None,
            Noun::Site => find(&ids.sites, SiteId(id)),
            Noun::Type => find(&ids.types, EquipmentTypeId(id)),
            Noun::Equipment => find(&ids.equipment, EquipmentId(id)),
            Noun::Connection => find(&ids.connections, ConnectionId(id)),
            Noun::Device => find(&ids.devices, DeviceId(id)),
            Noun::User => find(&ids.users, UserId(id)),
        }
    }

    /// The equipment and the key of a point.
    pub(super) fn point(&self, id: i64) -> Option<(String, String)> {
        self.points.get(&PointId(id))?;
        let mut all = self.there.ids.points.iter();
        let (place, _) = all.find(|(_, known)| **known == PointId(id))?;
        Some(place.clone())
    }

    /// The key of another thing that a wish names and that will be there.
    pub(super) fn resolve(
        &self,
        noun: Noun,
        reference: &Ref,
        pointer: &str,
        faults: &mut Faults,
    ) -> Option<String> {
        let key = match reference {
            Ref::Id(id) => self.key_of(noun, *id),
            Ref::Key(key) => Some(key.clone()),
        };
        let there = key.filter(|key| self.will_be(noun, key));
        if there.is_none() {
            let unknown = Reason::Unknown {
                noun: noun.to_string(),
                key: reference.to_string(),
            };
            faults.push(pointer, unknown);
        }
        there
    }

    /// Whether such a thing will be there.
    pub(super) fn will_be(&self, noun: Noun, key: &str) -> bool {
        match noun {
            Noun::Client | Noun::Field | Noun::Bacnet => false,
            Noun::Site => self.target.sites.contains_key(key),
            Noun::Type => self.target.types.contains_key(key),
            Noun::Equipment => self.target.equipment.contains_key(key),
            Noun::Connection => self.target.connections.contains_key(key),
            Noun::Device => self.target.devices.contains_key(key),
            Noun::User => self.target.users.contains_key(key),
        }
    }

    /// Gives a thing another key, in what is there and in what will be.
    pub(super) fn rename(&mut self, noun: Noun, from: &str, to: &str) {
        self.rename_with(|current| {
            current.rename(noun, from, to);
            Vec::new()
        });
        self.key_changes.push(KeyChange {
            noun,
            owner: None,
            from: from.to_owned(),
            to: to.to_owned(),
        });
    }

    /// Renames alike in what is there and in what will be; the changes are those of what is there.
    pub(super) fn rename_with(&mut self, rename: impl Fn(&mut Current) -> Vec<KeyChange>) {
        let mut target = Current::of_model(std::mem::replace(&mut self.target, nothing()));
        rename(&mut target);
        self.target = target.model;
        self.key_changes.extend(rename(&mut self.there));
    }

    /// The values of custom fields a site or an equipment has.
    pub(super) fn custom_of(&self, noun: Noun, key: &str) -> Custom {
        let ids = &self.there.ids;
        let values = if noun == Noun::Site {
            let id = ids.sites.get(key);
            id.and_then(|id| self.custom.of_sites.get(&id.0))
        } else {
            let id = ids.equipment.get(key);
            id.and_then(|id| self.custom.of_equipment.get(&id.0))
        };
        values.cloned().unwrap_or_default()
    }

    /// Holds the values that are wished to what their fields are; what stays as it is, stays.
    pub(super) fn settle_custom(
        &mut self,
        noun: Noun,
        key: &str,
        wished: &Custom,
        is_new: bool,
        faults: &mut Faults,
    ) {
        if !is_new && *wished == self.custom_of(noun, key) {
            return;
        }
        let values = self.custom.settle(&noun.to_string(), wished, faults);
        if !(is_new && values.is_empty()) {
            let key = key.to_owned();
            self.after.push(After::SetCustom { noun, key, values });
        }
    }

    /// The place in their order of a site that is made.
    pub(super) fn next_site(&mut self) -> i64 {
        self.next_site += 1;
        self.next_site - 1
    }

    /// Refuses a thing that lies in itself.
    pub(super) fn refuse_circle(&self, noun: Noun, key: &str, faults: &mut Faults) {
        let parent = |key: &str| match noun {
            Noun::Site => self.target.sites.get(key)?.parent.as_deref(),
            _ => self.target.equipment.get(key)?.parent.as_deref(),
        };
        let mut way = vec![key];
        let mut at = key;
        while let Some(next) = parent(at) {
            if next == key {
                let circle = Reason::Circle {
                    noun: noun.to_string(),
                    way: way.join("` in `"),
                };
                return faults.push("/parent", circle);
            }
            if way.contains(&next) {
                return;
            }
            way.push(next);
            at = next;
        }
    }
}
