//! The language and theme switch in the foot of every page; works without script.

use super::next_page;
use crate::store::tenant::users;
use crate::web::extract::{Form, LOCALE_COOKIE, Portal, THEME_COOKIE, theme};
use crate::web::format::Locale;
use crate::web::{AppState, WebError, session};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

/// What the switch sends: one of the two, and where to go back to.
#[derive(Debug, Deserialize)]
pub struct Wish {
    locale: Option<Locale>,
    theme: Option<String>,
    #[serde(default)]
    next: String,
}

/// `POST /preferences`: keeps the choice in a cookie, and with the user when one is signed in.
pub async fn set(
    State(state): State<AppState>,
    portal: Option<Portal>,
    mut jar: CookieJar,
    Form(wish): Form<Wish>,
) -> Result<Response, WebError> {
    let https = state.config.https;
    if let Some(Portal(client)) = portal {
        let now = state.clock.now();
        if let Some(found) = session::find(client.scope(), &jar, now, https).await? {
            let user = found.user;
            let locale = wish
                .locale
                .map(|locale| locale.tag().to_owned())
                .or(user.locale);
            let theme = match &wish.theme {
                Some(wanted) => Some(theme(wanted).to_owned()),
                None => user.theme,
            };
            users::set_preferences(
                client.scope().db(),
                user.id,
                locale.as_deref(),
                theme.as_deref(),
            )
            .await?;
        }
    }
    if let Some(locale) = wish.locale {
        jar = keep(jar, LOCALE_COOKIE, locale.tag(), https);
    }
    if let Some(wanted) = &wish.theme {
        jar = keep(jar, THEME_COOKIE, theme(wanted), https);
    }
    Ok((jar, Redirect::to(next_page(&wish.next))).into_response())
}

/// Keeps a choice for who is not signed in; an empty one is forgotten.
pub(super) fn keep(
    jar: CookieJar,
    name: &'static str,
    value: &'static str,
    https: bool,
) -> CookieJar {
    let mut cookie = cookie(name, value, https);
    if value.is_empty() {
        cookie.make_removal();
    }
    jar.add(cookie)
}

fn cookie(name: &'static str, value: &'static str, https: bool) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .build()
}
