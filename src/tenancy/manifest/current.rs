//! What is there: the model of one client as the databases have it.

use super::config::stored_secrets;
use super::custom;
use super::model::{
    ConnectionSpec, DeviceSpec, EquipmentSpec, Model, SecretSource, SiteSpec, TypeSpec, UserSpec,
    number_points,
};
use crate::domain::{
    ConnectionId, DeviceId, EquipmentId, EquipmentTypeId, FieldId, PointId, SiteId, UserId,
};
use crate::store::StoreError;
use crate::store::control::{TenantRow, TenantSpec};
use crate::store::tenant::{
    self, ConnectionRow, EquipmentRow, EquipmentTypeRow, PointRow, PointSpec, SecretRow, SiteRow,
    TypePointRow, UserRow,
};
use crate::tenancy::secrets::Vault;
use crate::tenancy::{Tenant, TenantScope, bacnet};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The model of one client with what a plan must know beside it.
#[derive(Debug, Clone)]
pub struct Current {
    /// By key, as a manifest would say it.
    pub model: Model,
    pub(super) ids: Ids,
    pub(super) version: i64,
    /// Equipment that routes made, not people.
    pub(super) made_by_devices: BTreeSet<String>,
    /// People and devices that a manifest made, not a person.
    pub(super) made_by_manifest: BTreeSet<(String, String)>,
    /// Points that have samples.
    pub(super) with_history: BTreeSet<PointId>,
    pub(super) secrets: BTreeMap<String, StoredSecret>,
    pub(super) device_hashes: BTreeMap<String, String>,
}

impl Current {
    /// A model and nothing beside it.
    pub(super) fn of_model(model: Model) -> Self {
        Self {
            model,
            ids: Ids::default(),
            version: 0,
            made_by_devices: BTreeSet::new(),
            made_by_manifest: BTreeSet::new(),
            with_history: BTreeSet::new(),
            secrets: BTreeMap::new(),
            device_hashes: BTreeMap::new(),
        }
    }
}

/// Identities behind the keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    pub(super) sites: BTreeMap<String, SiteId>,
    pub(super) types: BTreeMap<String, EquipmentTypeId>,
    pub(super) equipment: BTreeMap<String, EquipmentId>,
    pub(super) points: BTreeMap<(String, String), PointId>,
    pub(super) connections: BTreeMap<String, ConnectionId>,
    pub(super) devices: BTreeMap<String, DeviceId>,
    pub(super) users: BTreeMap<String, UserId>,
    pub(super) fields: BTreeMap<String, FieldId>,
}

/// A sealed secret, opened to be compared; none when the key in use does not open it.
#[derive(Debug, Clone)]
pub(super) struct StoredSecret {
    pub(super) source: Option<SecretSource>,
    pub(super) value: Option<SecretString>,
}

/// Reads the model of a client.
pub async fn load(
    scope: &TenantScope,
    row: &TenantRow,
    vault: &Vault,
) -> Result<Current, StoreError> {
    let db = scope.db();
    // The version first: what changes while the rest is read makes the plan stale, never wrong.
    let version = tenant::settings::model_version(db).await?;
    let tables = Tables {
        sites: tenant::sites::list(db).await?,
        types: tenant::equipment_types::list(db).await?,
        type_points: tenant::equipment_types::list_points(db).await?,
        equipment: tenant::equipment::list(db).await?,
        points: tenant::points::list(db).await?,
        connections: tenant::connections::list(db).await?,
        users: tenant::users::list(db).await?,
        user_sites: tenant::grants::list_sites(db).await?,
        user_types: tenant::grants::list_types(db).await?,
    };
    let secrets = tenant::secrets::list(db).await?;
    let latest = tenant::latest::list(db).await?;
    let devices = tenant::devices::list(db).await?;
    let secrets = open_secrets(scope.tenant(), vault, &secrets);
    let live = devices.iter().filter(|device| device.revoked_at.is_none());
    let mut model = tables.model(&row.spec, &scope.tenant().hosts, &secrets);
    model.devices = live
        .clone()
        .map(|device| {
            let source = device.secret_source.as_deref();
            let password = source.and_then(SecretSource::parse);
            let spec = DeviceSpec {
                password,
                may_command: device.may_command,
            };
            (device.name.clone(), spec)
        })
        .collect();
    let mut ids = tables.ids();
    model.bacnet = bacnet::find(db).await?;
    custom::load(db, &mut model, &mut ids).await?;
    ids.devices = keyed(&devices, |row| (&row.name, row.id));
    Ok(Current {
        model,
        ids,
        version,
        made_by_devices: tables.made_by_devices(),
        made_by_manifest: tenant::manifest_marks::list(db)
            .await?
            .into_iter()
            .collect(),
        with_history: latest.into_iter().map(|row| row.point_id).collect(),
        secrets,
        device_hashes: live
            .map(|device| (device.name.clone(), device.secret_hash.clone()))
            .collect(),
    })
}

pub(super) fn open_secrets(
    tenant: &Tenant,
    vault: &Vault,
    rows: &[SecretRow],
) -> BTreeMap<String, StoredSecret> {
    rows.iter()
        .map(|row| {
            let opened = StoredSecret {
                source: SecretSource::parse(&row.source),
                value: vault.unseal(tenant.id, &row.name, &row.sealed).ok(),
            };
            (row.name.clone(), opened)
        })
        .collect()
}

/// Rows as they were read.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) sites: Vec<SiteRow>,
    pub(super) types: Vec<EquipmentTypeRow>,
    pub(super) type_points: Vec<TypePointRow>,
    pub(super) equipment: Vec<EquipmentRow>,
    pub(super) points: Vec<PointRow>,
    pub(super) connections: Vec<ConnectionRow>,
    pub(super) users: Vec<UserRow>,
    pub(super) user_sites: Vec<(UserId, SiteId)>,
    pub(super) user_types: Vec<(UserId, EquipmentTypeId)>,
}

impl Tables {
    pub(super) fn model(
        &self,
        client: &TenantSpec,
        hosts: &[String],
        secrets: &BTreeMap<String, StoredSecret>,
    ) -> Model {
        let types = self.types();
        Model {
            client: client.clone(),
            hosts: hosts.iter().cloned().collect(),
            users: self.users(),
            devices: BTreeMap::new(),
            sites: self.sites(),
            equipment: self.equipment(&types),
            types,
            connections: self.connections(secrets),
            bacnet: None,
            fields: BTreeMap::new(),
            custom: BTreeMap::new(),
        }
    }

    fn sites(&self) -> BTreeMap<String, SiteSpec> {
        let keys: HashMap<SiteId, &str> = self
            .sites
            .iter()
            .map(|row| (row.id, row.site.key.as_str()))
            .collect();
        let in_order = self.sites.iter().enumerate();
        in_order
            .map(|(order, row)| {
                let site = &row.site;
                let parent = site.parent_id.and_then(|id| keys.get(&id));
                let spec = SiteSpec {
                    parent: parent.map(|key| (*key).to_owned()),
                    name: site.name.clone(),
                    address: site.address.clone(),
                    position: site.latitude.zip(site.longitude),
                    time_zone: site.time_zone.clone(),
                    order: order as i64,
                };
                (site.key.clone(), spec)
            })
            .collect()
    }

    fn types(&self) -> BTreeMap<String, TypeSpec> {
        let mut points: HashMap<EquipmentTypeId, Vec<PointSpec>> = HashMap::new();
        for row in &self.type_points {
            points
                .entry(row.type_id)
                .or_default()
                .push(row.spec.clone());
        }
        self.types
            .iter()
            .map(|row| {
                let mut points = points.remove(&row.id).unwrap_or_default();
                number_points(&mut points);
                let head = row.equipment_type.clone();
                (head.key.clone(), TypeSpec { head, points })
            })
            .collect()
    }

    fn equipment(&self, types: &BTreeMap<String, TypeSpec>) -> BTreeMap<String, EquipmentSpec> {
        let mut points: HashMap<EquipmentId, Vec<PointSpec>> = HashMap::new();
        for row in &self.points {
            points
                .entry(row.equipment_id)
                .or_default()
                .push(row.spec.clone());
        }
        let ids = self.ids();
        let (sites, kinds) = (inverse(&ids.sites), inverse(&ids.types));
        let things = inverse(&ids.equipment);
        self.equipment
            .iter()
            .map(|row| {
                let thing = &row.equipment;
                let kind = kinds.get(&thing.type_id).cloned().unwrap_or_default();
                let mut points = points.remove(&row.id).unwrap_or_default();
                arrange_points(&mut points, types.get(&kind));
                let spec = EquipmentSpec {
                    site: sites.get(&thing.site_id).cloned().unwrap_or_default(),
                    parent: thing.parent_id.and_then(|id| things.get(&id).cloned()),
                    kind,
                    name: thing.name.clone(),
                    model: thing.model.clone(),
                    serial: thing.serial.clone(),
                    note: thing.note.clone(),
                    points,
                };
                (thing.key.clone(), spec)
            })
            .collect()
    }

    fn connections(
        &self,
        secrets: &BTreeMap<String, StoredSecret>,
    ) -> BTreeMap<String, ConnectionSpec> {
        self.connections
            .iter()
            .map(|row| {
                let connection = &row.connection;
                let spec = ConnectionSpec {
                    name: connection.name.clone(),
                    protocol: connection.protocol.clone(),
                    enabled: connection.enabled,
                    config: with_references(&connection.config, secrets),
                };
                (connection.key.clone(), spec)
            })
            .collect()
    }

    fn users(&self) -> BTreeMap<String, UserSpec> {
        let sites: HashMap<_, _> = self
            .sites
            .iter()
            .map(|row| (row.id, row.site.key.as_str()))
            .collect();
        let types: HashMap<_, _> = self
            .types
            .iter()
            .map(|row| (row.id, row.equipment_type.key.as_str()))
            .collect();
        self.users
            .iter()
            .map(|row| {
                let source = row.password_source.as_deref();
                let spec = UserSpec {
                    name: row.user.name.clone(),
                    role: row.user.role,
                    sites: granted(row.id, &self.user_sites, &sites),
                    types: granted(row.id, &self.user_types, &types),
                    password: source.and_then(SecretSource::parse),
                };
                (row.user.email.clone(), spec)
            })
            .collect()
    }

    pub(super) fn ids(&self) -> Ids {
        let things: HashMap<EquipmentId, &str> = self
            .equipment
            .iter()
            .map(|row| (row.id, row.equipment.key.as_str()))
            .collect();
        let point = |row: &PointRow| {
            let owner = (*things.get(&row.equipment_id)?).to_owned();
            Some(((owner, row.spec.key.clone()), row.id))
        };
        Ids {
            sites: keyed(&self.sites, |row| (&row.site.key, row.id)),
            types: keyed(&self.types, |row| (&row.equipment_type.key, row.id)),
            equipment: keyed(&self.equipment, |row| (&row.equipment.key, row.id)),
            points: self.points.iter().filter_map(point).collect(),
            connections: keyed(&self.connections, |row| (&row.connection.key, row.id)),
            devices: BTreeMap::new(),
            users: keyed(&self.users, |row| (&row.user.email, row.id)),
            fields: BTreeMap::new(),
        }
    }

    pub(super) fn made_by_devices(&self) -> BTreeSet<String> {
        self.equipment
            .iter()
            .filter(|row| row.created_by == tenant::equipment::BY_DEVICES)
            .map(|row| row.equipment.key.clone())
            .collect()
    }
}

/// Keys of what a person is granted.
fn granted<I: Eq + std::hash::Hash>(
    user: UserId,
    grants: &[(UserId, I)],
    keys: &HashMap<I, &str>,
) -> BTreeSet<String> {
    let own = grants.iter().filter(|(person, _)| *person == user);
    own.filter_map(|(_, id)| keys.get(id).map(|key| (*key).to_owned()))
        .collect()
}

/// The points of the type first, in its order; then the others in theirs.
pub(super) fn arrange_points(points: &mut [PointSpec], kind: Option<&TypeSpec>) {
    let rank = |point: &PointSpec| {
        let index = kind.and_then(|kind| kind.points.iter().position(|own| own.key == point.key));
        (index.unwrap_or(usize::MAX), point.position)
    };
    points.sort_by_key(rank);
    number_points(points);
}

/// The configuration as a manifest would say it: references in place of sealed secrets.
fn with_references(config: &str, secrets: &BTreeMap<String, StoredSecret>) -> Value {
    let mut config: Value = serde_json::from_str(config).unwrap_or_default();
    for (pointer, name) in stored_secrets(&config) {
        let source = secrets.get(&name).and_then(|secret| secret.source.as_ref());
        if let (Some(place), Some(source)) = (config.pointer_mut(&pointer), source) {
            *place = source.to_json();
        }
    }
    config
}

fn keyed<R, I>(rows: &[R], entry: impl Fn(&R) -> (&String, I)) -> BTreeMap<String, I> {
    rows.iter()
        .map(|row| {
            let (key, id) = entry(row);
            (key.clone(), id)
        })
        .collect()
}

pub(super) fn inverse<I: Copy + Eq + std::hash::Hash>(
    ids: &BTreeMap<String, I>,
) -> HashMap<I, String> {
    ids.iter().map(|(key, id)| (*id, key.clone())).collect()
}
