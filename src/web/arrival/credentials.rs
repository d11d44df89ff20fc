//! What a request carries to say who asks.

use crate::web::session;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum_extra::extract::CookieJar;

/// What a request carries; a header comes before a cookie.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Nothing.
    None,
    /// The session cookie of a browser.
    Session(String),
    /// A key of the API.
    Key(String),
    /// A signed token: three parts with dots between them (RFC 7519, 3).
    Token(String),
}

impl Credentials {
    /// Reads the headers of a request.
    pub fn of(headers: &HeaderMap, https: bool) -> Self {
        if let Some(bearer) = bearer(headers) {
            return match bearer.split('.').count() {
                3 => Self::Token(bearer.to_owned()),
                _ => Self::Key(bearer.to_owned()),
            };
        }
        let jar = CookieJar::from_headers(headers);
        let cookie = jar.get(session::cookie_name(https));
        cookie.map_or(Self::None, |cookie| {
            Self::Session(cookie.value().to_owned())
        })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    // Influx clients say `Token`, everybody else `Bearer`.
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token"))
        .then(|| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &'static str)]) -> Credentials {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        Credentials::of(&headers, false)
    }

    #[test]
    fn a_header_comes_before_a_cookie() {
        let both = of(&[
            ("authorization", "Bearer vigie_x"),
            ("cookie", "vigie=secret"),
        ]);
        assert!(both == Credentials::Key("vigie_x".to_owned()));
        assert!(of(&[("cookie", "vigie=secret")]) == Credentials::Session("secret".to_owned()));
        assert!(of(&[("cookie", "other=secret")]) == Credentials::None);
    }

    #[test]
    fn influx_clients_and_signed_tokens_are_known() {
        assert!(of(&[("authorization", "Token k")]) == Credentials::Key("k".to_owned()));
        let token = of(&[("authorization", "bearer a.b.c")]);
        assert!(token == Credentials::Token("a.b.c".to_owned()));
        assert!(of(&[("authorization", "Basic YTpi")]) == Credentials::None);
    }
}
