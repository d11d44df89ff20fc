//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds) and recovery codes.
//!
//! Invariant: a code is accepted once. The time step it belongs to is used up in the same
//! statement that accepts it, older ones with it.

use crate::domain::{TenantId, Timestamp, UserId};
use crate::store::tenant::{TotpRow, factors};
use crate::store::{Db, StoreError, Tx};
use crate::tenancy::credentials::sha256;
use crate::tenancy::secrets::{Vault, VaultError};
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, TotpError};

/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// Signs that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
/// Signs of a recovery code: 60 random bits.
const CODE_LENGTH: usize = 12;

/// Why a code could not be made or checked.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// The client's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What was sealed is no secret.
    #[error("the secret of an authenticator app cannot be read")]
    Malformed,
}

impl From<TotpError> for FactorError {
    fn from(_: TotpError) -> Self {
        Self::Malformed
    }
}

/// The database and the vault of a client.
#[derive(Clone, Copy)]
pub struct Safe<'a> {
    /// Their database.
    pub db: &'a Db,
    /// The vault.
    pub vault: &'a Vault,
    /// Whose.
    pub tenant: TenantId,
}

/// What a person gives to their app.
pub struct Enrolment {
    /// The secret as people type it.
    pub secret: SecretString,
    /// The same for a camera: `otpauth://totp/…`.
    pub url: SecretString,
}

impl Safe<'_> {
    /// The secret to be confirmed: a new one, or the one that was begun. None when one is confirmed.
    pub async fn enrol(
        &self,
        user: UserId,
        email: &str,
        client: &str,
        now: Timestamp,
    ) -> Result<Option<Enrolment>, FactorError> {
        let row = match factors::find_totp(self.db, user).await? {
            Some(row) if row.confirmed_at.is_some() => return Ok(None),
            Some(row) => row,
            None => self.begin(user, now).await?,
        };
        let secret = self.open(&row)?;
        let totp = builder(&secret)?
            .with_account_name(email.replace(':', " "))
            .with_issuer(Some(client.replace(':', " ")))
            .build()?;
        Ok(Some(Enrolment {
            url: SecretString::from(totp.to_url()?),
            secret,
        }))
    }

    /// Whether this is a code of the user's app that was not used before; it is used up.
    /// `confirmed` says whether the app must have been confirmed.
    pub async fn accept(
        &self,
        user: UserId,
        code: &str,
        confirmed: bool,
        now: Timestamp,
    ) -> Result<bool, FactorError> {
        let row = factors::find_totp(self.db, user).await?;
        let Some(row) = row.filter(|row| row.confirmed_at.is_some() == confirmed) else {
            return Ok(false);
        };
        let totp = builder(&self.open(&row)?)?.build()?;
        let seconds = u64::try_from(now.0 / Timestamp::SECOND).unwrap_or(0);
        let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        let Some(step) = totp.check(&digits, seconds) else {
            return Ok(false);
        };
        Ok(factors::use_totp_step(self.db, user, step as i64).await?)
    }

    /// Whether this is an unused recovery code; it is used up.
    pub async fn recover(
        &self,
        user: UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, FactorError> {
        let hash = sha256(&plain(code));
        Ok(factors::use_recovery_code(self.db, user, &hash, now).await?)
    }

    async fn begin(&self, user: UserId, now: Timestamp) -> Result<TotpRow, FactorError> {
        let secret =
            SecretString::from(Secret::from(rand::random::<[u8; 20]>().to_vec()).to_base32());
        let sealed = self.vault.seal(self.tenant, &sealed_as(user), &secret)?;
        factors::put_totp(self.db, user, &sealed, now).await?;
        let row = factors::find_totp(self.db, user).await?;
        row.ok_or(FactorError::Malformed)
    }

    fn open(&self, row: &TotpRow) -> Result<SecretString, FactorError> {
        let name = sealed_as(row.user_id);
        Ok(self.vault.unseal(self.tenant, &name, &row.sealed)?)
    }
}

/// Ten new recovery codes, in clear: the only time. Former ones end.
pub async fn renew_recovery_codes(tx: &mut Tx, user: UserId) -> Result<Vec<String>, StoreError> {
    factors::delete_recovery_codes(tx, user).await?;
    let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    for code in &codes {
        factors::insert_recovery_code(tx, user, &sha256(&plain(code))).await?;
    }
    Ok(codes)
}

fn builder(secret: &SecretString) -> Result<Builder, FactorError> {
    let secret = Secret::try_from_base32(secret.expose_secret());
    let secret = secret.map_err(|_| FactorError::Malformed)?;
    Ok(Builder::new().with_secret(secret))
}

/// `abcd-efgh-jkmn`
fn recovery_code() -> String {
    let random: [u8; CODE_LENGTH] = rand::random();
    let signs: Vec<_> = random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect();
    let groups: Vec<String> = signs
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// Without what people add or leave out.
fn plain(code: &str) -> String {
    let signs = code.chars().filter(char::is_ascii_alphanumeric);
    signs.map(|sign| sign.to_ascii_lowercase()).collect()
}

fn sealed_as(user: UserId) -> String {
    format!("totp of user {user}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = recovery_code();
        assert_eq!(code.len(), 14, "{code}");
        assert_eq!(plain(&code.to_uppercase().replace('-', " ")), plain(&code));
        assert_ne!(recovery_code(), recovery_code());
    }
}
