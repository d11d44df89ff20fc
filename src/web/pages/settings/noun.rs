//! What can be administered, and with which fields.

use super::field::{Field, Input};
use crate::domain::Permission;
use crate::tenancy::change::Thing;
use crate::web::api::Desk;
use crate::web::icon;
use crate::web::value::label;
use crate::web::words::Words;

/// More sites than these are not listed to choose from.
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
    /// People.
    Users,
}

impl Noun {
    /// All of them, in the order of their list.
    pub const ALL: [Self; 6] = [
        Self::Sites,
        Self::Types,
        Self::Equipment,
        Self::Connections,
        Self::Devices,
        Self::Users,
    ];

    /// Its part of addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Types => "types",
            Self::Equipment => "equipment",
            Self::Connections => "connections",
            Self::Devices => "devices",
            Self::Users => "users",
        }
    }

    /// What wishes about it are about.
    pub const fn thing(self) -> Thing {
        match self {
            Self::Sites => Thing::Site,
            Self::Types => Thing::Type,
            Self::Equipment => Thing::Equipment,
            Self::Connections => Thing::Connection,
            Self::Devices => Thing::Device,
            Self::Users => Thing::User,
        }
    }

    /// The address of its list.
    pub fn path(self) -> String {
        format!("/settings/{}", self.name())
    }

    /// What one must be allowed to administer it; the table of permissions says the same.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Sites | Self::Types => Permission::ConfigureSites,
            Self::Equipment => Permission::ConfigureEquipment,
            Self::Connections | Self::Devices => Permission::ConfigureConnections,
            Self::Users => Permission::ManageUsers,
        }
    }

    /// Whether removing it can be taken back by making it anew: nothing is lost with it.
    pub const fn comes_back(self) -> bool {
        matches!(self, Self::Sites | Self::Types | Self::Connections)
    }

    /// The fields of its form.
    pub fn fields(self, desk: &Desk, words: Words) -> Vec<Field> {
        match self {
            Self::Sites => sites(desk),
            Self::Types => types(),
            Self::Equipment => equipment(desk, words),
            Self::Connections => connections(words),
            Self::Devices => vec![Field::needed("name", Input::Text)],
            Self::Users => users(words),
        }
    }
}

fn sites(desk: &Desk) -> Vec<Field> {
    vec![
        Field::needed("name", Input::Text),
        Field::needed("key", Input::Text),
        Field::new("parent", Input::Thing(all_sites(desk))),
        Field::new("address", Input::Text),
        Field::new("latitude", Input::Number),
        Field::new("longitude", Input::Number),
        Field::new("time_zone", Input::Text),
        Field::new("position", Input::Number),
    ]
}

fn types() -> Vec<Field> {
    let icons = icon::KNOWN.iter();
    let icons = icons.map(|name| ((*name).to_owned(), name.trim_start_matches("i-").to_owned()));
    vec![
        Field::needed("key", Input::Text),
        Field::needed("name", Input::Text),
        Field::new("name_fr", Input::Text),
        Field::new("icon", Input::Choice(icons.collect())),
        Field::new("brick", Input::Text),
        Field::new("haystack", Input::Words),
        Field::new("bookable", Input::Check),
    ]
}

/// The fields of a point of a type.
pub fn point(words: Words) -> Vec<Field> {
    let kinds = ["number", "boolean", "state"];
    let kinds = kinds.map(|kind| (kind.to_owned(), words.get(&format!("kind-{kind}"))));
    vec![
        Field::needed("key", Input::Text),
        Field::needed("name", Input::Text),
        Field::new("name_fr", Input::Text),
        Field::needed("kind", Input::Choice(kinds.into())),
        Field::new("unit", Input::Text),
        Field::needed("decimals", Input::Number),
        Field::new("states", Input::States),
        Field::new("normal_min", Input::Number),
        Field::new("normal_max", Input::Number),
        Field::new("valid_min", Input::Number),
        Field::new("valid_max", Input::Number),
        Field::new("period_s", Input::Number),
    ]
}

fn equipment(desk: &Desk, words: Words) -> Vec<Field> {
    let types = desk.model.types.iter().map(|row| {
        let kind = &row.equipment_type;
        (
            row.id.0,
            label(&kind.name, kind.name_fr.as_deref(), words.0),
        )
    });
    vec![
        Field::needed("name", Input::Text),
        Field::needed("key", Input::Text),
        Field::needed("site", Input::Thing(all_sites(desk))),
        Field::needed("type", Input::Thing(types.collect())),
        Field::new("model", Input::Text),
        Field::new("serial", Input::Text),
        Field::new("note", Input::Lines),
    ]
}

fn connections(words: Words) -> Vec<Field> {
    let protocols = ["mqtt", "mqtt-endpoint", "http"];
    let protocols = protocols.map(|name| (name.to_owned(), words.get(&format!("protocol-{name}"))));
    vec![
        Field::needed("name", Input::Text),
        Field::needed("key", Input::Text),
        Field::needed("protocol", Input::Choice(protocols.into())),
        Field::new("enabled", Input::Check),
        Field::needed("config", Input::Json),
    ]
}

fn users(words: Words) -> Vec<Field> {
    let roles = ["viewer", "member", "operator", "admin"];
    let roles = roles.map(|role| (role.to_owned(), words.get(&format!("role-{role}"))));
    vec![
        Field::needed("name", Input::Text),
        Field::needed("email", Input::Text),
        Field::needed("role", Input::Choice(roles.into())),
        Field::new("disabled", Input::Check),
        Field::new("password", Input::Secret),
    ]
}

fn all_sites(desk: &Desk) -> Vec<(i64, String)> {
    let sites = desk.model.sites.iter().take(CHOICES);
    sites.map(|row| (row.id.0, row.site.name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::permissions::{PORTAL, Requirement};

    #[test]
    fn every_list_asks_what_the_table_asks() {
        for noun in Noun::ALL {
            let rule = PORTAL.iter().find(|rule| rule.path == noun.path());
            let asked = rule.map(|rule| rule.requirement);
            assert_eq!(asked, Some(Requirement::Needs(noun.needs())), "{noun:?}");
        }
    }
}
