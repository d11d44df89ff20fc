//! Commands on their way to devices: from the table to the session that can write the point.
//!
//! [`Dispatcher`] is owned by the supervisor and driven by its one task. Every two seconds (half a
//! second while something waits), or when nudged, it looks at what is pending; a command is claimed, durably, and then given to a
//! connection; a task of its own waits for the last word and writes it.
//!
//! Invariant: what may have left is never given to a connection again, whatever crashes. After a
//! start, what was claimed and has no last word is `failed` (`interrupted`).

mod errand;

use super::Ingest;
use crate::domain::{CommandState, Timestamp};
use crate::store::tenant::commands as table;
use crate::store::tenant::{CommandRow, Ending, EquipmentRow, PointRow, equipment, points};
use crate::store::{Db, StoreError};
use crate::tenancy::commands;
use errand::Errand;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use vigie_contract::{Address, Commands, Health, StatusBoard, Writes};

/// Pending commands that are looked at in one turn.
const A_TURN: i64 = 256;
/// Turns without a look while nothing is pending: another process is heard within two seconds.
const RESTS: u8 = 3;
/// Commands under way at once; more stay pending.
const UNDER_WAY: usize = 256;
/// Tasks that still write a last word when the client closes have so long.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection that runs, as a way to devices.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) connection: String,
    pub(super) writes: Writes,
    pub(super) commands: Commands,
    pub(super) board: StatusBoard,
}

/// Gives the commands of one client to its connections.
pub(super) struct Dispatcher {
    ingest: Arc<Ingest>,
    under_way: JoinSet<()>,
    /// Whether what a former process left was settled.
    is_settled: bool,
    /// Turns that look at nothing, because nothing was pending.
    rest: u8,
}

impl Dispatcher {
    pub(super) fn new(ingest: Arc<Ingest>) -> Self {
        Self {
            ingest,
            under_way: JoinSet::new(),
            is_settled: false,
            rest: 0,
        }
    }

    /// The next turn looks at the table.
    pub(super) fn wake(&mut self) {
        self.rest = 0;
    }

    /// Offers what is pending to the ways that can take it, and ends what cannot be done.
    pub(super) async fn turn(&mut self, ways: &[Way]) -> Result<(), StoreError> {
        while self.under_way.try_join_next().is_some() {}
        if self.rest > 0 {
            self.rest -= 1;
            return Ok(());
        }
        if !self.is_settled {
            self.settle_interrupted().await?;
            self.is_settled = true;
        }
        let pending = table::pending(self.db(), A_TURN).await?;
        self.rest = if pending.is_empty() { RESTS } else { 0 };
        for row in pending {
            if self.under_way.len() < UNDER_WAY {
                self.dispatch(row, ways).await?;
            }
        }
        Ok(())
    }

    /// Waits a little for last words that are being written.
    pub(super) async fn finish(mut self) {
        let all = async { while self.under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(END_TIMEOUT, all).await.is_err() {
            tracing::warn!("commands are left without a last word; the next start ends them");
        }
    }

    /// Nobody knows what became of these: whoever sent them is gone.
    async fn settle_interrupted(&self) -> Result<(), StoreError> {
        for row in table::sent(self.db()).await? {
            let why =
                "the server stopped between sending it and its confirmation; it is not sent again";
            let ending = failed("interrupted", why);
            let Some((equipment, point)) = self.place(&row).await? else {
                continue;
            };
            let name = name_of(&equipment, &point);
            commands::end(
                self.db(),
                &row,
                CommandState::Sent,
                &name,
                &ending,
                self.now(),
            )
            .await?;
        }
        Ok(())
    }

    async fn dispatch(&mut self, row: CommandRow, ways: &[Way]) -> Result<(), StoreError> {
        // A point that went took its commands along.
        let Some((equipment, point)) = self.place(&row).await? else {
            return Ok(());
        };
        let address = Address {
            equipment: equipment.equipment.key.as_str().into(),
            point: point.spec.key.as_str().into(),
        };
        let able: Vec<_> = ways.iter().filter(|way| way.writes.can(&address)).collect();
        let connected = able.iter().find(|way| way.is_connected());
        let late = self.now() >= row.command.expires_at;
        let why = match (able.first(), connected) {
            (None, _) => (
                "not_writable",
                "no connection that runs can write this point",
            ),
            (_, None) if late => ("not_connected", "its connection was not there in time"),
            (_, Some(_)) if late => ("expired", "it could not be sent in time"),
            (_, None) => return Ok(()),
            (_, Some(way)) => {
                let errand = Errand {
                    ingest: Arc::clone(&self.ingest),
                    name: name_of(&equipment, &point),
                    row,
                };
                if let Some(following) = errand.begin(way, address, &point).await? {
                    self.under_way.spawn(following);
                }
                return Ok(());
            }
        };
        let (ending, name) = (failed(why.0, why.1), name_of(&equipment, &point));
        commands::end(
            self.db(),
            &row,
            CommandState::Pending,
            &name,
            &ending,
            self.now(),
        )
        .await?;
        Ok(())
    }

    async fn place(
        &self,
        row: &CommandRow,
    ) -> Result<Option<(EquipmentRow, PointRow)>, StoreError> {
        let Some(point) = points::find(self.db(), row.command.point_id).await? else {
            return Ok(None);
        };
        let equipment = equipment::find(self.db(), point.equipment_id).await?;
        Ok(equipment.map(|equipment| (equipment, point)))
    }

    fn db(&self) -> &Db {
        self.ingest.scope().db()
    }

    fn now(&self) -> Timestamp {
        self.ingest.clock().now()
    }
}

impl Way {
    fn is_connected(&self) -> bool {
        self.board.snapshot().health == Health::Connected
    }
}

fn name_of(equipment: &EquipmentRow, point: &PointRow) -> String {
    format!("{}/{}", equipment.equipment.key, point.spec.key)
}

fn failed(reason: &str, detail: &str) -> Ending {
    Ending {
        state: CommandState::Failed,
        reason: Some(reason.to_owned()),
        detail: Some(detail.to_owned()),
        read_back: None,
    }
}
