//! `/api/v1/me`: what a person decides about themselves, for programs that act for them.

use super::json_body::JsonBody;
use crate::domain::audit::Action;
use crate::domain::{Role, UserId};
use crate::identity::journal;
use crate::store::tenant::{UserRow, users};
use crate::tenancy::Reason;
use crate::web::extract::Account;
use crate::web::format::Locale;
use crate::web::pages::GivenProfile;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who asks, and how they want to read.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeOut {
    #[schema(value_type = i64)]
    id: UserId,
    email: String,
    name: String,
    /// `admin`, `operator`, `member` or `viewer`.
    #[schema(value_type = String)]
    role: Role,
    /// `en` or `fr`; absent follows the browser.
    locale: Option<String>,
    /// `light` or `dark`; absent follows the system.
    theme: Option<String>,
    /// IANA name; absent follows the place one looks at.
    time_zone: Option<String>,
    /// As in `en` or `fr`; absent follows the language.
    number_format: Option<String>,
    /// `text` or `iso`; absent follows the language.
    date_format: Option<String>,
    created_at: String,
}

/// What one wants to be called, and how one wants to read. What is left out stays; an empty text takes a choice away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeWish {
    /// 1 to 80 characters.
    #[schema(max_length = 80)]
    name: Option<String>,
    /// `en` or `fr`.
    locale: Option<String>,
    /// `light` or `dark`.
    theme: Option<String>,
    /// IANA name.
    #[schema(example = "Europe/Paris")]
    time_zone: Option<String>,
    /// `en` or `fr`.
    number_format: Option<String>,
    /// `text` or `iso`.
    date_format: Option<String>,
}

/// Who asks.
#[utoipa::path(
    get, path = "/me", tag = "me",
    responses((status = 200, description = "The person", body = MeOut))
)]
pub async fn show(account: Account) -> Json<MeOut> {
    Json(MeOut::of(account.user))
}

/// Changes what is given.
#[utoipa::path(
    patch, path = "/me", tag = "me", request_body = MeWish,
    responses((status = 200, description = "Changed", body = MeOut))
)]
pub async fn change(
    State(state): State<AppState>,
    account: Account,
    body: JsonBody,
) -> Result<Json<MeOut>, WebError> {
    let wish: MeWish = body.read()?;
    let profile = wish.given(&account.user).profile();
    let profile = profile.map_err(|(field, message)| {
        let detail = Words::of(Locale::English).get(message);
        WebError::fault(format!("/{field}"), Reason::Shape { detail })
    })?;
    let (db, user) = (account.client.scope().db(), &account.user);
    let mut tx = db.begin().await?;
    users::set_profile(&mut tx, user.id, &profile).await?;
    let (by, now) = (&account.actor, state.clock.now());
    journal::note(&mut tx, now, by, user, Action::CHANGED, "profile");
    tx.commit().await?;
    let user = users::find(db, user.id).await?.ok_or(WebError::NotFound)?;
    Ok(Json(MeOut::of(user)))
}

impl MeWish {
    /// What is given over what is kept.
    fn given(self, user: &UserRow) -> GivenProfile {
        let former = GivenProfile::of(user);
        GivenProfile {
            name: self.name.unwrap_or(former.name),
            locale: self.locale.unwrap_or(former.locale),
            theme: self.theme.unwrap_or(former.theme),
            time_zone: self.time_zone.unwrap_or(former.time_zone),
            number_format: self.number_format.unwrap_or(former.number_format),
            date_format: self.date_format.unwrap_or(former.date_format),
        }
    }
}

impl MeOut {
    fn of(row: UserRow) -> Self {
        Self {
            id: row.id,
            email: row.user.email,
            name: row.user.name,
            role: row.user.role,
            locale: row.locale,
            theme: row.theme,
            time_zone: row.time_zone,
            number_format: row.number_format,
            date_format: row.date_format,
            created_at: row.created_at.to_string(),
        }
    }
}
