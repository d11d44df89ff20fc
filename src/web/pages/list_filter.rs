//! What a list of equipment is narrowed to: the conditions, and the words they are chosen with.

use super::encode;
use crate::domain::{EquipmentTypeId, SiteId, Timestamp};
use crate::store::tenant::EquipmentRow;
use crate::web::condition::Trust;
use crate::web::model::{Model, custom};
use crate::web::plain::{plain, words};
use crate::web::present::Present;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;

/// Longer texts are no search.
const LONGEST_TEXT: usize = 200;

/// What the address asks for; an unreadable part asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Words that name, key, serial number, model, note, site or type must hold.
    pub q: String,
    pub(super) site: Vec<String>,
    #[serde(rename = "type")]
    pub(super) kind: Vec<String>,
    pub(super) state: Vec<String>,
    pub(super) health: Vec<String>,
    pub(super) seen: Vec<String>,
    /// Values of custom fields: `key=value`.
    pub(super) field: Vec<String>,
    /// How the list is laid out.
    pub group: String,
    /// `table`, `list` or `grid`.
    pub view: String,
    /// The column that orders.
    pub sort: String,
    /// Not empty: from the end.
    pub desc: String,
    /// From 1.
    pub page: String,
}

/// When an equipment was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Within the hour.
    Hour,
    /// Within a day.
    Day,
    /// Within a week.
    Week,
    /// Longer ago.
    Longer,
    /// Never.
    Never,
}

impl Seen {
    /// The most recent first.
    pub const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Longer, Self::Never];

    /// The name in addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Longer => "longer",
            Self::Never => "never",
        }
    }

    fn holds(self, heard: Option<Timestamp>, now: Timestamp) -> bool {
        let within = |micros: i64| heard.is_some_and(|at| now.since(at) <= micros);
        match self {
            Self::Hour => within(Timestamp::HOUR),
            Self::Day => within(Timestamp::DAY),
            Self::Week => within(7 * Timestamp::DAY),
            Self::Longer => heard.is_some() && !within(7 * Timestamp::DAY),
            Self::Never => heard.is_none(),
        }
    }
}

impl Filter {
    /// The equipment that passes, in the order of the model.
    pub fn apply<'a>(&self, present: &'a Present) -> Vec<&'a EquipmentRow> {
        let sites = self.sites(present);
        let kinds: HashSet<EquipmentTypeId> = ids(&self.kind).collect();
        let wanted = words(self.q.get(..LONGEST_TEXT).unwrap_or(&self.q));
        let passes = |row: &&EquipmentRow| {
            (sites.is_empty() || sites.contains(&row.equipment.site_id))
                && (kinds.is_empty() || kinds.contains(&row.equipment.type_id))
                && self.is_in_state(present, row)
                && self.has_values(present, row)
                && (wanted.is_empty() || {
                    let text = text_of(present, row);
                    wanted.iter().all(|word| text.contains(word))
                })
        };
        present.model.equipment.iter().filter(passes).collect()
    }

    /// The same with ids where the address names types and sites by their keys, as people write them.
    #[must_use]
    pub fn with_ids(mut self, model: &Model) -> Self {
        for kind in &mut self.kind {
            let known = model
                .types
                .iter()
                .find(|row| row.equipment_type.key == *kind);
            if let Some(row) = known {
                *kind = row.id.to_string();
            }
        }
        for site in &mut self.site {
            if let Some(row) = model.sites.iter().find(|row| row.site.key == *site) {
                *site = row.id.to_string();
            }
        }
        self
    }

    fn is_in_state(&self, present: &Present, row: &EquipmentRow) -> bool {
        let is_one_of = |chosen: &[String], name: &str| chosen.iter().any(|one| one == name);
        let heard = present.last_heard(row.id);
        (self.state.is_empty() || is_one_of(&self.state, present.condition(row.id).name()))
            && (self.health.is_empty() || is_one_of(&self.health, health(present, row).name()))
            && (self.seen.is_empty()
                || Seen::ALL.iter().any(|seen| {
                    is_one_of(&self.seen, seen.name()) && seen.holds(heard, present.now)
                }))
    }

    /// Values of one field are alternatives, fields narrow each other.
    fn has_values(&self, present: &Present, row: &EquipmentRow) -> bool {
        let custom = &present.model.custom;
        let chosen = |key: &str| {
            let pairs = self.field.iter().filter_map(|pair| pair.split_once('='));
            pairs
                .filter(move |(known, _)| *known == key)
                .map(|(_, value)| value.to_owned())
                .collect::<Vec<_>>()
        };
        custom.of_all_equipment().all(|field| {
            let chosen = chosen(&field.field.key);
            chosen.is_empty()
                || custom
                    .value(row.id, field.id)
                    .is_some_and(|value| holds(value, &chosen))
        })
    }

    /// The chosen sites with all that lies inside them.
    fn sites(&self, present: &Present) -> HashSet<SiteId> {
        ids(&self.site)
            .flat_map(|site| present.model.within(site))
            .collect()
    }

    /// The site that alone is chosen.
    pub fn only_site(&self) -> Option<SiteId> {
        match self.site.as_slice() {
            [one] => one.parse().ok(),
            _ => None,
        }
    }

    /// Whether anything narrows the list.
    pub fn is_set(&self) -> bool {
        !self.q.is_empty() || self.parts().iter().any(|(name, _)| is_condition(name))
    }

    fn parts(&self) -> Vec<(&'static str, &str)> {
        let many = [
            ("site", &self.site),
            ("type", &self.kind),
            ("state", &self.state),
            ("health", &self.health),
            ("seen", &self.seen),
            ("field", &self.field),
        ];
        let one = [
            ("group", &self.group),
            ("view", &self.view),
            ("sort", &self.sort),
            ("desc", &self.desc),
            ("page", &self.page),
        ];
        std::iter::once(("q", self.q.as_str()))
            .chain(
                many.into_iter()
                    .flat_map(|(name, values)| values.iter().map(move |one| (name, one.as_str()))),
            )
            .chain(one.into_iter().map(|(name, value)| (name, value.as_str())))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// What the form keeps without showing it.
    pub fn kept(&self) -> Vec<(&'static str, &str)> {
        let mut parts = self.parts();
        parts.retain(|(name, _)| !is_condition(name) && *name != "q" && *name != "page");
        parts
    }

    /// The address of the same list with these parts set otherwise; an empty value takes a part off.
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut parts = self.parts();
        parts.retain(|(name, _)| *name != "page" && changes.iter().all(|(part, _)| part != name));
        parts.extend(changes.iter().filter_map(|(name, value)| {
            let name = ALL_PARTS.iter().find(|known| *known == name)?;
            (!value.is_empty()).then_some((*name, *value))
        }));
        address(&parts)
    }

    /// The address of the same list without one value of a part.
    pub fn without(&self, name: &str, value: &str) -> String {
        let mut parts = self.parts();
        parts.retain(|(part, set)| *part != "page" && (*part != name || *set != value));
        address(&parts)
    }

    /// The query of this list, to be kept under a name; without the page.
    pub fn query(&self) -> String {
        let href = self.with(&[]);
        href.split_once('?')
            .map(|(_, query)| query.to_owned())
            .unwrap_or_default()
    }
}

const ALL_PARTS: [&str; 12] = [
    "q", "site", "type", "state", "health", "seen", "field", "group", "view", "sort", "desc",
    "page",
];

fn is_condition(name: &str) -> bool {
    matches!(
        name,
        "site" | "type" | "state" | "health" | "seen" | "field"
    )
}

fn address(parts: &[(&str, &str)]) -> String {
    let mut href = "/equipment".to_owned();
    for (at, (name, value)) in parts.iter().enumerate() {
        let joint = if at == 0 { '?' } else { '&' };
        let _ = write!(href, "{joint}{name}={}", encode(value));
    }
    href
}

fn ids<T: std::str::FromStr>(texts: &[String]) -> impl Iterator<Item = T> {
    texts.iter().filter_map(|text| text.parse().ok())
}

/// The worst of its values.
fn health(present: &Present, row: &EquipmentRow) -> Trust {
    let tally = present.tally(row.id);
    let mut worst = Trust::Good;
    for (found, trust) in [
        (tally.uncertain, Trust::Uncertain),
        (tally.stale, Trust::Stale),
        (tally.bad, Trust::Bad),
    ] {
        if found > 0 {
            worst = trust;
        }
    }
    if present.last_heard(row.id).is_none() {
        return Trust::None;
    }
    worst
}

/// Whether a value is one of those chosen, or has one of them.
fn holds(value: &Value, chosen: &[String]) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|one| holds(one, chosen)),
        other => chosen.contains(&custom::plain_text(other)),
    }
}

/// All that can be searched of an equipment, plain.
fn text_of(present: &Present, row: &EquipmentRow) -> String {
    let equipment = &row.equipment;
    let kind = present.model.type_of(row).map(|kind| &kind.equipment_type);
    let site = present.model.site(equipment.site_id);
    let parts = [
        Some(equipment.name.as_str()),
        Some(equipment.key.as_str()),
        equipment.serial.as_deref(),
        equipment.model.as_deref(),
        equipment.note.as_deref(),
        site.map(|site| site.site.name.as_str()),
        kind.map(|kind| kind.name.as_str()),
        kind.and_then(|kind| kind.name_fr.as_deref()),
    ];
    let mut texts: Vec<_> = parts.into_iter().flatten().map(str::to_owned).collect();
    let custom = present.model.custom.of_equipment(row.id).into_iter();
    let custom = custom.filter(|(field, _)| field.field.searchable);
    texts.extend(custom.map(|(_, value)| custom::plain_text(value)));
    plain(&texts.join("\n"))
}

#[cfg(test)]
#[path = "list_filter_tests.rs"]
mod tests;
