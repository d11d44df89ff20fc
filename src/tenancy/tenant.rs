//! A client, and the scope of a request that is theirs.

use super::{Network, Quota};
use crate::domain::{TenantId, TenantStatus};
use crate::store::Db;
use crate::store::control::TenantRow;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How the portal of a client looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// `#rrggbb`: the accent of their portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// One client organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Identity.
    pub id: TenantId,
    /// Stable name, the first label of their portal host.
    pub slug: String,
    /// What people call them.
    pub name: String,
    /// Language of those who have not chosen one.
    pub locale: String,
    /// IANA name of their time zone.
    pub time_zone: String,
    /// How long samples are kept; none means for ever.
    pub retention_days: Option<i64>,
    /// How their portal looks.
    pub brand: Brand,
    /// What they may have at most.
    pub quota: Quota,
    /// From where their people and keys may come in; empty lets everybody in.
    pub allow_list: Vec<Network>,
    /// Host names of their portal beside `<slug>.<base domain>`.
    pub hosts: Vec<String>,
    /// Where they are in their life.
    pub status: TenantStatus,
}

impl Tenant {
    /// Whether their portal and their ingest serve.
    pub fn is_active(&self) -> bool {
        self.status == TenantStatus::Active
    }

    pub(super) fn from_row(row: &TenantRow, hosts: Vec<String>) -> Self {
        Self {
            id: row.id,
            slug: row.spec.slug.clone(),
            name: row.spec.name.clone(),
            locale: row.spec.locale.clone(),
            time_zone: row.spec.time_zone.clone(),
            retention_days: row.spec.retention_days,
            brand: serde_json::from_str(&row.spec.brand).unwrap_or_default(),
            quota: serde_json::from_str(&row.spec.quota).unwrap_or_default(),
            allow_list: networks(&row.spec.allow_list),
            hosts,
            status: row.status,
        }
    }
}

/// The networks of a stored list.
fn networks(list: &str) -> Vec<Network> {
    let texts: Vec<String> = serde_json::from_str(list).unwrap_or_default();
    let networks = texts.iter().filter_map(|text| Network::parse(text).ok());
    networks.collect()
}

/// A client and their database, always together; cheap to clone.
///
/// There is no other way to the database of a client: a function that wants one
/// takes a scope, and a scope comes from the `Directory` for one host or slug.
#[derive(Debug, Clone)]
pub struct TenantScope {
    tenant: Arc<Tenant>,
    db: Db,
}

impl TenantScope {
    pub(super) fn new(tenant: Tenant, db: Db) -> Self {
        Self {
            tenant: Arc::new(tenant),
            db,
        }
    }

    /// Whose scope it is.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Their database.
    pub fn db(&self) -> &Db {
        &self.db
    }
}
