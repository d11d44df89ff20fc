//! The language and theme of a visitor.

use crate::web::AppState;
use crate::web::format::Locale;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use std::convert::Infallible;

/// Cookie that keeps the language of somebody who is not signed in.
pub const LOCALE_COOKIE: &str = "vigie_locale";
/// Cookie that keeps the theme.
pub const THEME_COOKIE: &str = "vigie_theme";

/// What the browser says; a signed-in user's own choice comes before it.
#[derive(Debug, Clone)]
pub struct Language {
    /// From the cookie.
    pub chosen: Option<Locale>,
    /// From `Accept-Language`.
    pub accepted: Option<Locale>,
    /// `light` or `dark` from the cookie, else empty.
    pub theme: &'static str,
}

impl Language {
    /// The language to answer in: the user's, the cookie's, the browser's, the client's.
    pub fn resolve(&self, user: Option<&str>, client: &str) -> Locale {
        user.and_then(Locale::of_tag)
            .or(self.chosen)
            .or(self.accepted)
            .or_else(|| Locale::of_tag(client))
            .unwrap_or(Locale::English)
    }

    /// Reads the headers of a request.
    pub fn of(headers: &axum::http::HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            chosen: jar
                .get(LOCALE_COOKIE)
                .and_then(|cookie| Locale::of_tag(cookie.value())),
            accepted: accepted.and_then(best_accepted),
            theme: theme(jar.get(THEME_COOKIE).map_or("", |cookie| cookie.value())),
        }
    }
}

impl FromRequestParts<AppState> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// A known theme, or nothing: the system decides.
pub fn theme(name: &str) -> &'static str {
    match name {
        "light" => "light",
        "dark" => "dark",
        _ => "",
    }
}

/// The language we speak with the greatest weight (RFC 9110, 12.5.4); the first of equals.
fn best_accepted(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for entry in header.split(',') {
        let mut parts = entry.split(';');
        let Some(locale) = parts.next().and_then(|tag| Locale::of_tag(tag.trim())) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q=")?.parse().ok())
            .unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_we_speak_wins() {
        assert_eq!(
            best_accepted("de, en;q=0.5, fr-CA;q=0.8"),
            Some(Locale::French)
        );
        assert_eq!(
            best_accepted("en-GB,en;q=0.9,fr;q=0.8"),
            Some(Locale::English)
        );
        assert_eq!(best_accepted("de, fr;q=0"), None);
    }

    #[test]
    fn a_user_s_choice_comes_before_cookie_browser_and_client() {
        let language = Language {
            chosen: Some(Locale::English),
            accepted: None,
            theme: "",
        };
        assert_eq!(language.resolve(Some("fr"), "en"), Locale::French);
        assert_eq!(language.resolve(None, "fr"), Locale::English);
        let silent = Language {
            chosen: None,
            accepted: None,
            theme: "",
        };
        assert_eq!(silent.resolve(None, "fr"), Locale::French);
    }
}
