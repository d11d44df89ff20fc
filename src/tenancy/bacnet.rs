//! A client as a BACnet/IP device: what its manifest says in `[bacnet]`.
//!
//! Off unless a manifest has that section: it opens a port of this machine, which is the operator's
//! to decide, so no page and no route of a client changes it.

use crate::store::tenant::settings;
use crate::store::{Db, StoreError, Tx};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddrV4};

/// The greatest instance number; the one above means nobody (ASHRAE 135, clause 12.11).
pub const GREATEST_INSTANCE: i64 = 4_194_302;
/// The UDP port of BACnet/IP.
pub const PORT: u16 = 47_808;
/// Requests a second that are answered to one peer, and to all together.
pub const ANSWERED: (i64, i64) = (200, 1_000);
/// Records that a trend log keeps.
pub const LOG_RECORDS: i64 = 1_000;
/// The most that it may keep.
pub const MOST_LOG_RECORDS: i64 = 10_000;

/// How settings call it.
const SETTING: &str = "bacnet";

/// The device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacnetSpec {
    /// Whether it is to run.
    pub enabled: bool,
    /// Its instance number, unique on the whole internetwork.
    pub instance: u32,
    /// Its name, unique there too; that of the client when absent.
    pub name: Option<String>,
    /// Address of ours it listens on.
    pub interface: Ipv4Addr,
    /// UDP port.
    pub port: u16,
    /// Where its broadcasts go.
    pub broadcast: Ipv4Addr,
    /// Registers as a foreign device with this BBMD.
    pub bbmd: Option<SocketAddrV4>,
    /// IPv4 networks whose members are heard.
    pub peers: Vec<String>,
    /// Requests a second that are answered to one peer.
    pub requests_per_s: i64,
    /// Requests a second that are answered to all of them together.
    pub requests_per_s_in_all: i64,
    /// Records that each trend log keeps.
    pub log_records: i64,
    /// What it shows; the first that fits a point decides how.
    pub expose: Vec<Exposure>,
}

/// Points that are shown, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Of equipment of this type only.
    pub kind: Option<String>,
    /// Of this equipment only.
    pub equipment: Option<String>,
    /// Keys of points; all of them when empty.
    pub points: Vec<String>,
    /// Whether a trend log shows what is stored of them.
    pub logged: bool,
    /// Whether peers may command those that have a policy, as far as it lets an operator.
    pub writable: bool,
    /// The least change that subscribers are told, in the unit of the point.
    pub increment: Option<f64>,
}

impl Exposure {
    /// Whether a point is meant: its key, that of its equipment, that of its type.
    pub fn fits(&self, point: &str, equipment: &str, kind: &str) -> bool {
        let is = |wanted: &Option<String>, key: &str| wanted.as_deref().is_none_or(|w| w == key);
        let named = self.points.is_empty() || self.points.iter().any(|wanted| wanted == point);
        named && is(&self.equipment, equipment) && is(&self.kind, kind)
    }

    /// A type has another key.
    pub(super) fn rename_type(&mut self, from: &str, to: &str) {
        rename(&mut self.kind, from, to);
    }

    /// An equipment has another key.
    pub(super) fn rename_equipment(&mut self, from: &str, to: &str) {
        rename(&mut self.equipment, from, to);
    }
}

fn rename(key: &mut Option<String>, from: &str, to: &str) {
    if key.as_deref() == Some(from) {
        *key = Some(to.to_owned());
    }
}

/// What a client is to be as a device; none when nothing was said.
pub async fn find(db: &Db) -> Result<Option<BacnetSpec>, StoreError> {
    let text = settings::find(db, SETTING).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The same inside a transaction.
pub(super) async fn find_in(tx: &mut Tx) -> Result<Option<BacnetSpec>, StoreError> {
    let text = settings::find_in(tx, SETTING).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Says what a client is to be as a device.
pub(super) async fn put(tx: &mut Tx, spec: Option<&BacnetSpec>) -> Result<(), StoreError> {
    match spec.and_then(|spec| serde_json::to_string(spec).ok()) {
        Some(text) => settings::put(tx, SETTING, &text).await,
        None => settings::remove(tx, SETTING).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exposure_is_narrowed_by_everything_it_names() {
        let all = Exposure::default();
        assert!(all.fits("power", "meter-1", "meter"));
        let some = Exposure {
            kind: Some("meter".to_owned()),
            points: vec!["power".to_owned()],
            ..all
        };
        assert!(some.fits("power", "meter-1", "meter"));
        assert!(!some.fits("energy", "meter-1", "meter"));
        assert!(!some.fits("power", "pack-1", "battery"));
        let one = Exposure {
            equipment: Some("meter-2".to_owned()),
            ..some
        };
        assert!(!one.fits("power", "meter-1", "meter"));
    }
}
