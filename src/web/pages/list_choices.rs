//! What a list of equipment can be narrowed to, in words: what to tick, and what is ticked.

use super::list_filter::{Filter, Seen};
use crate::domain::FieldKind;
use crate::store::tenant::{FieldRow, SiteRow};
use crate::web::condition::{Condition, Trust};
use crate::web::model::custom;
use crate::web::plain::plain;
use crate::web::present::Present;
use crate::web::value::{Reader, label};
use crate::web::words::Words;
use std::collections::HashSet;

/// More sites than these are not listed to tick; the tree and the search lead to the others.
const SITES_TO_TICK: usize = 60;

const HEALTH: [Trust; 5] = [
    Trust::Good,
    Trust::Uncertain,
    Trust::Bad,
    Trust::Stale,
    Trust::None,
];

/// A list to tick.
#[derive(Debug, Clone)]
pub struct FilterChoice {
    /// Its part of the address.
    pub name: &'static str,
    /// What people call it.
    pub label: String,
    /// What can be ticked.
    pub options: Vec<FilterOption>,
}

/// One entry of a list.
#[derive(Debug, Clone)]
pub struct FilterOption {
    /// What the address says.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// A part of the filter that is set, with the way to take it off.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The part.
    pub label: String,
    /// What it is set to.
    pub value: String,
    /// The same list without it.
    pub href: String,
}

impl Filter {
    /// What can be ticked.
    pub fn choices(&self, present: &Present, reader: &Reader) -> Vec<FilterChoice> {
        let words = reader.words;
        let named = |prefix: &str, names: Vec<&'static str>| {
            names
                .into_iter()
                .map(|name| (name.to_owned(), words.get(&format!("{prefix}-{name}"))))
                .collect::<Vec<_>>()
        };
        let conditions = Condition::ALL.map(Condition::name).into();
        let seen = Seen::ALL.map(Seen::name).into();
        let mut choices = vec![
            choice("type", &self.kind, words, kinds(present, words)),
            choice("site", &self.site, words, self.sites_to_tick(present)),
            choice("state", &self.state, words, named("condition", conditions)),
            choice(
                "health",
                &self.health,
                words,
                named("quality", HEALTH.map(Trust::name).into()),
            ),
            choice("seen", &self.seen, words, named("seen", seen)),
        ];
        choices.extend(self.custom_choices(present, reader));
        choices
    }

    /// What can be ticked of the fields the client added, where they are lists.
    fn custom_choices(&self, present: &Present, reader: &Reader) -> Vec<FilterChoice> {
        let fields = present.model.custom.of_all_equipment();
        let choice = |row: &FieldRow| {
            let pairs = options(row, reader).into_iter();
            let pairs = pairs.map(|(value, label)| (format!("{}={value}", row.field.key), label));
            FilterChoice {
                name: "field",
                label: custom::name(row, reader),
                options: ticked(&self.field, pairs),
            }
        };
        fields.map(choice).collect()
    }

    fn sites_to_tick(&self, present: &Present) -> Vec<(String, String)> {
        let sites = &present.model.sites;
        let shown = |(at, row): &(usize, &SiteRow)| {
            *at < SITES_TO_TICK || self.site.contains(&row.id.to_string())
        };
        sites
            .iter()
            .enumerate()
            .filter(shown)
            .map(|(_, row)| (row.id.to_string(), present.model.site_label(row)))
            .collect()
    }

    /// What is set, each with the way to take it off.
    pub fn chips(&self, choices: &[FilterChoice], words: Words) -> Vec<Chip> {
        let mut chips = Vec::new();
        for choice in choices {
            for option in choice.options.iter().filter(|option| option.current) {
                chips.push(Chip {
                    label: choice.label.clone(),
                    value: option.label.clone(),
                    href: self.without(choice.name, &option.value),
                });
            }
        }
        if !self.q.is_empty() {
            chips.push(Chip {
                label: words.get("search"),
                value: self.q.clone(),
                href: self.with(&[("q", "")]),
            });
        }
        chips
    }
}

fn kinds(present: &Present, words: Words) -> Vec<(String, String)> {
    let used: HashSet<_> = present
        .model
        .equipment
        .iter()
        .map(|row| row.equipment.type_id)
        .collect();
    let mut kinds: Vec<_> = present
        .model
        .types
        .iter()
        .filter(|row| used.contains(&row.id))
        .map(|row| {
            let kind = &row.equipment_type;
            let name = label(&kind.name, kind.name_fr.as_deref(), words.0);
            (row.id.to_string(), name)
        })
        .collect();
    kinds.sort_by_cached_key(|(_, name)| plain(name));
    kinds
}

fn choice(
    name: &'static str,
    set: &[String],
    words: Words,
    options: Vec<(String, String)>,
) -> FilterChoice {
    FilterChoice {
        name,
        label: words.get(&format!("filter-{name}")),
        options: ticked(set, options),
    }
}

fn ticked(
    set: &[String],
    options: impl IntoIterator<Item = (String, String)>,
) -> Vec<FilterOption> {
    let option = |(value, label): (String, String)| FilterOption {
        current: set.contains(&value),
        value,
        label,
    };
    options.into_iter().map(option).collect()
}

/// What a value of a custom field can be, where that is a short list; else nothing.
fn options(row: &FieldRow, reader: &Reader) -> Vec<(String, String)> {
    match row.field.kind {
        FieldKind::Boolean => vec![
            ("true".to_owned(), reader.words.get("yes")),
            ("false".to_owned(), reader.words.get("no")),
        ],
        FieldKind::Select | FieldKind::MultiSelect => {
            let options: Vec<String> = serde_json::from_str(&row.field.options).unwrap_or_default();
            let pair = |word: String| (word.clone(), word);
            options.into_iter().map(pair).collect()
        }
        FieldKind::Text | FieldKind::LongText | FieldKind::Number | FieldKind::Date => Vec::new(),
    }
}
