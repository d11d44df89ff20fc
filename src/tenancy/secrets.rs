//! The vault: seals what must be read back with AES-256-GCM.
//!
//! A sealed value is `version (1) | key id (8) | nonce (12) | ciphertext and tag`. The
//! associated data are the client and the name of the secret, so that a row copied to
//! another client or name does not open.
//!
//! Invariant: a clear value is never logged, printed or stored.

use crate::domain::TenantId;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 8;
const NONCE_LEN: usize = 12;
const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or made.
    #[error("cannot use the key file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What was given as the key is not one.
    #[error("{origin} is not a key: give 64 hexadecimal digits (openssl rand -hex 32)")]
    Malformed {
        /// Where it was given.
        origin: String,
    },
    /// Sealed with another key than the one in use.
    #[error(
        "`{name}` was sealed with key {wanted}, but the key in use is {have}: start with the \
         former key (VIGIE_KEY, or vigie.key in the data folder), or apply the manifest again \
         to seal it anew"
    )]
    WrongKey {
        /// Which secret.
        name: String,
        /// The key it was sealed with.
        wanted: String,
        /// The key in use.
        have: String,
    },
    /// The sealed bytes were changed, or belong to another client or name.
    #[error(
        "the sealed value of `{name}` is damaged or belongs elsewhere; apply the manifest again"
    )]
    Damaged {
        /// Which secret.
        name: String,
    },
}

/// Holds the master key; lives as long as the process.
pub struct Vault {
    cipher: Aes256Gcm,
    key_id: [u8; KEY_ID_LEN],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Takes the configured key, else the one in `data_dir/vigie.key`, else makes that file
    /// (mode 0600). Losing the key means to apply all manifests again.
    pub fn open_or_create(
        data_dir: &Path,
        configured: Option<&SecretString>,
    ) -> Result<Self, VaultError> {
        if let Some(key) = configured {
            return Self::from_hex(key, "the configured key (VIGIE_KEY)");
        }
        let path = data_dir.join("vigie.key");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::from_hex(&SecretString::from(text), &path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::create(&path),
            Err(source) => Err(VaultError::File { path, source }),
        }
    }

    /// First half of a fingerprint of the key; tells keys apart and nothing else.
    pub fn key_id(&self) -> String {
        hex::encode(self.key_id)
    }

    /// Seals a value for one client and name.
    pub fn seal(
        &self,
        tenant: TenantId,
        name: &str,
        value: &SecretString,
    ) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let associated = associated_data(tenant, name);
        let payload = Payload {
            msg: value.expose_secret().as_bytes(),
            aad: associated.as_bytes(),
        };
        let ciphertext = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| damaged(name))?;
        Ok([&[VERSION], &self.key_id[..], &nonce, &ciphertext].concat())
    }

    /// Opens what [`Self::seal`] made for the same client and name.
    pub fn unseal(
        &self,
        tenant: TenantId,
        name: &str,
        sealed: &[u8],
    ) -> Result<SecretString, VaultError> {
        let (header, ciphertext) = sealed
            .split_at_checked(HEADER_LEN)
            .filter(|(header, _)| header[0] == VERSION)
            .ok_or_else(|| damaged(name))?;
        let (key_id, nonce) = header[1..].split_at(KEY_ID_LEN);
        if key_id != self.key_id {
            return Err(VaultError::WrongKey {
                name: name.to_owned(),
                wanted: hex::encode(key_id),
                have: self.key_id(),
            });
        }
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| damaged(name))?;
        let associated = associated_data(tenant, name);
        let payload = Payload {
            msg: ciphertext,
            aad: associated.as_bytes(),
        };
        let clear = self
            .cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| damaged(name))?;
        String::from_utf8(clear)
            .map(SecretString::from)
            .map_err(|_| damaged(name))
    }

    fn from_hex(text: &SecretString, origin: &str) -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(text.expose_secret().trim(), &mut key[..]).map_err(|_| {
            VaultError::Malformed {
                origin: origin.to_owned(),
            }
        })?;
        Ok(Self::from_key(&key))
    }

    fn from_key(key: &[u8; 32]) -> Self {
        let fingerprint = Sha256::new()
            .chain_update(b"vigie key id")
            .chain_update(key)
            .finalize();
        let mut key_id = [0; KEY_ID_LEN];
        key_id.copy_from_slice(&fingerprint[..KEY_ID_LEN]);
        Self {
            cipher: Aes256Gcm::new(key.into()),
            key_id,
        }
    }

    fn create(path: &Path) -> Result<Self, VaultError> {
        let key = Zeroizing::new(rand::random::<[u8; 32]>());
        let text = Zeroizing::new(format!("{}\n", hex::encode(*key)));
        write_private(path, text.as_bytes()).map_err(|source| VaultError::File {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::from_key(&key))
    }
}

/// Writes a file that only its owner may read; fails when it is there already.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn associated_data(tenant: TenantId, name: &str) -> String {
    format!("vigie/{tenant}/{name}")
}

fn damaged(name: &str) -> VaultError {
    VaultError::Damaged {
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const ACME: TenantId = TenantId(1);
    const OTHER: TenantId = TenantId(2);

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_or_create(folder.path(), None).unwrap();
        (folder, vault)
    }

    #[test]
    fn a_generated_key_is_private_and_found_again() {
        let (folder, vault) = vault();
        let mode = std::fs::metadata(folder.path().join("vigie.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let sealed = vault.seal(ACME, "broker", &"s3cret".into()).unwrap();
        let again = Vault::open_or_create(folder.path(), None).unwrap();
        let clear = again.unseal(ACME, "broker", &sealed).unwrap();
        assert_eq!(clear.expose_secret(), "s3cret");
    }

    #[test]
    fn a_sealed_value_opens_for_its_client_and_name_only() {
        let (_folder, vault) = vault();
        let sealed = vault.seal(ACME, "broker", &"s3cret".into()).unwrap();
        for (tenant, name) in [(OTHER, "broker"), (ACME, "other")] {
            let error = vault.unseal(tenant, name, &sealed).unwrap_err();
            assert!(matches!(error, VaultError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let (_folder, vault) = vault();
        let sealed = vault.seal(ACME, "broker", &"s3cret".into()).unwrap();
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        for wrong in [&changed[..], &sealed[..10], &[]] {
            assert!(vault.unseal(ACME, "broker", wrong).is_err());
        }
    }

    #[test]
    fn another_key_is_told_apart_and_the_error_says_what_to_do() {
        let (_folder, vault) = vault();
        let sealed = vault.seal(ACME, "broker", &"s3cret".into()).unwrap();
        let key = SecretString::from("ab".repeat(32));
        let other = Vault::open_or_create(Path::new("/nowhere"), Some(&key)).unwrap();
        let error = other
            .unseal(ACME, "broker", &sealed)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&vault.key_id()) && error.contains("VIGIE_KEY"),
            "{error}"
        );
        assert!(!error.contains("s3cret"));
    }

    #[test]
    fn a_malformed_key_is_refused() {
        let error = Vault::open_or_create(Path::new("/nowhere"), Some(&"xyz".into())).unwrap_err();
        assert!(error.to_string().contains("64 hexadecimal digits"));
    }
}
