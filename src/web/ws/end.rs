//! Why a socket ends, and what it is told.

use super::permission::Lost;
use axum::extract::ws::close_code;

/// Why a session ends.
#[derive(Debug)]
pub(super) enum End {
    Gone,
    Stopped,
    Silent,
    SignedOut,
    Closed,
    Slow,
    Nonsense(String),
    TooLarge,
    Failed(String),
}

impl End {
    /// Name for counting, close code, words.
    pub(super) fn farewell(&self) -> (&'static str, u16, &str) {
        match self {
            Self::Gone => ("gone", close_code::NORMAL, ""),
            Self::Stopped => (
                "stopped",
                close_code::AWAY,
                "the server stops; connect again",
            ),
            Self::Silent => ("silent", close_code::POLICY, "no pong"),
            Self::SignedOut => ("signed_out", close_code::POLICY, "signed out"),
            Self::Closed => (
                "closed",
                close_code::AWAY,
                "the portal closes; connect again",
            ),
            Self::Slow => ("slow", close_code::AGAIN, "too slow; connect again"),
            Self::Nonsense(what) => ("nonsense", close_code::POLICY, what),
            Self::TooLarge => ("too_large", close_code::SIZE, "a message above 512 KiB"),
            Self::Failed(_) => ("failed", close_code::ERROR, "try again"),
        }
    }
}

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Right => Self::SignedOut,
            Lost::Portal => Self::Closed,
        }
    }
}

/// Why nothing more can be read.
pub(super) fn broken(error: axum::Error) -> End {
    match error
        .into_inner()
        .downcast::<tungstenite::Error>()
        .as_deref()
    {
        Ok(tungstenite::Error::Capacity(_)) => End::TooLarge,
        _ => End::Gone,
    }
}
