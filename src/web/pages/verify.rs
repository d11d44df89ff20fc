//! Showing that one reads the mails to one's address.

use super::link::{Token, over, unreferred};
use super::page;
use super::sign_in::bare_shell;
use crate::domain::audit::Action;
use crate::identity::journal;
use crate::identity::links::{self, Addressee, Purpose};
use crate::store::tenant::users;
use crate::web::door::try_ask;
use crate::web::extract::{Account, Form, Language, Origin, Portal, Query, Visit};
use crate::web::mails::{self, Matter};
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

/// The page a link leads to.
#[derive(Template)]
#[template(path = "pages/verify.html")]
pub struct VerifyPage {
    pub(super) shell: Shell,
    pub(super) token: String,
    pub(super) email: String,
    pub(super) done: bool,
}

/// `POST /me/verify`: mails a link to one's own address.
pub async fn ask(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    mails::Origin(base): mails::Origin,
) -> Result<Response, WebError> {
    let (client, user, now) = (&account.client, &account.user, state.clock.now());
    let Some(postman) = &state.postman else {
        return Err(WebError::NotFound);
    };
    let asked = try_ask(&state, client, &user.user.email, &origin).await?;
    asked.map_err(|refusal| WebError::TooMany {
        retry_after_s: refusal.wait_s().unwrap_or(1),
    })?;
    let to = Addressee {
        user: Some(user.id),
        email: &user.user.email,
        name: "",
        role: None,
    };
    let mut tx = client.scope().db().begin().await?;
    let token = links::make(&mut tx, Purpose::Verify, &to, now).await?;
    let link = format!("{base}/sign-in/verify?token={token}");
    let words = visit.visitor.words();
    let letter = mails::letter(Matter::Verify, words, &client.tenant().name, to.email, link)?;
    mails::post(&state, client, &mut tx, &letter, now).await?;
    tx.commit().await?;
    postman.nudge();
    Ok(Redirect::to("/me?done=verify").into_response())
}

/// `GET /sign-in/verify`: a button; nothing is used up.
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    Query(Token { token }): Query<Token>,
) -> Result<Response, WebError> {
    let (db, now) = (portal.0.scope().db(), state.clock.now());
    let Some(link) = links::find(db, &[Purpose::Verify], &token, now).await? else {
        return over(&state, &portal, &language);
    };
    Ok(unreferred(page(&VerifyPage {
        shell: bare_shell(&state, &portal, &language, "/"),
        token,
        email: link.spec.email,
        done: false,
    })?))
}

/// `POST /sign-in/verify`
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    Form(Token { token }): Form<Token>,
) -> Result<Response, WebError> {
    let (db, now) = (portal.0.scope().db(), state.clock.now());
    let link = links::find(db, &[Purpose::Verify], &token, now).await?;
    let owner = match &link {
        Some(link) => links::owner(db, link).await?,
        None => None,
    };
    let Some(user) = owner else {
        return over(&state, &portal, &language);
    };
    let mut tx = db.begin().await?;
    if !links::use_up(&mut tx, &token).await? {
        return over(&state, &portal, &language);
    }
    users::set_verified(&mut tx, user.id, now).await?;
    let by = journal::actor(&user, &origin);
    journal::note(&mut tx, now, &by, &user, Action::VERIFIED, "");
    tx.commit().await?;
    page(&VerifyPage {
        shell: bare_shell(&state, &portal, &language, "/"),
        token: String::new(),
        email: user.user.email,
        done: true,
    })
}

#[cfg(test)]
impl VerifyPage {
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            shell,
            token: "x".to_owned(),
            email: "c.morel@helianthe.example".to_owned(),
            done: false,
        }
    }
}
