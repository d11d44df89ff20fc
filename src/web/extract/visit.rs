//! Somebody who signed in and looks at a page.

use super::{Language, Portal};
use crate::domain::Timestamp;
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

/// A signed-in person on the portal of their client: all that a page needs.
#[derive(Clone)]
pub struct Visit {
    /// Whose portal it is.
    pub client: Arc<Client>,
    /// Who looks.
    pub user: UserRow,
    /// What the client has.
    pub model: Arc<Model>,
    /// In which language and on which clock.
    pub reader: Reader,
    /// `light`, `dark` or empty.
    pub theme: &'static str,
    /// Path and query of the page.
    pub here: String,
}

impl Visit {
    /// The newest value of everything, from memory.
    pub fn present(&self) -> Present {
        Present::look(
            Arc::clone(&self.model),
            self.client.engine(),
            self.reader.now,
        )
    }

    /// Their words.
    pub fn words(&self) -> Words {
        self.reader.words
    }

    /// Their language.
    pub fn locale(&self) -> Locale {
        self.reader.words.0
    }

    /// The instant of the visit.
    pub fn now(&self) -> Timestamp {
        self.reader.now
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
        Ok(Self {
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
            client,
            user,
            model,
        })
    }
}

/// The zone with this name; UTC for one this machine does not know.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
