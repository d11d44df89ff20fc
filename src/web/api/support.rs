//! `/api/v1/support`: staff of the platform who look at this client, and the way to send them off.

use super::desk::Desk;
use super::pages::Items;
use crate::domain::SupportGrantId;
use crate::store::tenant::{SupportGrantRow, support_grants};
use crate::tenancy::support;
use crate::web::WebError;
use crate::web::extract::Path;
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Grants that are listed.
const LISTED: i64 = 100;

/// A time in which one of the staff may look.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportOut {
    #[schema(value_type = i64)]
    id: SupportGrantId,
    /// Who.
    name: String,
    email: String,
    /// Why, in their words.
    reason: String,
    created_at: String,
    expires_at: String,
    /// When they first came in.
    entered_at: Option<String>,
    /// Since when they are refused.
    revoked_at: Option<String>,
}

/// Who may look, and who could; the newest first.
#[utoipa::path(
    get, path = "/support", tag = "client",
    responses((status = 200, description = "The last 100", body = Items<SupportOut>))
)]
pub async fn list(desk: Desk) -> Result<Json<Items<SupportOut>>, WebError> {
    let rows = support_grants::list(desk.caller.client.scope().db(), LISTED).await?;
    Ok(Json(Items {
        items: rows.into_iter().map(SupportOut::of).collect(),
    }))
}

/// Sends support away, at once.
#[utoipa::path(
    delete, path = "/support/{id}", tag = "client", params(("id" = i64, Path)),
    responses((status = 204, description = "They are refused from now on"))
)]
pub async fn revoke(desk: Desk, Path(id): Path<SupportGrantId>) -> Result<StatusCode, WebError> {
    let (scope, now) = (desk.caller.client.scope(), desk.state.clock.now());
    if support::revoke(scope, id, desk.actor(), now).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(WebError::NotFound)
}

impl SupportOut {
    fn of(row: SupportGrantRow) -> Self {
        Self {
            id: row.id,
            name: row.grant.staff_name,
            email: row.grant.staff_email,
            reason: row.grant.reason,
            created_at: row.created_at.to_string(),
            expires_at: row.grant.expires_at.to_string(),
            entered_at: row.entered_at.map(|at| at.to_string()),
            revoked_at: row.revoked_at.map(|at| at.to_string()),
        }
    }
}
