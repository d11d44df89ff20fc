//! Proof that the log of who did what is whole: nothing changed, nothing left out, no tail cut off.
//!
//! [`Directory::audit_logs`] names the logs, [`Directory::verify_audit`] reads one from its
//! first entry to its last. `docs/audit.md` says what is proven and what is not.
//!
//! Invariant: verifying never writes to the log it verifies.

mod checkpoint;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use verify::{Broken, Head, verify};

use super::error::Attempt;
use super::{Directory, TenancyError};
use crate::domain::TenantId;
use crate::store::Db;
use crate::store::control::checkpoints;

/// The platform's own log is nobody's.
const PLATFORM: TenantId = TenantId(0);

/// A log that can be verified.
#[derive(Debug, Clone)]
pub struct AuditLog {
    /// The slug of the client; `@platform` for the log of the platform.
    pub name: String,
    owner: TenantId,
    db: Db,
}

/// What verifying a log found.
#[derive(Debug)]
pub enum Verdict {
    /// It is whole, up to here.
    Whole(Checkpoint),
    /// It is not; this is the first thing that is wrong.
    Broken(Broken),
}

impl Directory {
    /// The log of one client, or the platform's and all clients', by slug.
    pub fn audit_logs(&self, slug: Option<&str>) -> Result<Vec<AuditLog>, TenancyError> {
        let clients = match slug {
            Some(slug) => {
                let known = self.by_slug(slug);
                vec![known.ok_or_else(|| TenancyError::Unknown(slug.to_owned()))?]
            }
            None => self.all(),
        };
        let platform = slug.is_none().then(|| AuditLog {
            name: "@platform".to_owned(),
            owner: PLATFORM,
            db: self.control.clone(),
        });
        let clients = clients.into_iter().map(|scope| AuditLog {
            name: scope.tenant().slug.clone(),
            owner: scope.tenant().id,
            db: scope.db().clone(),
        });
        Ok(platform.into_iter().chain(clients).collect())
    }

    /// Reads a log from end to end and compares it with what was found before: with the
    /// checkpoint of the last verification, which the control database keeps, and with those
    /// that are given. When it is whole, that is the next checkpoint.
    pub async fn verify_audit(
        &self,
        log: &AuditLog,
        given: &[Checkpoint],
    ) -> Result<Verdict, TenancyError> {
        let what = format!("verify the audit log of {}", log.name);
        let mut known: Vec<Checkpoint> = given
            .iter()
            .filter(|checkpoint| checkpoint.log == log.name)
            .cloned()
            .collect();
        match self.noted(log).await? {
            Ok(noted) => known.extend(noted),
            Err(_) => return Ok(Verdict::Broken(Broken::Seal)),
        }
        let heads: Vec<Head> = known.iter().map(|checkpoint| checkpoint.head).collect();
        match verify(&log.db, &heads).await.attempting(&*what)? {
            Ok(head) => Ok(Verdict::Whole(self.note(log, head).await?)),
            Err(broken) => Ok(Verdict::Broken(broken)),
        }
    }

    /// Whether a checkpoint that somebody kept is one that this platform made.
    pub fn authentic(&self, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
        let logs = self.audit_logs(None);
        let logs = logs.map_err(|_| CheckpointError::Unknown(checkpoint.log.clone()))?;
        let log = logs.iter().find(|log| log.name == checkpoint.log);
        let log = log.ok_or_else(|| CheckpointError::Unknown(checkpoint.log.clone()))?;
        checkpoint.authenticate(log.owner, &self.vault)
    }

    /// What the last verification found.
    async fn noted(
        &self,
        log: &AuditLog,
    ) -> Result<Result<Option<Checkpoint>, CheckpointError>, TenancyError> {
        let text = checkpoints::find(&self.control, log.owner)
            .await
            .attempting("read the last checkpoint")?;
        let Some(text) = text else {
            return Ok(Ok(None));
        };
        let read = Checkpoint::parse(&text).and_then(|checkpoint| {
            checkpoint.authenticate(log.owner, &self.vault)?;
            Ok(Some(checkpoint))
        });
        Ok(read)
    }

    async fn note(&self, log: &AuditLog, head: Head) -> Result<Checkpoint, TenancyError> {
        let at = self.clock.now();
        let checkpoint = Checkpoint::seal(&log.name, log.owner, head, at, &self.vault)?;
        checkpoints::put(&self.control, log.owner, at, &checkpoint.to_string())
            .await
            .attempting("keep the checkpoint")?;
        Ok(checkpoint)
    }
}
