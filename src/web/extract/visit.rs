//! Somebody who signed in and looks at a page.

use super::Language;
use crate::domain::{Access, Permission, Permissions, Timestamp};
use crate::runtime::Client;
use crate::web::arrival::{Arrival, Identity, Proof, SupportNotice, arrival};
use crate::web::format::Locale;
use crate::web::model::Model;
use crate::web::present::Present;
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// A signed-in person: all that the text of a page depends on.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The name of their client.
    pub client: String,
    /// The IANA zone of their client.
    pub time_zone: String,
    /// What people call who looks.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do: what a page need not offer to others.
    pub permissions: Permissions,
    /// Whether they are of the platform's staff.
    pub is_support: bool,
    /// Support that may look now, for those who should know.
    pub support: Vec<SupportNotice>,
    /// In which language, on which clock, when.
    pub reader: Reader,
    /// `light`, `dark` or empty.
    pub theme: &'static str,
    /// Path and query of the page.
    pub here: String,
}

impl Visitor {
    /// Their words.
    pub fn words(&self) -> Words {
        self.reader.words
    }

    /// Whether they may do this.
    pub const fn may(&self, permission: Permission) -> bool {
        self.permissions.holds(permission)
    }

    /// Their language.
    pub fn locale(&self) -> Locale {
        self.reader.words.0
    }

    fn of(client: &Client, identity: &Identity, parts: &Parts, now: Timestamp) -> Self {
        let (tenant, user) = (client.tenant(), identity.user());
        let (name, email) = identity.name_and_email();
        let language = Language::of(&parts.headers);
        let chosen = user.and_then(|user| user.locale.as_deref());
        let theme = user.and_then(|user| user.theme.as_deref());
        let path = parts.uri.path_and_query();
        Self {
            client: tenant.name.clone(),
            time_zone: tenant.time_zone.clone(),
            name: name.to_owned(),
            email: email.to_owned(),
            is_support: matches!(identity.proof, Proof::Support(_)),
            support: identity
                .support
                .iter()
                .filter(|notice| notice.until > now)
                .cloned()
                .collect(),
            permissions: identity.access.permissions,
            reader: Reader {
                words: Words(language.resolve(chosen, &tenant.locale)),
                zone: zone(&tenant.time_zone),
                now,
            },
            theme: super::language::theme(theme.unwrap_or(language.theme)),
            here: path.map_or_else(|| "/".to_owned(), ToString::to_string),
        }
    }
}

/// A signed-in person on the portal of their client.
#[derive(Clone)]
pub struct Visit {
    /// Whose portal it is.
    pub client: Arc<Client>,
    /// What of the client they see.
    pub model: Arc<Model>,
    /// Who looks: what pages say of them.
    pub visitor: Visitor,
    /// Who looks, what they may do, and how we know.
    pub identity: Arc<Identity>,
}

impl Visit {
    /// What they may do, and where.
    pub fn access(&self) -> &Access {
        &self.identity.access
    }

    /// The newest value of everything they see, from memory.
    pub fn present(&self) -> Present {
        let now = self.visitor.reader.now;
        Present::look(Arc::clone(&self.model), self.client.engine(), now)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let arrival = arrival(parts)?;
        let Arrival {
            client,
            identity,
            versions,
            ..
        } = arrival;
        let scope = client.scope();
        let model = state
            .models
            .seen_by(scope, versions.model, &identity.access)
            .await?;
        let visitor = Visitor::of(&client, &identity, parts, state.clock.now());
        Ok(Self {
            client,
            model,
            visitor,
            identity,
        })
    }
}

/// The zone with this name; UTC for one this machine does not know.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
