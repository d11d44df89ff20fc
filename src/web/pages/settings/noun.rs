//! What can be administered, and with which fields.

use super::entry::{Entry, Input};
use crate::domain::{FieldKind, KEY_SCOPES, Permission, Permissions, Role};
use crate::ingest::PROTOCOLS;
use crate::store::tenant::{EquipmentTypeRow, SiteRow, fields};
use crate::tenancy::change::Thing;
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::icon;
use crate::web::value::label;
use crate::web::words::Words;

/// More sites or types than these are not listed to choose from.
const CHOICES: usize = 2_000;

/// What can be administered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// Places.
    Sites,
    /// Templates.
    Types,
    /// Things that are measured.
    Equipment,
    /// Protocol sessions.
    Connections,
    /// Credentials of devices.
    Devices,
    /// Keys of programs.
    Keys,
    /// What clients want to know of their sites and equipment besides.
    Fields,
    /// People.
    People,
}

impl Noun {
    /// Its part of messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Types => "types",
            Self::Equipment => "equipment",
            Self::Connections => "connections",
            Self::Devices => "devices",
            Self::Keys => "keys",
            Self::Fields => "fields",
            Self::People => "people",
        }
    }

    /// What wishes about it are about; none where another service changes it.
    pub const fn thing(self) -> Option<Thing> {
        match self {
            Self::Sites => Some(Thing::Site),
            Self::Types => Some(Thing::Type),
            Self::Equipment => Some(Thing::Equipment),
            Self::Connections => Some(Thing::Connection),
            Self::Devices => Some(Thing::Device),
            Self::People => Some(Thing::User),
            Self::Keys | Self::Fields => None,
        }
    }

    /// The address of its list.
    pub fn path(self) -> String {
        match self {
            Self::People => "/admin/people".to_owned(),
            other => format!("/settings/{}", other.name()),
        }
    }

    /// Whether removing it can be taken back by making it anew: nothing is lost with it.
    pub const fn comes_back(self) -> bool {
        matches!(self, Self::Sites | Self::Types | Self::Connections)
    }

    /// Whether its list is read from the model in memory.
    pub const fn is_of_model(self) -> bool {
        matches!(self, Self::Sites | Self::Types | Self::Equipment)
    }

    /// Whether it can be changed once it is made.
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Keys)
    }

    /// The entries of its form.
    pub async fn entries(self, desk: &Desk, words: Words) -> Result<Vec<Entry>, WebError> {
        Ok(match self {
            Self::Sites => with_custom(sites(desk), "site", desk, words).await?,
            Self::Types => types(),
            Self::Equipment => {
                with_custom(equipment(desk, words), "equipment", desk, words).await?
            }
            Self::Connections => connections(words),
            Self::Devices => vec![
                Entry::needed("name", Input::Text),
                Entry::new("may_command", Input::Check),
            ],
            Self::Keys => keys(desk, words),
            Self::Fields => custom_fields(words),
            Self::People => people(desk, words),
        })
    }
}

/// The entries of a noun and those that the client added.
async fn with_custom(
    mut entries: Vec<Entry>,
    noun: &str,
    desk: &Desk,
    words: Words,
) -> Result<Vec<Entry>, WebError> {
    let rows = fields::list(desk.caller.client.scope().db()).await?;
    let own = rows.iter().filter(|row| row.field.noun == noun);
    entries.extend(own.map(|row| Entry::custom(row, words)));
    Ok(entries)
}

fn sites(desk: &Desk) -> Vec<Entry> {
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("key", Input::Text),
        Entry::new("parent", Input::Choice(all_sites(desk))),
        Entry::new("address", Input::Text),
        Entry::new("latitude", Input::Number),
        Entry::new("longitude", Input::Number),
        Entry::new("time_zone", Input::Text),
        Entry::new("position", Input::Number),
    ]
}

fn types() -> Vec<Entry> {
    let icons = icon::KNOWN.iter();
    let icons = icons.map(|name| ((*name).to_owned(), name.trim_start_matches("i-").to_owned()));
    vec![
        Entry::needed("key", Input::Text),
        Entry::needed("name", Input::Text),
        Entry::new("name_fr", Input::Text),
        Entry::new("icon", Input::Choice(icons.collect())),
        Entry::new("brick", Input::Text),
        Entry::new("haystack", Input::Words),
        Entry::new("bookable", Input::Check),
    ]
}

/// The entries of a point of a type.
pub fn point(words: Words) -> Vec<Entry> {
    let kinds = named(&["number", "boolean", "state"], "kind", words);
    vec![
        Entry::needed("key", Input::Text),
        Entry::needed("name", Input::Text),
        Entry::new("name_fr", Input::Text),
        Entry::needed("kind", Input::Choice(kinds)),
        Entry::new("unit", Input::Text),
        Entry::needed("decimals", Input::Number),
        Entry::new("states", Input::States),
        Entry::new("normal_min", Input::Number),
        Entry::new("normal_max", Input::Number),
        Entry::new("valid_min", Input::Number),
        Entry::new("valid_max", Input::Number),
        Entry::new("period_s", Input::Number),
        Entry::new("command_role", Input::Choice(commanders(words))),
        Entry::new("command_min", Input::Number),
        Entry::new("command_max", Input::Number),
        Entry::new("command_states", Input::Words),
        Entry::new("command_confirm", Input::Check),
        Entry::new("command_per_minute", Input::Number),
        Entry::new("command_timeout_s", Input::Number),
        Entry::new("command_priority", Input::Number),
    ]
}

/// Who may command a point: nobody, or at least this role.
fn commanders(words: Words) -> Vec<(String, String)> {
    let nobody = (String::new(), words.get("commanders-none"));
    let roles = named(&["operator", "admin"], "role", words);
    std::iter::once(nobody).chain(roles).collect()
}

fn equipment(desk: &Desk, words: Words) -> Vec<Entry> {
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("key", Input::Text),
        Entry::needed("site", Input::Choice(all_sites(desk))),
        Entry::needed("type", Input::Choice(all_types(desk, words))),
        Entry::new("model", Input::Text),
        Entry::new("serial", Input::Text),
        Entry::new("note", Input::Lines),
    ]
}

fn connections(words: Words) -> Vec<Entry> {
    let protocols = named(&PROTOCOLS, "protocol", words);
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("key", Input::Text),
        Entry::needed("protocol", Input::Choice(protocols)),
        Entry::new("enabled", Input::Check),
        Entry::needed("config", Input::Json),
    ]
}

/// A key may do no more than who makes it.
fn keys(desk: &Desk, words: Words) -> Vec<Entry> {
    let held = desk.caller.access().permissions;
    let can_give = |scope: &str| {
        let wanted = Permissions::of_scopes(scope);
        let beyond = |one: &Permission| wanted.holds(*one) && !held.holds(*one);
        !Permission::ALL.iter().any(beyond)
    };
    let scopes: Vec<&str> = KEY_SCOPES.iter().map(|(name, _)| *name).collect();
    let mut scopes = named(&scopes, "scope", words);
    scopes.retain(|(scope, _)| can_give(scope));
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("scopes", Input::Several(scopes)),
        Entry::new("expires_at", Input::LastDay),
    ]
}

fn custom_fields(words: Words) -> Vec<Entry> {
    let kinds: Vec<&str> = FieldKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let nouns = named(&["equipment", "site"], "field-of", words);
    vec![
        Entry::needed("noun", Input::Choice(nouns)),
        Entry::needed("key", Input::Text),
        Entry::needed("name", Input::Text),
        Entry::new("name_fr", Input::Text),
        Entry::needed("kind", Input::Choice(named(&kinds, "field-kind", words))),
        Entry::new("options", Input::Rows),
        Entry::new("required", Input::Check),
        Entry::new("searchable", Input::Check),
        Entry::new("listed", Input::Check),
        Entry::new("position", Input::Number),
    ]
}

fn people(desk: &Desk, words: Words) -> Vec<Entry> {
    let roles = Role::ALL.map(Role::as_str);
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("email", Input::Text),
        Entry::needed("role", Input::Choice(named(&roles, "role", words))),
        Entry::new("sites", Input::Several(all_sites(desk))),
        Entry::new("types", Input::Several(all_types(desk, words))),
    ]
}

/// Each word with what people read for it.
fn named(list: &[&str], prefix: &str, words: Words) -> Vec<(String, String)> {
    let pair = |word: &&str| ((*word).to_owned(), words.get(&format!("{prefix}-{word}")));
    list.iter().map(pair).collect()
}

fn all_sites(desk: &Desk) -> Vec<(String, String)> {
    let sites = desk.model.sites.iter().take(CHOICES);
    let pair = |row: &SiteRow| (row.site.key.clone(), desk.model.site_label(row));
    sites.map(pair).collect()
}

fn all_types(desk: &Desk, words: Words) -> Vec<(String, String)> {
    let types = desk.model.types.iter().take(CHOICES);
    let pair = |row: &EquipmentTypeRow| {
        let kind = &row.equipment_type;
        let name = label(&kind.name, kind.name_fr.as_deref(), words.0);
        (kind.key.clone(), name)
    };
    types.map(pair).collect()
}
