//! Users.

use super::words::*;
use crate::domain::{Role, UserId};
use crate::store::tenant::{UserRow, users};
use crate::tenancy::change::UserWish;

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
    let rows = users::list(desk.caller.client.scope().db()).await?;
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, UserOut::of)))
}

one!(UserWish, UserOut, "users", "/users/{id}");
changes!(UserWish, UserOut, "users", "/users", "/users/{id}");

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<UserOut, WebError> {
    let row = users::find(desk.caller.client.scope().db(), UserId(id)).await?;
    row.map(UserOut::of).ok_or(WebError::NotFound)
}

impl UserOut {
    fn of(row: UserRow) -> Self {
        Self {
            id: row.id,
            email: row.user.email,
            name: row.user.name,
            role: row.user.role,
            disabled: row.disabled,
            created_at: row.created_at.to_string(),
        }
    }
}
