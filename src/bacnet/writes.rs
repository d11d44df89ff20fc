//! What peers write: a command like any other, held to the policy of its point.
//!
//! A peer counts as an operator: it has no name but its address, which the allow-list let in. A point
//! whose commands must be confirmed, or are an administrator's, is not for it.

use super::feed::Awaited;
use super::figures::Tally;
use super::shown::Shown;
use crate::domain::audit::{Actor, Origin};
use crate::domain::{PointId, Role, Timestamp};
use crate::ingest::Ingest;
use crate::store::StoreError;
use crate::store::tenant::{CommandRow, PointRow, points};
use crate::tenancy::commands::{self, Asker, CommandError, Wanted};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddrV4};
use std::sync::Arc;
use tokio::sync::mpsc;
use vigie_bacnet_server::{Write, Writes, Writing};

/// Tells whoever gives commands to connections, and whoever looks, that a point was commanded.
pub(super) type Nudge = Arc<dyn Fn(PointId) + Send + Sync>;

/// Turns writes into commands.
pub(super) struct Forward {
    pub(super) ingest: Arc<Ingest>,
    pub(super) shown: HashMap<String, Shown>,
    pub(super) nudge: Nudge,
    /// What was asked for, until its last word.
    pub(super) awaited: mpsc::Sender<Awaited>,
    pub(super) tally: Arc<Tally>,
}

impl Writes for Forward {
    fn write(self: Arc<Self>, write: Write) -> Writing {
        Box::pin(async move {
            let taken = self.take(&write).await;
            if let Err(error) = &taken {
                let (point, peer) = (&write.point, write.from);
                tracing::info!(%point, %peer, %error, "a BACnet write is refused");
            }
            self.tally.written(taken.is_ok());
            taken.is_ok()
        })
    }
}

impl Forward {
    /// Writes the command down and tells who carries it out; nothing to do when the slot that is
    /// written commands nothing now.
    async fn take(&self, write: &Write) -> Result<(), CommandError> {
        let shown = self.shown.get(&write.point).ok_or(CommandError::ReadOnly)?;
        let found = points::find(self.ingest.scope().db(), shown.id).await?;
        let point = found.ok_or(StoreError::NotFound)?;
        let policy = point.spec.command.as_ref().ok_or(CommandError::ReadOnly)?;
        let stored = |value| shown.stored(value).ok_or(CommandError::ReadOnly);
        // A value that waits in a lower slot is held to the policy too: it may command later.
        if let Some(slot) = write.slot {
            policy.check(point.spec.kind, &point.spec.states, stored(slot)?)?;
        }
        let value = write.value.map(stored).transpose()?;
        // A field that knows no priorities keeps what it was told last.
        if !write.changes || (value.is_none() && policy.priority.is_none()) {
            return Ok(());
        }
        let row = self
            .ask(&point, &shown.equipment, value, write.from)
            .await?;
        (self.nudge)(point.id);
        self.follow(row, write);
        Ok(())
    }

    async fn ask(
        &self,
        point: &PointRow,
        equipment: &str,
        value: Option<f64>,
        peer: SocketAddrV4,
    ) -> Result<CommandRow, CommandError> {
        let origin = Origin::new(Some(IpAddr::V4(*peer.ip())), Some("BACnet"));
        let name = format!("BACnet {peer}");
        let actor = Actor::DEVICES.named(&name).from_where(&origin);
        let asker = Asker {
            actor: &actor,
            rank: Role::Operator,
            at: self.now(),
        };
        let wanted = Wanted {
            point,
            equipment,
            value,
            is_meant: false,
            word: None,
        };
        commands::ask(self.ingest.scope().db(), asker, wanted).await
    }

    /// More than are followed at once stay in the priority array even if they fail.
    fn follow(&self, row: CommandRow, write: &Write) {
        let awaited = Awaited {
            command: row.id,
            point: write.point.clone(),
            priority: write.priority,
        };
        if let Err(error) = self.awaited.try_send(awaited) {
            tracing::warn!(%error, "the outcome of a BACnet write is not followed");
        }
    }

    fn now(&self) -> Timestamp {
        self.ingest.clock().now()
    }
}
