//! Sites.

use crate::domain::SiteId;
use crate::store::tenant::{SiteRow, fields, sites};
use crate::tenancy::change::{Act, Custom, SiteWish, Wish, Wished, by_key};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteOut {
    #[schema(value_type = i64)]
    id: SiteId,
    key: String,
    name: String,
    /// The site it lies in.
    #[schema(value_type = Option<i64>)]
    parent: Option<SiteId>,
    address: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    time_zone: String,
    /// Place in the order of all sites.
    position: i64,
    /// Values of custom fields.
    #[schema(value_type = Object)]
    custom: Custom,
    created_at: String,
}

/// Which sites.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SiteFilter {
    /// Only those that lie in this site.
    #[param(value_type = Option<i64>)]
    parent: Option<SiteId>,
}

/// All sites.
#[utoipa::path(
    get, path = "/sites", tag = "sites", params(SiteFilter, PageQuery),
    responses((status = 200, description = "A part of them", body = Page<SiteOut>))
)]
pub async fn list(
    desk: Desk,
    Query(filter): Query<SiteFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<SiteOut>>, WebError> {
    let inside = |row: &&SiteRow| {
        filter
            .parent
            .is_none_or(|_| row.site.parent_id == filter.parent)
    };
    let rows = desk.model.sites.iter().filter(inside);
    let db = desk.caller.client.scope().db();
    let mut custom = by_key(&fields::list(db).await?, &fields::list_of_sites(db).await?);
    let show = |row: &SiteRow| SiteOut::of(row, custom.remove(&row.id.0).unwrap_or_default());
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(SiteWish, SiteOut, "sites", "/sites/{id}");
changes!(SiteWish, SiteOut, "sites", "/sites", "/sites/{id}");

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<SiteOut, WebError> {
    let db = desk.caller.client.scope().db();
    let row = sites::find(db, SiteId(id))
        .await?
        .ok_or(WebError::NotFound)?;
    let mut custom = by_key(
        &fields::list(db).await?,
        &fields::list_of_site(db, id).await?,
    );
    Ok(SiteOut::of(&row, custom.remove(&id).unwrap_or_default()))
}

impl SiteOut {
    fn of(row: &SiteRow, custom: Custom) -> Self {
        let site = row.site.clone();
        Self {
            id: row.id,
            key: site.key,
            name: site.name,
            parent: site.parent_id,
            address: site.address,
            latitude: site.latitude,
            longitude: site.longitude,
            time_zone: site.time_zone,
            position: site.position,
            custom,
            created_at: row.created_at.to_string(),
        }
    }
}
