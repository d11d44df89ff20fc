//! What devices sent that is not in the model: strangers to adopt or ignore, and refusals.

use crate::domain::audit::{Action, Deed, Subject};
use crate::store::audit;
use crate::store::tenant::{DiscoveredRow, RejectRow, discovered, rejects};
use crate::tenancy::change::{EquipmentWish, Made, Ref, Wish};
use crate::web::WebError;
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Items, Page, PageQuery};
use crate::web::extract::Query;
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Equipment that spoke and is not in the model.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveredOut {
    /// What it calls itself.
    equipment: String,
    /// Where it was heard.
    connection: String,
    first_seen_at: String,
    last_seen_at: String,
    /// How many readings.
    readings: i64,
    /// Keys of its points.
    points: Vec<String>,
    /// The start of what it said last.
    excerpt: String,
}

/// Equipment that spoke and is neither in the model nor ignored, the last heard first.
#[utoipa::path(
    get, path = "/discovered", tag = "discovered",
    responses((status = 200, description = "At most 1,000", body = Items<DiscoveredOut>))
)]
pub async fn strangers(desk: Desk) -> Result<Json<Items<DiscoveredOut>>, WebError> {
    let rows = discovered::list(desk.caller.client.scope().db()).await?;
    let items = rows.into_iter().map(DiscoveredOut::of);
    Ok(Json(Items {
        items: items.collect(),
    }))
}

/// What a stranger becomes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Adoption {
    /// What it calls itself.
    equipment: String,
    /// What people are to call it; left out, what it calls itself.
    name: Option<String>,
    /// Where it stands.
    site: Option<Ref>,
    /// What it is.
    #[serde(rename = "type")]
    kind: Option<Ref>,
}

/// A stranger of whom nobody wants to hear again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dismissal {
    /// What it calls itself.
    equipment: String,
}

/// Takes a stranger into the model: it is equipment of a type on a site from now on.
#[utoipa::path(
    post, path = "/discovered/adopt", tag = "discovered", request_body = Adoption,
    responses((status = 201, description = "Adopted; Location says where it is", headers(("Location" = String))))
)]
pub async fn adopt(
    desk: Desk,
    body: JsonBody,
) -> Result<(StatusCode, [(axum::http::HeaderName, String); 1]), WebError> {
    let adoption: Adoption = body.read()?;
    let wish = EquipmentWish {
        name: adoption.name.unwrap_or_else(|| adoption.equipment.clone()),
        key: adoption.equipment.clone(),
        site: adoption.site,
        kind: adoption.kind,
        ..EquipmentWish::default()
    };
    let made = take_in(&desk, &wish).await?;
    let at = format!("/api/v1/equipment/{}", made.id);
    Ok((StatusCode::CREATED, [(axum::http::header::LOCATION, at)]))
}

/// Does not list a stranger again, however often it speaks.
#[utoipa::path(
    post, path = "/discovered/ignore", tag = "discovered", request_body = Dismissal,
    responses((status = 204, description = "Ignored"))
)]
pub async fn ignore(desk: Desk, body: JsonBody) -> Result<StatusCode, WebError> {
    let dismissal: Dismissal = body.read()?;
    turn_away(&desk, &dismissal.equipment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes equipment of a stranger; it is none from then on.
pub async fn take_in(desk: &Desk, wish: &EquipmentWish) -> Result<Made, WebError> {
    let made = desk.make_one(Wish::create(wish)).await?;
    discovered::forget(desk.caller.client.scope().db(), &wish.key).await?;
    Ok(made)
}

/// Does not list a stranger again; not found where nobody of that key spoke.
pub async fn turn_away(desk: &Desk, key: &str) -> Result<(), WebError> {
    if !crate::domain::is_key(key) {
        return Err(WebError::NotFound);
    }
    let (db, now) = (desk.caller.client.scope().db(), desk.state.clock.now());
    let mut tx = db.begin().await?;
    if !discovered::ignore(&mut tx, key, now).await? {
        return Err(WebError::NotFound);
    }
    let subject = Subject::new("discovered", key);
    let deed = Deed::new(Action::CHANGED, subject).note("not listed again");
    audit::record(&mut tx, now, desk.actor(), &deed);
    tx.commit().await?;
    Ok(())
}

impl DiscoveredOut {
    fn of(row: DiscoveredRow) -> Self {
        Self {
            equipment: row.equipment_key,
            connection: row.connection_key,
            first_seen_at: row.first_seen_at.to_string(),
            last_seen_at: row.last_seen_at.to_string(),
            readings: row.n,
            points: serde_json::from_str(&row.point_keys).unwrap_or_default(),
            excerpt: row.excerpt,
        }
    }
}

/// One value that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectOut {
    id: i64,
    at: String,
    /// Where it came in.
    connection: String,
    /// A stable word: `bad_json`, `unknown_equipment`, …
    reason: String,
    /// In the protocol's words: a topic, a line.
    source: String,
    /// One sentence.
    detail: String,
    /// The start of what was sent; what is no text is replaced.
    excerpt: String,
}

/// What was refused, newest first; the newest 500 are kept.
#[utoipa::path(
    get, path = "/rejects", tag = "discovered", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<RejectOut>))
)]
pub async fn refusals(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RejectOut>>, WebError> {
    let slice = page.slice()?;
    let rows = rejects::list(desk.caller.client.scope().db(), rejects::KEPT).await?;
    Ok(Json(slice.of_newest(rows, |row| row.id, RejectOut::of)))
}

impl RejectOut {
    fn of(row: RejectRow) -> Self {
        let reject = row.reject;
        Self {
            id: row.id,
            at: reject.at.to_string(),
            connection: reject.connection_key,
            reason: reject.reason,
            source: reject.source,
            detail: reject.detail,
            excerpt: String::from_utf8_lossy(&reject.excerpt).into_owned(),
        }
    }
}
