//! Looking around behind a peer: what could be measured there, before anything is.

use crate::{ConnectorError, ReadingValue};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How a look around ends: `Ok` when all was seen or `stop` was cancelled.
pub type Exploring = Pin<Box<dyn Future<Output = Result<(), ConnectorError>> + Send>>;

/// Can look around: a configuration builds one without starting a session.
pub trait Explorer: Send + 'static {
    /// Tells what is there, piece by piece, until all is seen. Bounded in time by its own
    /// time-outs; owns every task it spawns; writes nothing to the peer.
    fn explore(self: Box<Self>, findings: Findings, stop: CancellationToken) -> Exploring;
}

/// Where an explorer tells what it finds.
#[derive(Debug, Clone)]
pub struct Findings(mpsc::Sender<Finding>);

impl Findings {
    /// A bounded way; the explorer waits while nobody reads.
    pub fn channel() -> (Self, mpsc::Receiver<Finding>) {
        let (sender, receiver) = mpsc::channel(16);
        (Self(sender), receiver)
    }

    /// Tells one finding; `false` when nobody listens any more: stop looking.
    pub async fn tell(&self, finding: Finding) -> bool {
        self.0.send(finding).await.is_ok()
    }
}

/// One piece of what an explorer tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// How far it is, in steps of its own.
    Progress {
        /// Steps done.
        done: u32,
        /// Steps there are, as far as is known by now.
        total: u32,
    },
    /// A device, with its points.
    Equipment(FoundEquipment),
}

/// A device behind the peer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FoundEquipment {
    /// A key to call it by, unique in this look around and the same in the next.
    pub key: String,
    /// What it calls itself.
    pub name: String,
    /// Key of a type in the library that fits, where the protocol tells.
    pub kind: Option<String>,
    /// Who made it.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// What it measures.
    pub points: Vec<FoundPoint>,
    /// What the connection's configuration must say for this device, beside its points.
    pub additions: Vec<Addition>,
}

/// Something measured or commanded.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPoint {
    /// A key, unique in its device.
    pub key: String,
    /// What the device calls it.
    pub name: String,
    /// What its values are.
    pub kind: FoundKind,
    /// Symbol of its unit.
    pub unit: Option<String>,
    /// Whether the device lets it be written.
    pub writable: bool,
    /// What it says now.
    pub value: Option<ReadingValue>,
    /// What the connection's configuration must say to read it.
    pub additions: Vec<Addition>,
}

/// What the values of a found point are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundKind {
    /// Numbers.
    Number,
    /// Yes or no.
    Boolean,
    /// One of several named states: word and value.
    State(Vec<(String, i64)>),
}

/// An item for a list in a connection's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// JSON pointer (RFC 6901) of the list; it is made where it is missing.
    pub list: String,
    /// What to append, unless it is there already.
    pub item: Value,
}
