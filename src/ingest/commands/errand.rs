//! One command from its claim to its last word.

use super::{Way, failed};
use crate::domain::{CommandState, PointKind};
use crate::ingest::Ingest;
use crate::live::Hub;
use crate::store::StoreError;
use crate::store::tenant::{CommandRow, Ending, PointRow};
use crate::tenancy::commands;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use vigie_contract::{Address, CommandFault, CommandProgress, Progress, ReadingValue};

/// A session says its last word by then, or it has none.
const GRACE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_secs(1);

/// A command that is to be carried out.
pub(super) struct Errand {
    pub(super) ingest: Arc<Ingest>,
    pub(super) hub: Hub,
    pub(super) row: CommandRow,
    /// Equipment and point, as the log names them.
    pub(super) name: String,
}

impl Errand {
    /// Claims it and gives it to the connection; what is left to do is to follow it. None when
    /// somebody else was faster, or the connection would not have it.
    pub(super) async fn begin(
        self,
        way: &Way,
        address: Address,
        point: &PointRow,
    ) -> Result<Option<impl Future<Output = ()> + Send + 'static>, StoreError> {
        let now = self.ingest.clock().now();
        let db = self.ingest.scope().db();
        if !commands::claim(db, self.row.id, &way.connection, now).await? {
            return Ok(None);
        }
        self.tell();
        let left_us = self.row.command.expires_at.since(now).max(0);
        let expires = Instant::now() + Duration::from_micros(left_us.unsigned_abs());
        let value = self
            .row
            .command
            .value
            .map(|value| spoken(value, point.spec.kind));
        let priority = point
            .spec
            .command
            .as_ref()
            .and_then(|policy| policy.priority);
        let priority = priority.and_then(|priority| u8::try_from(priority).ok());
        match way.commands.offer(address, value, priority, expires) {
            Ok(progress) => Ok(Some(self.follow(progress, expires))),
            Err(fault) => {
                self.write(&failed(fault.reason, &fault.detail)).await?;
                Ok(None)
            }
        }
    }

    /// Waits for the last word and writes it, however long the database is away.
    async fn follow(self, mut progress: CommandProgress, expires: Instant) {
        let mut left = false;
        let last = timeout_at(expires + GRACE, last_word(&mut progress, &mut left)).await;
        // From now on the session cannot take it any more.
        drop(progress);
        let ending = match (last, left) {
            (Ok(Some(Progress::Confirmed(value))), _) => Ending {
                state: CommandState::Confirmed,
                reason: None,
                detail: None,
                read_back: value.and_then(|value| self.stored(&value)),
            },
            (Ok(Some(Progress::Failed(CommandFault { reason, detail }))), _) => {
                failed(reason, &detail)
            }
            (Ok(_), _) => failed(
                "interrupted",
                "the connection ended without saying what came of it",
            ),
            (Err(_), true) => failed(
                "no_answer",
                "sent, but the device did not confirm it in time",
            ),
            (Err(_), false) => failed("not_connected", "the connection did not take it in time"),
        };
        while let Err(error) = self.write(&ending).await {
            tracing::warn!(command.id = self.row.id.0, %error, "last word of a command not written yet");
            sleep(PAUSE).await;
        }
    }

    async fn write(&self, ending: &Ending) -> Result<(), StoreError> {
        let (db, now) = (self.ingest.scope().db(), self.ingest.clock().now());
        commands::end(db, &self.row, CommandState::Sent, &self.name, ending, now).await?;
        self.tell();
        Ok(())
    }

    /// Tells who looks that it is further.
    fn tell(&self) {
        let tenant = self.ingest.scope().tenant().id;
        self.hub.commanded(tenant, self.row.command.point_id);
    }

    /// What was read back, as the engine keeps it.
    fn stored(&self, value: &ReadingValue) -> Option<f64> {
        match value {
            ReadingValue::Number(number) => Some(*number).filter(|number| number.is_finite()),
            ReadingValue::Bool(flag) => Some(f64::from(u8::from(*flag))),
            ReadingValue::State(_) => self.row.command.value,
        }
    }
}

/// The last step; none when the session ended without one.
async fn last_word(progress: &mut CommandProgress, left: &mut bool) -> Option<Progress> {
    loop {
        match progress.next().await? {
            Progress::Sent => *left = true,
            last => return Some(last),
        }
    }
}

/// A stored value in the words of connectors.
fn spoken(value: f64, kind: PointKind) -> ReadingValue {
    match kind {
        PointKind::Boolean => ReadingValue::Bool(value != 0.0),
        PointKind::Number | PointKind::State => ReadingValue::Number(value),
    }
}
