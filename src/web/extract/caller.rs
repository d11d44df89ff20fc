//! A program or a page that uses the API.

use crate::domain::Access;
use crate::domain::audit::{Actor, Origin};
use crate::runtime::Client;
use crate::web::arrival::{Arrival, arrival};
use crate::web::model::Model;
use crate::web::present::Present;
use crate::web::{AppState, WebError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::sync::Arc;

/// Somebody who may call this route of the API; the table of permissions said so.
pub struct Caller {
    /// Whose data.
    pub client: Arc<Client>,
    arrival: Arrival,
    actor: Actor,
}

impl Caller {
    /// Who asks, what they may do, and where.
    pub fn access(&self) -> &Access {
        &self.arrival.identity.access
    }

    /// Who acts and from where, for the log.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What they see of the client.
    pub async fn model(&self, state: &AppState) -> Result<Arc<Model>, WebError> {
        let (scope, versions) = (self.client.scope(), self.arrival.versions);
        Ok(state
            .models
            .seen_by(scope, versions.model, self.access())
            .await?)
    }

    /// What they see, with the newest value of everything.
    pub async fn present(&self, state: &AppState) -> Result<Present, WebError> {
        let model = self.model(state).await?;
        Ok(Present::look(
            model,
            self.client.engine(),
            state.clock.now(),
        ))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let arrival = arrival(parts)?;
        Ok(Self {
            client: Arc::clone(&arrival.client),
            actor: Origin::of(parts, state).actor(&arrival.identity),
            arrival,
        })
    }
}
