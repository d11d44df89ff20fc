//! From what a request carries to who asks, and the memory of it.

use super::Credentials;
use crate::domain::audit::Actor;
use crate::domain::{Access, Permission, TenantId, Timestamp};
use crate::identity::access_token::Bearer;
use crate::runtime::Client;
use crate::store::StoreError;
use crate::store::tenant::{
    ShareLinkRow, SupportGrantRow, UserRow, api_keys, grants, share_links, support_grants, tokens,
    users,
};
use crate::tenancy::{TenantScope, credentials::sha256};
use crate::web::api::{of_keyring, tokens_of};
use crate::web::permissions::Callers;
use crate::web::{AppState, WebError, session};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Somebody is looked up again after this long, which notes that they are still here.
const REMEMBERED: i64 = 5 * 60 * Timestamp::SECOND;
/// Of one client; a crowd larger than this starts anew.
const MOST_REMEMBERED: usize = 20_000;
/// How often the use of a key is written down.
const KEY_TOUCHED_EVERY: i64 = Timestamp::HOUR;

/// Who asks, what they may do, and how we know.
#[derive(Debug)]
pub struct Identity {
    /// What they may do, and where.
    pub access: Access,
    /// How we know.
    pub proof: Proof,
    /// When that ends.
    pub expires_at: Option<Timestamp>,
    /// Support that may look, for those who decide on it and for support itself.
    pub support: Vec<SupportNotice>,
}

/// That somebody of the platform's staff may look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportNotice {
    /// What people call them.
    pub name: String,
    /// Why.
    pub reason: String,
    /// How long.
    pub until: Timestamp,
}

impl SupportNotice {
    fn of(row: &SupportGrantRow) -> Self {
        Self {
            name: row.grant.staff_name.clone(),
            reason: row.grant.reason.clone(),
            until: row.grant.expires_at,
        }
    }
}

/// How we know who asks.
#[derive(Debug)]
pub enum Proof {
    /// The cookie of a signed-in browser.
    Session {
        /// Who signed in.
        user: Box<UserRow>,
        /// SHA-256 of the cookie.
        token_hash: [u8; 32],
    },
    /// A key of the API.
    Key,
    /// The cookie of support that was let in.
    Support(Box<SupportGrantRow>),
    /// A link to one dashboard.
    Share(ShareLinkRow),
    /// A token of a program that signed in as a person.
    Token {
        /// As whom.
        user: Box<UserRow>,
    },
}

impl Proof {
    /// Whether this is one of those who may call at all.
    pub const fn is_welcome(&self, callers: Callers) -> bool {
        match self {
            Self::Session { .. } => !matches!(callers, Callers::Programs | Callers::Links),
            Self::Key => matches!(
                callers,
                Callers::All | Callers::Everyone | Callers::Programs
            ),
            Self::Token { .. } => matches!(
                callers,
                Callers::All | Callers::Everyone | Callers::Programs | Callers::People
            ),
            Self::Support(_) => matches!(
                callers,
                Callers::Browsers | Callers::Screens | Callers::All | Callers::Everyone
            ),
            Self::Share(_) => matches!(
                callers,
                Callers::Links | Callers::Screens | Callers::Everyone
            ),
        }
    }
}

impl Identity {
    /// The person of the client who asks, if it is one.
    pub fn user(&self) -> Option<&UserRow> {
        match &self.proof {
            Proof::Session { user, .. } | Proof::Token { user } => Some(user),
            Proof::Key | Proof::Support(_) | Proof::Share(_) => None,
        }
    }

    /// Who acts, for the log.
    pub fn actor(&self) -> Actor {
        let actor = Actor::of(self.access.principal.into());
        match &self.proof {
            Proof::Session { user, .. } | Proof::Token { user } => {
                Actor::user(user.id, &user.user.name, &user.user.email)
            }
            Proof::Support(row) => actor.named(&row.grant.staff_name),
            Proof::Key | Proof::Share(_) => actor,
        }
    }

    /// Name and address to show; empty for a program or a link.
    pub fn name_and_email(&self) -> (&str, &str) {
        match &self.proof {
            Proof::Session { user, .. } | Proof::Token { user } => {
                (&user.user.name, &user.user.email)
            }
            Proof::Support(row) => (&row.grant.staff_name, &row.grant.staff_email),
            Proof::Key | Proof::Share(_) => ("", ""),
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// Who was recognised lately, client by client.
#[derive(Debug, Default)]
pub struct Identities(Mutex<HashMap<TenantId, Known>>);

/// True at one access version of a client, and only there.
#[derive(Debug, Default)]
struct Known {
    version: i64,
    by_credentials: HashMap<[u8; 32], (Timestamp, Arc<Identity>)>,
}

impl Identities {
    /// Who these credentials belong to in this client; `version` was read in this request.
    pub async fn find(
        &self,
        state: &AppState,
        client: &Client,
        credentials: &Credentials,
        version: i64,
    ) -> Result<Option<Arc<Identity>>, WebError> {
        let now = state.clock.now();
        let tenant = client.tenant().id;
        let name = name_of(credentials);
        if let Some(known) = self.recall(tenant, &name, version, now) {
            return Ok(Some(known));
        }
        let Some(found) = recognise(state, client, credentials, now).await? else {
            return Ok(None);
        };
        let found = Arc::new(found);
        self.remember(tenant, name, version, now, Arc::clone(&found));
        Ok(Some(found))
    }

    fn recall(
        &self,
        tenant: TenantId,
        name: &[u8; 32],
        version: i64,
        now: Timestamp,
    ) -> Option<Arc<Identity>> {
        let all = self.lock();
        let known = all.get(&tenant).filter(|known| known.version == version)?;
        let (since, identity) = known.by_credentials.get(name)?;
        let fresh = (0..REMEMBERED).contains(&now.since(*since));
        (fresh && !identity.is_over(now)).then(|| Arc::clone(identity))
    }

    fn remember(
        &self,
        tenant: TenantId,
        name: [u8; 32],
        version: i64,
        now: Timestamp,
        identity: Arc<Identity>,
    ) {
        let mut all = self.lock();
        let known = all.entry(tenant).or_default();
        if known.version > version {
            return;
        }
        if known.version < version || known.by_credentials.len() >= MOST_REMEMBERED {
            known.by_credentials.clear();
            known.version = version;
        }
        known.by_credentials.insert(name, (now, identity));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Neither the cookie nor the key is kept in memory.
fn name_of(credentials: &Credentials) -> [u8; 32] {
    match credentials {
        Credentials::Support(cookie) => sha256(&format!("support {cookie}")),
        Credentials::Share(cookie) => sha256(&format!("share {cookie}")),
        Credentials::Session(cookie) => sha256(&format!("session {cookie}")),
        Credentials::Key(key) => sha256(&format!("key {key}")),
        Credentials::Token(token) => sha256(&format!("token {token}")),
    }
}

/// Asks the client's database; of a signed token, after its signature was checked.
async fn recognise(
    state: &AppState,
    client: &Client,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Option<Identity>, WebError> {
    let scope = client.scope();
    match credentials {
        Credentials::Support(cookie) => Ok(of_support(scope, cookie, now).await?),
        Credentials::Share(cookie) => Ok(of_share(scope, cookie, now).await?),
        Credentials::Session(cookie) => Ok(of_session(scope, cookie, now).await?),
        Credentials::Key(key) => Ok(of_key(scope, key, now).await?),
        Credentials::Token(token) => {
            let bearer = tokens_of(state, client).check(token, now).await;
            match bearer.map_err(of_keyring)? {
                Some(bearer) => Ok(of_token(scope, &bearer, now).await?),
                None => Ok(None),
            }
        }
    }
}

/// The token's sign-in must still live, and its user be one who may sign in.
async fn of_token(
    scope: &TenantScope,
    bearer: &Bearer,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let db = scope.db();
    if !tokens::is_alive(db, bearer.family, bearer.user, now).await? {
        return Ok(None);
    }
    let Some(user) = users::find(db, bearer.user).await? else {
        return Ok(None);
    };
    let granted = grants::of(db, user.id).await?;
    Ok(Some(Identity {
        access: Access::of_user(user.id, user.user.role, granted),
        support: Vec::new(),
        expires_at: Some(bearer.expires_at),
        proof: Proof::Token {
            user: Box::new(user),
        },
    }))
}

async fn of_session(
    scope: &TenantScope,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let Some(found) = session::recognise(scope, cookie, now).await? else {
        return Ok(None);
    };
    let user = Box::new(found.user);
    let granted = grants::of(scope.db(), user.id).await?;
    let access = Access::of_user(user.id, user.user.role, granted);
    let support = if access.may(Permission::ManageClient) {
        support_grants::list_open(scope.db(), now).await?
    } else {
        Vec::new()
    };
    Ok(Some(Identity {
        access,
        support: support.iter().map(SupportNotice::of).collect(),
        expires_at: Some(found.session.expires_at),
        proof: Proof::Session {
            user,
            token_hash: sha256(cookie),
        },
    }))
}

async fn of_key(
    scope: &TenantScope,
    key: &str,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let db = scope.db();
    let Some(row) = api_keys::find_by_hash(db, &sha256(key), now).await? else {
        return Ok(None);
    };
    let is_due = |last| now.since(last) > KEY_TOUCHED_EVERY;
    if row.last_used_at.is_none_or(is_due) {
        api_keys::touch(db, row.id, now).await?;
    }
    Ok(Some(Identity {
        access: Access::of_key(row.id, &row.api_key.scopes),
        proof: Proof::Key,
        expires_at: row.api_key.expires_at,
        support: Vec::new(),
    }))
}

async fn of_support(
    scope: &TenantScope,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let found = support_grants::find_entered(scope.db(), &sha256(cookie), now).await?;
    Ok(found.map(|row| Identity {
        access: Access::of_support(row.id),
        expires_at: Some(row.grant.expires_at),
        support: vec![SupportNotice::of(&row)],
        proof: Proof::Support(Box::new(row)),
    }))
}

async fn of_share(
    scope: &TenantScope,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let found = share_links::find_by_hash(scope.db(), &sha256(cookie), now).await?;
    Ok(found.map(|row| Identity {
        access: Access::of_share(row.id, row.points()),
        expires_at: Some(row.expires_at),
        support: Vec::new(),
        proof: Proof::Share(row),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ApiKeyId;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn key(expires_at: Option<Timestamp>) -> Arc<Identity> {
        Arc::new(Identity {
            access: Access::of_key(ApiKeyId(1), "read"),
            proof: Proof::Key,
            expires_at,
            support: Vec::new(),
        })
    }

    #[test]
    fn what_is_remembered_is_true_at_its_version_only() {
        let (identities, tenant, name) = (Identities::default(), TenantId(1), [7; 32]);
        identities.remember(tenant, name, 4, NOW, key(None));
        let at = |version| identities.recall(tenant, &name, version, NOW).is_some();
        assert_eq!([at(3), at(4), at(5)], [false, true, false]);
        let elsewhere = identities.recall(TenantId(2), &name, 4, NOW);
        assert!(elsewhere.is_none(), "another client knows nobody");

        identities.remember(tenant, [8; 32], 5, NOW, key(None));
        assert!(!at(4), "a newer version forgets the older");
        identities.remember(tenant, name, 4, NOW, key(None));
        assert!(!at(4), "and is not replaced by it");
    }

    #[test]
    fn what_ended_or_is_old_is_looked_up_again() {
        let (identities, tenant, name) = (Identities::default(), TenantId(1), [7; 32]);
        identities.remember(tenant, name, 1, NOW, key(Some(NOW.plus(10))));
        let at = |now| identities.recall(tenant, &name, 1, now).is_some();
        assert!(at(NOW.plus(9)) && !at(NOW.plus(10)));
        identities.remember(tenant, name, 1, NOW, key(None));
        assert!(at(NOW.plus(REMEMBERED - 1)) && !at(NOW.plus(REMEMBERED)));
        assert!(!at(NOW.plus(-1)), "a clock that was set back asks again");
    }
}
