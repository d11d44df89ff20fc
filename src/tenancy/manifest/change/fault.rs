//! What is wrong with a wish, and why nothing was changed.

use crate::store::StoreError;
use crate::tenancy::Reason;
use crate::tenancy::TenancyError;
use crate::tenancy::manifest::ApplyError;

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Of which wish, from 0.
    pub wish: usize,
    /// JSON pointer (RFC 6901) into what was wished; empty for all of it.
    pub pointer: String,
    /// Why it is refused.
    pub reason: Reason,
}

impl FieldFault {
    /// The name of the field a form shows this at: the first step of the pointer.
    pub fn field(&self) -> &str {
        self.pointer
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Fields are wrong; all of them.
    #[error("fields that are wrong: {}", .0.len())]
    Faults(Vec<FieldFault>),
    /// What wish `wish` is about is not there, or no longer.
    #[error("what is to be changed is not there")]
    Gone {
        /// Which wish, from 0.
        wish: usize,
    },
    /// Somebody else changed it since it was looked at.
    #[error("somebody else changed it meanwhile")]
    Changed {
        /// Which wish, from 0.
        wish: usize,
    },
    /// Something still stands on what should go.
    #[error("other things still stand on it")]
    InUse,
    /// The client has as many of these as they may.
    #[error("the client may have at most {most} {what}")]
    Quota {
        /// Of what: `users`, `devices`, `points`.
        what: &'static str,
        /// How many.
        most: i64,
    },
    /// Others change the model all the time; the same may work later.
    #[error("others are changing the model; try again")]
    Busy,
    /// A statement failed.
    #[error(transparent)]
    Store(StoreError),
    /// The writer failed.
    #[error(transparent)]
    Apply(ApplyError),
    /// The client could not be read.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Referenced(_) => Self::InUse,
            error => Self::Store(error),
        }
    }
}

impl From<ApplyError> for Refused {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Stale(_) => Self::Busy,
            ApplyError::Store { source, what: _ } if source.is_referenced() => Self::InUse,
            error => Self::Apply(error),
        }
    }
}

/// Collects the faults of one wish.
#[derive(Debug)]
pub(super) struct Faults {
    wish: usize,
    found: Vec<FieldFault>,
    /// Pointers to what could not be read: nothing more is said of them.
    unread: Vec<String>,
}

impl Faults {
    pub(super) const fn of(wish: usize) -> Self {
        Self {
            wish,
            found: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Says that a field is wrong, unless it could not even be read.
    pub(super) fn push(&mut self, pointer: impl Into<String>, reason: Reason) {
        let pointer = pointer.into();
        let is_unread = |unread: &String| lies_in(&pointer, unread) || lies_in(unread, &pointer);
        if !pointer.is_empty() && self.unread.iter().any(is_unread) {
            return;
        }
        self.found.push(FieldFault {
            wish: self.wish,
            pointer,
            reason,
        });
    }

    /// Says that a field cannot be read; the rules are not asked about its value.
    pub(super) fn unreadable(&mut self, pointer: String, field: String, reason: Reason) {
        self.push(pointer, reason);
        self.unread.push(field);
    }

    /// The value, or its default and a fault.
    pub(super) fn take<T: Default>(&mut self, pointer: &str, value: Result<T, Reason>) -> T {
        value.unwrap_or_else(|reason| {
            self.push(pointer, reason);
            T::default()
        })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_found(self) -> Vec<FieldFault> {
        self.found
    }
}

/// Whether a pointer leads to what another leads to, or further into it.
fn lies_in(inner: &str, outer: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_more_is_said_of_what_cannot_be_read() {
        let mut faults = Faults::of(0);
        faults.unreadable("/states/x".to_owned(), "/states/x".to_owned(), Reason::Key);
        for pointer in ["/states", "/states/x", "/states/x/y"] {
            faults.push(pointer, Reason::Empty);
        }
        for pointer in ["/states/xy", "/name", ""] {
            faults.push(pointer, Reason::Empty);
        }
        let told = faults.into_found().into_iter().map(|fault| fault.pointer);
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["/states/x", "/states/xy", "/name", ""]
        );
    }
}
