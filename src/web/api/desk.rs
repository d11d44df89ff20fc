//! The desk where changes are asked for: who asks, what they reach, and the change service.

use crate::domain::audit::Actor;
use crate::domain::{EquipmentId, EquipmentTypeId, PointId, SiteId};
use crate::ingest;
use crate::tenancy::Reason;
use crate::tenancy::change::{self, FieldFault, Looked, Made, Office, Ref, Thing, Wish};
use crate::web::extract::{Caller, ClientAddress};
use crate::web::model::Model;
use crate::web::{AppState, WebError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// Somebody who may change something of their client; the table of permissions said what.
pub struct Desk {
    /// What handlers reach.
    pub state: AppState,
    /// Who asks.
    pub caller: Caller,
    /// What of the client they see.
    pub model: Arc<Model>,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
}

impl FromRequestParts<AppState> for Desk {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let ClientAddress(address) = ClientAddress::of(parts, state);
        Ok(Self {
            model: caller.model(state).await?,
            state: state.clone(),
            address,
            caller,
        })
    }
}

impl Desk {
    /// Makes wishes true, all or none, as far as the caller reaches.
    pub async fn make(&self, wishes: &[Wish]) -> Result<Vec<Made>, WebError> {
        self.check_reach(wishes)?;
        let made = change::make(&self.office(), wishes).await?;
        self.caller.client.model_changed();
        Ok(made)
    }

    /// Makes one wish true.
    pub async fn make_one(&self, wish: Wish) -> Result<Made, WebError> {
        let mut made = self.make(&[wish]).await?;
        made.pop()
            .ok_or_else(|| WebError::Internal("a wish came to nothing".to_owned()))
    }

    /// A thing as it is now, with its version; not found where the caller does not reach it.
    pub async fn look(&self, thing: Thing, id: i64) -> Result<Looked, WebError> {
        let looked = change::look(&self.office(), thing, id).await?;
        looked.ok_or(WebError::NotFound)
    }

    /// Not found, for what is there and not in the part of the client the caller sees.
    pub fn check_sight(&self, thing: Thing, id: i64) -> Result<(), WebError> {
        let sees = self.caller.access().sees_all() || sees(&self.model, thing, &Ref::Id(id));
        sees.then_some(()).ok_or(WebError::NotFound)
    }

    /// As the log names who asks.
    pub const fn actor(&self) -> &Actor {
        self.caller.actor()
    }

    /// Where changes are made.
    pub fn office(&self) -> Office<'_> {
        Office {
            directory: self.state.platform.directory(),
            scope: self.caller.client.scope(),
            checker: ingest::connection_checker(),
            actor: self.actor(),
        }
    }

    /// Who sees a part of a client changes only that part, and moves things only inside it.
    fn check_reach(&self, wishes: &[Wish]) -> Result<(), WebError> {
        if self.caller.access().sees_all() {
            return Ok(());
        }
        let mut faults = Vec::new();
        for (at, wish) in wishes.iter().enumerate() {
            if let Some(id) = wish.act.id() {
                self.check_sight(wish.thing, id)?;
            }
            let body = wish.act.body();
            faults.extend(body.into_iter().flat_map(|body| self.unseen(at, body)));
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(WebError::Faults(faults))
    }

    fn unseen(&self, wish: usize, body: &Value) -> Vec<FieldFault> {
        let named = [
            ("site", Thing::Site),
            ("type", Thing::Type),
            ("equipment", Thing::Equipment),
            ("parent", Thing::Equipment),
        ];
        let unseen = named.into_iter().filter_map(|(field, thing)| {
            let reference: Ref = serde_json::from_value(body.get(field)?.clone()).ok()?;
            (!sees(&self.model, thing, &reference)).then(|| FieldFault {
                wish,
                pointer: format!("/{field}"),
                reason: Reason::Unknown {
                    noun: field.to_owned(),
                    key: reference.to_string(),
                },
            })
        });
        unseen.collect()
    }
}

fn sees(model: &Model, thing: Thing, reference: &Ref) -> bool {
    match (thing, reference) {
        (Thing::Site, Ref::Id(id)) => model.site(SiteId(*id)).is_some(),
        (Thing::Site, Ref::Key(key)) => model.sites.iter().any(|row| row.site.key == *key),
        (Thing::Type, Ref::Id(id)) => {
            let id = EquipmentTypeId(*id);
            model.types.iter().any(|row| row.id == id)
        }
        (Thing::Type, Ref::Key(key)) => {
            let mut types = model.types.iter();
            types.any(|row| row.equipment_type.key == *key)
        }
        (Thing::Equipment, Ref::Id(id)) => model.equipment(EquipmentId(*id)).is_some(),
        (Thing::Equipment, Ref::Key(key)) => {
            let mut equipment = model.equipment.iter();
            equipment.any(|row| row.equipment.key == *key)
        }
        (Thing::Point, Ref::Id(id)) => model.point(PointId(*id)).is_some(),
        // What concerns the whole client is not for those who see a part of it.
        _ => false,
    }
}
