//! The keys that sign access tokens: Ed25519, one for all clients, a new one every month.
//!
//! A key signs for 30 days and verifies for two days more, so that no token outlives its
//! key. Other nodes find a new key by its id. The private half lies sealed in the control
//! database and in the memory of a node that signs.

use crate::domain::{Clock, TenantId, Timestamp};
use crate::store::StoreError;
use crate::store::control::{SigningKeyRow, signing_keys};
use crate::tenancy::Directory;
use crate::tenancy::secrets::VaultError;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// How long a key signs.
const SIGNS_FOR: i64 = 30 * Timestamp::DAY;
/// How long it verifies: what it signed last is over by then.
const VERIFIES_FOR: i64 = 32 * Timestamp::DAY;
/// An unknown key id makes us look at most this often.
const LOOKS_EVERY: i64 = 5 * Timestamp::SECOND;
/// The keys are nobody's.
const PLATFORM: TenantId = TenantId(0);
/// PKCS #8 of an Ed25519 seed up to the seed (RFC 8410, 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The control database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A sealed key is none.
    #[error("signing key {0} cannot be read")]
    Malformed(String),
}

/// The present keys.
pub struct Keyring {
    directory: Arc<Directory>,
    clock: Arc<dyn Clock>,
    known: RwLock<Known>,
}

#[derive(Default, Clone)]
struct Known {
    keys: Vec<Arc<Key>>,
    looked_at: Option<Timestamp>,
}

/// One key.
pub struct Key {
    /// What tokens name it by.
    pub kid: String,
    /// Signs.
    pub private: EncodingKey,
    /// Verifies.
    pub public: DecodingKey,
    created_at: Timestamp,
}

impl Keyring {
    /// Knows no key yet; reads or makes the first when one is needed.
    pub fn new(directory: Arc<Directory>, clock: Arc<dyn Clock>) -> Self {
        Self {
            directory,
            clock,
            known: RwLock::default(),
        }
    }

    /// The key that signs now; made if the newest is too old.
    pub async fn signer(&self) -> Result<Arc<Key>, KeyringError> {
        if let Some(key) = self.newest() {
            return Ok(key);
        }
        self.look().await?;
        if let Some(key) = self.newest() {
            return Ok(key);
        }
        self.make().await?;
        self.look().await?;
        self.newest()
            .ok_or_else(|| KeyringError::Malformed("new".to_owned()))
    }

    /// The key with this id, if it still verifies.
    pub async fn verifier(&self, kid: &str) -> Result<Option<Arc<Key>>, KeyringError> {
        if let Some(key) = self.find(kid) {
            return Ok(Some(key));
        }
        let now = self.clock.now();
        let is_recent = |at: Timestamp| now.since(at) < LOOKS_EVERY;
        if self.known().looked_at.is_some_and(is_recent) {
            return Ok(None);
        }
        self.look().await?;
        Ok(self.find(kid))
    }

    fn newest(&self) -> Option<Arc<Key>> {
        let now = self.clock.now();
        let newest = self.known().keys.first().cloned();
        newest.filter(|key| now.since(key.created_at) < SIGNS_FOR)
    }

    fn find(&self, kid: &str) -> Option<Arc<Key>> {
        let now = self.clock.now();
        let alive = |key: &&Arc<Key>| key.kid == kid && now.since(key.created_at) < VERIFIES_FOR;
        self.known().keys.iter().find(alive).cloned()
    }

    /// Reads the keys; those that verify nothing any more are removed.
    async fn look(&self) -> Result<(), KeyringError> {
        let now = self.clock.now();
        let (control, oldest) = (self.directory.control(), now.plus(-VERIFIES_FOR));
        let rows = signing_keys::list_since(control, oldest).await?;
        signing_keys::prune(control, oldest).await?;
        let keys: Result<Vec<_>, _> = rows.into_iter().map(|row| self.open(row)).collect();
        let known = Known {
            keys: keys?,
            looked_at: Some(now),
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    async fn make(&self) -> Result<(), KeyringError> {
        let seed = Zeroizing::new(rand::random::<[u8; 32]>());
        let kid = hex::encode(rand::random::<[u8; 8]>());
        let clear = SecretString::from(hex::encode(*seed));
        let row = SigningKeyRow {
            sealed: self
                .directory
                .vault()
                .seal(PLATFORM, &sealed_as(&kid), &clear)?,
            public_key: SigningKey::from_bytes(&seed)
                .verifying_key()
                .to_bytes()
                .to_vec(),
            created_at: self.clock.now(),
            kid,
        };
        Ok(signing_keys::insert(self.directory.control(), &row).await?)
    }

    fn open(&self, row: SigningKeyRow) -> Result<Arc<Key>, KeyringError> {
        let vault = self.directory.vault();
        let clear = vault.unseal(PLATFORM, &sealed_as(&row.kid), &row.sealed)?;
        let mut der = Zeroizing::new([0_u8; 48]);
        der[..16].copy_from_slice(&PKCS8);
        hex::decode_to_slice(clear.expose_secret(), &mut der[16..])
            .map_err(|_| KeyringError::Malformed(row.kid.clone()))?;
        Ok(Arc::new(Key {
            private: EncodingKey::from_ed_der(&der[..]),
            public: DecodingKey::from_ed_der(&row.public_key),
            created_at: row.created_at,
            kid: row.kid,
        }))
    }

    fn known(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

fn sealed_as(kid: &str) -> String {
    format!("signing key {kid}")
}
