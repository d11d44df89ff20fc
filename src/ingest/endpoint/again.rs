//! A command of a device that comes again: marked as a duplicate, after a connection or a process of ours was lost.
//!
//! Within a session the endpoint knows what it took. Beyond it only the commands themselves tell:
//! each carries a word made of who sent what in which packet, and a duplicate is looked for by it.

use crate::domain::{PointId, Timestamp};
use crate::store::tenant::commands as table;
use crate::store::{Db, StoreError};
use crate::tenancy::credentials;
use vigie_mqtt_endpoint::{Message, Packet};

/// Packet ids are used again, so a duplicate is one of what was obeyed lately. Longer than a device
/// takes to come back, shorter than a person takes to mean it anew over a connection that fails again.
const LATELY_US: i64 = 5 * Timestamp::MINUTE;
/// Characters of a hash that tell two messages apart.
const SIGN: usize = 40;

/// What a command of a device is known by.
pub(super) struct Sign {
    sign: String,
    is_again: bool,
}

impl Sign {
    /// None where nothing is ever sent again (QoS 0).
    pub(super) fn of(device: &str, message: &Message) -> Option<Self> {
        let Packet { id, is_again } = message.packet?;
        let payload = hex::encode(&message.payload);
        let said = format!("{device}\n{id}\n{}\n{payload}", message.topic);
        let mut sign = hex::encode(credentials::sha256(&said));
        sign.truncate(SIGN);
        Some(Self { sign, is_again })
    }

    /// A word for a new command; another one each time, since the same packet id and the same
    /// words may be meant anew.
    pub(super) fn word(&self) -> String {
        format!("{}.{:016x}", self.sign, rand::random::<u64>())
    }

    /// Whether this is sent again and the point was commanded by it before.
    pub(super) async fn is_obeyed(
        &self,
        db: &Db,
        point: PointId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if !self.is_again {
            return Ok(false);
        }
        let prefix = format!("{}.", self.sign);
        table::exists_with_word(db, point, &prefix, now.plus(-LATELY_US)).await
    }
}
