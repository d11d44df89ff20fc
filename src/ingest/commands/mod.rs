//! Commands on their way to devices: from the table to the session that can write the point.
//!
//! [`Dispatcher`] is owned by the supervisor and driven by its one task. Every two seconds (half a
//! second while something waits), or when nudged, it looks at what is pending; a command is claimed, durably, and then given to a
//! connection; a task of its own waits for the last word and writes it.
//!
//! Invariant: what may have left is never given to a connection again, whatever crashes. After a
//! start, what was claimed and has no last word is `failed` (`interrupted`).

mod errand;
mod under_way;

use super::Ingest;
use crate::domain::{CommandId, CommandState, EquipmentId, Timestamp};
use crate::live::Hub;
use crate::store::tenant::commands as table;
use crate::store::tenant::{CommandRow, Ending, EquipmentRow, PointRow, equipment, points};
use crate::store::{Db, StoreError};
use crate::tenancy::commands;
use errand::Errand;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use under_way::UnderWay;
use vigie_contract::{Address, Commands, Health, StatusBoard, Writes};

/// Pending commands that are looked at in one turn.
const A_TURN: i64 = 256;
/// Turns without a look while nothing is pending: another process is heard within two seconds.
const RESTS: u8 = 3;
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
    hub: Hub,
    under_way: UnderWay,
    /// Where the last turn stopped looking; those behind come first in the next.
    looked_at: CommandId,
    /// Devices with a command that was passed by in this round: what was asked later does not overtake it.
    passed: HashSet<EquipmentId>,
    /// Whether what a former process left was settled.
    is_settled: bool,
    /// Turns that look at nothing, because nothing was pending.
    rest: u8,
}

impl Dispatcher {
    /// One that tells who looks over `hub` how far commands are.
    pub(super) fn new(ingest: Arc<Ingest>, hub: Hub) -> Self {
        Self {
            ingest,
            hub,
            under_way: UnderWay::default(),
            looked_at: CommandId(0),
            passed: HashSet::new(),
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
        self.under_way.note_ended();
        if self.rest > 0 {
            self.rest -= 1;
            return Ok(());
        }
        if !self.is_settled {
            self.settle_interrupted().await?;
            self.is_settled = true;
        }
        let pending = self.next_pending().await?;
        self.rest = if pending.is_empty() { RESTS } else { 0 };
        for row in pending {
            self.dispatch(row, ways).await?;
        }
        Ok(())
    }

    /// A turn's worth of what is pending. What waits for a silent connection is passed by and met
    /// again when all others were.
    async fn next_pending(&mut self) -> Result<Vec<CommandRow>, StoreError> {
        let mut pending = table::pending(self.db(), self.looked_at, A_TURN).await?;
        if self.looked_at.0 == 0 || pending.is_empty() {
            self.passed.clear();
        }
        if pending.is_empty() && self.looked_at.0 > 0 {
            pending = table::pending(self.db(), CommandId(0), A_TURN).await?;
        }
        let is_all = (pending.len() as i64) < A_TURN;
        let last = pending.last().filter(|_| !is_all);
        self.looked_at = last.map_or(CommandId(0), |row| row.id);
        Ok(pending)
    }

    /// Waits a little for last words that are being written.
    pub(super) async fn finish(mut self) {
        let all = self.under_way.all_ended();
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
            (_, Some(way)) if self.may_go(way, equipment.id) => {
                let errand = Errand {
                    ingest: Arc::clone(&self.ingest),
                    hub: self.hub.clone(),
                    name: name_of(&equipment, &point),
                    row,
                };
                if let Some(following) = errand.begin(way, address, &point).await? {
                    self.under_way
                        .follow(&way.connection, equipment.id, following);
                }
                return Ok(());
            }
            _ => {
                self.passed.insert(equipment.id);
                return Ok(());
            }
        };
        let (ending, name) = (failed(why.0, why.1), name_of(&equipment, &point));
        let (db, now) = (self.db(), self.now());
        commands::end(db, &row, CommandState::Pending, &name, &ending, now).await?;
        self.hub
            .commanded(self.ingest.scope().tenant().id, point.id);
        Ok(())
    }

    /// Whether a command may be given to this device now.
    fn may_go(&self, way: &Way, device: EquipmentId) -> bool {
        !self.passed.contains(&device) && self.under_way.has_room(&way.connection, device)
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
