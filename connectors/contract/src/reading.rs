//! What a connector emits, before ingest resolves it to a point.

use std::sync::Arc;

/// Where a value belongs: an equipment and one of its points, by key.
///
/// Keys are what the manifest or the device calls them (`A01`, `occupied`); ingest
/// finds the point, and decides what happens when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Key of the equipment inside the tenant.
    pub equipment: Arc<str>,
    /// Key of the point inside the equipment.
    pub point: Arc<str>,
}

/// What the route says about equipment that does not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct EquipmentHint {
    /// Key of the site to create it in.
    pub site: Option<Arc<str>>,
    /// Key of the type to create it from; without it the equipment is only listed as discovered.
    pub kind: Option<Arc<str>>,
}

/// A value as the device sent it, after the route's scale and state map.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadingValue {
    /// A number; NaN and infinities are refused by ingest, not here.
    Number(f64),
    /// A boolean; stored as 0 or 1.
    Bool(bool),
    /// The word of a state; ingest looks it up in the states of the point.
    State(Arc<str>),
}

impl std::fmt::Display for ReadingValue {
    /// As the device could have written it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Bool(flag) => flag.fmt(f),
            Self::State(word) => word.fmt(f),
        }
    }
}

/// How far the device says its value can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReadingQuality {
    /// Trusted.
    #[default]
    Good,
    /// Usable with care.
    Uncertain,
    /// Not to be used.
    Bad,
}

/// One value of one address at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Where it belongs.
    pub address: Address,
    /// What to do when the equipment is unknown.
    pub hint: Arc<EquipmentHint>,
    /// The value.
    pub value: ReadingValue,
    /// Symbol of the unit it came in; `None` means the unit of the point.
    pub unit: Option<Arc<str>>,
    /// How far it can be trusted.
    pub quality: ReadingQuality,
    /// Microseconds since the epoch (UTC) when it was true; `None` means on arrival.
    pub observed_at_us: Option<i64>,
}
