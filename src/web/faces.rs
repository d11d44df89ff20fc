//! The face of a failure: a page for people, problem+json for programs.

use super::AppState;
use super::error::WebError;
use super::extract::Language;
use super::pages;
use super::request_log;
use super::shell::Shell;
use super::words::Words;
use crate::runtime::Portal;
use crate::tenancy::change::FieldFault;
use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;
use std::sync::Arc;
use tower_http::csrf::ProtectionError;

/// RFC 9457, 3.
const PROBLEM_JSON: &str = "application/problem+json";

/// The page of a failure.
#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub(super) shell: Shell,
    pub(super) status_line: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) actions: Vec<pages::Link>,
    pub(super) request_id: String,
}

/// Gives failures of the pages their face.
pub async fn as_page(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = failure(&response) else {
        return response;
    };
    if matches!(*error, WebError::UnknownHost)
        && let Some(page) = pages::landing(&state, &asked)
    {
        return page.unwrap_or_else(IntoResponse::into_response);
    }
    if matches!(*error, WebError::SignedOut) {
        return to_sign_in(&asked);
    }
    let page = ErrorPage::of(&state, &asked, &error);
    let html = page.render().unwrap_or_default();
    let mut faced = (
        error.status(),
        [(header::CACHE_CONTROL, "no-store")],
        Html(html),
    )
        .into_response();
    keep(&response, &mut faced);
    faced
}

/// Gives failures of the API their face.
pub async fn as_problem(request: Request, next: Next) -> Response {
    let id = request_log::id(request.headers());
    let response = next.run(request).await;
    let Some(error) = failure(&response) else {
        return response;
    };
    let mut problem = json!({
        "type": "about:blank",
        "code": error.name(),
        "title": title(error.status()),
        "status": error.status().as_u16(),
        "detail": detail(&error),
        "instance": id,
    });
    match &*error {
        WebError::Invalid { field, .. } => problem["field"] = json!(field),
        WebError::Faults(faults) => {
            let fault = |fault: &FieldFault| {
                json!({
                    "item": fault.wish,
                    "pointer": fault.pointer,
                    "code": fault.reason.code(),
                    "detail": fault.reason.to_string(),
                })
            };
            problem["errors"] = faults.iter().map(fault).collect();
        }
        WebError::PartlyRefused(report) => {
            problem["stored"] = json!(report.stored);
            problem["refused"] = json!(report.refused);
            problem["reasons"] = report.reasons.iter().collect();
            problem["more"] = json!(report.refused as usize - report.faults.len());
            problem["errors"] = report
                .faults
                .iter()
                .map(|fault| json!({ "place": fault.place, "reason": fault.reason, "message": fault.message }))
                .collect();
        }
        _ => {}
    }
    let mut faced = (error.status(), Json(problem)).into_response();
    faced
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    keep(&response, &mut faced);
    if error.status() == StatusCode::UNAUTHORIZED {
        faced
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    faced
}

fn failure(response: &Response) -> Option<Arc<WebError>> {
    let extensions = response.extensions();
    if extensions.get::<ProtectionError>().is_some() {
        return Some(Arc::new(WebError::Forbidden(
            "the form was sent by another site",
        )));
    }
    // The layer that unpacks bodies knows a status only.
    let is_unknown = response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let unknown = || is_unknown.then(|| Arc::new(WebError::UnknownEncoding));
    extensions.get::<Arc<WebError>>().cloned().or_else(unknown)
}

/// Headers that belong to a failure with any face.
fn keep(from: &Response, to: &mut Response) {
    for name in [header::RETRY_AFTER, header::ACCEPT_ENCODING] {
        if let Some(value) = from.headers().get(&name) {
            to.headers_mut().insert(name, value.clone());
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

/// What a program is told; of a 5xx only that it may try again.
fn detail(error: &WebError) -> String {
    match error {
        WebError::Internal(_) => {
            "the request could not be handled; it was logged under this instance".to_owned()
        }
        WebError::Unavailable(_) => {
            "not available now; nothing of this request is known to be stored".to_owned()
        }
        other => other.to_string(),
    }
}

/// A page one can only see signed in leads to the sign-in page and back.
fn to_sign_in(asked: &axum::http::request::Parts) -> Response {
    let path = asked.uri.path_and_query().map_or("/", |path| path.as_str());
    if asked.method != Method::GET || path == "/" {
        return see_sign_in(asked, "/sign-in".to_owned());
    }
    see_sign_in(asked, format!("/sign-in?next={}", pages::encode(path)))
}

/// htmx follows a redirect inside the page; it is told to leave it instead.
fn see_sign_in(asked: &axum::http::request::Parts, to: String) -> Response {
    if asked.headers.contains_key("hx-request") {
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", to)]).into_response();
    }
    Redirect::to(&to).into_response()
}

impl ErrorPage {
    /// The page of `error` in the language of who asked; names the client only where there is one.
    pub(super) fn of(
        state: &AppState,
        asked: &axum::http::request::Parts,
        error: &WebError,
    ) -> Self {
        let language = Language::of(&asked.headers);
        let portal = super::extract::host_of(asked).map(|host| state.platform.by_host(host));
        let (client, locale) = match &portal {
            Some(Portal::Open(client)) => {
                (client.tenant().name.clone(), client.tenant().locale.clone())
            }
            _ => (String::new(), "en".to_owned()),
        };
        let words = Words::of(language.resolve(None, &locale));
        let shell = Shell::bare(words, language.theme, &client, "/", state.clock.now());
        Self::in_words(shell, error, request_log::id(&asked.headers))
    }

    pub fn in_words(shell: Shell, error: &WebError, request_id: String) -> Self {
        let words = shell.words;
        let status = error.status().as_u16().to_string();
        let name = face_name(error);
        let detail = match error {
            WebError::Invalid { .. } => error.to_string(),
            _ => String::new(),
        };
        let mut actions = Vec::new();
        if !shell.client.is_empty() {
            actions.push(pages::Link::new("/", words.get("error-home")));
        }
        Self {
            status_line: words.with("error-line", &[("status", &status)]),
            title: words.get(&format!("error-{name}-title")),
            text: words.with(&format!("error-{name}-text"), &[("detail", &detail)]),
            request_id: match error {
                WebError::Internal(_) | WebError::Unavailable(_) => request_id,
                _ => String::new(),
            },
            actions,
            shell,
        }
    }
}

/// Failures with a text of their own; the others share one.
const fn face_name(error: &WebError) -> &'static str {
    match error {
        WebError::SignedOut | WebError::WrongCredentials(_) | WebError::AddressRefused => {
            "forbidden"
        }
        WebError::MethodNotAllowed
        | WebError::PartlyRefused(_)
        | WebError::Faults(_)
        | WebError::Changed
        | WebError::Unconditional
        | WebError::InUse
        | WebError::Quota { .. }
        | WebError::OtherRequest
        | WebError::InProgress
        | WebError::TooLate(_)
        | WebError::UnknownEncoding
        | WebError::UnknownType
        | WebError::TooLarge(_) => "invalid",
        other => other.name(),
    }
}
