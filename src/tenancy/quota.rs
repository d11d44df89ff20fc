//! Quotas: what a client may have at most. The platform or a manifest sets them, never the client.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a client may have at most; none means without a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Quota {
    /// People.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<i64>,
    /// Credentials of the built-in MQTT endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<i64>,
    /// Points of all equipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Megabytes of database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_mb: Option<i64>,
    /// Samples a second, on average over a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_per_s: Option<i64>,
}
