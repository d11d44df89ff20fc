//! Faults of devices in words, and what can be done about them.

use bacnet_types::enums::{AbortReason, ErrorCode, RejectReason};
use bacnet_types::error::{Error, RemoteError};

/// What a failed request says about the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It did not answer.
    Silent,
    /// The answer did not fit: ask for less.
    TooLarge,
    /// It does not know this service.
    NoService,
    /// It keeps no more subscriptions.
    NoRoom,
    /// It said no, or something that cannot be read.
    Refused,
}

/// Tells the troubles apart.
pub(crate) fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Timeout(_) | Error::Transport(_) => Trouble::Silent,
        Error::Segmentation(_) | Error::RoutedPathTooLong { .. } | Error::SendTooLong { .. } => {
            Trouble::TooLarge
        }
        Error::Remote(RemoteError::Abort { reason }) => of_abort(*reason),
        Error::Remote(RemoteError::Reject { reason }) => of_reject(*reason),
        Error::Remote(RemoteError::Error { code, .. }) | Error::Structured { code, .. } => {
            of_code(*code)
        }
        _ => Trouble::Refused,
    }
}

fn of_abort(reason: AbortReason) -> Trouble {
    match reason {
        AbortReason::BUFFER_OVERFLOW
        | AbortReason::SEGMENTATION_NOT_SUPPORTED
        | AbortReason::OUT_OF_RESOURCES
        | AbortReason::APDU_TOO_LONG => Trouble::TooLarge,
        AbortReason::TSM_TIMEOUT | AbortReason::APPLICATION_EXCEEDED_REPLY_TIME => Trouble::Silent,
        _ => Trouble::Refused,
    }
}

fn of_reject(reason: RejectReason) -> Trouble {
    match reason {
        RejectReason::BUFFER_OVERFLOW | RejectReason::TOO_MANY_ARGUMENTS => Trouble::TooLarge,
        RejectReason::UNRECOGNIZED_SERVICE => Trouble::NoService,
        _ => Trouble::Refused,
    }
}

fn of_code(code: ErrorCode) -> Trouble {
    match code {
        ErrorCode::NO_SPACE_TO_ADD_LIST_ELEMENT | ErrorCode::NO_SPACE_FOR_OBJECT => Trouble::NoRoom,
        ErrorCode::SERVICE_REQUEST_DENIED | ErrorCode::OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED => {
            Trouble::NoService
        }
        _ => Trouble::Refused,
    }
}

/// One sentence for a person.
pub(crate) fn sentence(error: &Error) -> String {
    match error {
        Error::Timeout(waited) => format!("no answer within {} ms", waited.as_millis()),
        // Ours, not the system's: it says by itself what is refused.
        Error::Transport(error) if error.raw_os_error().is_none() => error.to_string(),
        Error::Transport(error) => format!("the network refused: {error}"),
        Error::Remote(RemoteError::Abort { reason }) => match reason.name() {
            Some(name) => format!("the device gave up: {}", spoken(name)),
            None => format!("the device gave up for its reason {}", reason.to_raw()),
        },
        Error::Remote(RemoteError::Reject { reason }) => match reason.name() {
            Some(name) => format!("the device did not understand: {}", spoken(name)),
            None => format!("the device rejected it for its reason {}", reason.to_raw()),
        },
        Error::Remote(RemoteError::Error { code, .. }) | Error::Structured { code, .. } => {
            fault(*code)
        }
        other => other.to_string(),
    }
}

/// An error code in words.
pub(crate) fn fault(code: ErrorCode) -> String {
    match code.name() {
        Some(name) => format!("the device says: {}", spoken(name)),
        None => format!("the device says: error {}", code.to_raw()),
    }
}

fn spoken(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn faults_are_told_apart_and_said_in_words() {
        let abort = Error::Remote(RemoteError::Abort {
            reason: AbortReason::SEGMENTATION_NOT_SUPPORTED,
        });
        assert_eq!(trouble(&abort), Trouble::TooLarge);
        assert_eq!(
            sentence(&abort),
            "the device gave up: segmentation not supported"
        );
        let silent = Error::Timeout(Duration::from_secs(3));
        assert_eq!(trouble(&silent), Trouble::Silent);
        assert_eq!(sentence(&silent), "no answer within 3000 ms");
        assert_eq!(
            fault(ErrorCode::UNKNOWN_OBJECT),
            "the device says: unknown object"
        );
    }
}
