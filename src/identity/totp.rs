//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds) and recovery codes.
//!
//! Invariant: a code is accepted once. The time step it belongs to is used up in the same
//! statement that accepts it, older ones with it.

use crate::domain::{TenantId, Timestamp};
use crate::store::app_codes::{self, TotpRow};
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

/// The database and the vault of a client, or of the platform for its staff. Persons are numbers
/// of users or of staff.
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
        person: i64,
        email: &str,
        client: &str,
        now: Timestamp,
    ) -> Result<Option<Enrolment>, FactorError> {
        let row = match app_codes::find(self.db, person).await? {
            Some(row) if row.confirmed_at.is_some() => return Ok(None),
            Some(row) => row,
            None => self.begin(person, now).await?,
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
        person: i64,
        code: &str,
        confirmed: bool,
        now: Timestamp,
    ) -> Result<bool, FactorError> {
        let row = app_codes::find(self.db, person).await?;
        let Some(row) = row.filter(|row| row.confirmed_at.is_some() == confirmed) else {
            return Ok(false);
        };
        let totp = builder(&self.open(&row)?)?.build()?;
        let seconds = u64::try_from(now.0 / Timestamp::SECOND).unwrap_or(0);
        let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        let Some(step) = totp.check(&digits, seconds) else {
            return Ok(false);
        };
        Ok(app_codes::use_step(self.db, person, step as i64).await?)
    }

    /// Whether this is an unused recovery code; it is used up.
    pub async fn recover(
        &self,
        person: i64,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, FactorError> {
        let hash = sha256(&plain(code));
        Ok(app_codes::use_recovery_code(self.db, person, &hash, now).await?)
    }

    async fn begin(&self, person: i64, now: Timestamp) -> Result<TotpRow, FactorError> {
        let secret =
            SecretString::from(Secret::from(rand::random::<[u8; 20]>().to_vec()).to_base32());
        let sealed = self.vault.seal(self.tenant, &sealed_as(person), &secret)?;
        app_codes::put(self.db, person, &sealed, now).await?;
        let row = app_codes::find(self.db, person).await?;
        row.ok_or(FactorError::Malformed)
    }

    fn open(&self, row: &TotpRow) -> Result<SecretString, FactorError> {
        let name = sealed_as(row.user_id);
        Ok(self.vault.unseal(self.tenant, &name, &row.sealed)?)
    }
}

/// Ten new recovery codes, in clear: the only time. Former ones end.
pub async fn renew_recovery_codes(tx: &mut Tx, person: i64) -> Result<Vec<String>, StoreError> {
    app_codes::delete_recovery_codes(tx, person).await?;
    let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    for code in &codes {
        app_codes::insert_recovery_code(tx, person, &sha256(&plain(code))).await?;
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

fn sealed_as(person: i64) -> String {
    format!("totp of user {person}")
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
