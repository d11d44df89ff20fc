//! From a proof to a session: what every way of signing in ends with.

use super::pages::{encode, next_page};
use super::session::{self, Opening};
use super::{AppState, WebError};
use crate::domain::audit::{Action, Origin};
use crate::domain::{SignInStep, Timestamp};
use crate::identity::journal;
use crate::identity::steps::{self, Proof};
use crate::runtime::Client;
use crate::store::tenant::UserRow;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

/// A sign-in that is under way.
pub struct Entry<'a> {
    /// Everything a handler may reach.
    pub state: &'a AppState,
    /// At whose portal.
    pub client: &'a Client,
    /// From where.
    pub origin: Origin,
    /// The cookies that came along; the session in them ends.
    pub jar: CookieJar,
    /// Where one wanted to go.
    pub next: &'a str,
}

/// The page of a step.
pub const fn page_of(step: SignInStep) -> &'static str {
    match step {
        SignInStep::SecondFactor => "/sign-in/second-factor",
        SignInStep::Enrol => "/sign-in/enrol",
        SignInStep::NewPassword => "/sign-in/new-password",
    }
}

impl Entry<'_> {
    /// Opens a session for somebody who showed `proof`, and leads on: to the next step, or in.
    pub async fn lead(self, user: &UserRow, proof: Proof) -> Result<Response, WebError> {
        let (jar, path) = self.admit(user, proof).await?;
        Ok((jar, Redirect::to(&path)).into_response())
    }

    /// Like [`Self::lead`], for scripts: the cookie, and where to go.
    pub async fn admit(
        self,
        user: &UserRow,
        proof: Proof,
    ) -> Result<(CookieJar, String), WebError> {
        let db = self.client.scope().db();
        let step = steps::next(db, user, proof).await?;
        let now = self.state.clock.now();
        if step.is_none() {
            self.record(user, proof, now).await?;
        }
        let https = self.state.config.https;
        session::close(self.client.scope(), &self.jar, https).await?;
        let opening = Opening {
            user: user.id,
            origin: self.origin,
            step,
            second_factor: proof.is_strong(),
        };
        let cookie = session::open(self.client.scope(), opening, now, https).await?;
        let next = next_page(self.next);
        let path = match step {
            Some(step) => format!("{}?next={}", page_of(step), encode(next)),
            None => next.to_owned(),
        };
        Ok((self.jar.add(cookie), path))
    }

    async fn record(&self, user: &UserRow, proof: Proof, now: Timestamp) -> Result<(), WebError> {
        let how = match proof {
            Proof::Password => "with the password",
            Proof::PasswordAndFactor => "with the password and a second factor",
            Proof::Passkey => "with a passkey",
            Proof::Provider => "through another provider",
        };
        let mut tx = self.client.scope().db().begin().await?;
        let actor = journal::actor(user, &self.origin);
        journal::note(&mut tx, now, &actor, user, Action::SIGNED_IN, how);
        Ok(tx.commit().await?)
    }
}
