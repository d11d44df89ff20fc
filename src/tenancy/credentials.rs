//! Credentials that are only ever recognised: their hashes, and how they are made.
//!
//! What a person chose is hashed with argon2id (19 MiB, 2 passes: the OWASP minimum),
//! off the async threads and two at a time. What we generated has 160 random bits; no
//! dictionary finds it, so its SHA-256 is enough, and thousands of devices that come
//! back at once do not melt the machine. A stored hash says which of the two it is.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Argon2 takes 19 MiB and a core each time; more at once would only wait for each other.
static HASHING: Semaphore = Semaphore::const_new(2);

/// How many may wait for their turn to be checked: two or three seconds of work.
const WAITING: usize = 100;
static CHECKS: Semaphore = Semaphore::const_new(WAITING);

/// What unknown users are checked against, so that their answer takes as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_chosen_blocking(&generate()).unwrap_or_default());

const GENERATED: &str = "sha256:";
/// The digest of no secret that can be written: what unknown devices are checked against.
const NO_DIGEST: [u8; 64] = [b'-'; 64];

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The hash function refused.
    #[error("cannot hash the password: {0}")]
    Hash(String),
    /// The thread that hashed is gone.
    #[error("hashing was interrupted")]
    Interrupted,
    /// Too many passwords are being checked; nothing is known about this one.
    #[error("too many passwords are being checked")]
    Busy,
}

/// A new secret: 32 letters and digits, 160 random bits.
pub fn generate() -> SecretString {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let random: [u8; 32] = rand::random();
    let text: String = random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect();
    SecretString::from(text)
}

/// A new token for a cookie or a link: 32 random bytes, as an address can carry them.
pub fn token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// How an API key begins, so that people and scanners recognise one.
const KEY_MARK: &str = "vigie_";
/// Characters of a key that are kept in clear for people to tell keys apart.
const KEY_SHOWN: usize = 10;

/// A new API key.
pub fn api_key() -> SecretString {
    SecretString::from(format!("{KEY_MARK}{}", generate().expose_secret()))
}

/// What of an API key is kept in clear.
pub fn shown_part(key: &SecretString) -> String {
    key.expose_secret().chars().take(KEY_SHOWN).collect()
}

/// Hashes a secret that [`generate`] made.
pub fn hash_generated(secret: &SecretString) -> String {
    format!("{GENERATED}{}", hex::encode(sha256(secret.expose_secret())))
}

/// SHA-256, for opaque tokens and keys that are looked up by their hash.
pub fn sha256(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Hashes a secret that a person chose.
pub async fn hash_chosen(secret: &SecretString) -> Result<String, CredentialError> {
    let secret = secret.clone();
    off_thread(move || hash_chosen_blocking(&secret)).await?
}

/// Whether `secret` is the one behind `stored`; none for a user who is not there or has none.
///
/// Takes as long for nobody as for somebody with a chosen password. A bounded number of
/// checks wait for their turn; the next one is refused with [`CredentialError::Busy`].
pub async fn verify(secret: &SecretString, stored: Option<&str>) -> Result<bool, CredentialError> {
    if let Some(digest) = stored.and_then(|hash| hash.strip_prefix(GENERATED)) {
        return Ok(matches_generated(secret, digest));
    }
    let _place = CHECKS.try_acquire().map_err(|_| CredentialError::Busy)?;
    let secret = secret.clone();
    let stored = stored.map(str::to_owned);
    off_thread(move || {
        if let Some(hash) = stored {
            return verify_chosen(&secret, &hash);
        }
        verify_chosen(&secret, &NOBODY);
        false
    })
    .await
}

/// Like [`verify`] where most secrets are generated ones: takes as long for nobody as for
/// somebody with a generated secret, so that a stranger costs no argon2.
pub async fn verify_device(
    secret: &SecretString,
    stored: Option<&str>,
) -> Result<bool, CredentialError> {
    if stored.is_some() {
        return verify(secret, stored).await;
    }
    let given = hex::encode(sha256(secret.expose_secret()));
    Ok(given.as_bytes().ct_eq(&NO_DIGEST).into())
}

/// Like [`verify`] for callers that are not async.
pub fn verify_blocking(secret: &SecretString, stored: &str) -> bool {
    match stored.strip_prefix(GENERATED) {
        Some(digest) => matches_generated(secret, digest),
        None => verify_chosen(secret, stored),
    }
}

/// Like [`hash_chosen`] for callers that are not async.
pub fn hash_chosen_blocking(secret: &SecretString) -> Result<String, CredentialError> {
    Argon2::default()
        .hash_password(secret.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| CredentialError::Hash(error.to_string()))
}

fn matches_generated(secret: &SecretString, digest: &str) -> bool {
    let given = hex::encode(sha256(secret.expose_secret()));
    given.as_bytes().ct_eq(digest.as_bytes()).into()
}

fn verify_chosen(secret: &SecretString, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(secret.expose_secret().as_bytes(), &hash)
            .is_ok()
    })
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CredentialError> {
    let _permit = HASHING
        .acquire()
        .await
        .map_err(|_| CredentialError::Interrupted)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| CredentialError::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_chosen_password_is_recognised_and_another_is_not() {
        let hash = hash_chosen(&"correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(right("correct horse", Some(&hash)).await);
        assert!(!right("battery staple", Some(&hash)).await);
    }

    #[tokio::test]
    async fn a_generated_secret_is_recognised_without_argon2() {
        let secret = generate();
        let hash = hash_generated(&secret);
        assert!(hash.starts_with("sha256:"));
        assert!(right(secret.expose_secret(), Some(&hash)).await);
        assert!(!right(generate().expose_secret(), Some(&hash)).await);
    }

    async fn right(secret: &str, stored: Option<&str>) -> bool {
        verify(&secret.into(), stored).await.unwrap()
    }

    #[tokio::test]
    async fn an_unknown_device_takes_no_turn_of_the_passwords() {
        let _all = HASHING.acquire_many(2).await.unwrap();
        assert!(!verify_device(&"anything".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn the_queue_of_checks_ends_and_says_so() {
        let turns = HASHING.acquire_many(2).await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(right("x", None))).collect();
        for check in &mut waiting {
            assert!(futures_util::poll!(check).is_pending());
        }
        let one_more = verify(&"x".into(), None).await;
        assert!(matches!(one_more, Err(CredentialError::Busy)));
        drop((waiting, turns));
        assert!(!right("x", None).await);
    }

    #[tokio::test]
    async fn nobody_is_never_recognised() {
        assert!(!right("anything", None).await);
        assert!(!right("", Some("")).await);
        assert!(!verify_device(&"".into(), Some("")).await.unwrap());
    }

    #[test]
    fn two_generated_secrets_differ_and_are_32_characters() {
        let (one, two) = (generate(), generate());
        assert_eq!(one.expose_secret().len(), 32);
        assert_ne!(one.expose_secret(), two.expose_secret());
    }
}
