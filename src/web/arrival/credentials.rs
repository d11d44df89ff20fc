//! What a request carries to say who asks.

use crate::web::session::HostCookie;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum_extra::extract::CookieJar;

/// One thing a request carries to say who asks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// The session cookie of a browser.
    Session(String),
    /// The cookie of support that was let in.
    Support(String),
    /// The cookie that a link to one dashboard leaves.
    Share(String),
    /// A key of the API.
    Key(String),
    /// A signed token: three parts with dots between them (RFC 7519, 3).
    Token(String),
}

impl Credentials {
    /// What a request carries, the first to be tried first. A header stands alone.
    pub fn all(headers: &HeaderMap, https: bool) -> Vec<Self> {
        if let Some(bearer) = bearer(headers) {
            let credentials = match bearer.split('.').count() {
                3 => Self::Token,
                _ => Self::Key,
            };
            return vec![credentials(bearer.to_owned())];
        }
        let jar = CookieJar::from_headers(headers);
        let cookie = |cookie: HostCookie, made: fn(String) -> Self| {
            let found = jar.get(cookie.name(https))?;
            Some(made(found.value().to_owned()))
        };
        let cookies = [
            cookie(HostCookie::Session, Self::Session),
            cookie(HostCookie::Support, Self::Support),
            cookie(HostCookie::Share, Self::Share),
        ];
        cookies.into_iter().flatten().collect()
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

    fn of(pairs: &[(&'static str, &'static str)]) -> Vec<Credentials> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        Credentials::all(&headers, false)
    }

    #[test]
    fn a_header_stands_alone() {
        let both = of(&[
            ("authorization", "Bearer vigie_x"),
            ("cookie", "vigie=secret"),
        ]);
        assert!(both == [Credentials::Key("vigie_x".to_owned())]);
    }

    #[test]
    fn a_session_comes_before_support_and_both_before_a_link() {
        let all = of(&[("cookie", "vigie_share=c; vigie_support=b; vigie=a; other=d")]);
        let expected = [
            Credentials::Session("a".to_owned()),
            Credentials::Support("b".to_owned()),
            Credentials::Share("c".to_owned()),
        ];
        assert!(all == expected);
        assert!(of(&[("cookie", "other=secret")]).is_empty());
    }

    #[test]
    fn influx_clients_and_signed_tokens_are_known() {
        assert!(of(&[("authorization", "Token k")]) == [Credentials::Key("k".to_owned())]);
        let token = of(&[("authorization", "bearer a.b.c")]);
        assert!(token == [Credentials::Token("a.b.c".to_owned())]);
        assert!(of(&[("authorization", "Basic YTpi")]).is_empty());
    }
}
