//! Links that are mailed and used once.
//!
//! A link carries 32 random bytes; the database knows their SHA-256. Whoever follows it sees
//! a form; only sending the form uses the link, so that programs which open links in mails
//! use none up.

use crate::domain::{Role, Timestamp, UserId};
use crate::store::tenant::{LinkRow, LinkSpec, UserRow, links, users};
use crate::store::{Db, StoreError, Tx};
use crate::tenancy::credentials::{self, sha256};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To set another password.
    Reset,
    /// To show that one reads the mails to an address.
    Verify,
    /// To come in for the first time, on an administrator's word.
    Invite,
    /// To come in for the first time, by oneself.
    Register,
}

impl Purpose {
    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Verify => "verify",
            Self::Invite => "invite",
            Self::Register => "register",
        }
    }

    /// How long a link lives, in microseconds.
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::Reset => Timestamp::HOUR / 2,
            Self::Verify | Self::Register => Timestamp::DAY,
            Self::Invite => 7 * Timestamp::DAY,
        }
    }
}

/// To whom a link goes.
#[derive(Debug, Clone)]
pub struct Addressee<'a> {
    /// Who they are already; none for a registration.
    pub user: Option<UserId>,
    /// Where the mail goes.
    pub email: &'a str,
    /// What somebody who registers is called.
    pub name: &'a str,
    /// What they become.
    pub role: Option<Role>,
}

/// Makes a link and gives what it carries; former ones to the same address end.
pub async fn make(
    tx: &mut Tx,
    purpose: Purpose,
    to: &Addressee<'_>,
    now: Timestamp,
) -> Result<String, StoreError> {
    let token = credentials::token();
    let spec = LinkSpec {
        purpose: purpose.as_str().to_owned(),
        user_id: to.user,
        email: to.email.to_owned(),
        name: to.name.to_owned(),
        role: to.role,
        expires_at: now.plus(purpose.lifetime()),
    };
    links::delete_all_to(tx, to.email).await?;
    links::insert(tx, &sha256(&token), &spec, now).await?;
    Ok(token)
}

/// The link that carries `token`, if it is for one of these purposes and still lives.
pub async fn find(
    db: &Db,
    purposes: &[Purpose],
    token: &str,
    now: Timestamp,
) -> Result<Option<LinkRow>, StoreError> {
    let found = links::find(db, &sha256(token), now).await?;
    let fits = |row: &LinkRow| purposes.iter().any(|one| one.as_str() == row.spec.purpose);
    Ok(found.filter(fits))
}

/// The person a link was made for, if they may sign in and still have the address it was mailed
/// to; whoever reads mail at a former address of theirs is somebody else.
pub async fn owner(db: &Db, link: &LinkRow) -> Result<Option<UserRow>, StoreError> {
    let Some(id) = link.spec.user_id else {
        return Ok(None);
    };
    let user = users::find(db, id).await?;
    Ok(user.filter(|user| !user.disabled && user.user.email == link.spec.email))
}

/// Uses a link up with the transaction that does what it is for; false when it was used meanwhile.
pub async fn use_up(tx: &mut Tx, token: &str) -> Result<bool, StoreError> {
    links::delete(tx, &sha256(token)).await
}
