//! What somebody wants to be changed, as plain values.

use super::version::Version;
use crate::tenancy::manifest::Noun;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What a wish is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A place.
    Site,
    /// A template.
    Type,
    /// A thing that is measured.
    Equipment,
    /// A quantity of an equipment.
    Point,
    /// A protocol session.
    Connection,
    /// A credential of the built-in MQTT endpoint.
    Device,
    /// A person.
    User,
}

impl Thing {
    /// The noun of manifests a wish about this changes; that of a point is its equipment.
    pub(super) const fn noun(self) -> Noun {
        match self {
            Self::Site => Noun::Site,
            Self::Type => Noun::Type,
            Self::Equipment | Self::Point => Noun::Equipment,
            Self::Connection => Noun::Connection,
            Self::Device => Noun::Device,
            Self::User => Noun::User,
        }
    }
}

/// What is wanted of one thing.
#[derive(Debug, Clone)]
pub enum Act {
    /// It is made.
    Create(Value),
    /// Everything people decide about it becomes this; what is left out has its usual value.
    Replace {
        /// Which.
        id: i64,
        /// What it becomes.
        with: Value,
        /// What it was when it was looked at; another by now refuses the wish.
        seen: Option<Version>,
    },
    /// What is given changes, `null` takes away, the rest stays (RFC 7396).
    Patch {
        /// Which.
        id: i64,
        /// What of it becomes what.
        with: Value,
        /// What it was when it was looked at.
        seen: Option<Version>,
    },
    /// A device gets another secret, which is shown once.
    Rotate {
        /// Which.
        id: i64,
        /// What it was when it was looked at.
        seen: Option<Version>,
    },
    /// It goes.
    Remove {
        /// Which.
        id: i64,
        /// What it was when it was looked at.
        seen: Option<Version>,
    },
}

impl Act {
    /// What it says, for acts that say something.
    pub const fn body(&self) -> Option<&Value> {
        match self {
            Self::Create(body)
            | Self::Replace { with: body, .. }
            | Self::Patch { with: body, .. } => Some(body),
            Self::Rotate { .. } | Self::Remove { .. } => None,
        }
    }

    /// What it is about, if that is there already.
    pub const fn id(&self) -> Option<i64> {
        match self {
            Self::Create(_) => None,
            Self::Replace { id, .. }
            | Self::Patch { id, .. }
            | Self::Rotate { id, .. }
            | Self::Remove { id, .. } => Some(*id),
        }
    }

    /// What it was when it was looked at.
    pub(super) const fn seen(&self) -> Option<&Version> {
        match self {
            Self::Create(_) => None,
            Self::Replace { seen, .. }
            | Self::Patch { seen, .. }
            | Self::Rotate { seen, .. }
            | Self::Remove { seen, .. } => seen.as_ref(),
        }
    }
}

/// What somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is about.
    pub thing: Thing,
    /// What is wanted of it.
    pub act: Act,
}

/// A struct that says what a thing is to be.
pub trait Wished: Serialize + DeserializeOwned {
    /// What it is about.
    const THING: Thing;
    /// What answers show of such a thing and nobody can wish; ignored where it is given.
    const READ_ONLY: &'static [&'static str];
}

impl Wish {
    /// Makes a thing.
    pub fn create<W: Wished>(wish: &W) -> Self {
        Self {
            thing: W::THING,
            act: Act::Create(serde_json::to_value(wish).unwrap_or_default()),
        }
    }

    /// Makes a thing what `wish` says.
    pub fn replace<W: Wished>(id: i64, wish: &W, seen: Option<Version>) -> Self {
        Self {
            thing: W::THING,
            act: Act::Replace {
                id,
                with: serde_json::to_value(wish).unwrap_or_default(),
                seen,
            },
        }
    }

    /// Changes some of a thing.
    pub fn patch(thing: Thing, id: i64, with: Value, seen: Option<Version>) -> Self {
        let act = Act::Patch { id, with, seen };
        Self { thing, act }
    }

    /// Removes a thing.
    pub const fn remove(thing: Thing, id: i64, seen: Option<Version>) -> Self {
        let act = Act::Remove { id, seen };
        Self { thing, act }
    }
}

/// Another thing, by its id or by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Ref {
    /// By identity.
    Id(i64),
    /// By key.
    Key(String),
}

impl std::fmt::Display for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Key(key) => key.fmt(f),
        }
    }
}

impl From<&str> for Ref {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}
