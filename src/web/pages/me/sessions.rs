//! Where one is signed in: browsers and programs, each of which can be signed out from here.

use super::{Done, Part, Tab, tabs};
use crate::domain::Timestamp;
use crate::domain::audit::Action;
#[cfg(test)]
use crate::domain::{TokenFamilyId, UserId};
use crate::identity::journal;
use crate::store::tenant::{Session, TokenFamilyRow, sessions, tokens};
use crate::web::extract::{Account, Form, Query, Visit, Visitor};
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Reader;
use crate::web::{AppState, WebError, format, own};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/me_sessions.html")]
pub struct SessionsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    done: Option<String>,
    browsers: Vec<Line>,
    programs: Vec<Line>,
    several: bool,
}

/// One place where somebody is signed in.
#[derive(Debug, Clone)]
pub struct Line {
    /// What a form names it by.
    id: String,
    what: String,
    agent: String,
    address: String,
    since: String,
    used: String,
    /// Whether it is the one that looks.
    own: bool,
}

/// What a form sends: which one ends.
#[derive(Debug, Deserialize)]
pub struct Ending {
    id: String,
}

/// `GET /me/sessions`
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let (db, user, now) = (
        visit.client.scope().db(),
        account.user.id,
        state.clock.now(),
    );
    let open = sessions::list_of(db, user, now).await?;
    let programs = tokens::list_of(db, user, now).await?;
    let own = account.session.unwrap_or_default();
    let done = done.text(&["session", "others", "program"], visit.visitor.words());
    page(&SessionsPage {
        done,
        ..SessionsPage::of(&visit.visitor, &visit.present(), &open, &programs, &own)
    })
}

/// `POST /me/sessions/end`: ends one browser's session.
pub async fn end(
    State(state): State<AppState>,
    account: Account,
    Form(ending): Form<Ending>,
) -> Result<Response, WebError> {
    // One that ended meanwhile is what was asked for.
    own::end_browser(&state, &account, &ending.id).await?;
    Ok(Redirect::to("/me/sessions?done=session").into_response())
}

/// `POST /me/sessions/end-others`: ends every session but this one, programs included.
pub async fn end_others(
    State(state): State<AppState>,
    account: Account,
) -> Result<Response, WebError> {
    let own = account.session.unwrap_or_default();
    let user = &account.user;
    let mut tx = account.client.scope().db().begin().await?;
    let browsers = sessions::revoke_others_of(&mut tx, user.id, &own).await?;
    let programs = tokens::revoke_all_of(&mut tx, user.id).await?;
    let detail = format!("{browsers} sessions, {programs} programs");
    let (by, now) = (&account.actor, state.clock.now());
    journal::note(&mut tx, now, by, user, Action::SIGNED_OUT, &detail);
    tx.commit().await?;
    Ok(Redirect::to("/me/sessions?done=others").into_response())
}

/// `POST /me/programs/end`: ends the sign-in of one program.
pub async fn end_program(
    State(state): State<AppState>,
    account: Account,
    Form(ending): Form<Ending>,
) -> Result<Response, WebError> {
    let family = ending.id.parse().map_err(|_| WebError::NotFound)?;
    own::end_program(&state, &account, family).await?;
    Ok(Redirect::to("/me/sessions?done=program").into_response())
}

impl SessionsPage {
    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let now = visitor.reader.now;
        let browser = |token: u8, agent: &str| Session {
            token_hash: vec![token; 32],
            user_id: UserId(1),
            signed_in_at: now.plus(-Timestamp::DAY),
            last_seen_at: now.plus(-Timestamp::HOUR),
            expires_at: now.plus(Timestamp::DAY),
            address: Some("192.0.2.7".to_owned()),
            user_agent: Some(agent.to_owned()),
            step: None,
            second_factor: true,
        };
        let open = [
            browser(1, "Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0"),
            browser(2, "<Nantes>"),
        ];
        let program = TokenFamilyRow {
            id: TokenFamilyId(1),
            user_id: UserId(1),
            created_at: now,
            last_used_at: now,
            expires_at: now,
            address: None,
            user_agent: None,
        };
        Self::of(visitor, present, &open, &[program], &[1; 32])
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        open: &[Session],
        programs: &[TokenFamilyRow],
        own: &[u8],
    ) -> Self {
        let reader = &visitor.reader;
        let browsers: Vec<_> = open
            .iter()
            .map(|one| Line::browser(one, own, reader))
            .collect();
        let programs: Vec<_> = programs
            .iter()
            .map(|one| Line::program(one, reader))
            .collect();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            tabs: tabs(Part::Sessions, reader.words),
            done: None,
            several: browsers.len() + programs.len() > 1,
            browsers,
            programs,
        }
    }
}

impl Line {
    fn browser(session: &Session, own: &[u8], reader: &Reader) -> Self {
        Self {
            id: hex::encode(&session.token_hash),
            own: session.token_hash == own,
            ..Self::of(
                session.user_agent.as_deref(),
                session.address.as_deref(),
                session.signed_in_at,
                session.last_seen_at,
                reader,
            )
        }
    }

    fn program(family: &TokenFamilyRow, reader: &Reader) -> Self {
        Self {
            id: family.id.to_string(),
            ..Self::of(
                family.user_agent.as_deref(),
                family.address.as_deref(),
                family.created_at,
                family.last_used_at,
                reader,
            )
        }
    }

    fn of(
        agent: Option<&str>,
        address: Option<&str>,
        since: Timestamp,
        used: Timestamp,
        reader: &Reader,
    ) -> Self {
        let moment = |at| format::moment(at, reader.now, &reader.zone, reader.words);
        let agent = agent.unwrap_or_default();
        let what =
            program_of(agent).map_or_else(|| reader.words.get("me-session-unknown"), str::to_owned);
        Self {
            id: String::new(),
            what,
            agent: agent.to_owned(),
            address: address.unwrap_or(format::NONE).to_owned(),
            since: moment(since),
            used: moment(used),
            own: false,
        }
    }
}

/// The browser or program a `User-Agent` stands for (RFC 9110, 10.1.5); browsers name their ancestors too.
fn program_of(agent: &str) -> Option<&str> {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let browser = BROWSERS.iter().find(|(mark, _)| agent.contains(mark));
    let first = agent
        .split(['/', ' '])
        .next()
        .filter(|name| !name.is_empty());
    browser.map(|(_, name)| *name).or(first)
}

#[cfg(test)]
mod tests {
    use super::program_of;

    #[test]
    fn a_browser_is_called_by_its_own_name() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(program_of(edge), Some("Edge"));
        assert_eq!(program_of("curl/8.5.0"), Some("curl"));
        assert_eq!(program_of(""), None);
    }
}
