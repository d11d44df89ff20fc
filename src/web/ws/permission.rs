//! What a person may watch, and whether they still may: the one place that decides it.

use super::protocol::{Refused, Selection};
use super::watch::Standing;
use crate::domain::PointId;
use crate::runtime::Client;
use crate::store::tenant::settings;
use crate::web::arrival::Arrival;
use crate::web::model::Model;
use crate::web::permissions::{Ruling, ruling};
use crate::web::{AppState, WebError};
use axum::http::Method;
use std::sync::Arc;
use tokio::sync::watch;

/// Points one socket may watch.
pub(super) const MAX_POINTS: usize = 10_000;

/// The route whose row in the table of permissions rules the feed.
const ROUTE: &str = "/ws";
const UNKNOWN: &str = "no such point or equipment in this portal";
const TOO_MANY: &str = "more than 10000 points on one connection";
const TAKEN_AWAY: &str = "no longer yours to see";

/// Who opened a socket, as long as they may have it.
pub(super) struct Person {
    arrival: Arrival,
    standing: watch::Receiver<Standing>,
}

/// Why somebody may not have their socket any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Signed out, disabled, revoked, or without the right.
    Right,
    /// The portal is closed or was opened anew.
    Portal,
}

impl Person {
    pub(super) fn new(state: &AppState, arrival: Arrival) -> Self {
        let watchers = &state.feeds.watchers;
        Self {
            standing: watchers.join(state, &arrival.client, arrival.versions),
            arrival,
        }
    }

    /// Whose portal it is.
    pub(super) fn client(&self) -> &Arc<Client> {
        &self.arrival.client
    }

    /// Waits until something moved that rights depend on. Cancel-safe.
    pub(super) async fn moved(&mut self) {
        if self.standing.changed().await.is_err() {
            // The watcher ended with the process; the socket is told by the same token.
            std::future::pending::<()>().await;
        }
    }

    /// Asks again who this is and whether the table lets them have a feed; what they see now.
    pub(super) async fn look(
        &mut self,
        state: &AppState,
    ) -> Result<Result<Arc<Model>, Lost>, WebError> {
        if *self.standing.borrow_and_update() == Standing::Closed {
            return Ok(Err(Lost::Portal));
        }
        let client = Arc::clone(&self.arrival.client);
        self.arrival.versions = settings::versions(client.scope().db()).await?;
        if let Err(lost) = self.check(state).await? {
            return Ok(Err(lost));
        }
        let (access, version) = (&self.arrival.identity.access, self.arrival.versions.model);
        let model = state.models.seen_by(client.scope(), version, access);
        Ok(Ok(model.await?))
    }

    /// The same at the versions known: asks the database once in minutes, which keeps the
    /// session of whoever only looks.
    pub(super) async fn check(&mut self, state: &AppState) -> Result<Result<(), Lost>, WebError> {
        let Arrival {
            client,
            versions,
            credentials,
            ..
        } = &self.arrival;
        let found = state
            .identities
            .find(state, client, credentials, versions.access);
        let Some(identity) = found.await? else {
            return Ok(Err(Lost::Right));
        };
        self.arrival.identity = identity;
        let Ruling::Rule(requirement, callers) = ruling(&Method::GET, ROUTE) else {
            return Ok(Err(Lost::Right));
        };
        let allowed = self.arrival.check(requirement, callers);
        Ok(allowed.map_err(|_| Lost::Right))
    }
}

/// Of what is watched, what this model has not; with the reason to tell.
pub(super) fn taken_away(model: &Model, watched: impl Iterator<Item = PointId>) -> Refused {
    Refused {
        points: watched
            .filter(|point| model.point(*point).is_none())
            .collect(),
        equipment: Vec::new(),
        reason: TAKEN_AWAY,
    }
}

/// What becomes of a request.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) allowed: Vec<PointId>,
    pub(super) refused: Refused,
}

/// Who watches may watch what `model` has, which is what they see of their client.
pub(super) fn decide(model: &Model, wanted: &Selection, watched: usize) -> Verdict {
    let mut verdict = Verdict::default();
    for point in &wanted.points {
        match model.point(*point) {
            Some(row) => verdict.allowed.push(row.id),
            None => verdict.refused.points.push(*point),
        }
    }
    for equipment in &wanted.equipment {
        match model.equipment(*equipment) {
            Some(row) => verdict
                .allowed
                .extend(model.points_of(row.id).iter().map(|row| row.id)),
            None => verdict.refused.equipment.push(*equipment),
        }
    }
    verdict.allowed.sort_unstable();
    verdict.allowed.dedup();
    verdict.refused.reason = UNKNOWN;
    let room = MAX_POINTS.saturating_sub(watched);
    if verdict.allowed.len() > room {
        verdict
            .refused
            .points
            .extend(verdict.allowed.split_off(room));
        verdict.refused.reason = TOO_MANY;
    }
    verdict
}
