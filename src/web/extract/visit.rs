//! Somebody who signed in and looks at a page.

use super::Language;
use crate::domain::{Access, Permission, Permissions, Timestamp};
use crate::runtime::Client;
use crate::web::arrival::{Arrival, Identity, Proof, SupportNotice, arrival};
use crate::web::format::{Formats, Locale};
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
    /// The IANA zone their times are told in: the one they chose, else that of their client, or of
    /// the site a page is about.
    pub time_zone: String,
    /// Whether they chose that zone themselves.
    pub chose_zone: bool,
    /// The zone of the site a page is about, where times are told in another.
    pub zone_there: Option<String>,
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

    /// The same on a page about a site: its clock, unless they chose one themselves.
    #[must_use]
    pub fn on_site(&self, time_zone: &str) -> Self {
        if !self.chose_zone {
            return Self {
                time_zone: time_zone.to_owned(),
                reader: Reader {
                    zone: zone(time_zone),
                    ..self.reader.clone()
                },
                ..self.clone()
            };
        }
        let there = (time_zone != self.time_zone).then(|| time_zone.to_owned());
        Self {
            zone_there: there,
            ..self.clone()
        }
    }

    fn of(client: &Client, identity: &Identity, parts: &Parts, now: Timestamp) -> Self {
        let (tenant, user) = (client.tenant(), identity.user());
        let (name, email) = identity.name_and_email();
        let language = Language::of(&parts.headers);
        let chosen = user.and_then(|user| user.locale.as_deref());
        let theme = user.and_then(|user| user.theme.as_deref());
        let path = parts.uri.path_and_query();
        let locale = language.resolve(chosen, &tenant.locale);
        let numbers = user.and_then(|user| user.number_format.as_deref());
        let dates = user.and_then(|user| user.date_format.as_deref());
        let own_zone = user.and_then(|user| user.time_zone.as_deref());
        let time_zone = own_zone.unwrap_or(&tenant.time_zone);
        Self {
            client: tenant.name.clone(),
            time_zone: time_zone.to_owned(),
            chose_zone: own_zone.is_some(),
            zone_there: None,
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
                words: Words(locale, Formats::chosen(locale, numbers, dates)),
                zone: zone(time_zone),
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
