//! What a protocol connector promises, and what it is given.
//!
//! A connector turns one configured session (a broker, a gateway, a network) into
//! [`Reading`]s and waits until each delivery is settled before it acknowledges
//! the device. `SPEC.md` has the promises as MUST and SHOULD; `conformance`
//! holds a connector to them.
//!
//! Invariant: a connector knows addresses, never tenants. Nothing in this crate
//! names one, and a connector depends on nothing else of the platform.

mod arrival;
mod backoff;
mod command;
#[cfg(feature = "conformance")]
pub mod conformance;
mod connector;
mod dialect;
mod explore;
mod memory;
mod outbox;
mod reach;
mod reading;
mod sink;
mod stamp;
mod trace;

pub use arrival::ArrivalClock;
pub use backoff::Backoff;
pub use command::{Command, CommandFault, CommandProgress, Commands, Progress};
pub use connector::{
    ConfigFault, Connector, ConnectorError, ConnectorStatus, Health, Running, Session, StatusBoard,
    Writes,
};
pub use dialect::{Dialect, Dialects, Heard, Needs, NoDialects, Order, Spoken, Terms};
pub use explore::{
    Addition, Explorer, Exploring, Finding, Findings, FoundEquipment, FoundKind, FoundPoint,
};
pub use memory::{Keeping, Memory, Recalling, ShortMemory};
pub use outbox::{Outbound, Outbox, OutboxReader};
pub use reach::Reach;
pub use reading::{Address, EquipmentHint, Reading, ReadingQuality, ReadingValue};
pub use sink::{Delivery, EXCERPT_BYTES, ReadingSink, Refusal, Settlement, Settling, SinkError};
pub use stamp::read_stamp;
pub use trace::{Direction, Trace, TraceLine};
