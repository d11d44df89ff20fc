//! Several equipment at once: moved, given a value of a custom field, removed; and taken back.
//!
//! All of them or none: one transaction of the change service.

use super::page;
use super::settings::{refusal, sentence};
use crate::domain::{EquipmentId, FieldKind, Permission};
use crate::store::tenant::FieldRow;
use crate::tenancy::change::{Act, FieldFault, Thing, Wish};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::extract::{Form, Visit, Visitor};
use crate::web::form::Choice;
use crate::web::model::custom;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// More than the rows of a page are not chosen by hand.
const MOST: usize = 200;
/// More sites than these are not listed to choose from.
const CHOICES: usize = 2_000;
const LIST: &str = "/equipment";

/// What can be done with chosen rows, for who may.
pub struct Bulk {
    pub(super) back: String,
    pub(super) sites: Vec<Choice>,
    pub(super) fields: Vec<Choice>,
}

/// What came of it.
#[derive(Template)]
#[template(path = "pages/bulk.html")]
pub struct BulkPage {
    shell: Shell,
    title: String,
    names: Vec<String>,
    notices: Vec<String>,
    /// What takes it back, as JSON; empty where nothing was done.
    undo: String,
    undo_text: String,
    back: String,
}

/// What the form of a list sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    id: Vec<EquipmentId>,
    act: String,
    site: String,
    field: String,
    value: String,
    back: String,
}

/// What takes a change of one thing back.
#[derive(Debug, Serialize, Deserialize)]
struct Former {
    /// Which; none for what has to be made anew.
    id: Option<i64>,
    with: Value,
}

/// What the undo of the page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Undo {
    undo: String,
    back: String,
}

impl Bulk {
    /// For who may change equipment.
    pub fn of(visitor: &Visitor, present: &Present, back: String) -> Option<Self> {
        let reader = &visitor.reader;
        let choice = |value: &str, label: String| Choice {
            value: value.to_owned(),
            label,
            current: false,
        };
        let sites = present.model.sites.iter().take(CHOICES);
        let fields = present.model.custom.of_all_equipment();
        visitor.may(Permission::ConfigureEquipment).then(|| Self {
            back,
            sites: sites
                .map(|row| choice(&row.site.key, present.model.site_label(row)))
                .collect(),
            fields: fields
                .map(|row| choice(&row.field.key, custom::name(row, reader)))
                .collect(),
        })
    }
}

/// `POST /equipment/bulk`
pub async fn submit(
    visit: Visit,
    desk: Desk,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let chosen = Chosen::of(&visit, &asked);
    if chosen.ids.is_empty() {
        return Ok(Redirect::to(back_to(&asked.back)).into_response());
    }
    let words = visit.visitor.words();
    let (wishes, former) = chosen.wishes(&visit, &desk, &asked).await?;
    let (error, done) = match desk.make(&wishes).await {
        Ok(_) => (None, true),
        Err(error) => (Some(error), false),
    };
    let notices = match &error {
        None => Vec::new(),
        Some(WebError::Faults(faults)) => told(faults, &chosen.names, words),
        Some(error @ (WebError::InUse | WebError::Quota { .. })) => vec![refusal(error, words)],
        Some(_) => return Err(error.unwrap_or(WebError::NotFound)),
    };
    let verb = if done { asked.act.as_str() } else { "refused" };
    let shown = page(&BulkPage {
        shell: Shell::of(&visit.visitor, Section::Equipment, &visit.present()),
        title: words.count(&format!("bulk-done-{verb}"), chosen.ids.len()),
        names: chosen.names,
        notices,
        undo: if done {
            serde_json::to_string(&former).unwrap_or_default()
        } else {
            String::new()
        },
        undo_text: words.get(if asked.act == "remove" {
            "bulk-undo-remove"
        } else {
            "bulk-undo"
        }),
        back: back_to(&asked.back).to_owned(),
    })?;
    let status = error.map_or(axum::http::StatusCode::OK, |error| error.status());
    Ok((status, shown).into_response())
}

/// `POST /equipment/bulk/undo`
pub async fn undo(desk: Desk, Form(asked): Form<Undo>) -> Result<Redirect, WebError> {
    let former: Vec<Former> = serde_json::from_str(&asked.undo)
        .map_err(|_| WebError::invalid("undo", "cannot be read"))?;
    let wish = |one: Former| match one.id {
        Some(id) => Wish::patch(Thing::Equipment, id, one.with, None),
        None => Wish {
            thing: Thing::Equipment,
            act: Act::Create(one.with),
        },
    };
    let wishes: Vec<_> = former.into_iter().take(MOST).map(wish).collect();
    desk.make(&wishes).await?;
    Ok(Redirect::to(back_to(&asked.back)))
}

/// Only a list of equipment is gone back to.
fn back_to(back: &str) -> &str {
    match back.strip_prefix(LIST) {
        Some("") => back,
        Some(rest) if rest.starts_with('?') => back,
        _ => LIST,
    }
}

/// What was ticked, as far as the visitor sees it.
struct Chosen {
    ids: Vec<EquipmentId>,
    names: Vec<String>,
}

impl Chosen {
    fn of(visit: &Visit, asked: &Asked) -> Self {
        let seen = asked.id.iter().take(MOST);
        let rows = seen.filter_map(|id| visit.model.equipment(*id));
        let (ids, names) = rows.map(|row| (row.id, row.equipment.name.clone())).unzip();
        Self { ids, names }
    }

    /// What is wished of each, and what takes it back.
    async fn wishes(
        &self,
        visit: &Visit,
        desk: &Desk,
        asked: &Asked,
    ) -> Result<(Vec<Wish>, Vec<Former>), WebError> {
        let (mut wishes, mut former) = (Vec::new(), Vec::new());
        for id in &self.ids {
            let looked = desk.look(Thing::Equipment, id.0).await?;
            if asked.act == "remove" {
                wishes.push(Wish::remove(Thing::Equipment, id.0, Some(looked.version)));
                former.push(Former {
                    id: None,
                    with: looked.wish,
                });
                continue;
            }
            let (with, before) = asked.patch(visit, &looked.wish)?;
            wishes.push(Wish::patch(Thing::Equipment, id.0, with, None));
            former.push(Former {
                id: Some(id.0),
                with: before,
            });
        }
        Ok((wishes, former))
    }
}

impl Asked {
    /// What changes of an equipment, and what it was.
    fn patch(&self, visit: &Visit, wish: &Value) -> Result<(Value, Value), WebError> {
        match self.act.as_str() {
            "move" => Ok((
                json!({ "site": self.site }),
                json!({ "site": wish["site"] }),
            )),
            "field" => {
                let mut fields = visit.model.custom.of_all_equipment();
                let row = fields.find(|row| row.field.key == self.field);
                let row = row.ok_or_else(|| WebError::invalid("field", "is not there"))?;
                let (key, before) = (&self.field, &wish["custom"][&self.field]);
                let value = given(row, self.value.trim());
                Ok((
                    json!({ "custom": { key: value } }),
                    json!({ "custom": { key: before } }),
                ))
            }
            _ => Err(WebError::invalid("act", "is one of move, field, remove")),
        }
    }
}

/// What was typed as a value of a field; nothing takes the value away.
fn given(row: &FieldRow, text: &str) -> Value {
    match row.field.kind {
        _ if text.is_empty() => Value::Null,
        FieldKind::MultiSelect => {
            let words = text.split(',').map(str::trim);
            json!(words.filter(|word| !word.is_empty()).collect::<Vec<_>>())
        }
        _ => json!(text),
    }
}

/// What is wrong, each with the name of what it is about.
fn told(faults: &[FieldFault], names: &[String], words: Words) -> Vec<String> {
    let line = |fault: &FieldFault| {
        let name = names.get(fault.wish).map_or("", String::as_str);
        format!("{name} — {}", sentence(&fault.reason, words))
    };
    faults.iter().map(line).collect()
}

impl BulkPage {
    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let words = visitor.words();
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            title: words.count("bulk-done-move", 2),
            names: vec!["<Nantes>".to_owned()],
            notices: vec!["<Nantes>".to_owned()],
            undo: "[\"<Nantes>\"]".to_owned(),
            undo_text: words.get("bulk-undo-remove"),
            back: LIST.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_a_list_and_nowhere_else() {
        for (asked, to) in [
            ("/equipment?site=1", "/equipment?site=1"),
            ("/equipment", "/equipment"),
            ("/equipmentx", "/equipment"),
            ("//elsewhere.example", "/equipment"),
            ("", "/equipment"),
        ] {
            assert_eq!(back_to(asked), to);
        }
    }
}
