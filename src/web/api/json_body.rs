//! The JSON body of a change.

use crate::tenancy::Reason;
use crate::tenancy::change::understood;
use crate::web::WebError;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest body of a change.
pub const LONGEST_CHANGE: usize = 1024 * 1024;

/// A JSON object or array; what it says is looked at by whom it is for.
pub struct JsonBody(pub Value);

impl JsonBody {
    /// What it says, or which of its fields has the wrong shape.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, WebError> {
        understood(&self.0).map_err(|(pointer, reason)| WebError::fault(pointer, reason))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        if !is_json(&request) {
            return Err(WebError::UnknownType);
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| match error.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge(LONGEST_CHANGE),
            _ => WebError::invalid("body", "cannot be read"),
        })?;
        let body = serde_json::from_slice(&bytes);
        let body = body.map_err(|error| WebError::invalid("body", error.to_string()))?;
        match nul_in(&body) {
            Some(pointer) => Err(WebError::fault(pointer, Reason::Invisible)),
            None => Ok(Self(body)),
        }
    }
}

/// Where a text holds the one character no text of a database may: a JSON pointer.
fn nul_in(body: &Value) -> Option<String> {
    match body {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            let mut found = items.iter().enumerate();
            found.find_map(|(at, item)| Some(format!("/{at}{}", nul_in(item)?)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let inner = if name.contains('\0') {
                Some(String::new())
            } else {
                nul_in(value)
            };
            let name = name.replace('~', "~0").replace('/', "~1");
            Some(format!("/{name}{}", inner?))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// `application/json` and what ends in `+json`, like merge patches.
fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::nul_in;
    use serde_json::json;

    #[test]
    fn a_nul_is_found_wherever_it_hides() {
        let body = json!({ "name": "a", "tiles": [{ "text": "b" }, { "text": "c\u{0}" }] });
        assert_eq!(nul_in(&body).as_deref(), Some("/tiles/1/text"));
        assert_eq!(nul_in(&json!({ "a\u{0}": 1 })).as_deref(), Some("/a\u{0}"));
        assert_eq!(nul_in(&json!({ "a": ["b", 1, null, true] })), None);
    }
}
