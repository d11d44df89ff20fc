//! Identifiers, one newtype per noun so that they cannot be mixed up.
//!
//! They are integers that one database hands out: unique inside a tenant, never
//! across tenants. An id says nothing about whose it is; the `TenantScope` does.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A client organisation, in the control database.
    TenantId,
    /// A site of one tenant.
    SiteId,
    /// A template of equipment of one tenant.
    EquipmentTypeId,
    /// A thing that is measured or reserved.
    EquipmentId,
    /// One measured or commanded quantity of an equipment.
    PointId,
    /// One configured protocol session of one tenant.
    ConnectionId,
    /// A person who signs in, in the tenant's own database.
    UserId,
    /// A credential of the built-in MQTT endpoint.
    DeviceId,
    /// A custom field of sites or equipment.
    FieldId,
    /// A bearer key of the HTTP API.
    ApiKeyId,
    /// A dashboard of one tenant.
    DashboardId,
    /// A piece of work on an equipment, planned or done.
    MaintenanceId,
    /// A file that goes with a piece of work.
    MaintenanceFileId,
    /// A link that shows one dashboard to whoever holds it.
    ShareLinkId,
    /// Somebody who runs the platform, in the control database.
    StaffId,
    /// Leave for somebody of the platform's staff to look at one client.
    SupportGrantId,
    /// A list of equipment somebody keeps.
    SavedFilterId,
    /// A remark on a chart.
    AnnotationId,
    /// The refresh tokens of one sign-in of a program.
    TokenFamilyId,
    /// A passkey of a user.
    PasskeyId,
    /// Another place where people of a client sign in.
    ProviderId,
    /// A value somebody wants a point to take.
    CommandId,
    /// A mail that waits.
    LetterId,
}
