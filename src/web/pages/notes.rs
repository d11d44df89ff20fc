//! The notes under the charts of a page: a part of it that is fetched, and renewed after each change.

use super::page;
use crate::domain::{AnnotationId, EquipmentId, Permission, TimeRange, Timestamp};
use crate::store::tenant::AnnotationRow;
use crate::web::extract::{Form, Path, Query, Visit};
use crate::web::format;
use crate::web::notes::Notes;
use crate::web::pages::equipment::visitor_at;
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::DateTime;
use serde::Deserialize;

/// Equipment whose notes are shown together.
const EQUIPMENT: usize = 16;

/// The notes of a range.
#[derive(Template)]
#[template(path = "partials/notes.html")]
pub struct NotesPart {
    words: Words,
    asked: Asked,
    notes: Vec<NoteLine>,
    /// Equipment to choose from; empty for those who may not write.
    targets: Vec<(EquipmentId, String)>,
    /// The present on the clock of the charts, for the form.
    now_local: String,
    zone: String,
}

/// One note.
#[derive(Debug)]
struct NoteLine {
    id: AnnotationId,
    at_ms: i64,
    when: String,
    equipment: String,
    text: String,
    author: String,
    is_own: bool,
}

/// Which notes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    equipment: String,
    start: i64,
    end: i64,
}

impl Asked {
    fn ids(&self) -> Vec<EquipmentId> {
        let ids = self.equipment.split(',').filter_map(|id| id.parse().ok());
        ids.take(EQUIPMENT).map(EquipmentId).collect()
    }

    /// To the end of the calendar where the page shows the present: plans lie ahead.
    fn range(&self) -> Result<TimeRange, WebError> {
        let (start, end) = (
            Timestamp::from_millis(self.start),
            Timestamp::from_millis(self.end),
        );
        TimeRange::new(start, end).ok_or_else(|| WebError::invalid("end", "must be after `start`"))
    }

    fn query(&self) -> String {
        let Self {
            equipment,
            start,
            end,
        } = self;
        let equipment = super::encode(equipment);
        format!("equipment={equipment}&start={start}&end={end}")
    }
}

/// What the form of a new note sends.
#[derive(Debug, Deserialize)]
pub struct NewNote {
    target: EquipmentId,
    at: String,
    text: String,
}

/// What the form of an older one sends.
#[derive(Debug, Deserialize)]
pub struct NewText {
    text: String,
}

/// `GET /notes?equipment=1,2&start&end`
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    part(&state, &visit, asked).await
}

/// `POST /notes?…`: adds one and answers with what is there now.
pub async fn add(
    State(state): State<AppState>,
    visit: Visit,
    Query(asked): Query<Asked>,
    Form(new): Form<NewNote>,
) -> Result<Response, WebError> {
    let at = instant(&new.at, &reader_of(&visit, new.target)?)?;
    notes(&state, &visit).add(new.target, at, &new.text).await?;
    part(&state, &visit, asked).await
}

/// `POST /notes/{id}?…`
pub async fn change(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<AnnotationId>,
    Query(asked): Query<Asked>,
    Form(new): Form<NewText>,
) -> Result<Response, WebError> {
    notes(&state, &visit).change(id, &new.text).await?;
    part(&state, &visit, asked).await
}

/// `POST /notes/{id}/remove?…`
pub async fn remove(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<AnnotationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    notes(&state, &visit).remove(id).await?;
    part(&state, &visit, asked).await
}

fn notes<'a>(state: &AppState, visit: &'a Visit) -> Notes<'a> {
    Notes {
        scope: visit.client.scope(),
        model: &visit.model,
        identity: &visit.identity,
        now: state.clock.now(),
    }
}

async fn part(state: &AppState, visit: &Visit, asked: Asked) -> Result<Response, WebError> {
    let ids = asked.ids();
    let rows = notes(state, visit).list(&ids, asked.range()?).await?;
    let may_write =
        visit.identity.user().is_some() && visit.access().permissions.holds(Permission::Operate);
    let targets = if may_write {
        let seen = ids.iter().filter_map(|id| visit.model.equipment(*id));
        seen.map(|row| (row.id, row.equipment.name.clone()))
            .collect()
    } else {
        Vec::new()
    };
    let reader = match ids.first() {
        Some(first) => reader_of(visit, *first)?,
        None => visit.visitor.reader.clone(),
    };
    let is_one = ids.len() == 1;
    page(&NotesPart {
        words: reader.words,
        notes: rows
            .into_iter()
            .map(|row| NoteLine::of(row, visit, is_one, &reader))
            .collect(),
        targets,
        now_local: local(reader.now, &reader),
        zone: reader.zone.iana_name().unwrap_or("UTC").to_owned(),
        asked,
    })
}

/// Times are told and read on the clock of the page of the equipment.
fn reader_of(visit: &Visit, equipment: EquipmentId) -> Result<Reader, WebError> {
    let row = visit.model.equipment(equipment).ok_or(WebError::NotFound)?;
    let present = visit.present();
    let site = row.equipment.site_id;
    Ok(visitor_at(&visit.visitor, &present, site).reader)
}

fn local(at: Timestamp, reader: &Reader) -> String {
    let local = at.to_jiff().map(|at| at.to_zoned(reader.zone.clone()));
    local
        .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
        .unwrap_or_default()
}

fn instant(text: &str, reader: &Reader) -> Result<Timestamp, WebError> {
    let local: Option<DateTime> = text.parse().ok();
    local
        .and_then(|local| local.to_zoned(reader.zone.clone()).ok())
        .map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
        .ok_or_else(|| WebError::invalid("at", "is no date and time, such as 2026-11-20T14:32"))
}

impl NoteLine {
    fn of(row: AnnotationRow, visit: &Visit, is_one: bool, reader: &Reader) -> Self {
        let equipment = visit.model.equipment(row.equipment_id);
        let user = visit.identity.user().map(|user| user.id);
        Self {
            id: row.id,
            at_ms: row.at.as_millis(),
            when: format::moment(row.at, reader.now, &reader.zone, reader.words),
            equipment: match equipment {
                Some(equipment) if !is_one => equipment.equipment.name.clone(),
                _ => String::new(),
            },
            text: row.text,
            author: row
                .author
                .unwrap_or_else(|| reader.words.get("note-nobody")),
            is_own: user.is_some() && row.author_id == user,
        }
    }
}
