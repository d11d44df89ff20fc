//! Requests that may be repeated: the same `Idempotency-Key` gets the first answer again.
//!
//! Kept for 24 hours, for each caller apart, sealed since an answer may show a secret. An answer
//! of 5xx is not kept: the request can be made again. If the process dies between the change and
//! the keeping of its answer, the key is free again after a minute.

use crate::domain::Timestamp;
use crate::store::tenant::{RememberedRow, idempotency};
use crate::tenancy::TenantScope;
use crate::web::arrival::Arrival;
use crate::web::{AppState, WebError};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{Object, Type};

/// The header of the request.
const KEY: &str = "idempotency-key";
/// Marks an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 128;
const KEPT_FOR: i64 = Timestamp::DAY;
/// A request that is not answered by then died with its process.
const ANSWERED_WITHIN: i64 = Timestamp::MINUTE;
/// Headers of an answer that are kept.
const KEPT_HEADERS: [HeaderName; 3] = [CONTENT_TYPE, LOCATION, ETAG];
/// The longest answer that is kept.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Answers repetitions; lets everything else pass.
pub async fn repeat(
    State(state): State<AppState>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let key = request.headers().get(KEY).cloned();
    let arrival = request.extensions().get::<Arrival>().cloned();
    let (Some(key), Some(arrival), true) = (
        key,
        arrival,
        takes_key(request.method().as_str(), path.as_str()),
    ) else {
        return Ok(next.run(request).await);
    };
    let key = key.to_str().unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(WebError::invalid(
            "Idempotency-Key",
            "must be 1 to 128 characters",
        ));
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, super::json_body::LONGEST_CHANGE).await;
    let body = body.map_err(|_| WebError::TooLarge(super::json_body::LONGEST_CHANGE))?;
    let asked = Asked {
        caller: arrival.identity.access.principal.to_string(),
        hash: hash(parts.uri.path(), &body),
        scope: arrival.client.scope(),
        state: &state,
        key,
    };
    if let Some(answer) = asked.known().await? {
        return Ok(answer);
    }
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    asked.keep(answer).await
}

/// Posts that make something. Samples are idempotent by themselves, files too large to be kept
/// beside them, and tokens are asked for by nobody who is known yet.
pub fn takes_key(method: &str, path: &str) -> bool {
    const NOT: [&str; 3] = ["/telemetry", "/write", "/files"];
    method == "POST" && !path.contains("/auth/") && !NOT.iter().any(|end| path.ends_with(end))
}

/// The header in the document.
pub fn parameter() -> Parameter {
    let text = Object::builder()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_KEY))
        .pattern(Some("^[!-~]+$"));
    Parameter::builder()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Any word of your own; the same request again within 24 hours gets the first answer",
        ))
        .schema(Some(text))
        .build()
}

fn hash(path: &str, body: &Bytes) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().into()
}

/// A request with a key.
struct Asked<'a> {
    state: &'a AppState,
    scope: &'a TenantScope,
    caller: String,
    key: String,
    hash: [u8; 32],
}

impl Asked<'_> {
    /// The answer that was given before; none when this is the first time.
    async fn known(&self) -> Result<Option<Response>, WebError> {
        let (db, now) = (self.scope.db(), self.state.clock.now());
        idempotency::prune(db, now.plus(-KEPT_FOR)).await?;
        if idempotency::begin(db, &self.caller, &self.key, &self.hash, now).await? {
            return Ok(None);
        }
        let Some(row) = idempotency::find(db, &self.caller, &self.key).await? else {
            return Err(WebError::InProgress);
        };
        if row.request_hash != self.hash {
            return Err(WebError::OtherRequest);
        }
        if row.status.is_some() {
            return self.answer(&row).map(Some);
        }
        let (is_dead, named) = (
            now.since(row.created_at) >= ANSWERED_WITHIN,
            (self.caller.as_str(), self.key.as_str()),
        );
        if is_dead && idempotency::take_over(db, named, row.created_at, now).await? {
            return Ok(None);
        }
        Err(WebError::InProgress)
    }

    fn answer(&self, row: &RememberedRow) -> Result<Response, WebError> {
        let internal = |error: &dyn std::fmt::Display| WebError::Internal(error.to_string());
        let sealed = row.sealed.as_deref().unwrap_or_default();
        let vault = self.state.platform.directory().vault();
        let body = vault.unseal(self.scope.tenant().id, &self.name(), sealed);
        let body = body.map_err(|error| internal(&error))?;
        let mut answer = Response::new(Body::from(body.expose_secret().to_owned()));
        let status = row.status.and_then(|status| u16::try_from(status).ok());
        *answer.status_mut() = status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::OK);
        let headers = row.headers.as_deref().unwrap_or("{}");
        let headers: BTreeMap<String, String> = serde_json::from_str(headers).unwrap_or_default();
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                answer.headers_mut().insert(name, value);
            }
        }
        let yes = HeaderValue::from_static("true");
        answer.headers_mut().insert(REPLAYED, yes);
        Ok(answer)
    }

    /// Keeps an answer; a failure of ours, or a refusal that may end, is forgotten.
    async fn keep(&self, answer: Response) -> Result<Response, WebError> {
        let db = self.scope.db();
        if !answer.status().is_success() {
            idempotency::forget(db, &self.caller, &self.key).await?;
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, LONGEST_ANSWER).await;
        let body = body.map_err(|error| WebError::Internal(error.to_string()))?;
        let text = SecretString::from(String::from_utf8_lossy(&body).into_owned());
        let vault = self.state.platform.directory().vault();
        let sealed = vault.seal(self.scope.tenant().id, &self.name(), &text);
        let sealed = sealed.map_err(|error| WebError::Internal(error.to_string()))?;
        let (status, headers) = (parts.status.as_u16().into(), kept(&parts.headers));
        idempotency::keep(db, (&self.caller, &self.key), status, &headers, &sealed).await?;
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    fn name(&self) -> String {
        format!("idempotency/{}/{}", self.caller, self.key)
    }
}

fn kept(headers: &HeaderMap) -> String {
    let kept: BTreeMap<&str, &str> = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((name.as_str(), headers.get(name)?.to_str().ok()?)))
        .collect();
    serde_json::to_string(&kept).unwrap_or_default()
}
