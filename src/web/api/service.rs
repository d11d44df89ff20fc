//! `/api/v1/equipment/{id}/service`: whom to call about an equipment, and its warranty.

use super::conditions::{IfMatch, IfNoneMatch, changed, shown};
use super::desk::Desk;
use super::json_body::JsonBody;
use super::maintenance::{by, day};
use crate::domain::EquipmentId;
use crate::store::tenant::service::{self, Service};
use crate::tenancy::attachments::set_service;
use crate::tenancy::change::Version;
use crate::web::extract::Path;
use crate::web::{WebError, days};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Contact and warranty of an equipment; a text that is empty is not known.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceWish {
    /// Whom to ask for.
    #[schema(max_length = 120)]
    contact_name: String,
    /// Their number.
    #[schema(max_length = 120)]
    contact_phone: String,
    /// Their address.
    #[schema(max_length = 120)]
    contact_email: String,
    /// The last day of the warranty: `2026-11-20`.
    #[schema(format = Date)]
    warranty_until: Option<String>,
}

/// Contact and warranty of an equipment, with their version as `ETag`.
#[utoipa::path(
    get, path = "/equipment/{id}/service", tag = "equipment", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = ServiceWish, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn one(
    desk: Desk,
    Path(id): Path<EquipmentId>,
    asked: IfNoneMatch,
) -> Result<Response, WebError> {
    let known = find(&desk, id).await?;
    Ok(shown(&asked, &version(&known), ServiceWish::of(&known)))
}

/// Says whom to call about an equipment, and until when it is under warranty.
#[utoipa::path(
    put, path = "/equipment/{id}/service", tag = "equipment", request_body = ServiceWish,
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "Changed", body = ServiceWish, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    Path(id): Path<EquipmentId>,
    IfMatch(seen): IfMatch,
    body: JsonBody,
) -> Result<Response, WebError> {
    let former = find(&desk, id).await?;
    if seen.is_some_and(|seen| seen != version(&former)) {
        return Err(WebError::Changed);
    }
    let wanted = body.read::<ServiceWish>()?.service(former.version)?;
    let row = desk.model.equipment(id).ok_or(WebError::NotFound)?;
    let on = (id, row.equipment.key.as_str());
    set_service(desk.caller.client.scope().db(), by(&desk), on, &wanted).await?;
    let known = find(&desk, id).await?;
    Ok(changed(&version(&known), ServiceWish::of(&known)))
}

/// What is known of an equipment the caller sees.
async fn find(desk: &Desk, id: EquipmentId) -> Result<Service, WebError> {
    desk.model.equipment(id).ok_or(WebError::NotFound)?;
    let known = service::find(desk.caller.client.scope().db(), id).await?;
    Ok(known.unwrap_or_default())
}

fn version(known: &Service) -> Version {
    Version::known(known.version.to_string())
}

impl ServiceWish {
    fn of(known: &Service) -> Self {
        Self {
            contact_name: known.contact_name.clone(),
            contact_phone: known.contact_phone.clone(),
            contact_email: known.contact_email.clone(),
            warranty_until: known.warranty_until.map(days::field),
        }
    }

    fn service(self, version: i64) -> Result<Service, WebError> {
        Ok(Service {
            warranty_until: day("/warranty_until", self.warranty_until.as_deref())?,
            contact_name: self.contact_name.trim().to_owned(),
            contact_phone: self.contact_phone.trim().to_owned(),
            contact_email: self.contact_email.trim().to_owned(),
            version,
        })
    }
}
