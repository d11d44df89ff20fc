//! `/api/v1/dashboards/{id}/links`: links that show one dashboard to whoever holds them.

use super::dashboards::Hand;
use super::json_body::JsonBody;
use super::pages::Items;
use crate::domain::{DashboardId, ShareLinkId};
use crate::store::tenant::{DashboardRow, ShareLinkRow, share_links};
use crate::tenancy::credentials::{self, sha256};
use crate::tenancy::dashboards::{self as service, layout, may_change, seen};
use crate::web::extract::{Caller, Path};
use crate::web::{AppState, WebError, mails};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One link; its secret is never shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkOut {
    #[schema(value_type = i64)]
    id: ShareLinkId,
    /// Who made it: `user:7`.
    created_by: String,
    created_at: String,
    expires_at: String,
    /// Since when it is refused.
    revoked_at: Option<String>,
    /// The address to hand over, in the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// What a link is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkWish {
    /// How long it lasts: an hour to a year.
    #[schema(minimum = 1, maximum = 8760)]
    hours: i64,
}

/// The links to a dashboard, newest first, those that ended included.
#[utoipa::path(
    get, path = "/dashboards/{id}/links", tag = "dashboards", params(("id" = i64, Path)),
    responses((status = 200, description = "All of them", body = Items<LinkOut>))
)]
pub async fn list(
    caller: Caller,
    Path(id): Path<DashboardId>,
) -> Result<Json<Items<LinkOut>>, WebError> {
    let row = changeable(&caller, id).await?;
    let links = share_links::list_of(caller.client.scope().db(), row.id.0).await?;
    Ok(Json(Items {
        items: links.iter().map(LinkOut::of).collect(),
    }))
}

/// Makes a link. It shows the points of the dashboard that its maker sees, until it ends.
#[utoipa::path(
    post, path = "/dashboards/{id}/links", tag = "dashboards", params(("id" = i64, Path)), request_body = LinkWish,
    responses((status = 201, description = "Made; its address is shown once", body = LinkOut))
)]
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mails::Origin(base): mails::Origin,
    Path(id): Path<DashboardId>,
    body: JsonBody,
) -> Result<(StatusCode, Json<LinkOut>), WebError> {
    let wanted: LinkWish = body.read()?;
    let row = changeable(&caller, id).await?;
    let model = caller.model(&state).await?;
    let mut points = layout(&row).points();
    points.retain(|point| model.point(*point).is_some());
    let (token, db) = (credentials::token(), caller.client.scope().db());
    let hand = Hand::of(&state, &caller);
    let told = (sha256(&token).to_vec(), points);
    let made = service::share(db, hand.by(&caller), id, told, wanted.hours).await?;
    let links = share_links::list_of(db, id.0).await?;
    let link = links.iter().find(|link| link.id == made);
    let out = LinkOut::of(link.ok_or(WebError::NotFound)?);
    let url = Some(format!("{base}/shared/{token}"));
    Ok((StatusCode::CREATED, Json(LinkOut { url, ..out })))
}

/// Ends a link; whoever looks is sent away.
#[utoipa::path(
    delete, path = "/dashboards/{id}/links/{link}", tag = "dashboards",
    params(("id" = i64, Path), ("link" = i64, Path)),
    responses((status = 204, description = "It has ended"))
)]
pub async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, link)): Path<(DashboardId, ShareLinkId)>,
) -> Result<StatusCode, WebError> {
    let hand = Hand::of(&state, &caller);
    service::unshare(caller.client.scope().db(), hand.by(&caller), id, link).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A dashboard the caller may change: nobody else learns who holds links to it.
async fn changeable(caller: &Caller, id: DashboardId) -> Result<DashboardRow, WebError> {
    let row = seen(caller.client.scope().db(), caller.access(), id).await?;
    if may_change(caller.access(), &row) {
        return Ok(row);
    }
    Err(WebError::Forbidden("share-dashboards"))
}

impl LinkOut {
    fn of(row: &ShareLinkRow) -> Self {
        Self {
            id: row.id,
            created_by: row.created_by.clone(),
            created_at: row.created_at.to_string(),
            expires_at: row.expires_at.to_string(),
            revoked_at: row.revoked_at.map(|at| at.to_string()),
            url: None,
        }
    }
}
