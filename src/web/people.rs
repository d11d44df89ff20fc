//! What administrators decide about people, for pages and programs alike: who is invited, who may
//! come in, whose second factors are taken away, who is forgotten.
//!
//! Invariants: a program with a key never touches an administrator; a client that has an
//! administrator who can come in keeps one.

use super::factors;
use super::format::Locale;
use super::mails::{self, Matter};
use super::model::Model;
use super::words::Words;
use super::{AppState, WebError};
use crate::domain::audit::{Action, Actor, Hand};
use crate::domain::{Grants, Role, UserId, normal_email, visible};
use crate::identity::journal;
use crate::identity::links::{self, Addressee, Purpose};
use crate::runtime::Client;
use crate::store::tenant::{User, UserRow, grants, users};
use crate::store::{StoreError, Tx};
use crate::tenancy::erasure::{ErasureError, erase};
use crate::tenancy::{Reason, sign_out};

const LONGEST_NAME: usize = 80;

/// Somebody who is to come in.
#[derive(Debug, Clone, Default)]
pub struct Invitation {
    /// What they are called.
    pub name: String,
    /// Where the link goes.
    pub email: String,
    /// What they become.
    pub role: Role,
    /// What narrows it.
    pub grants: Grants,
}

/// A field that is wrong, and the message that says so.
pub type Fault = (&'static str, &'static str);

/// Who was invited, and the link to hand over, once, where no mail is sent.
pub struct Invited {
    /// The user.
    pub id: UserId,
    /// For who has to pass it on by hand.
    pub link: Option<String>,
}

/// Where people are looked after: for one client, by somebody who may.
pub struct PeopleDesk<'a> {
    /// What handlers reach.
    pub state: &'a AppState,
    /// Whose people.
    pub client: &'a Client,
    /// Who decides.
    pub actor: &'a Actor,
    /// The language of mails to somebody who has not chosen one.
    pub words: Words,
    /// Where browsers reach the portal: `https://acme.example.org`.
    pub base: &'a str,
}

impl Invitation {
    /// The user it asks for, or the field that is wrong. What is granted must be there.
    pub fn check(&self, model: &Model) -> Result<User, Fault> {
        let name = self.name.trim();
        if name.is_empty() || visible(name) != name || name.chars().count() > LONGEST_NAME {
            return Err(("name", "me-name-missing"));
        }
        let email = normal_email(self.email.trim()).ok_or(("email", "email-wrong"))?;
        let sites = self.grants.sites.iter().all(|id| model.site(*id).is_some());
        let types = &self.grants.types;
        let types = types
            .iter()
            .all(|id| model.types.iter().any(|row| row.id == *id));
        if !(sites && types) {
            return Err(("role", "me-choice-unknown"));
        }
        Ok(User {
            email,
            name: name.to_owned(),
            role: self.role,
        })
    }
}

impl PeopleDesk<'_> {
    /// Adds somebody without a password; a link lets them choose one. A fault where the address is
    /// known already.
    pub async fn invite(
        &self,
        user: User,
        granted: &Grants,
    ) -> Result<Result<Invited, Fault>, WebError> {
        self.check_rank(user.role)?;
        let now = self.state.clock.now();
        let mut tx = self.client.scope().db().begin().await?;
        let id = match users::insert(&mut tx, &user, now).await {
            Err(StoreError::Duplicate(_)) => {
                tx.rollback().await?;
                return Ok(Err(("email", "people-known")));
            }
            made => made?,
        };
        keep_user_quota(&mut tx, self.client).await?;
        grants::replace(&mut tx, id, granted).await?;
        let row = UserRow::fresh(id, user, now);
        self.note(&mut tx, &row, Action::INVITED, row.user.role.as_str());
        let link = self.send_link(&mut tx, &row).await?;
        tx.commit().await?;
        self.mailed(link.is_none());
        Ok(Ok(Invited { id, link }))
    }

    /// Another link for somebody who did not come yet.
    pub async fn invite_again(&self, id: UserId) -> Result<Invited, WebError> {
        let (user, mut tx) = self.found(id).await?;
        if user.password_hash.is_some() || user.disabled {
            return Err(WebError::Forbidden("invite somebody who came already"));
        }
        let link = self.send_link(&mut tx, &user).await?;
        self.note(&mut tx, &user, Action::INVITED, "again");
        tx.commit().await?;
        self.mailed(link.is_none());
        Ok(Invited { id, link })
    }

    /// Refuses sign-in and ends all sessions, or lets somebody in again.
    pub async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<(), WebError> {
        if disabled && self.actor.hand == Hand::User(id) {
            return Err(WebError::Forbidden("disable oneself"));
        }
        let (user, mut tx) = self.found(id).await?;
        let detail = if disabled {
            if users::hold_admins(&mut tx).await? == [id] {
                return Err(last_admin());
            }
            sign_out::everywhere(&mut tx, id).await?;
            "sign-in refused; signed out everywhere"
        } else {
            "sign-in allowed"
        };
        users::set_disabled(&mut tx, id, disabled).await?;
        self.note(&mut tx, &user, Action::CHANGED, detail);
        Ok(tx.commit().await?)
    }

    /// Takes all second factors away, for somebody who lost theirs; all their sessions end.
    pub async fn remove_factors(&self, id: UserId) -> Result<(), WebError> {
        let (user, mut tx) = self.found(id).await?;
        factors::remove_all(&mut tx, id).await?;
        sign_out::everywhere(&mut tx, id).await?;
        self.note(&mut tx, &user, Action::FACTOR_REMOVED, "all of them");
        Ok(tx.commit().await?)
    }

    /// Forgets somebody: the account, and what the log tells of them.
    pub async fn forget(&self, id: UserId) -> Result<(), WebError> {
        let db = self.client.scope().db();
        let user = users::find(db, id).await?.ok_or(WebError::NotFound)?;
        self.check_rank(user.user.role)?;
        match erase(db, id, self.actor, self.state.clock.now()).await {
            Err(ErasureError::LastAdmin) => Err(last_admin()),
            done => Ok(done?),
        }
    }

    async fn found(&self, id: UserId) -> Result<(UserRow, Tx), WebError> {
        let db = self.client.scope().db();
        let user = users::find(db, id).await?.ok_or(WebError::NotFound)?;
        self.check_rank(user.user.role)?;
        Ok((user, db.begin().await?))
    }

    /// Only an administrator decides about administrators.
    fn check_rank(&self, role: Role) -> Result<(), WebError> {
        if role != Role::Admin || matches!(self.actor.hand, Hand::User(_)) {
            return Ok(());
        }
        Err(WebError::fault("/role", Reason::AdminsOnly))
    }

    /// Mails a link; gives it where no mail is sent.
    async fn send_link(&self, tx: &mut Tx, user: &UserRow) -> Result<Option<String>, WebError> {
        let now = self.state.clock.now();
        let to = Addressee {
            user: Some(user.id),
            email: &user.user.email,
            name: &user.user.name,
            role: None,
        };
        let token = links::make(tx, Purpose::Invite, &to, now).await?;
        let link = format!("{}/sign-in/welcome?token={token}", self.base);
        let words = words_of(user, self.words);
        let name = &self.client.tenant().name;
        let letter = mails::letter(Matter::Invite, words, name, to.email, link.clone())?;
        let mailed = mails::post(self.state, self.client, tx, &letter, now).await?;
        Ok((!mailed).then_some(link))
    }

    fn mailed(&self, is_mailed: bool) {
        if let Some(postman) = self.state.postman.as_ref().filter(|_| is_mailed) {
            postman.nudge();
        }
    }

    fn note(&self, tx: &mut Tx, about: &UserRow, action: Action, detail: &str) {
        let now = self.state.clock.now();
        journal::note(tx, now, self.actor, about, action, detail);
    }
}

/// The language somebody chose, else the one given.
pub fn words_of(user: &UserRow, words: Words) -> Words {
    let chosen = user.locale.as_deref().and_then(Locale::of_tag);
    chosen.map_or(words, Words::of)
}

/// Refuses a user who was just added beyond the quota of the client.
pub async fn keep_user_quota(tx: &mut Tx, client: &Client) -> Result<(), WebError> {
    let Some(most) = client.tenant().quota.users else {
        return Ok(());
    };
    if users::count(tx).await? <= most {
        return Ok(());
    }
    Err(WebError::Quota {
        what: "users",
        most,
    })
}

fn last_admin() -> WebError {
    WebError::fault("/role", Reason::LastAdmin)
}
