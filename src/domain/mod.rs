//! Nouns and rules of the platform, without I/O.
//!
//! Invariant: nothing here reads a clock, a file, a socket or a random number;
//! they arrive as parameters.

mod clock;
mod id;
mod quality;
mod sample;
mod state;
mod time;
mod unit;

pub use clock::{Clock, ManualClock, SystemClock};
pub use id::{ConnectionId, EquipmentId, EquipmentTypeId, PointId, SiteId, TenantId, UserId};
pub use quality::Quality;
pub use sample::{PointSample, Sample};
pub use state::{StateName, StateSet};
pub use time::{TimeRange, Timestamp};
pub use unit::{Unit, UnitError};
