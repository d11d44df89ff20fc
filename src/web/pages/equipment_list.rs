//! All equipment: search, filter by site, type and state, grouped; all of it in the address.

use super::equipment_table::{self, Group, Grouping};
use super::tree::{Chosen, Tree};
use super::{Link, encode, page};
use crate::domain::{EquipmentTypeId, SiteId};
use crate::store::tenant::EquipmentRow;
use crate::web::WebError;
use crate::web::condition::Condition;
use crate::web::extract::{Query, Visit, Visitor};
use crate::web::format;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::label;
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use std::fmt::Write as _;

/// Rows shown before one asks for all.
const FIRST_ROWS: usize = 300;

/// The list of equipment.
#[derive(Template)]
#[template(path = "pages/equipment_list.html")]
pub struct EquipmentListPage {
    pub(super) shell: Shell,
    pub(super) tree: Tree,
    pub(super) filter: Filter,
    pub(super) choices: Vec<FilterChoice>,
    pub(super) groupings: Vec<FilterOption>,
    pub(super) found: String,
    pub(super) of_all: String,
    pub(super) chips: Vec<Chip>,
    pub(super) groups: Vec<Group>,
    pub(super) more: Option<Link>,
}

/// What the address asks for; an unreadable part asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Words that name, key, serial number or model must hold.
    pub q: String,
    site: String,
    #[serde(rename = "type")]
    kind: String,
    state: String,
    group: String,
    all: String,
}

/// A list to choose from.
pub struct FilterChoice {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) any: String,
    pub(super) set: bool,
    pub(super) options: Vec<FilterOption>,
}

/// One entry of a list.
pub struct FilterOption {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) current: bool,
}

/// A part of the filter that is set, with the way to take it off.
pub struct Chip {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) href: String,
}

/// `GET /equipment`
pub async fn show(visit: Visit, Query(filter): Query<Filter>) -> Result<Response, WebError> {
    page(&EquipmentListPage::of(
        &visit.visitor,
        &visit.present(),
        filter,
    ))
}

impl EquipmentListPage {
    pub(super) fn of(visitor: &Visitor, present: &Present, filter: Filter) -> Self {
        let words = visitor.words();
        let found = filter.apply(present);
        let all = present.model.equipment.len();
        let shown = if filter.all.is_empty() {
            &found[..found.len().min(FIRST_ROWS)]
        } else {
            &found[..]
        };
        let chosen = Chosen {
            site: filter.site(),
            equipment: None,
        };
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            tree: Tree::of(present, chosen, visitor.locale()),
            choices: filter.choices(present, words),
            groupings: filter.groupings(words),
            found: words.count("found-equipment", found.len()),
            of_all: words.with(
                "of-all",
                &[("all", &format::number(all as f64, 0, words.0))],
            ),
            chips: filter.chips(present, words),
            groups: equipment_table::groups(present, shown, filter.grouping(), &visitor.reader),
            more: (shown.len() < found.len()).then(|| {
                Link::new(
                    filter.with("all", "1"),
                    words.count("list-more", found.len()),
                )
            }),
            filter,
        }
    }
}

impl Filter {
    /// The equipment that passes, in the order of the model.
    pub fn apply<'a>(&self, present: &'a Present) -> Vec<&'a EquipmentRow> {
        let sites = self.site().map(|site| present.model.within(site));
        let kind = self.kind.parse().ok().map(EquipmentTypeId);
        let state = self.state();
        let wanted = normal(&self.q);
        let passes = |row: &&EquipmentRow| {
            sites
                .as_ref()
                .is_none_or(|sites| sites.contains(&row.equipment.site_id))
                && kind.is_none_or(|kind| row.equipment.type_id == kind)
                && state.is_none_or(|state| present.condition(row.id) == state)
                && (wanted.is_empty() || names(row).any(|name| normal(name).contains(&wanted)))
        };
        present.model.equipment.iter().filter(passes).collect()
    }

    fn site(&self) -> Option<SiteId> {
        self.site.parse().ok()
    }

    fn state(&self) -> Option<Condition> {
        Condition::ALL
            .into_iter()
            .find(|state| state.name() == self.state)
    }

    fn grouping(&self) -> Grouping {
        Grouping::ALL
            .into_iter()
            .find(|grouping| grouping.name() == self.group)
            .unwrap_or_default()
    }

    fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("q", &self.q),
            ("site", &self.site),
            ("type", &self.kind),
            ("state", &self.state),
            ("group", &self.group),
            ("all", &self.all),
        ]
    }

    /// The address of the same list with one part set otherwise (or taken off).
    fn with(&self, name: &str, value: &str) -> String {
        let mut href = "/equipment".to_owned();
        let mut joint = '?';
        for (part, present) in self.parts() {
            let text = if part == name { value } else { present };
            if !text.is_empty() {
                let _ = write!(href, "{joint}{part}={}", encode(text));
                joint = '&';
            }
        }
        href
    }

    fn choices(&self, present: &Present, words: Words) -> Vec<FilterChoice> {
        let model = &present.model;
        let sites = model
            .sites
            .iter()
            .map(|row| (row.id.to_string(), row.site.name.clone()));
        let kinds = model.types.iter().filter(|kind| {
            model
                .equipment
                .iter()
                .any(|row| row.equipment.type_id == kind.id)
        });
        let kinds = kinds.map(|row| {
            let kind = &row.equipment_type;
            (
                row.id.to_string(),
                label(&kind.name, kind.name_fr.as_deref(), words.0),
            )
        });
        let states = Condition::ALL.map(|state| {
            (
                state.name().to_owned(),
                words.get(&format!("condition-{}", state.name())),
            )
        });
        vec![
            choice("site", &self.site, words, sites.collect()),
            choice("type", &self.kind, words, kinds.collect()),
            choice("state", &self.state, words, states.into()),
        ]
    }

    fn groupings(&self, words: Words) -> Vec<FilterOption> {
        let option = |grouping: Grouping| FilterOption {
            value: grouping.name().to_owned(),
            label: words.get(&format!("group-{}", grouping.name())),
            current: grouping == self.grouping(),
        };
        Grouping::ALL.map(option).into()
    }

    fn chips(&self, present: &Present, words: Words) -> Vec<Chip> {
        let mut chips: Vec<_> = self
            .choices(present, words)
            .into_iter()
            .filter_map(|choice| {
                let value = choice
                    .options
                    .into_iter()
                    .find(|option| option.current)?
                    .label;
                Some(Chip {
                    label: choice.label,
                    value,
                    href: self.with(choice.name, ""),
                })
            })
            .collect();
        if !self.q.is_empty() {
            let label = words.get("search");
            chips.push(Chip {
                label,
                value: self.q.clone(),
                href: self.with("q", ""),
            });
        }
        chips
    }
}

fn choice(
    name: &'static str,
    set: &str,
    words: Words,
    options: Vec<(String, String)>,
) -> FilterChoice {
    FilterChoice {
        name,
        label: words.get(&format!("filter-{name}")),
        any: words.get(&format!("any-{name}")),
        set: !set.is_empty(),
        options: options
            .into_iter()
            .map(|(value, label)| FilterOption {
                current: value == set,
                value,
                label,
            })
            .collect(),
    }
}

fn names(row: &EquipmentRow) -> impl Iterator<Item = &str> {
    let equipment = &row.equipment;
    [
        Some(&equipment.name),
        Some(&equipment.key),
        equipment.serial.as_ref(),
        equipment.model.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
}

/// Lower case without the accents of French, so that `equip` finds `Équipement`.
fn normal(text: &str) -> String {
    let plain = |letter: char| match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    text.trim().to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lives_in_the_address_and_each_part_can_be_taken_off() {
        let filter = Filter {
            q: "pack é".into(),
            state: "stale".into(),
            ..Filter::default()
        };
        assert_eq!(filter.with("state", ""), "/equipment?q=pack%20%C3%A9");
        assert_eq!(
            filter.with("group", "site"),
            "/equipment?q=pack%20%C3%A9&state=stale&group=site"
        );
        assert_eq!(Filter::default().with("q", ""), "/equipment");
    }

    #[test]
    fn search_does_not_mind_case_and_accents() {
        assert!(normal("Compteur Général").contains(&normal("GENERAL")));
    }
}
