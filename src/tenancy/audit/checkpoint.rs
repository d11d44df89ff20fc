//! How far a log went when it was verified, sealed so that it can be kept elsewhere.
//!
//! One line of JSON: people read the log, the number of entries and the hash; the seal is
//! the same, encrypted and authenticated with the platform's key (AES-256-GCM).

use super::Head;
use crate::domain::{TenantId, Timestamp};
use crate::tenancy::secrets::{Vault, VaultError};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

const SEALED_AS: &str = "audit checkpoint";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub log: String,
    /// How far it went.
    pub head: Head,
    /// When it was verified.
    pub at: Timestamp,
    seal: String,
}

/// Why a checkpoint is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It is not a line that `vigie audit verify` prints.
    #[error("not a checkpoint: {0}")]
    Malformed(String),
    /// There is no such log here.
    #[error("there is no audit log called `{0}`")]
    Unknown(String),
    /// Its seal says something else than its text, or is not ours.
    #[error("the checkpoint of `{0}` was changed, or made by another platform")]
    Forged(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    log: String,
    entries: i64,
    hash: String,
    at: String,
    seal: String,
}

impl Checkpoint {
    pub(super) fn seal(
        log: &str,
        owner: TenantId,
        head: Head,
        at: Timestamp,
        vault: &Vault,
    ) -> Result<Self, VaultError> {
        let mut made = Self {
            log: log.to_owned(),
            head,
            at,
            seal: String::new(),
        };
        let text = SecretString::from(made.text());
        made.seal = BASE64_STANDARD.encode(vault.seal(owner, SEALED_AS, &text)?);
        Ok(made)
    }

    /// Reads one line.
    pub fn parse(line: &str) -> Result<Self, CheckpointError> {
        let malformed = |reason: String| CheckpointError::Malformed(reason);
        let line: Line =
            serde_json::from_str(line).map_err(|error| malformed(error.to_string()))?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&line.hash, &mut hash)
            .map_err(|error| malformed(error.to_string()))?;
        let at: jiff::Timestamp = line
            .at
            .parse()
            .map_err(|error: jiff::Error| malformed(error.to_string()))?;
        Ok(Self {
            log: line.log,
            head: Head {
                entries: line.entries,
                hash,
            },
            at: Timestamp::from_jiff(at),
            seal: line.seal,
        })
    }

    pub(super) fn authenticate(
        &self,
        owner: TenantId,
        vault: &Vault,
    ) -> Result<(), CheckpointError> {
        let forged = || CheckpointError::Forged(self.log.clone());
        let sealed = BASE64_STANDARD.decode(&self.seal).map_err(|_| forged())?;
        let text = vault.unseal(owner, SEALED_AS, &sealed);
        let text = text.map_err(|_| forged())?;
        if text.expose_secret() == self.text() {
            Ok(())
        } else {
            Err(forged())
        }
    }

    /// What is sealed.
    fn text(&self) -> String {
        let hash = hex::encode(self.head.hash);
        format!("{} {} {hash} {}", self.log, self.head.entries, self.at)
    }
}

impl std::fmt::Display for Checkpoint {
    /// The line that [`Checkpoint::parse`] reads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = Line {
            log: self.log.clone(),
            entries: self.head.entries,
            hash: hex::encode(self.head.hash),
            at: self.at.to_string(),
            seal: self.seal.clone(),
        };
        f.write_str(&serde_json::to_string(&line).map_err(|_| std::fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: TenantId = TenantId(3);

    fn vault() -> Vault {
        let folder = tempfile::tempdir().unwrap();
        Vault::open_or_create(folder.path(), None).unwrap()
    }

    fn made(vault: &Vault) -> Checkpoint {
        let head = Head {
            entries: 12,
            hash: [7; 32],
        };
        Checkpoint::seal("acme", OWNER, head, Timestamp::from_seconds(60), vault).unwrap()
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_printed_and_is_authentic() {
        let vault = vault();
        let read = Checkpoint::parse(&made(&vault).to_string()).unwrap();
        assert_eq!(read, made_again(&read));
        read.authenticate(OWNER, &vault).unwrap();
    }

    fn made_again(checkpoint: &Checkpoint) -> Checkpoint {
        Checkpoint::parse(&checkpoint.to_string()).unwrap()
    }

    #[test]
    fn another_number_another_client_or_another_key_is_noticed() {
        let (vault, other) = (vault(), self::vault());
        let checkpoint = made(&vault);
        let shorter = Checkpoint {
            head: Head {
                entries: 11,
                ..checkpoint.head
            },
            ..checkpoint.clone()
        };
        assert!(shorter.authenticate(OWNER, &vault).is_err());
        assert!(checkpoint.authenticate(TenantId(4), &vault).is_err());
        assert!(checkpoint.authenticate(OWNER, &other).is_err());
        assert!(Checkpoint::parse("{}").is_err());
    }
}
