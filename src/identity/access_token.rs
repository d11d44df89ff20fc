//! Access tokens: JWT (RFC 7519) signed with EdDSA (RFC 8037) and nothing else.
//!
//! A token says whose it is (`sub`), at which client (`aud`), of which sign-in (`fam`), and
//! until when. It says nothing about rights: they are looked up with every use.

use super::keyring::{Keyring, KeyringError};
use crate::domain::{TenantId, Timestamp, TokenFamilyId, UserId};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

/// How long a token lives, in seconds.
pub const LIFETIME_S: i64 = 30 * 60;
/// Clocks of nodes may differ by so many seconds.
const LEEWAY_S: i64 = 5;
/// A longer one is none of ours.
const LONGEST: usize = 1_024;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is.
    pub user: UserId,
    /// Of which sign-in.
    pub family: TokenFamilyId,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    fam: i64,
    iat: i64,
    exp: i64,
}

/// Makes and checks the tokens of one client.
pub struct AccessTokens<'a> {
    /// The keys.
    pub keyring: &'a Keyring,
    /// Who issues: the base domain of this installation.
    pub issuer: &'a str,
    /// For whom.
    pub tenant: TenantId,
}

impl AccessTokens<'_> {
    /// A token for a sign-in of a user.
    pub async fn issue(
        &self,
        user: UserId,
        family: TokenFamilyId,
        now: Timestamp,
    ) -> Result<String, KeyringError> {
        let key = self.keyring.signer().await?;
        let seconds = now.0 / Timestamp::SECOND;
        let claims = Claims {
            iss: self.issuer.to_owned(),
            aud: audience(self.tenant),
            sub: user.to_string(),
            fam: family.0,
            iat: seconds,
            exp: seconds + LIFETIME_S,
        };
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, &claims, &key.private)
            .map_err(|error| KeyringError::Malformed(format!("{}: {error}", key.kid)))
    }

    /// What a token says, if it is one of ours for this client and not over.
    pub async fn check(&self, token: &str, now: Timestamp) -> Result<Option<Bearer>, KeyringError> {
        if token.len() > LONGEST {
            return Ok(None);
        }
        // `none`, and every algorithm the library does not know, fail here already.
        let Ok(header) = decode_header(token) else {
            return Ok(None);
        };
        let (Algorithm::EdDSA, Some(kid)) = (header.alg, header.kid) else {
            return Ok(None);
        };
        let Some(key) = self.keyring.verifier(&kid).await? else {
            return Ok(None);
        };
        let claims = decode::<Claims>(token, &key.public, &self.rules());
        Ok(claims.ok().and_then(|data| data.claims.bearer(now)))
    }

    /// Times are ours to check: the library would ask the machine's clock.
    fn rules(&self) -> Validation {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[audience(self.tenant)]);
        rules.set_issuer(&[self.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        rules.validate_exp = false;
        rules
    }
}

impl Claims {
    fn bearer(&self, now: Timestamp) -> Option<Bearer> {
        let seconds = now.0 / Timestamp::SECOND;
        let in_time = self.iat <= seconds + LEEWAY_S && seconds < self.exp;
        let in_bounds = self.exp - self.iat <= LIFETIME_S;
        let user = self.sub.parse().ok().filter(|_| in_time && in_bounds)?;
        Some(Bearer {
            user,
            family: TokenFamilyId(self.fam),
            expires_at: Timestamp::from_seconds(self.exp),
        })
    }
}

/// The client by its number: it stays when the client is renamed, and is never used again.
fn audience(tenant: TenantId) -> String {
    format!("client:{tenant}")
}
