//! What is still missing between a right password and an open portal.

use super::kind::UnknownWord;

/// A step of a sign-in. A session that still has one opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInStep {
    /// A code or a passkey is to be shown.
    SecondFactor,
    /// The client wants a second factor of this role, and there is none yet.
    Enrol,
    /// The password is to be replaced.
    NewPassword,
}

impl SignInStep {
    const ALL: [Self; 3] = [Self::SecondFactor, Self::Enrol, Self::NewPassword];

    /// The word of the databases and of addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second-factor",
            Self::Enrol => "enrol",
            Self::NewPassword => "new-password",
        }
    }
}

impl std::str::FromStr for SignInStep {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|step| step.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "second-factor, enrol, new-password",
            })
    }
}
