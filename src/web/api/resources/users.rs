//! Users.

use crate::domain::{EquipmentTypeId, Grants, Role, SiteId, UserId};
use crate::store::tenant::{UserRow, grants, users};
use crate::tenancy::change::{Act, UserWish, Wish, Wished};
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use crate::web::{WebError, privacy};
use axum::Json;
use secrecy::SecretString;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// One user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOut {
    #[schema(value_type = i64)]
    id: UserId,
    email: String,
    name: String,
    /// `admin`, `operator`, `member` or `viewer`.
    #[schema(value_type = String)]
    role: Role,
    /// Sites they see, with all inside them; none means that sites do not narrow.
    #[schema(value_type = Vec<i64>)]
    sites: Vec<SiteId>,
    /// Types of equipment they see; none means that types do not narrow.
    #[schema(value_type = Vec<i64>)]
    types: Vec<EquipmentTypeId>,
    /// Whether sign-in is refused.
    disabled: bool,
    created_at: String,
}

/// All users.
#[utoipa::path(
    get, path = "/users", tag = "users", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<UserOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<UserOut>>, WebError> {
    let db = desk.caller.client.scope().db();
    let rows = users::list(db).await?;
    let mut sites = by_user(grants::list_sites(db).await?);
    let mut types = by_user(grants::list_types(db).await?);
    let show = |row: UserRow| {
        let granted = Grants {
            sites: sites.remove(&row.id).unwrap_or_default(),
            types: types.remove(&row.id).unwrap_or_default(),
        };
        UserOut::of(row, granted)
    };
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(UserWish, UserOut, "users", "/users/{id}");
changes!(UserWish, UserOut, "users", "/users", "/users/{id}");

/// Everything that is kept of a person, for the person.
#[utoipa::path(
    get, path = "/users/{id}/data", tag = "users", params(("id" = i64, Path)),
    responses((status = 200, description = "One document that says what each part means", body = Object))
)]
pub async fn data(desk: Desk, Path(id): Path<UserId>) -> Result<Json<serde_json::Value>, WebError> {
    let db = desk.caller.client.scope().db();
    let user = users::find(db, id).await?.ok_or(WebError::NotFound)?;
    let now = desk.state.clock.now();
    Ok(Json(privacy::collect(db, &user, now).await?))
}

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<UserOut, WebError> {
    let db = desk.caller.client.scope().db();
    let row = users::find(db, UserId(id)).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let granted = grants::of(db, row.id).await?;
    Ok(UserOut::of(row, granted))
}

fn by_user<I>(grants: Vec<(UserId, I)>) -> HashMap<UserId, Vec<I>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (user, id) in grants {
        found.entry(user).or_default().push(id);
    }
    found
}

impl UserOut {
    fn of(row: UserRow, granted: Grants) -> Self {
        Self {
            id: row.id,
            email: row.user.email,
            name: row.user.name,
            role: row.user.role,
            sites: granted.sites,
            types: granted.types,
            disabled: row.disabled,
            created_at: row.created_at.to_string(),
        }
    }
}
