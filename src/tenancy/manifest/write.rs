//! The statements of a plan, inside its transaction, in an order that never breaks a reference:
//! keys first, then what is made and changed (parents before parts), then what goes (parts first).

use super::apply::{Applied, ApplyError, attempted};
use super::config::{references, secret_name};
use super::current::Ids;
use super::custom;
use super::noun::Noun;
use super::plan::{Action, Plan, Step};
use super::rows::{equipment_of, site_of};
use super::secrets::{device_secret, stored_form, user_secret};
use crate::domain::{Grants, TenantId, Timestamp};
use crate::store::tenant::{
    Connection, SecretRow, User, connections, devices, equipment, equipment_types, fields, grants,
    manifest_marks, points, secrets, sites, users,
};
use crate::store::{StoreError, Tx};
use crate::tenancy::secrets::Vault;
use crate::tenancy::{bacnet, credentials};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The field of a device that says nothing of its secret.
const MAY_COMMAND: &str = "may_command";

pub(super) struct Writer<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) plan: &'a Plan,
    pub(super) tenant: TenantId,
    pub(super) vault: &'a Vault,
    pub(super) at: Timestamp,
    /// Who it is made by, as rows remember it.
    pub(super) author: &'a str,
    pub(super) ids: Ids,
    pub(super) applied: Applied,
}

impl Writer<'_> {
    pub(super) async fn write(&mut self, steps: &[&Step]) -> Result<(), ApplyError> {
        self.change_keys()
            .await
            .map_err(attempted("give things another key"))?;
        for step in self.put_order(steps) {
            let what = format!("{} {} {}", step.verb(), step.noun, step.key);
            self.put(step).await.map_err(|error| match error {
                WriteError::Store(source) => attempted(what)(source),
                WriteError::Apply(error) => error,
            })?;
        }
        for step in remove_order(steps) {
            let what = format!("remove {} {}", step.noun, step.key);
            self.remove(step).await.map_err(attempted(what))?;
        }
        self.remove_stale_secrets()
            .await
            .map_err(attempted("remove secrets that nothing refers to"))
    }

    async fn put(&mut self, step: &Step) -> Result<(), WriteError> {
        match step.noun {
            Noun::Client => Ok(()),
            Noun::Field => Ok(self.put_field(&step.key).await?),
            Noun::Site => Ok(self.put_site(step).await?),
            Noun::Type => Ok(self.put_type(step).await?),
            Noun::Equipment => Ok(self.put_equipment(step).await?),
            Noun::Connection => self.put_connection(&step.key).await,
            Noun::Bacnet => Ok(bacnet::put(self.tx, self.plan.target.bacnet.as_ref()).await?),
            Noun::Device => self.put_device(step).await,
            Noun::User => self.put_user(step).await,
        }?;
        if self.plan.is_of_manifest && matches!(step.noun, Noun::Device | Noun::User) {
            manifest_marks::put(self.tx, &step.noun.to_string(), &step.key).await?;
        }
        Ok(())
    }

    async fn put_field(&mut self, key: &str) -> Result<(), StoreError> {
        let field = self.plan.target.fields.get(key);
        let field = field.ok_or(StoreError::NotFound)?;
        if let Some(id) = self.ids.fields.get(key) {
            fields::update(self.tx, *id, field).await?;
        } else {
            let id = fields::insert(self.tx, field).await?;
            self.ids.fields.insert(key.to_owned(), id);
        }
        Ok(())
    }

    async fn put_site(&mut self, step: &Step) -> Result<(), StoreError> {
        let key = step.key.as_str();
        let Some(spec) = self.plan.target.sites.get(key) else {
            return Err(StoreError::NotFound);
        };
        let site = site_of(key, spec, &self.ids)?;
        let id = if let Some(id) = self.ids.sites.get(key) {
            sites::update(self.tx, *id, &site).await?;
            *id
        } else {
            let id = sites::insert(self.tx, &site, self.at).await?;
            self.ids.sites.insert(key.to_owned(), id);
            id
        };
        custom::write(self.tx, self.plan, &self.ids.fields, step, id.0).await
    }

    async fn put_type(&mut self, step: &Step) -> Result<(), StoreError> {
        let kind = self.plan.target.types.get(&step.key);
        let kind = kind.ok_or(StoreError::NotFound)?;
        let id = match self.ids.types.get(&step.key) {
            Some(id) => {
                equipment_types::update(self.tx, *id, &kind.head).await?;
                *id
            }
            None => equipment_types::insert(self.tx, &kind.head).await?,
        };
        self.ids.types.insert(step.key.clone(), id);
        for change in &step.points {
            match kind.point(&change.key) {
                Some(point) => equipment_types::put_point(self.tx, id, point).await?,
                None => {
                    equipment_types::delete_point(self.tx, id, &change.key).await?;
                }
            }
        }
        Ok(())
    }

    async fn put_equipment(&mut self, step: &Step) -> Result<(), StoreError> {
        let spec = self.plan.target.equipment.get(&step.key);
        let spec = spec.ok_or(StoreError::NotFound)?;
        let thing = equipment_of(&step.key, spec, &self.ids)?;
        let id = match self.ids.equipment.get(&step.key) {
            Some(id) => {
                equipment::update(self.tx, *id, &thing).await?;
                *id
            }
            None => equipment::insert(self.tx, &thing, self.author, self.at).await?,
        };
        self.ids.equipment.insert(step.key.clone(), id);
        for change in &step.points {
            let known = (step.key.clone(), change.key.clone());
            match (spec.point(&change.key), self.ids.points.get(&known)) {
                (Some(point), Some(id)) => {
                    points::update(self.tx, *id, point).await?;
                }
                (Some(point), None) => {
                    let made = points::insert(self.tx, id, point, self.at).await?;
                    self.ids.points.insert(known, made);
                }
                (None, Some(id)) => {
                    points::delete(self.tx, *id).await?;
                }
                (None, None) => {}
            }
        }
        custom::write(self.tx, self.plan, &self.ids.fields, step, id.0).await
    }

    async fn put_connection(&mut self, key: &str) -> Result<(), WriteError> {
        let spec = self.plan.target.connections.get(key);
        let spec = spec.ok_or(StoreError::NotFound)?;
        let connection = Connection {
            key: key.to_owned(),
            name: spec.name.clone(),
            protocol: spec.protocol.clone(),
            enabled: spec.enabled,
            config: stored_form(key, &spec.config).to_string(),
        };
        if let Some(id) = self.ids.connections.get(key) {
            connections::update(self.tx, *id, &connection).await?;
        } else {
            let id = connections::insert(self.tx, &connection, self.at).await?;
            self.ids.connections.insert(key.to_owned(), id);
        }
        for (pointer, source) in references(&spec.config) {
            let name = secret_name(key, &pointer);
            let Some(value) = self.plan.secrets.get(&name) else {
                continue;
            };
            let sealed = self.vault.seal(self.tenant, &name, value);
            let secret = SecretRow {
                key_id: self.vault.key_id(),
                sealed: sealed.map_err(ApplyError::from)?,
                source: source.to_string(),
                updated_at: self.at,
                name,
            };
            secrets::put(self.tx, &secret).await?;
        }
        Ok(())
    }

    /// A secret that a person chose is hashed with argon2id, one that is made up here is not.
    async fn put_device(&mut self, step: &Step) -> Result<(), WriteError> {
        let name = &step.key;
        let reference = self.plan.secrets.source(&device_secret(name));
        let source = reference.map(ToString::to_string);
        let hash = if let Some(secret) = self.plan.secrets.get(&device_secret(name)) {
            credentials::hash_chosen(secret)
                .await
                .map_err(ApplyError::from)?
        } else if let Some(hash) = self.plan.device_hashes.get(name) {
            hash.clone()
        } else {
            let secret = credentials::generate();
            let hash = credentials::hash_generated(&secret);
            self.applied.generated.push((name.clone(), secret));
            hash
        };
        if step.action == Action::Create {
            // A revoked device of this name comes back with its new secret.
            if !devices::set_secret(self.tx, name, &hash, source.as_deref()).await? {
                let at = self.at;
                let id = devices::insert(self.tx, name, &hash, source.as_deref(), at).await?;
                self.ids.devices.insert(name.clone(), id);
            }
        } else if step.fields.iter().any(|change| change.field != MAY_COMMAND) {
            devices::set_secret(self.tx, name, &hash, source.as_deref()).await?;
        }
        let spec = self.plan.target.devices.get(name);
        let allowed = spec.is_some_and(|spec| spec.may_command);
        devices::allow_commands(self.tx, name, allowed).await?;
        Ok(())
    }

    async fn put_user(&mut self, step: &Step) -> Result<(), WriteError> {
        let email = &step.key;
        let spec = self.plan.target.users.get(email);
        let spec = spec.ok_or(StoreError::NotFound)?;
        let user = User {
            email: email.clone(),
            name: spec.name.clone(),
            role: spec.role,
        };
        let source = spec.password.as_ref().map(ToString::to_string);
        let id = if let Some(id) = self.ids.users.get(email) {
            users::update(self.tx, *id, &user).await?;
            *id
        } else {
            let id = users::insert(self.tx, &user, self.at).await?;
            self.ids.users.insert(email.clone(), id);
            if let Some(secret) = self.plan.secrets.get(&user_secret(email)) {
                let hash = credentials::hash_chosen(secret)
                    .await
                    .map_err(ApplyError::from)?;
                users::set_password(self.tx, id, &hash, false).await?;
            }
            self.ids.users.insert(email.clone(), id);
            id
        };
        users::set_password_source(self.tx, id, source.as_deref()).await?;
        let granted = Grants {
            sites: find_all(&self.ids.sites, &spec.sites)?,
            types: find_all(&self.ids.types, &spec.types)?,
        };
        grants::replace(self.tx, id, &granted).await?;
        Ok(())
    }

    async fn remove(&mut self, step: &Step) -> Result<(), StoreError> {
        let key = &step.key;
        manifest_marks::delete(self.tx, &step.noun.to_string(), key).await?;
        match step.noun {
            Noun::Client => Ok(true),
            Noun::Field => fields::delete(self.tx, find(&self.ids.fields, key)?).await,
            Noun::Site => sites::delete(self.tx, find(&self.ids.sites, key)?).await,
            Noun::Type => equipment_types::delete(self.tx, find(&self.ids.types, key)?).await,
            Noun::Equipment => equipment::delete(self.tx, find(&self.ids.equipment, key)?).await,
            Noun::Connection => {
                connections::delete(self.tx, find(&self.ids.connections, key)?).await
            }
            Noun::Bacnet => bacnet::put(self.tx, None).await.map(|()| true),
            Noun::Device => devices::delete(self.tx, key).await,
            Noun::User => users::delete(self.tx, find(&self.ids.users, key)?).await,
        }
        .map(|_| ())
    }

    async fn remove_stale_secrets(&mut self) -> Result<(), StoreError> {
        let connections = self.plan.target.connections.iter();
        let used: Vec<String> = connections
            .flat_map(|(key, spec)| {
                let pointers = references(&spec.config);
                pointers
                    .into_iter()
                    .map(move |(pointer, _)| secret_name(key, &pointer))
            })
            .collect();
        for name in &self.plan.stored_secrets {
            if !used.contains(name) {
                secrets::delete(self.tx, name).await?;
            }
        }
        Ok(())
    }

    /// Parents before parts: what lies deeper comes later.
    fn put_order<'s>(&self, steps: &[&'s Step]) -> Vec<&'s Step> {
        let mut put: Vec<&Step> = steps
            .iter()
            .copied()
            .filter(|step| step.action != Action::Remove)
            .collect();
        put.sort_by_key(|step| (step.noun, self.plan.target.depth(step.noun, &step.key)));
        put
    }
}

/// Equipment before its site and type, parts before what they are part of.
fn remove_order<'s>(steps: &[&'s Step]) -> Vec<&'s Step> {
    let mut remove: Vec<&Step> = steps
        .iter()
        .copied()
        .filter(|step| step.action == Action::Remove)
        .collect();
    remove.sort_by_key(|step| Reverse((step.noun, step.depth)));
    remove
}

/// What fails inside a step.
enum WriteError {
    Store(StoreError),
    Apply(ApplyError),
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApplyError> for WriteError {
    fn from(error: ApplyError) -> Self {
        Self::Apply(error)
    }
}

pub(super) fn find<I: Copy>(ids: &BTreeMap<String, I>, key: &str) -> Result<I, StoreError> {
    ids.get(key).copied().ok_or(StoreError::NotFound)
}

fn find_all<I: Copy>(
    ids: &BTreeMap<String, I>,
    keys: &BTreeSet<String>,
) -> Result<Vec<I>, StoreError> {
    keys.iter().map(|key| find(ids, key)).collect()
}
