//! All work somebody sees: late, due soon, later, done.

use super::section::{SectionLine, is_late};
use crate::domain::{EquipmentId, Permission};
use crate::store::tenant::{WorkRow, maintenance};
use crate::web::days;
use crate::web::extract::{Query, Visit, Visitor};
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{WebError, value::Reader};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

/// Work that is read of each kind.
const READ: i64 = 1_000;
/// What was done is told of the newest.
const DONE_SHOWN: usize = 100;
/// Days that are soon.
const SOON: i64 = 30;

/// The list.
#[derive(Template)]
#[template(path = "pages/maintenance.html")]
pub struct ListPage {
    pub(super) shell: Shell,
    pub(super) situation: String,
    /// The equipment it is cut down to.
    pub(super) only: Option<String>,
    /// Where work is planned; none for who may not, or where it is not said on what.
    pub(super) plan: Option<String>,
    pub(super) groups: Vec<Group>,
}

/// Work that belongs together.
pub struct Group {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// One piece of work.
pub struct Line {
    pub(super) work: SectionLine,
    pub(super) equipment: String,
    pub(super) equipment_href: String,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    equipment: Option<EquipmentId>,
}

/// `GET /maintenance?equipment=`
pub async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let db = visit.client.scope().db();
    let rows = if let Some(id) = asked.equipment {
        maintenance::list_of(db, id).await?
    } else {
        let mut rows = maintenance::list_open(db, READ).await?;
        rows.extend(maintenance::list_done(db, READ).await?);
        rows
    };
    let may_plan = visit.access().may(Permission::Operate);
    let present = visit.present();
    page(&ListPage::of(
        &visit.visitor,
        &present,
        &rows,
        asked.equipment,
        may_plan,
    ))
}

impl ListPage {
    /// Of these rows, what stands on equipment that the visitor sees.
    pub(in crate::web::pages) fn of(
        visitor: &Visitor,
        present: &Present,
        rows: &[WorkRow],
        only: Option<EquipmentId>,
        may_plan: bool,
    ) -> Self {
        let reader = &visitor.reader;
        let seen: Vec<&WorkRow> = rows
            .iter()
            .filter(|row| present.model.equipment(row.equipment_id).is_some())
            .collect();
        let only = only.and_then(|id| present.model.equipment(id));
        let late = seen.iter().filter(|row| is_late(row, reader)).count();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            situation: reader.words.count("maintenance-late", late),
            plan: only
                .filter(|_| may_plan)
                .map(|row| format!("/maintenance/new?equipment={}", row.id)),
            only: only.map(|row| row.equipment.name.clone()),
            groups: groups(&seen, present, reader),
        }
    }
}

fn groups(rows: &[&WorkRow], present: &Present, reader: &Reader) -> Vec<Group> {
    let kinds = [
        "maintenance-group-late",
        "maintenance-group-soon",
        "maintenance-group-later",
        "maintenance-group-done",
    ];
    kinds
        .into_iter()
        .map(|kind| Group {
            title: reader.words.get(kind),
            lines: rows
                .iter()
                .filter(|row| kind_of(row, reader) == kind)
                .take(DONE_SHOWN)
                .map(|row| line(row, present, reader))
                .collect(),
        })
        .filter(|group| !group.lines.is_empty())
        .collect()
}

fn kind_of(row: &WorkRow, reader: &Reader) -> &'static str {
    let until = row.work.due_on.map(|due| due - days::today(reader));
    match (row.work.done_on, until) {
        (Some(_), _) => "maintenance-group-done",
        (None, Some(..0)) => "maintenance-group-late",
        (None, Some(0..=SOON)) => "maintenance-group-soon",
        (None, _) => "maintenance-group-later",
    }
}

fn line(row: &WorkRow, present: &Present, reader: &Reader) -> Line {
    let equipment = present.model.equipment(row.equipment_id);
    Line {
        work: SectionLine::of(row, reader),
        equipment: equipment
            .map(|row| row.equipment.name.clone())
            .unwrap_or_default(),
        equipment_href: format!("/equipment/{}", row.equipment_id),
    }
}
