//! The list of what there is of a noun: found by its words, changed, removed.

use super::noun::Noun;
use crate::ingest::Health;
use crate::store::tenant::{connections, devices, users};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::condition::{Condition, Mark};
use crate::web::extract::Visitor;
use crate::web::format;
use crate::web::pages::Link;
use crate::web::plain::{plain, words};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::{Reader, label};
use askama::Template;
use serde::Deserialize;

/// Rows of one page.
const ROWS: usize = 60;

/// A list of things to administer.
#[derive(Template)]
#[template(path = "pages/settings_list.html")]
pub struct ListPage {
    pub(super) shell: Shell,
    /// The lists the visitor may open.
    pub(super) tabs: Vec<Link>,
    /// The address of this one.
    pub(super) path: String,
    pub(super) add: String,
    pub(super) empty: String,
    pub(super) q: String,
    pub(super) count: String,
    pub(super) rows: Vec<Line>,
    /// How many are left out; empty when none is.
    pub(super) more: String,
    pub(super) toast: Option<Toast>,
}

/// One thing.
#[derive(Debug, Clone)]
pub struct Line {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) details: Vec<String>,
    pub(super) state: Option<(Mark, String)>,
}

/// What was just done, and how to take it back.
#[derive(Debug, Clone, Default)]
pub struct Toast {
    pub(super) text: String,
    /// The wish that makes it anew; empty when it does not come back.
    pub(super) again: String,
    /// Whether nothing was done, for a reason.
    pub(super) is_refusal: bool,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) q: String,
    /// The name of what was just saved.
    pub(super) saved: String,
}

impl ListPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        noun: Noun,
        lines: Vec<Line>,
        asked: Asked,
        toast: Option<Toast>,
    ) -> Self {
        let text = visitor.words();
        let wanted = words(&asked.q);
        let all = lines.len();
        let mut found: Vec<_> = lines
            .into_iter()
            .filter(|line| line.holds(&wanted))
            .collect();
        let left = found.len().saturating_sub(ROWS);
        found.truncate(ROWS);
        let saved = (!asked.saved.is_empty()).then(|| Toast {
            text: text.with("settings-saved", &[("name", &asked.saved)]),
            ..Toast::default()
        });
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            tabs: tabs(visitor),
            path: noun.path(),
            add: text.get(&format!("settings-new-{}", noun.name())),
            empty: text.get(&format!("settings-empty-{}", noun.name())),
            count: text.count("settings-count", all),
            more: if left > 0 {
                text.count("settings-more", left)
            } else {
                String::new()
            },
            rows: found,
            q: asked.q,
            toast: toast.or(saved),
        }
    }
}

fn tabs(visitor: &Visitor) -> Vec<Link> {
    let may = |noun: &Noun| visitor.permissions.holds(noun.needs());
    let tab = |noun: Noun| {
        let label = visitor.words().get(&format!("settings-{}", noun.name()));
        Link::new(noun.path(), label)
    };
    Noun::ALL.into_iter().filter(may).map(tab).collect()
}

impl Line {
    fn holds(&self, wanted: &[String]) -> bool {
        if wanted.is_empty() {
            return true;
        }
        let text = plain(&format!("{}\n{}", self.name, self.details.join("\n")));
        wanted.iter().all(|word| text.contains(word))
    }
}

/// All there is of a noun, as far as the caller sees it.
pub async fn lines(desk: &Desk, noun: Noun, reader: &Reader) -> Result<Vec<Line>, WebError> {
    Ok(match noun {
        Noun::Sites => sites(desk),
        Noun::Types => types(desk, reader),
        Noun::Equipment => equipment(desk),
        Noun::Connections => connections(desk, reader).await?,
        Noun::Devices => devices(desk, reader).await?,
        Noun::Users => users(desk, reader).await?,
    })
}

fn line(id: i64, name: &str, details: impl IntoIterator<Item = String>) -> Line {
    Line {
        id,
        name: name.to_owned(),
        details: details.into_iter().filter(|one| !one.is_empty()).collect(),
        state: None,
    }
}

fn sites(desk: &Desk) -> Vec<Line> {
    let of = |row: &crate::store::tenant::SiteRow| {
        let site = &row.site;
        let outer = site.parent_id.and_then(|id| desk.model.site(id));
        let outer = outer.map(|outer| outer.site.name.clone());
        line(
            row.id.0,
            &site.name,
            [
                site.key.clone(),
                outer.unwrap_or_default(),
                site.time_zone.clone(),
            ],
        )
    };
    desk.model.sites.iter().map(of).collect()
}

fn types(desk: &Desk, reader: &Reader) -> Vec<Line> {
    let of = |row: &crate::store::tenant::EquipmentTypeRow| {
        let kind = &row.equipment_type;
        let name = label(&kind.name, kind.name_fr.as_deref(), reader.words.0);
        let same = |one: &&crate::store::tenant::EquipmentRow| one.equipment.type_id == row.id;
        let n = desk.model.equipment.iter().filter(same).count();
        line(
            row.id.0,
            &name,
            [kind.key.clone(), reader.words.count("found-equipment", n)],
        )
    };
    desk.model.types.iter().map(of).collect()
}

fn equipment(desk: &Desk) -> Vec<Line> {
    let of = |row: &crate::store::tenant::EquipmentRow| {
        let equipment = &row.equipment;
        let site = desk.model.site(equipment.site_id);
        let kind = desk.model.type_of(row);
        line(
            row.id.0,
            &equipment.name,
            [
                equipment.key.clone(),
                kind.map(|kind| kind.equipment_type.key.clone())
                    .unwrap_or_default(),
                site.map(|site| site.site.name.clone()).unwrap_or_default(),
                equipment.serial.clone().unwrap_or_default(),
            ],
        )
    };
    desk.model.equipment.iter().map(of).collect()
}

async fn connections(desk: &Desk, reader: &Reader) -> Result<Vec<Line>, WebError> {
    let rows = connections::list(desk.caller.client.scope().db()).await?;
    let running = desk.caller.client.connections();
    let of = |row: &crate::store::tenant::ConnectionRow| {
        let connection = &row.connection;
        let view = running
            .iter()
            .find(|view| view.connection.key == connection.key);
        let status = view.map(|view| &view.status);
        let (condition, word) = match status.map(|status| status.health) {
            _ if !connection.enabled => (Condition::Waiting, "connection-disabled"),
            Some(Health::Connected) => (Condition::Normal, "connection-connected"),
            Some(Health::Connecting) => (Condition::Waiting, "connection-connecting"),
            Some(Health::Waiting) => (Condition::Stale, "connection-waiting"),
            Some(Health::Stopped) | None => (Condition::Offline, "connection-offline"),
        };
        let error = status.and_then(|status| status.last_error.clone());
        Line {
            state: Some((condition.mark(), reader.words.get(word))),
            ..line(
                row.id.0,
                &connection.name,
                [
                    connection.key.clone(),
                    connection.protocol.clone(),
                    error.unwrap_or_default(),
                ],
            )
        }
    };
    Ok(rows.iter().map(of).collect())
}

async fn devices(desk: &Desk, reader: &Reader) -> Result<Vec<Line>, WebError> {
    let rows = devices::list(desk.caller.client.scope().db()).await?;
    let slug = &desk.caller.client.tenant().slug;
    let of = |row: &crate::store::tenant::DeviceRow| {
        let seen = row.last_seen_at.map_or_else(
            || reader.words.get("seen-never"),
            |at| format::age(at, reader.now, &reader.zone, reader.words),
        );
        let (condition, word) = if row.revoked_at.is_some() {
            (Condition::Offline, "device-revoked")
        } else {
            (Condition::Normal, "device-let-in")
        };
        Line {
            state: Some((condition.mark(), reader.words.get(word))),
            ..line(
                row.id.0,
                &row.name,
                [
                    format!("{slug}/{}", row.name),
                    reader.words.with("device-seen", &[("age", &seen)]),
                ],
            )
        }
    };
    Ok(rows.iter().map(of).collect())
}

async fn users(desk: &Desk, reader: &Reader) -> Result<Vec<Line>, WebError> {
    let rows = users::list(desk.caller.client.scope().db()).await?;
    let of = |row: &crate::store::tenant::UserRow| {
        let disabled = row.disabled.then(|| reader.words.get("user-disabled"));
        let role = reader
            .words
            .get(&format!("role-{}", row.user.role.as_str()));
        line(
            row.id.0,
            &row.user.name,
            [row.user.email.clone(), role, disabled.unwrap_or_default()],
        )
    };
    Ok(rows.iter().map(of).collect())
}

/// Two lines for the test of all pages.
#[cfg(test)]
pub fn sample() -> Vec<Line> {
    vec![
        line(1, "<Nantes>", ["nantes".to_owned()]),
        Line {
            state: Some((Condition::Normal.mark(), "<Nantes>".to_owned())),
            ..line(2, "Parking", [])
        },
    ]
}
