//! Conditional requests (RFC 9110, 13): `ETag`, `If-Match`, `If-None-Match`.

use crate::tenancy::change::Version;
use crate::web::WebError;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{Object, Type};

/// What `If-Match` says a thing was; a change without it is refused with 428.
pub struct IfMatch(pub Option<Version>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let tags = tags(&parts.headers, &IF_MATCH).ok_or(WebError::Unconditional)?;
        match tags.as_slice() {
            [tag] if tag == "*" => Ok(Self(None)),
            [tag] if !tag.is_empty() => Ok(Self(Some(Version::known(tag.trim_matches('"'))))),
            _ => Err(WebError::invalid(
                "If-Match",
                "must be one entity tag, or *",
            )),
        }
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = Object::builder()
            .schema_type(Type::String)
            .pattern(Some("^[!-+.-~-]+$"));
        let header = Parameter::builder()
            .name(IF_MATCH.as_str())
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("The ETag of what was looked at, or *"))
            .schema(Some(text));
        vec![header.build()]
    }
}

/// The tags of `If-None-Match`.
pub struct IfNoneMatch(Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(
            tags(&parts.headers, &IF_NONE_MATCH).unwrap_or_default(),
        ))
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let values = headers.get_all(name).iter();
    let texts: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    let tags = texts.iter().flat_map(|text| text.split(','));
    (!texts.is_empty()).then(|| tags.map(|tag| tag.trim().to_owned()).collect())
}

/// A thing with its version; 304 when the caller has this one.
pub fn shown<T: Serialize>(asked: &IfNoneMatch, version: &Version, thing: T) -> Response {
    let tag = format!("\"{}\"", version.as_str());
    let same = |known: &String| known.trim_start_matches("W/") == tag;
    if asked.0.iter().any(same) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(ETAG, tag)], Json(thing)).into_response()
}

/// A thing that was just changed.
pub fn changed<T: Serialize>(version: &Version, thing: T) -> Response {
    let tag = format!("\"{}\"", version.as_str());
    ([(ETAG, tag)], Json(thing)).into_response()
}

/// A thing that was just made, and where it is from now on.
pub fn created<T: Serialize>(at: &str, version: &Version, thing: T) -> Response {
    let mut response = changed(version, thing);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(at) = HeaderValue::from_str(at) {
        response.headers_mut().insert(LOCATION, at);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn if_match(value: Option<&str>) -> Result<IfMatch, WebError> {
        let mut request = axum::http::Request::builder();
        if let Some(value) = value {
            request = request.header(IF_MATCH, value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_change_says_what_it_changes() {
        assert!(matches!(if_match(None).await, Err(WebError::Unconditional)));
        assert!(if_match(Some("*")).await.unwrap().0.is_none());
        let one = if_match(Some("\"ab12\"")).await.unwrap();
        assert_eq!(one.0, Some(Version::known("ab12")));
        assert!(if_match(Some("\"a\", \"b\"")).await.is_err());
        assert!(if_match(Some("")).await.is_err());
    }

    #[test]
    fn who_has_the_present_version_gets_nothing_new() {
        let version = Version::known("ab12");
        let status = |tag: &str| shown(&IfNoneMatch(vec![tag.to_owned()]), &version, 1).status();
        assert_eq!(status("\"ab12\""), StatusCode::NOT_MODIFIED);
        assert_eq!(status("W/\"ab12\""), StatusCode::NOT_MODIFIED);
        assert_eq!(status("\"ab13\""), StatusCode::OK);
    }
}
