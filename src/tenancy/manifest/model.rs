//! The model of one client, as a manifest wants it and as the database has it.
//!
//! Everything is named by key, nothing by id, so that two models can be compared,
//! printed and read back. Two models are equal when nothing is to be done.

use super::change::Custom;
use super::noun::Noun;
use crate::domain::Role;
use crate::store::control::TenantSpec;
use crate::store::tenant::{EquipmentType, Field, PointSpec};
use crate::tenancy::bacnet::BacnetSpec;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything a manifest says about one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The client itself.
    pub client: TenantSpec,
    /// Host names of their portal beside the usual one.
    pub hosts: BTreeSet<String>,
    /// People, by e-mail address.
    pub users: BTreeMap<String, UserSpec>,
    /// Credentials of the built-in MQTT endpoint, by name.
    pub devices: BTreeMap<String, DeviceSpec>,
    /// Places, by key.
    pub sites: BTreeMap<String, SiteSpec>,
    /// Templates, by key.
    pub types: BTreeMap<String, TypeSpec>,
    /// Things, by key.
    pub equipment: BTreeMap<String, EquipmentSpec>,
    /// Protocol sessions, by key.
    pub connections: BTreeMap<String, ConnectionSpec>,
    /// The client as a BACnet device; none when it is no such thing.
    pub bacnet: Option<BacnetSpec>,
    /// Custom fields, by noun and key: `site/use`.
    pub fields: BTreeMap<String, Field>,
    /// Values of custom fields, of the sites and equipment that say something of them.
    pub custom: BTreeMap<(Noun, String), Custom>,
}

/// How a custom field is called among all of a client.
pub(super) fn field_key(noun: &str, key: &str) -> String {
    format!("{noun}/{key}")
}

/// How databases and manifests say [`SecretSource::Sealed`].
const SEALED: &str = "sealed";

/// Where a secret comes from; never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable of whoever applies.
    Env(String),
    /// A file, from the folder of the manifest.
    File(String),
    /// Given by hand, in a page or over the API; it is only in the database.
    Sealed,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSpec {
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Keys of the sites they see, with all that is inside them; none means that sites do not narrow.
    pub sites: BTreeSet<String>,
    /// Keys of the types of equipment they see; none means that types do not narrow.
    pub types: BTreeSet<String>,
    /// Where their first password comes from; later ones are theirs.
    pub password: Option<SecretSource>,
}

/// A credential of the built-in MQTT endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceSpec {
    /// Where its secret comes from; none means that one is generated.
    pub password: Option<SecretSource>,
    /// Whether its own commands (an override) are obeyed.
    pub may_command: bool,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteSpec {
    /// Key of the site it lies in.
    pub parent: Option<String>,
    /// What people call it.
    pub name: String,
    /// Postal address.
    pub address: Option<String>,
    /// Degrees north and east, WGS 84.
    pub position: Option<(f64, f64)>,
    /// IANA name; its own, else that of the parent, else that of the client.
    pub time_zone: String,
    /// Order among all sites.
    pub order: i64,
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeSpec {
    /// What people decided, its points apart.
    pub head: EquipmentType,
    /// Its points in their order; `position` is the index.
    pub points: Vec<PointSpec>,
}

/// A thing.
#[derive(Debug, Clone, PartialEq)]
pub struct EquipmentSpec {
    /// Key of its site.
    pub site: String,
    /// Key of the equipment it is part of.
    pub parent: Option<String>,
    /// Key of its type.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Maker and model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Its points: those of its type first, in that order; `position` is the index.
    pub points: Vec<PointSpec>,
}

/// A protocol session.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionSpec {
    /// What people call it.
    pub name: String,
    /// As the registry of connectors names it.
    pub protocol: String,
    /// Whether it is to run.
    pub enabled: bool,
    /// The shape of the protocol; secrets stand in it as `{"env": …}` or `{"file": …}`.
    pub config: Value,
}

impl Model {
    /// How deep a thing lies in others of its kind; circles have been refused.
    pub(super) fn depth(&self, noun: Noun, key: &str) -> usize {
        let parent = |key: &&str| match noun {
            Noun::Site => self.sites.get(*key)?.parent.as_deref(),
            Noun::Equipment => self.equipment.get(*key)?.parent.as_deref(),
            _ => None,
        };
        std::iter::successors(self.known(noun, key), parent).count()
    }

    /// The key, as this model holds it.
    fn known(&self, noun: Noun, key: &str) -> Option<&str> {
        match noun {
            Noun::Site => self.sites.get_key_value(key).map(|(key, _)| key.as_str()),
            Noun::Equipment => self
                .equipment
                .get_key_value(key)
                .map(|(key, _)| key.as_str()),
            _ => None,
        }
    }
}

impl TypeSpec {
    /// Its point with this key.
    pub fn point(&self, key: &str) -> Option<&PointSpec> {
        self.points.iter().find(|point| point.key == key)
    }
}

impl EquipmentSpec {
    /// Its point with this key.
    pub fn point(&self, key: &str) -> Option<&PointSpec> {
        self.points.iter().find(|point| point.key == key)
    }
}

/// Gives points their index as position.
pub(super) fn number_points(points: &mut [PointSpec]) {
    for (index, point) in points.iter_mut().enumerate() {
        point.position = index as i64;
    }
}

impl fmt::Display for SecretSource {
    /// As the databases keep it: `env:NAME`, `file:PATH`, `sealed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Sealed => f.write_str(SEALED),
        }
    }
}

impl SecretSource {
    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        if text == SEALED {
            return Some(Self::Sealed);
        }
        let (kind, rest) = text.split_once(':')?;
        Self::of(kind, rest)
    }

    /// From a table with one entry, `{ env = "NAME" }` or `{ file = "PATH" }`.
    pub fn of(kind: &str, rest: &str) -> Option<Self> {
        match kind {
            "env" => Some(Self::Env(rest.to_owned())),
            "file" => Some(Self::File(rest.to_owned())),
            _ => None,
        }
    }

    /// The same in JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Env(name) => serde_json::json!({ "env": name }),
            Self::File(path) => serde_json::json!({ "file": path }),
            Self::Sealed => serde_json::json!({ SEALED: true }),
        }
    }

    /// From JSON; none for anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        let mut entries = value.as_object()?.iter();
        let (kind, rest) = entries.next()?;
        match entries.next() {
            None if kind == SEALED => (*rest == true).then_some(Self::Sealed),
            None => Self::of(kind, rest.as_str()?),
            Some(_) => None,
        }
    }
}
