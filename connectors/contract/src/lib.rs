//! What a protocol connector promises, and what it is given.
//!
//! A connector turns one configured session (a broker, a gateway, a network) into
//! [`Reading`]s and waits until each delivery is settled before it acknowledges
//! the device. `SPEC.md` has the promises as MUST and SHOULD; `conformance`
//! holds a connector to them.
//!
//! Invariant: a connector knows addresses, never tenants. Nothing in this crate
//! names one, and a connector depends on nothing else of the platform.

mod backoff;
mod connector;
mod reading;
mod sink;

pub use backoff::Backoff;
pub use connector::{Connector, ConnectorError, ConnectorStatus, Health, StatusBoard};
pub use reading::{Address, EquipmentHint, Reading, ReadingQuality, ReadingValue};
pub use sink::{Delivery, ReadingSink, Refusal, Settlement, SinkError};
