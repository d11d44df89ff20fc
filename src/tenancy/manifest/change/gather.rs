//! The rows that wishes speak of, and those they stand on; read by id or by key.

use super::custom::{CustomFields, by_key};
use super::wish::{Ref, Thing, Wish};
use crate::domain::{
    ConnectionId, DeviceId, EquipmentId, EquipmentTypeId, PointId, SiteId, UserId, is_key,
};
use crate::store::tenant::{
    DeviceRow, EquipmentRow, EquipmentTypeRow, SiteRow, connections, devices, equipment,
    equipment_types, fields, grants, points, secrets, sites, users,
};
use crate::store::{Db, StoreError};
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::config::{CONNECTION_SECRETS, references_of};
use crate::tenancy::manifest::current::Tables;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Rows that were read so far, each once.
pub(super) struct Gathered<'a> {
    db: &'a Db,
    pub(super) tables: Tables,
    pub(super) devices: Vec<DeviceRow>,
    pub(super) secrets: Vec<crate::store::tenant::SecretRow>,
    /// Points that were asked for by id, with their equipment.
    pub(super) points: HashMap<PointId, EquipmentId>,
    pub(super) custom: CustomFields,
    /// The greatest place of a site in their order.
    pub(super) last_site: i64,
}

impl<'a> Gathered<'a> {
    /// Reads what the wishes need.
    pub(super) async fn around(db: &'a Db, wishes: &[Wish]) -> Result<Self, StoreError> {
        let mut gathered = Self {
            db,
            tables: Tables::default(),
            devices: Vec::new(),
            secrets: Vec::new(),
            points: HashMap::new(),
            custom: CustomFields::default(),
            last_site: sites::last_position(db).await?.unwrap_or(-1),
        };
        let has_custom = |wish: &Wish| matches!(wish.thing, Thing::Site | Thing::Equipment);
        if wishes.iter().any(has_custom) {
            gathered.custom.fields = fields::list(db).await?;
        }
        for wish in wishes {
            if let Some(id) = wish.act.id() {
                gathered.subject(wish.thing, id).await?;
                gathered.followers(wish, id).await?;
            }
            if let Some(body) = wish.act.body() {
                gathered.references(wish.thing, body).await?;
            }
        }
        Ok(gathered)
    }

    async fn subject(&mut self, thing: Thing, id: i64) -> Result<(), StoreError> {
        match thing {
            Thing::Site => {
                let rows = fields::list_of_site(self.db, id).await?;
                let values = by_key(&self.custom.fields, &rows);
                self.custom.of_sites.extend(values);
                self.site(&Ref::Id(id)).await
            }
            Thing::Type => self.kind(&Ref::Id(id)).await,
            Thing::Equipment => {
                let rows = fields::list_of_thing(self.db, id).await?;
                let values = by_key(&self.custom.fields, &rows);
                self.custom.of_equipment.extend(values);
                self.thing(&Ref::Id(id)).await
            }
            Thing::Point => {
                if let Some(row) = points::find(self.db, PointId(id)).await? {
                    self.points.insert(row.id, row.equipment_id);
                    self.thing(&Ref::Id(row.equipment_id.0)).await?;
                }
                Ok(())
            }
            Thing::Connection => self.connection(&Ref::Id(id)).await,
            Thing::Device => self.device(&Ref::Id(id)).await,
            Thing::User => self.user(&Ref::Id(id)).await,
        }
    }

    /// What a body names, and what has the key it wants.
    async fn references(&mut self, thing: Thing, body: &Value) -> Result<(), StoreError> {
        if let Some(key) = named(body, "key") {
            match thing {
                Thing::Site => self.site(&key).await?,
                Thing::Type => self.kind(&key).await?,
                Thing::Equipment => self.thing(&key).await?,
                Thing::Connection => self.connection(&key).await?,
                Thing::Point | Thing::Device | Thing::User => {}
            }
        }
        match thing {
            Thing::Site => self.maybe_site(named(body, "parent")).await,
            Thing::Equipment => {
                self.maybe_site(named(body, "site")).await?;
                if let Some(kind) = named(body, "type") {
                    self.kind(&kind).await?;
                }
                self.maybe_thing(named(body, "parent")).await
            }
            Thing::Point => self.maybe_thing(named(body, "equipment")).await,
            Thing::Connection => self.of_config(body).await,
            Thing::Device => match named(body, "name") {
                Some(name) => self.device(&name).await,
                None => Ok(()),
            },
            Thing::User => {
                if let Some(email) = named(body, "email") {
                    self.user(&email).await?;
                }
                self.grantable(body).await
            }
            Thing::Type => Ok(()),
        }
    }

    async fn maybe_site(&mut self, site: Option<Ref>) -> Result<(), StoreError> {
        match site {
            Some(site) => self.site(&site).await,
            None => Ok(()),
        }
    }

    async fn maybe_thing(&mut self, thing: Option<Ref>) -> Result<(), StoreError> {
        match thing {
            Some(thing) => self.thing(&thing).await,
            None => Ok(()),
        }
    }

    /// A site and those it lies in.
    async fn site(&mut self, site: &Ref) -> Result<(), StoreError> {
        let mut next = self.find_site(site).await?;
        while let Some(row) = next {
            if self.tables.sites.iter().any(|known| known.id == row.id) {
                return Ok(());
            }
            next = match row.site.parent_id {
                Some(parent) => sites::find(self.db, parent).await?,
                None => None,
            };
            self.tables.sites.push(row);
        }
        Ok(())
    }

    async fn find_site(&self, site: &Ref) -> Result<Option<SiteRow>, StoreError> {
        match site {
            Ref::Id(id) => sites::find(self.db, SiteId(*id)).await,
            Ref::Key(key) => sites::find_by_key(self.db, key).await,
        }
    }

    /// A type with its points.
    async fn kind(&mut self, kind: &Ref) -> Result<(), StoreError> {
        let row = match kind {
            Ref::Id(id) => equipment_types::find(self.db, EquipmentTypeId(*id)).await?,
            Ref::Key(key) => equipment_types::find_by_key(self.db, key).await?,
        };
        match row {
            Some(row) => self.known_kind(row).await,
            None => Ok(()),
        }
    }

    async fn known_kind(&mut self, row: EquipmentTypeRow) -> Result<(), StoreError> {
        if self.tables.types.iter().any(|known| known.id == row.id) {
            return Ok(());
        }
        let points = equipment_types::list_points_of(self.db, row.id).await?;
        self.tables.type_points.extend(points);
        self.tables.types.push(row);
        Ok(())
    }

    /// The equipment whose points follow when those of their type change.
    async fn followers(&mut self, wish: &Wish, id: i64) -> Result<(), StoreError> {
        let points = wish.act.body().and_then(|body| body.get("points"));
        if wish.thing == Thing::Type && points.is_some() {
            return self.of_kind(EquipmentTypeId(id)).await;
        }
        Ok(())
    }

    /// All equipment of a type with what it stands on: three statements and one for each site.
    async fn of_kind(&mut self, kind: EquipmentTypeId) -> Result<(), StoreError> {
        let known: HashSet<_> = self.tables.equipment.iter().map(|row| row.id).collect();
        let mut rows = equipment::list_of_type(self.db, kind).await?;
        let mut points = points::list_of_type(self.db, kind).await?;
        rows.retain(|row| !known.contains(&row.id));
        points.retain(|row| !known.contains(&row.equipment_id));
        let sites: BTreeSet<_> = rows.iter().map(|row| row.equipment.site_id).collect();
        let parents: BTreeSet<_> = rows
            .iter()
            .filter_map(|row| row.equipment.parent_id)
            .collect();
        self.tables.equipment.extend(rows);
        self.tables.points.extend(points);
        for site in sites {
            self.site(&Ref::Id(site.0)).await?;
        }
        for parent in parents {
            self.thing(&Ref::Id(parent.0)).await?;
        }
        Ok(())
    }

    /// An equipment with its points, its site, its type, and what it is part of.
    async fn thing(&mut self, thing: &Ref) -> Result<(), StoreError> {
        let mut next = match thing {
            Ref::Id(id) => equipment::find(self.db, EquipmentId(*id)).await?,
            Ref::Key(key) => equipment::find_by_key(self.db, key).await?,
        };
        while let Some(row) = next {
            if self.tables.equipment.iter().any(|known| known.id == row.id) {
                return Ok(());
            }
            next = match row.equipment.parent_id {
                Some(parent) => equipment::find(self.db, parent).await?,
                None => None,
            };
            self.known_thing(row).await?;
        }
        Ok(())
    }

    async fn known_thing(&mut self, row: EquipmentRow) -> Result<(), StoreError> {
        self.site(&Ref::Id(row.equipment.site_id.0)).await?;
        self.kind(&Ref::Id(row.equipment.type_id.0)).await?;
        let points = points::list_of(self.db, row.id).await?;
        self.tables.points.extend(points);
        self.tables.equipment.push(row);
        Ok(())
    }

    async fn connection(&mut self, connection: &Ref) -> Result<(), StoreError> {
        let row = match connection {
            Ref::Id(id) => connections::find(self.db, ConnectionId(*id)).await?,
            Ref::Key(key) => connections::find_by_key(self.db, key).await?,
        };
        let Some(row) = row else { return Ok(()) };
        if self
            .tables
            .connections
            .iter()
            .any(|known| known.id == row.id)
        {
            return Ok(());
        }
        let prefix = format!("{CONNECTION_SECRETS}{}/", row.connection.key);
        self.secrets
            .extend(secrets::list_below(self.db, &prefix).await?);
        self.tables.connections.push(row);
        Ok(())
    }

    /// What routes, lines and publish rules name.
    async fn of_config(&mut self, body: &Value) -> Result<(), StoreError> {
        let Some(config) = body.get("config") else {
            return Ok(());
        };
        let known = references_of(config).into_iter();
        for reference in known.filter(|reference| is_key(&reference.key)) {
            let key = Ref::Key(reference.key);
            match reference.noun {
                Noun::Site => self.site(&key).await?,
                Noun::Type => self.kind(&key).await?,
                _ => self.thing(&key).await?,
            }
        }
        Ok(())
    }

    async fn device(&mut self, device: &Ref) -> Result<(), StoreError> {
        let row = match device {
            Ref::Id(id) => devices::find(self.db, DeviceId(*id)).await?,
            Ref::Key(name) => devices::find_by_name(self.db, name).await?,
        };
        let known = |row: &DeviceRow| self.devices.iter().any(|known| known.id == row.id);
        if let Some(row) = row.filter(|row| !known(row)) {
            self.devices.push(row);
        }
        Ok(())
    }

    async fn user(&mut self, user: &Ref) -> Result<(), StoreError> {
        let row = match user {
            Ref::Id(id) => users::find(self.db, UserId(*id)).await?,
            Ref::Key(email) => users::find_by_email(self.db, email).await?,
        };
        let users = &mut self.tables.users;
        if let Some(row) = row.filter(|row| users.iter().all(|known| known.id != row.id)) {
            let id = row.id;
            users.push(row);
            self.granted(id).await?;
        }
        Ok(())
    }

    /// What a person is granted, and the sites and types of it.
    async fn granted(&mut self, user: UserId) -> Result<(), StoreError> {
        let granted = grants::of(self.db, user).await?;
        for site in granted.sites {
            self.site(&Ref::Id(site.0)).await?;
            self.tables.user_sites.push((user, site));
        }
        for kind in granted.types {
            self.kind(&Ref::Id(kind.0)).await?;
            self.tables.user_types.push((user, kind));
        }
        Ok(())
    }

    /// Sites and types that a body wants to grant.
    async fn grantable(&mut self, body: &Value) -> Result<(), StoreError> {
        for site in all_named(body, "sites") {
            self.site(&site).await?;
        }
        for kind in all_named(body, "types") {
            self.kind(&kind).await?;
        }
        Ok(())
    }
}

/// The most grants of one person that are looked at.
const MOST_GRANTS: usize = 1_000;

/// What a list of a body names.
fn all_named(body: &Value, field: &str) -> Vec<Ref> {
    let items = body.get(field).and_then(Value::as_array);
    let references = items.into_iter().flatten().filter_map(reference_of);
    references.take(MOST_GRANTS).collect()
}

/// What a body names; nothing a database would refuse to look for.
fn named(body: &Value, field: &str) -> Option<Ref> {
    reference_of(body.get(field)?)
}

fn reference_of(value: &Value) -> Option<Ref> {
    let reference: Ref = serde_json::from_value(value.clone()).ok()?;
    match &reference {
        Ref::Key(key) if key.is_empty() || key.contains('\0') => None,
        _ => Some(reference),
    }
}
