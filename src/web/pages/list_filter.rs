//! What a list of equipment is narrowed to: the conditions, and the words they are chosen with.

use super::encode;
use crate::domain::{EquipmentTypeId, SiteId, Timestamp};
use crate::store::tenant::EquipmentRow;
use crate::web::condition::Trust;
use crate::web::model::Model;
use crate::web::plain::{plain, words};
use crate::web::present::Present;
use serde::Deserialize;
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

const ALL_PARTS: [&str; 11] = [
    "q", "site", "type", "state", "health", "seen", "group", "view", "sort", "desc", "page",
];

fn is_condition(name: &str) -> bool {
    matches!(name, "site" | "type" | "state" | "health" | "seen")
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
    plain(&parts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::samples;
    use crate::web::words::Words;

    fn names(filter: &Filter) -> Vec<String> {
        let present = samples::present();
        let found = filter.apply(&present);
        found.iter().map(|row| row.equipment.name.clone()).collect()
    }

    #[test]
    fn a_filter_lives_in_the_address_and_each_part_can_be_taken_off() {
        let filter = Filter {
            q: "pack é".into(),
            state: vec!["stale".into(), "offline".into()],
            page: "3".into(),
            ..Filter::default()
        };
        assert_eq!(
            filter.without("state", "stale"),
            "/equipment?q=pack%20%C3%A9&state=offline"
        );
        assert_eq!(
            filter.with(&[("group", "site"), ("state", "")]),
            "/equipment?q=pack%20%C3%A9&group=site"
        );
        assert_eq!(Filter::default().with(&[("q", "")]), "/equipment");
    }

    #[test]
    fn conditions_are_combined_and_values_of_one_are_alternatives() {
        let both = Filter {
            kind: vec!["1".into(), "3".into()],
            ..Filter::default()
        };
        assert_eq!(names(&both), ["Pack B-07", "Entry"]);
        let inner = Filter {
            site: vec!["2".into()],
            ..both
        };
        assert_eq!(names(&inner), ["Entry"]);
    }

    #[test]
    fn an_address_may_name_types_and_sites_by_their_keys() {
        let present = samples::present();
        let filter = Filter {
            kind: vec!["barrier".into()],
            site: vec!["parking".into()],
            ..Filter::default()
        };
        assert_eq!(names(&filter.with_ids(&present.model)), ["Entry"]);
    }

    #[test]
    fn words_are_looked_for_in_every_text_of_an_equipment() {
        let search = |q: &str| {
            names(&Filter {
                q: q.into(),
                ..Filter::default()
            })
        };
        assert_eq!(search("NANTES sollin b-07"), ["Pack B-07"]);
        assert_eq!(search("nothing"), Vec::<String>::new());
    }

    #[test]
    fn last_seen_tells_never_from_long_ago() {
        let never = Filter {
            seen: vec!["never".into()],
            ..Filter::default()
        };
        assert_eq!(names(&never), ["A02"]);
    }

    #[test]
    fn a_chip_names_the_choice_and_its_value() {
        let filter = Filter {
            kind: vec!["1".into()],
            ..Filter::default()
        };
        let words = Words(Locale::French);
        let chips = filter.chips(&filter.choices(&samples::present(), words), words);
        assert_eq!(chips.len(), 1);
        assert_eq!(chips[0].value, "battery-pack (fr)");
        assert_eq!(chips[0].href, "/equipment");
    }
}
