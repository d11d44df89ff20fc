//! Why a value is refused: the same reasons for manifests, the API and pages.
//!
//! `Display` is the English sentence of manifests and of the API; [`Reason::code`] and
//! [`Reason::arguments`] are what a page says it with in the language of its reader.

use crate::domain::{KEY_RULE, PointKind};
use std::fmt::Display;

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It must be given.
    #[error("is missing")]
    Missing,
    /// It must say something.
    #[error("must not be empty")]
    Empty,
    /// It is too long.
    #[error("must not be longer than {most} characters")]
    TooLong {
        /// Characters that are allowed.
        most: usize,
    },
    /// Too many things at once.
    #[error("must not hold more than {most}")]
    TooMany {
        /// How many are allowed.
        most: usize,
    },
    /// It has characters that cannot be seen.
    #[error("must not hold control characters or characters that cannot be seen")]
    Invisible,
    /// It is of another kind: a number for a text.
    #[error("{detail}")]
    Shape {
        /// What was found and what was expected.
        detail: String,
    },
    /// It is not one of the words that are allowed.
    #[error("`{word}` is not one of {allowed}")]
    NotOneOf {
        /// What was given.
        word: String,
        /// What may be given.
        allowed: String,
    },
    /// It cannot be a key.
    #[error("{KEY_RULE}")]
    Key,
    /// Another thing has this key.
    #[error("{noun} `{key}` is there already")]
    Taken {
        /// What kind of thing.
        noun: String,
        /// Its key.
        key: String,
    },
    /// What it names is not there.
    #[error("there is no {noun} `{key}`")]
    Unknown {
        /// What kind of thing.
        noun: String,
        /// What was named.
        key: String,
    },
    /// It would lie in itself.
    #[error("{noun} lies in itself: `{way}`")]
    Circle {
        /// What kind of thing.
        noun: String,
        /// The way round.
        way: String,
    },
    /// No such time zone.
    #[error("there is no time zone `{zone}`{hint} (allowed: IANA names like Europe/Paris)")]
    TimeZone {
        /// What was given.
        zone: String,
        /// A close one, in words; or nothing.
        hint: String,
    },
    /// No such unit.
    #[error("unknown unit `{unit}`{hint} (allowed: {allowed})")]
    Unit {
        /// What was given.
        unit: String,
        /// A close one, in words; or nothing.
        hint: String,
        /// All of them.
        allowed: String,
    },
    /// Not a picture that browsers show safely.
    #[error("wants a picture as PNG, JPEG or WebP")]
    Picture,
    /// Not a colour.
    #[error("wants a colour like #1e5b46")]
    Colour,
    /// White text on this colour cannot be read.
    #[error("white text on it has a contrast of {ratio}, readable is 4.5 (WCAG 2.2, 1.4.3)")]
    Contrast {
        /// The contrast it has.
        ratio: String,
    },
    /// Not an e-mail address.
    #[error("wants an e-mail address like name@example.com")]
    Email,
    /// Degrees out of range.
    #[error("wants degrees from -{most} to {most}")]
    Degrees {
        /// The greatest.
        most: i64,
    },
    /// A latitude without a longitude, or the other way round.
    #[error("latitude and longitude are given together or not at all")]
    HalfPosition,
    /// Not in a range of whole numbers.
    #[error("wants a whole number from {least} to {most}")]
    Range {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// The lower limit is above the upper.
    #[error("wants the lower limit first")]
    Limits,
    /// Only numbers have units.
    #[error("a point of kind {0} has no unit")]
    UnitOf(PointKind),
    /// A point of kind state without states.
    #[error("a point of kind state wants states, like {{ FREE = 0, OCCUPIED = 1 }}")]
    StatesMissing,
    /// States of a point that is no state.
    #[error("only a point of kind state has states")]
    StatesOfOther,
    /// Only numbers have a range.
    #[error("only a number has a range")]
    RangeOfOther,
    /// The same state twice.
    #[error("state `{word}` is there already; case does not matter")]
    StateTwice {
        /// The word.
        word: String,
    },
    /// A point of the type cannot go or be renamed by itself.
    #[error("is a point of type `{kind}`; change the type")]
    OfType {
        /// Key of the type.
        kind: String,
    },
    /// A secret that would be read from the server's environment or files.
    #[error("a secret is given as its text here; references are for manifests")]
    SecretByReference,
    /// A file of the server.
    #[error("names a file of the server; only a manifest may")]
    ServerFile,
    /// A secret that was kept although where it goes changed.
    #[error("give this secret again: where the connection leads has changed")]
    SecretAgain,
    /// A secret that should be kept and is not there.
    #[error("there is no stored secret to keep")]
    SecretAbsent,
    /// What the connector says of its configuration, in English.
    #[error("{message}")]
    Config {
        /// What is wrong and what is allowed.
        message: String,
    },
    /// A password that is too short to be one.
    #[error("must have at least {least} characters")]
    TooShort {
        /// Characters that are needed.
        least: usize,
    },
    /// Nobody would be left to administer the client.
    #[error("this is the last administrator who can sign in")]
    LastAdmin,
    /// A program wants to make, change or remove an administrator.
    #[error("only an administrator makes, changes or removes an administrator")]
    AdminsOnly,
    /// Not an address or a network.
    #[error("wants an address or a network like 192.0.2.0/24 or 2001:db8::/32")]
    Network,
    /// The list would lock out who writes it.
    #[error("your own address {address} is not in this list; you would lock yourself out")]
    LocksOut {
        /// Where the request came from.
        address: String,
    },
    /// A key may do no more than who makes it.
    #[error("may do no more than you may")]
    Beyond,
    /// A point without a policy.
    #[error("this point is only read")]
    ReadOnly,
    /// The policy of the point wants who asks to say that they mean it.
    #[error("this command must be confirmed: say `confirm: true`")]
    Unconfirmed,
    /// What the policy of a point does not allow, in English.
    #[error("{message}")]
    Command {
        /// What is allowed.
        message: String,
    },
    /// Not an instant.
    #[error("wants an instant like 2026-11-20T14:32:00Z")]
    Instant,
    /// An instant that is over.
    #[error("must lie in the future")]
    Past,
}

impl Reason {
    /// A stable word for programs and for the messages of pages.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::TooLong { .. } => "too-long",
            Self::TooMany { .. } => "too-many",
            Self::Invisible => "invisible",
            Self::Shape { .. } => "shape",
            Self::NotOneOf { .. } => "not-one-of",
            Self::Key => "key",
            Self::Taken { .. } => "taken",
            Self::Unknown { .. } => "unknown",
            Self::Circle { .. } => "circle",
            Self::TimeZone { .. } => "time-zone",
            Self::Unit { .. } => "unit",
            Self::Picture => "picture",
            Self::Colour => "colour",
            Self::Contrast { .. } => "contrast",
            Self::Email => "email",
            Self::Degrees { .. } => "degrees",
            Self::HalfPosition => "half-position",
            Self::Range { .. } => "range",
            Self::Limits => "limits",
            Self::UnitOf(_) => "unit-of",
            Self::StatesMissing => "states-missing",
            Self::StatesOfOther => "states-of-other",
            Self::RangeOfOther => "range-of-other",
            Self::StateTwice { .. } => "state-twice",
            Self::OfType { .. } => "of-type",
            Self::SecretByReference => "secret-by-reference",
            Self::ServerFile => "server-file",
            Self::SecretAgain => "secret-again",
            Self::SecretAbsent => "secret-absent",
            Self::Config { .. } => "config",
            Self::TooShort { .. } => "too-short",
            Self::LastAdmin => "last-admin",
            Self::AdminsOnly => "admins-only",
            Self::Network => "network",
            Self::LocksOut { .. } => "locks-out",
            Self::Beyond => "beyond",
            Self::ReadOnly => "read-only",
            Self::Unconfirmed => "unconfirmed",
            Self::Command { .. } => "command",
            Self::Instant => "instant",
            Self::Past => "past",
        }
    }

    /// What the message of this code speaks of, by name.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let one = |name, value: &dyn Display| vec![(name, value.to_string())];
        match self {
            Self::TooLong { most } | Self::TooMany { most } => one("most", most),
            Self::Degrees { most } => one("most", most),
            Self::TooShort { least } => one("least", least),
            Self::Shape { detail } => one("detail", detail),
            Self::Config { message } | Self::Command { message } => one("detail", message),
            Self::UnitOf(kind) => one("kind", kind),
            Self::OfType { kind } => one("kind", kind),
            Self::StateTwice { word } => one("word", word),
            Self::Contrast { ratio } => one("ratio", ratio),
            Self::LocksOut { address } => one("address", address),
            Self::TimeZone { zone, hint: _ } => one("zone", zone),
            Self::Unit { unit, .. } => one("unit", unit),
            Self::NotOneOf { word, allowed } => {
                vec![("word", word.clone()), ("allowed", allowed.clone())]
            }
            Self::Taken { noun, key } | Self::Unknown { noun, key } => {
                vec![("noun", noun.clone()), ("key", key.clone())]
            }
            Self::Circle { noun, way } => vec![("noun", noun.clone()), ("way", way.clone())],
            Self::Range { least, most } => {
                vec![("least", least.to_string()), ("most", most.to_string())]
            }
            _ => Vec::new(),
        }
    }
}
