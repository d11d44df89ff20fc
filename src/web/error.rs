//! What a visitor or a program can meet: the only map from a failure to a status and a text.
//!
//! A handler returns [`WebError`]; the layer of its part of the site turns it into
//! a page (`faces::as_page`) or into problem+json (`faces::as_problem`, RFC 9457).
//!
//! Invariant: the text of a 5xx stays in the log; the visitor gets a number to quote.

use crate::domain::CommandState;
use crate::ingest::http::WriteReport;
use crate::store::StoreError;
use crate::telemetry::EngineError;
use crate::tenancy::Reason;
use crate::tenancy::change::{FieldFault, Refused};
use crate::tenancy::manifest::ApplyError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The host names no client.
    #[error("no client has this host")]
    UnknownHost,
    /// What should be taken back is done, or on its way.
    #[error("it is {0} and cannot be taken back")]
    TooLate(CommandState),
    /// The client is suspended.
    #[error("the client is suspended")]
    Suspended,
    /// Nobody is signed in; a browser is led to the sign-in page.
    #[error("nobody is signed in")]
    SignedOut,
    /// What was shown to sign in is not right.
    #[error("{0}")]
    WrongCredentials(&'static str),
    /// The key or the role does not allow this.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// There is no such thing here.
    #[error("not found")]
    NotFound,
    /// A part of the request is not what it should be.
    #[error("{field}: {detail}")]
    Invalid {
        /// Which part.
        field: &'static str,
        /// What is wrong with it and what is allowed.
        detail: String,
    },
    /// Fields of a change are wrong; nothing was changed.
    #[error("fields that are wrong: {}", .0.len())]
    Faults(Vec<FieldFault>),
    /// Somebody else changed it since the caller looked.
    #[error("somebody else changed it meanwhile: look again, then repeat your change")]
    Changed,
    /// A change that does not say what it changes.
    #[error("say with If-Match which version you change: the ETag of what you looked at, or *")]
    Unconditional,
    /// Other things stand on what should go.
    #[error("other things still stand on it; move or remove them first")]
    InUse,
    /// The client has as many as they may.
    #[error("the quota of {most} {what} is used up")]
    Quota {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: i64,
    },
    /// The key of a repeated request was used for another one.
    #[error("this Idempotency-Key was used for another request")]
    OtherRequest,
    /// The first request with this key is not answered yet.
    #[error("the first request with this Idempotency-Key is not answered yet")]
    InProgress,
    /// The address is not in the allow-list of the client.
    #[error("this client lets nobody in from your address")]
    AddressRefused,
    /// Some values were refused; the others are stored.
    #[error("{} values were refused, {} are stored", .0.refused, .0.stored)]
    PartlyRefused(WriteReport),
    /// There is such a thing, but not for this method.
    #[error("this method is not allowed here")]
    MethodNotAllowed,
    /// The body is packed in a way nobody here unpacks.
    #[error("the content encoding of the body is not known: send it plain or as gzip")]
    UnknownEncoding,
    /// The body is not of a type that is taken here.
    #[error("the body must be application/json")]
    UnknownType,
    /// The body is larger than allowed.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// Too many tries or requests; the same may work after so many seconds.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The database or the disk does not answer; nothing is known to be stored.
    #[error("not available: {0}")]
    Unavailable(String),
    /// A defect of ours.
    #[error("{0}")]
    Internal(String),
}

impl WebError {
    /// The status it is answered with.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::UnknownHost | Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut | Self::WrongCredentials(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::AddressRefused => StatusCode::FORBIDDEN,
            Self::Faults(_) | Self::OtherRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::Unconditional => StatusCode::PRECONDITION_REQUIRED,
            Self::InUse | Self::Quota { .. } | Self::InProgress | Self::TooLate(_) => {
                StatusCode::CONFLICT
            }
            Self::Invalid { .. } | Self::PartlyRefused(_) => StatusCode::BAD_REQUEST,
            Self::UnknownEncoding | Self::UnknownType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Suspended | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Stable name: the `code` of the problem and the messages of the page.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownHost => "unknown-host",
            Self::Suspended => "suspended",
            Self::SignedOut => "signed-out",
            Self::WrongCredentials(_) => "wrong-credentials",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound => "not-found",
            Self::Invalid { .. } => "invalid",
            Self::Faults(_) => "faults",
            Self::Changed => "changed",
            Self::Unconditional => "unconditional",
            Self::InUse => "in-use",
            Self::TooLate(_) => "too-late",
            Self::Quota { .. } => "quota",
            Self::OtherRequest => "other-request",
            Self::InProgress => "in-progress",
            Self::AddressRefused => "address-refused",
            Self::UnknownType => "unknown-type",
            Self::PartlyRefused(_) => "partly-refused",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::UnknownEncoding => "unknown-encoding",
            Self::TooLarge(_) => "too-large",
            Self::TooMany { .. } => "too-many",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Seconds after which the same may work.
    pub const fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::Unavailable(_) => Some(5),
            Self::Suspended => Some(3_600),
            _ => None,
        }
    }

    /// A closed portal is as people decided, a database that is away is for its operator,
    /// the rest is a defect.
    fn log(&self) {
        match self {
            Self::Internal(_) => tracing::error!(error = %self, "request failed"),
            Self::Unavailable(_) => tracing::warn!(error = %self, "request not answered"),
            _ => {}
        }
    }

    /// A part of the request that is wrong.
    pub fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            detail: detail.into(),
        }
    }

    /// One field of a body that is wrong: `pointer` is a JSON pointer.
    pub fn fault(pointer: impl Into<String>, reason: Reason) -> Self {
        Self::Faults(vec![FieldFault {
            wish: 0,
            pointer: pointer.into(),
            reason,
        }])
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            Self::Unavailable(error.to_string())
        } else {
            Self::Internal(error.to_string())
        }
    }
}

impl From<Refused> for WebError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Faults(faults) => Self::Faults(faults),
            Refused::Gone { .. } => Self::NotFound,
            Refused::Changed { .. } => Self::Changed,
            Refused::InUse => Self::InUse,
            Refused::Quota { what, most } => Self::Quota { what, most },
            Refused::Busy => Self::Unavailable(refused.to_string()),
            Refused::Store(error) => error.into(),
            Refused::Apply(ApplyError::Store { source, .. }) => source.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<EngineError> for WebError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Closed | EngineError::Fenced => Self::Unavailable(error.to_string()),
            error if error.is_transient() => Self::Unavailable(error.to_string()),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl IntoResponse for WebError {
    /// The bare status; the failure travels along for the layer that gives it a face.
    fn into_response(self) -> Response {
        self.log();
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after_s() {
            response
                .headers_mut()
                .insert(axum::http::header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_asks_to_come_back_and_a_defect_does_not() {
        let full = WebError::from(EngineError::Full("disk".to_owned()));
        assert_eq!(
            (full.status(), full.retry_after_s()),
            (StatusCode::SERVICE_UNAVAILABLE, Some(5))
        );
        let defect = WebError::from(EngineError::Corrupt("crc".to_owned()));
        assert_eq!(
            (defect.status(), defect.retry_after_s()),
            (StatusCode::INTERNAL_SERVER_ERROR, None)
        );
    }
}
