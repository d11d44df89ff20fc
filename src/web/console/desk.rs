//! Who works at the console, found out once per request.

use crate::domain::Timestamp;
use crate::domain::audit::{Actor, Origin};
use crate::store::Db;
use crate::store::control::{StaffRow, staff_sessions};
use crate::tenancy::credentials::sha256;
use crate::tenancy::support;
use crate::web::extract::{Language, zone};
use crate::web::permissions::{Requirement, Ruling, console_ruling};
use crate::web::session::HostCookie;
use crate::web::shell::Shell;
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;

/// A member of the staff who signed in on the console.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Who.
    pub staff: StaffRow,
    /// In which language, when; in UTC, since clients are everywhere.
    pub reader: Reader,
    origin: Origin,
    theme: &'static str,
    here: String,
}

impl Desk {
    /// As the log names them.
    pub fn actor(&self) -> Actor {
        support::actor(self.staff.id, &self.staff.staff.name).from_where(&self.origin)
    }

    /// What the pages of the console share.
    pub fn shell(&self) -> Shell {
        let shell = Shell::bare(
            self.reader.words,
            self.theme,
            "",
            &self.here,
            self.reader.now,
        );
        shell.for_staff(&self.staff.staff.name, &self.staff.staff.email)
    }

    #[cfg(test)]
    pub(super) fn of(staff: StaffRow, reader: Reader) -> Self {
        Self {
            staff,
            reader,
            origin: Origin::default(),
            theme: "",
            here: "/".to_owned(),
        }
    }
}

/// Refuses what the table of the console does not allow.
pub async fn guard(
    State(state): State<AppState>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let requirement = match console_ruling(request.method(), path.as_str()) {
        Ruling::Rule(requirement, _) => requirement,
        Ruling::NotThisMethod(_) => return Err(WebError::MethodNotAllowed),
        Ruling::Unknown => return Err(WebError::NotFound),
    };
    if requirement == Requirement::Public {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let desk = recognise(&parts, &state)
        .await?
        .ok_or(WebError::SignedOut)?;
    match requirement {
        Requirement::Staff(role) if desk.staff.staff.role < role => {
            return Err(WebError::Forbidden(role.as_str()));
        }
        Requirement::Staff(_) | Requirement::SignedIn => {}
        Requirement::Needs(permission) => return Err(WebError::Forbidden(permission.as_str())),
        Requirement::Public => return Err(WebError::NotFound),
    }
    parts.extensions.insert(desk);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

async fn recognise(parts: &Parts, state: &AppState) -> Result<Option<Desk>, WebError> {
    let jar = CookieJar::from_headers(&parts.headers);
    let Some(cookie) = jar.get(HostCookie::Console.name(state.config.https)) else {
        return Ok(None);
    };
    let (control, now) = (control(state), state.clock.now());
    let found = staff_sessions::find_staff(control, &sha256(cookie.value()), now).await?;
    Ok(found.map(|staff| {
        let language = Language::of(&parts.headers);
        let path = parts.uri.path_and_query();
        Desk {
            staff,
            reader: reader(&language, now),
            origin: Origin::of(parts, state),
            theme: language.theme,
            here: path.map_or_else(|| "/".to_owned(), ToString::to_string),
        }
    }))
}

pub(super) fn reader(language: &Language, now: Timestamp) -> Reader {
    Reader {
        words: Words::of(language.resolve(None, "en")),
        zone: zone("UTC"),
        now,
    }
}

/// The platform's own database.
pub(super) fn control(state: &AppState) -> &Db {
    state.platform.directory().control()
}

impl FromRequestParts<AppState> for Desk {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, WebError> {
        parts.extensions.get().cloned().ok_or(WebError::SignedOut)
    }
}
