//! Commands on the page of an equipment: a control for each point that may be commanded, what is
//! under way, and what became of the last ones. A part of the page that is fetched, and renewed
//! when the feed says that a command is further (and now and then while one is under way).

mod lines;
#[cfg(test)]
mod sample;

use super::page;
use crate::domain::{CommandId, EquipmentId, Permission, PointId, Sample};
use crate::store::tenant::{CommandRow, PointRow, commands as table, users};
use crate::tenancy::commands::{self, Asker, CommandError, Wanted, rank_of};
use crate::web::extract::{Form, Origin, Path, Visit};
use crate::web::pages::equipment::visitor_at;
use crate::web::value::{self, label};
use crate::web::words::Words;
use crate::web::{AppState, WebError, deeds};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lines::{CommandLine, Control};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Commands that are listed.
const LINES: usize = 8;

/// The part.
#[derive(Template)]
#[template(path = "partials/commands.html")]
pub struct CommandsPart {
    words: Words,
    equipment: EquipmentId,
    controls: Vec<Control>,
    lines: Vec<CommandLine>,
    /// What has to be confirmed before it is written down.
    asking: Option<Asking>,
    /// Why the last one was not taken.
    fault: String,
    is_under_way: bool,
}

/// A command that its policy wants confirmed.
#[derive(Debug)]
struct Asking {
    point: PointId,
    value: String,
    nonce: String,
    question: String,
}

/// What a control sends.
#[derive(Debug, Deserialize)]
pub struct Typed {
    value: String,
    nonce: String,
    #[serde(default)]
    confirm: bool,
}

/// `GET /equipment/{id}/commands`
pub async fn show(visit: Visit, Path(id): Path<EquipmentId>) -> Result<Response, WebError> {
    part(&visit, id, None, String::new()).await
}

/// `POST /points/{id}/command`
pub async fn ask(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path(id): Path<PointId>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let point = visit.model.point(id).ok_or(WebError::NotFound)?;
    let equipment = visit
        .model
        .equipment(point.equipment_id)
        .ok_or(WebError::NotFound)?;
    let words = visit.visitor.words();
    let Some(value) = read(&typed.value) else {
        return part(&visit, equipment.id, None, words.get("command-no-number")).await;
    };
    let actor = origin.actor(&visit.identity);
    let asker = Asker {
        actor: &actor,
        rank: rank_of(visit.access().permissions).ok_or(WebError::NotFound)?,
        at: state.clock.now(),
    };
    let wanted = Wanted {
        point,
        equipment: &equipment.equipment.key,
        value: Some(value),
        is_meant: typed.confirm,
        word: Some(&typed.nonce),
    };
    match commands::ask(visit.client.scope().db(), asker, wanted).await {
        Ok(_) => {
            visit.client.commanded(id);
            part(&visit, equipment.id, None, String::new()).await
        }
        Err(CommandError::Unconfirmed) => {
            let what = value::figure(&point.spec, value, words);
            let label = label(&point.spec.name, point.spec.name_fr.as_deref(), words.0);
            let named = [
                ("name", equipment.equipment.name.as_str()),
                ("point", &label),
                ("value", &what),
            ];
            let asking = Asking {
                point: id,
                value: typed.value,
                nonce: typed.nonce,
                question: words.with("command-sure", &named),
            };
            part(&visit, equipment.id, Some(asking), String::new()).await
        }
        Err(CommandError::Store(error)) => Err(error.into()),
        Err(refused) => part(&visit, equipment.id, None, in_words(&refused, words)).await,
    }
}

/// `POST /commands/{id}/cancel`
pub async fn cancel(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path(id): Path<CommandId>,
) -> Result<Response, WebError> {
    let db = visit.client.scope().db();
    let row = table::find(db, id).await?.ok_or(WebError::NotFound)?;
    let point = visit
        .model
        .point(row.command.point_id)
        .ok_or(WebError::NotFound)?;
    let equipment = visit
        .model
        .equipment(point.equipment_id)
        .ok_or(WebError::NotFound)?;
    let actor = origin.actor(&visit.identity);
    let asker = Asker {
        actor: &actor,
        rank: rank_of(visit.access().permissions).ok_or(WebError::NotFound)?,
        at: state.clock.now(),
    };
    let words = visit.visitor.words();
    let key = &equipment.equipment.key;
    let fault = match commands::cancel(db, asker, id, point, key).await {
        Ok(()) => {
            visit.client.commanded(point.id);
            String::new()
        }
        Err(CommandError::Store(error)) => return Err(error.into()),
        Err(refused) => in_words(&refused, words),
    };
    part(&visit, equipment.id, None, fault).await
}

/// Whether there is anything to show: a point that can be commanded.
pub fn has_commands(points: &[PointRow]) -> bool {
    points.iter().any(|point| point.spec.command.is_some())
}

async fn part(
    visit: &Visit,
    id: EquipmentId,
    asking: Option<Asking>,
    fault: String,
) -> Result<Response, WebError> {
    let present = visit.present();
    let row = present.model.equipment(id).ok_or(WebError::NotFound)?;
    let reader = visitor_at(&visit.visitor, &present, row.equipment.site_id).reader;
    let commandable = |point: &PointRow| point.spec.command.is_some();
    let points: Vec<_> = present
        .points_of(id)
        .filter(|(point, _)| commandable(point))
        .collect();
    let rank = rank_of(visit.access().permissions);
    let may = |point: &PointRow| {
        let policy = point.spec.command.as_ref();
        policy.is_some_and(|policy| rank.is_some_and(|rank| rank >= policy.role))
    };
    let allowed = points.iter().filter(|(point, _)| may(point));
    let controls = allowed.map(|(point, sample)| Control::of(point, *sample, &reader));
    let rows = newest(visit, &points).await?;
    let people = people(visit, &rows, reader.words).await?;
    let may_cancel = visit.access().may(Permission::Operate);
    let lines = rows.iter().filter_map(|row| {
        let (point, _) = points
            .iter()
            .find(|(point, _)| point.id == row.command.point_id)?;
        Some(CommandLine::of(row, point, &people, may_cancel, &reader))
    });
    page(&CommandsPart {
        words: reader.words,
        equipment: id,
        controls: controls.collect(),
        lines: lines.collect(),
        asking,
        fault,
        is_under_way: rows.iter().any(|row| !row.state.is_final()),
    })
}

/// The newest commands of all these points, newest first.
async fn newest(
    visit: &Visit,
    points: &[(&PointRow, Option<&Sample>)],
) -> Result<Vec<CommandRow>, WebError> {
    let db = visit.client.scope().db();
    let mut rows = Vec::new();
    for (point, _) in points {
        rows.extend(table::list_of(db, point.id, i64::MAX, LINES as i64).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(LINES);
    Ok(rows)
}

/// What those who asked are called now.
async fn people(
    visit: &Visit,
    rows: &[CommandRow],
    words: Words,
) -> Result<BTreeMap<String, String>, WebError> {
    let mut people = BTreeMap::new();
    for hand in rows.iter().map(|row| &row.command.asked_by) {
        if people.contains_key(hand) {
            continue;
        }
        let user = match hand.parse() {
            Ok(crate::domain::audit::Hand::User(id)) => {
                users::find(visit.client.scope().db(), id).await?
            }
            _ => None,
        };
        let name = user.map_or_else(|| deeds::hand_of(hand, words), |row| row.user.name);
        people.insert(hand.clone(), name);
    }
    Ok(people)
}

fn in_words(refused: &CommandError, words: Words) -> String {
    match refused {
        CommandError::Value(value) => {
            words.with("command-not-allowed", &[("detail", &value.to_string())])
        }
        CommandError::TooOften { per_minute } => {
            words.with("command-too-often", &[("most", &per_minute.to_string())])
        }
        CommandError::TooLate(_) => words.get("command-too-late"),
        CommandError::Role(_) => words.get("command-role"),
        _ => words.get("command-refused"),
    }
}

/// A number as people type it.
fn read(text: &str) -> Option<f64> {
    let plain = text.trim().replace(',', ".").replace('−', "-");
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}
