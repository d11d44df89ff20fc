//! One mail: to whom, and what it says.

use crate::domain::{TenantId, Timestamp};
use crate::store::tenant::{OutboxRow, outbox};
use crate::store::{StoreError, Tx};
use crate::tenancy::secrets::{Vault, VaultError};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// What the vault knows a waiting letter as.
const SEALED_AS: &str = "outbox";

/// One mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address it goes to.
    #[serde(skip)]
    pub to: String,
    /// One line.
    pub subject: String,
    /// For programs that show plain text.
    pub text: String,
    /// For the others.
    pub html: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").finish_non_exhaustive()
    }
}

/// Why a letter cannot be queued or read.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What was sealed is no letter.
    #[error("a waiting letter cannot be read: {0}")]
    Content(#[from] serde_json::Error),
}

impl Letter {
    /// Queues it with the transaction that makes what it tells of.
    pub async fn post(
        &self,
        tx: &mut Tx,
        vault: &Vault,
        tenant: TenantId,
        at: Timestamp,
    ) -> Result<(), LetterError> {
        let content = SecretString::from(serde_json::to_string(self)?);
        let sealed = vault.seal(tenant, SEALED_AS, &content)?;
        Ok(outbox::insert(tx, &self.to, &sealed, at).await?)
    }

    /// Reads one that waits.
    pub(super) fn unseal(
        row: OutboxRow,
        vault: &Vault,
        tenant: TenantId,
    ) -> Result<Self, LetterError> {
        let content = vault.unseal(tenant, SEALED_AS, &row.sealed)?;
        let letter: Self = serde_json::from_str(content.expose_secret())?;
        Ok(Self {
            to: row.recipient,
            ..letter
        })
    }
}
