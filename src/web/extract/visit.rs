//! Somebody who signed in and looks at a page.

use super::{Language, Portal};
use crate::runtime::Client;
use crate::store::tenant::UserRow;
use crate::web::format::Locale;
use crate::web::model::Model;
use crate::web::present::Present;
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError, session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// A signed-in person: all that the text of a page depends on.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The name of their client.
    pub client: String,
    /// The IANA zone of their client.
    pub time_zone: String,
    /// Who looks.
    pub user: UserRow,
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

    /// Their language.
    pub fn locale(&self) -> Locale {
        self.reader.words.0
    }
}

/// A signed-in person on the portal of their client.
#[derive(Clone)]
pub struct Visit {
    /// Whose portal it is.
    pub client: Arc<Client>,
    /// What the client has.
    pub model: Arc<Model>,
    /// Who looks.
    pub visitor: Visitor,
}

impl Visit {
    /// The newest value of everything, from memory.
    pub fn present(&self) -> Present {
        let now = self.visitor.reader.now;
        Present::look(Arc::clone(&self.model), self.client.engine(), now)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let Portal(client) =
            <Portal as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let now = state.clock.now();
        let found = session::find(client.scope(), &jar, now, state.config.https).await?;
        let user = found.ok_or(WebError::SignedOut)?.user;
        let model = state.models.of(client.scope()).await?;
        let language = Language::of(&parts.headers);
        let tenant = client.tenant();
        let locale = language.resolve(user.locale.as_deref(), &tenant.locale);
        let visitor = Visitor {
            client: tenant.name.clone(),
            time_zone: tenant.time_zone.clone(),
            reader: Reader {
                words: Words(locale),
                zone: zone(&tenant.time_zone),
                now,
            },
            theme: super::language::theme(user.theme.as_deref().unwrap_or(language.theme)),
            here: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            user,
        };
        Ok(Self {
            client,
            model,
            visitor,
        })
    }
}

/// The zone with this name; UTC for one this machine does not know.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
