//! Nouns and rules of the platform, without I/O.
//!
//! Invariant: nothing here reads a clock, a file, a socket or a random number;
//! they arrive as parameters.

mod access;
pub mod audit;
mod clock;
mod colour;
mod command;
pub mod dashboard;
mod email;
mod field_kind;
mod id;
mod key;
mod kind;
mod network;
mod password;
mod permission;
mod quality;
mod role;
mod sample;
mod sign_in_step;
mod staff;
mod state;
mod tenant_status;
mod time;
mod unit;

pub use access::{Access, Grants, Principal, Scope};
pub use clock::{Clock, ManualClock, SystemClock};
pub use colour::{LEAST_CONTRAST, Rgb, contrast, parse_colour, writing_on};
pub use command::{CommandPolicy, CommandState, ValueRefused};
pub use email::normal_email;
pub use field_kind::FieldKind;
pub use id::{
    AnnotationId, ApiKeyId, CommandId, ConnectionId, DashboardId, DeviceId, EquipmentId,
    EquipmentTypeId, FieldId, LetterId, MaintenanceFileId, MaintenanceId, PasskeyId, PointId,
    ProviderId, SavedFilterId, ShareLinkId, SiteId, StaffId, SupportGrantId, TenantId,
    TokenFamilyId, UserId,
};
pub use key::{KEY_RULE, is_key, visible};
pub use kind::{PointKind, UnknownWord};
pub use network::network_of;
pub use password::{LONGEST_PASSWORD, PasswordFault, SHORTEST_PASSWORD, check_password};
pub use permission::{KEY_SCOPES, Permission, Permissions};
pub use quality::Quality;
pub use role::Role;
pub use sample::{PointSample, Sample};
pub use sign_in_step::SignInStep;
pub use staff::StaffRole;
pub use state::{StateName, StateSet};
pub use tenant_status::TenantStatus;
pub use time::{TimeRange, Timestamp};
pub use unit::{Unit, UnitError};
