//! What has another key now: things keep their identity, and with it everything that hangs on it.

use super::noun::Noun;
use super::write::{Writer, find};
use crate::store::StoreError;
use crate::store::tenant::{
    connections, devices, equipment, equipment_types, manifest_marks, points, sites, users,
};
use crate::tenancy::bacnet::{self, BacnetSpec, Exposure};
use std::collections::BTreeMap;

impl Writer<'_> {
    pub(super) async fn change_keys(&mut self) -> Result<(), StoreError> {
        if self.plan.key_changes.is_empty() {
            return Ok(());
        }
        let mut exposed = bacnet::find_in(self.tx).await?;
        for change in &self.plan.key_changes {
            let (from, to) = (change.from.as_str(), change.to.as_str());
            manifest_marks::rename(self.tx, &change.noun.to_string(), from, to).await?;
            match (change.noun, &change.owner) {
                (Noun::Client | Noun::Field | Noun::Bacnet, _) => {}
                (Noun::Site, _) => {
                    let id = rekey(&mut self.ids.sites, from, to)?;
                    sites::rename(self.tx, id, to).await?;
                }
                (Noun::Type, None) => {
                    let id = rekey(&mut self.ids.types, from, to)?;
                    equipment_types::rename(self.tx, id, to).await?;
                    follow(exposed.as_mut(), |one| one.rename_type(from, to));
                }
                (Noun::Type, Some(owner)) => {
                    let id = find(&self.ids.types, owner)?;
                    equipment_types::rename_point(self.tx, id, from, to).await?;
                }
                (Noun::Equipment, None) => {
                    let id = rekey(&mut self.ids.equipment, from, to)?;
                    self.ids.give_points(from, to);
                    equipment::rename(self.tx, id, to).await?;
                    follow(exposed.as_mut(), |one| one.rename_equipment(from, to));
                }
                (Noun::Equipment, Some(owner)) => {
                    let known = (owner.clone(), from.to_owned());
                    let id = self.ids.points.remove(&known).ok_or(StoreError::NotFound)?;
                    self.ids.points.insert((owner.clone(), to.to_owned()), id);
                    points::rename(self.tx, id, to).await?;
                }
                (Noun::Connection, _) => {
                    let id = rekey(&mut self.ids.connections, from, to)?;
                    connections::rename(self.tx, id, to).await?;
                }
                (Noun::Device, _) => {
                    rekey(&mut self.ids.devices, from, to)?;
                    devices::rename(self.tx, from, to).await?;
                }
                (Noun::User, _) => {
                    let id = rekey(&mut self.ids.users, from, to)?;
                    users::rename(self.tx, id, to).await?;
                }
            }
        }
        if let Some(spec) = exposed {
            bacnet::put(self.tx, Some(&spec)).await?;
        }
        Ok(())
    }
}

/// What the client shows as a BACnet device goes on under the new keys.
fn follow(spec: Option<&mut BacnetSpec>, rename: impl Fn(&mut Exposure)) {
    if let Some(spec) = spec {
        spec.expose.iter_mut().for_each(rename);
    }
}

fn rekey<I: Copy>(ids: &mut BTreeMap<String, I>, from: &str, to: &str) -> Result<I, StoreError> {
    let id = ids.remove(from).ok_or(StoreError::NotFound)?;
    ids.insert(to.to_owned(), id);
    Ok(id)
}
