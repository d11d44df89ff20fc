//! What a manifest is made of, in words.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// A kind of thing a manifest names by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Noun {
    /// The client itself.
    Client,
    /// A custom field.
    Field,
    /// A place.
    Site,
    /// A template.
    Type,
    /// A thing.
    Equipment,
    /// A protocol session.
    Connection,
    /// The client as a BACnet device.
    Bacnet,
    /// A credential of the built-in MQTT endpoint.
    Device,
    /// A person.
    User,
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Field => "field",
            Self::Site => "site",
            Self::Type => "type",
            Self::Equipment => "equipment",
            Self::Connection => "connection",
            Self::Bacnet => "bacnet",
            Self::Device => "device",
            Self::User => "user",
        })
    }
}

impl Noun {
    /// `1 device`, `2 devices`, `2 equipment`.
    pub(super) fn counted(self, count: usize) -> String {
        let plural = if count == 1 || self == Self::Equipment {
            ""
        } else {
            "s"
        };
        format!("{count} {self}{plural}")
    }
}

/// What has another key now: new key to the former one, as `was = "…"` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    keys: BTreeMap<(Noun, String), String>,
    points: BTreeMap<(Noun, String, String), String>,
}

impl Renames {
    pub(super) fn add(&mut self, noun: Noun, key: &str, was: &str) {
        self.keys.insert((noun, key.to_owned()), was.to_owned());
    }

    pub(super) fn add_point(&mut self, noun: Noun, owner: &str, key: &str, was: &str) {
        let point = (noun, owner.to_owned(), key.to_owned());
        self.points.insert(point, was.to_owned());
    }

    /// Former and new keys of the points of a type or an equipment.
    pub(super) fn points_of(&self, noun: Noun, owner: &str) -> Vec<(&str, &str)> {
        let of_owner = |(kind, name, _): &(Noun, String, String)| *kind == noun && name == owner;
        self.points
            .iter()
            .filter(|(point, _)| of_owner(point))
            .map(|((_, _, key), was)| (was.as_str(), key.as_str()))
            .collect()
    }

    /// The slug the client had before.
    pub(super) fn former_slug(&self) -> Option<&str> {
        let mut clients = self.keys().filter(|(noun, ..)| *noun == Noun::Client);
        clients.next().map(|(_, was, _)| was)
    }

    /// Noun, former key, new key.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Noun, &str, &str)> {
        self.keys
            .iter()
            .map(|((noun, key), was)| (*noun, was.as_str(), key.as_str()))
    }
}
