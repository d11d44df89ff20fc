//! One piece of work: planned, changed, done, removed.

use super::author::Author;
use super::form::{Typed, WorkForm};
use crate::domain::{EquipmentId, MaintenanceId, Permission};
use crate::store::tenant::{EquipmentRow, FileRow, WorkRow, maintenance, maintenance_files, users};
use crate::tenancy::maintenance::{MaintenanceError, change, plan, remove as end};
use crate::web::extract::{Form, Path, Query, Visit, Visitor};
use crate::web::pages::{Link, page};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{WebError, days, deeds};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The page of one piece of work; new work has no id yet.
#[derive(Template)]
#[template(path = "pages/maintenance_work.html")]
pub struct WorkPage {
    pub(super) shell: Shell,
    pub(super) id: Option<MaintenanceId>,
    pub(super) heading: String,
    pub(super) equipment: Link,
    pub(super) equipment_id: EquipmentId,
    pub(super) form: WorkForm,
    pub(super) may_change: bool,
    pub(super) is_done: bool,
    /// By whom it was done.
    pub(super) done_by: Option<String>,
    pub(super) files: Vec<FileRow>,
}

/// On what new work is planned.
#[derive(Debug, Deserialize)]
pub struct On {
    equipment: EquipmentId,
}

/// Which version a button speaks about.
#[derive(Debug, Deserialize)]
pub struct Seen {
    version: i64,
}

/// `GET /maintenance/new?equipment=`
pub async fn add(visit: Visit, Query(on): Query<On>) -> Result<Response, WebError> {
    page(&WorkPage::planning(
        &visit,
        on.equipment,
        Typed::default(),
        None,
    )?)
}

/// `POST /maintenance`
pub async fn create(
    visit: Visit,
    author: Author,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let id = typed.equipment.ok_or(WebError::NotFound)?;
    let equipment = seen_equipment(&visit, id)?;
    let on = (equipment.id, equipment.equipment.key.as_str());
    let made = match typed.work() {
        Ok(work) => plan(visit.client.scope().db(), author.by(), on, work).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => Ok(Redirect::to(&format!("/maintenance/{id}")).into_response()),
        Err(MaintenanceError::Store(error)) => Err(error.into()),
        Err(error) => {
            let again = WorkPage::planning(&visit, id, typed, Some(&error))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
    }
}

/// `GET /maintenance/{id}`
pub async fn show(visit: Visit, Path(id): Path<MaintenanceId>) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    page(&read(&visit, &row, Typed::of(&row), None).await?)
}

/// `POST /maintenance/{id}`
pub async fn save(
    visit: Visit,
    author: Author,
    Path(id): Path<MaintenanceId>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    let saved = match typed.work() {
        Ok(work) => {
            change(
                visit.client.scope().db(),
                author.by(),
                id,
                typed.version,
                work,
            )
            .await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(Redirect::to(&format!("/maintenance/{id}")).into_response()),
        Err(MaintenanceError::Store(error)) => Err(error.into()),
        Err(error) => {
            let again = read(&visit, &row, typed, Some(&error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
    }
}

/// `POST /maintenance/{id}/done`: it was done today.
pub async fn done(
    visit: Visit,
    author: Author,
    Path(id): Path<MaintenanceId>,
    Form(seen): Form<Seen>,
) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    let mut work = row.work;
    work.done_on = Some(days::today(&visit.visitor.reader));
    work.done_by = None;
    change(
        visit.client.scope().db(),
        author.by(),
        id,
        seen.version,
        work,
    )
    .await?;
    Ok(Redirect::to(&format!("/maintenance/{id}")).into_response())
}

/// `POST /maintenance/{id}/remove`
pub async fn remove(
    visit: Visit,
    author: Author,
    Path(id): Path<MaintenanceId>,
    Form(seen): Form<Seen>,
) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    end(visit.client.scope().db(), author.by(), id, seen.version).await?;
    let back = format!("/maintenance?equipment={}", row.equipment_id);
    Ok(Redirect::to(&back).into_response())
}

/// Work on equipment the visitor sees; any other is not there.
pub(super) async fn seen_work(visit: &Visit, id: MaintenanceId) -> Result<WorkRow, WebError> {
    let row = maintenance::find(visit.client.scope().db(), id).await?;
    row.filter(|row| visit.model.equipment(row.equipment_id).is_some())
        .ok_or(WebError::NotFound)
}

fn seen_equipment(visit: &Visit, id: EquipmentId) -> Result<&EquipmentRow, WebError> {
    visit.model.equipment(id).ok_or(WebError::NotFound)
}

async fn read(
    visit: &Visit,
    row: &WorkRow,
    typed: Typed,
    error: Option<&MaintenanceError>,
) -> Result<WorkPage, WebError> {
    let equipment = seen_equipment(visit, row.equipment_id)?;
    let may_change = visit.access().may(Permission::Operate);
    let mut page = WorkPage::of(&visit.visitor, &visit.present(), equipment, typed, error);
    page.id = Some(row.id);
    page.heading.clone_from(&row.work.title);
    page.may_change = may_change;
    page.is_done = row.work.done_on.is_some();
    page.files = maintenance_files::list_of(visit.client.scope().db(), row.id).await?;
    page.done_by = match &row.work.done_by {
        Some(hand) => Some(name_of(visit, hand).await?),
        None => None,
    };
    Ok(page)
}

/// What somebody is called now; of who was forgotten, the number.
async fn name_of(visit: &Visit, hand: &str) -> Result<String, WebError> {
    if let Ok(crate::domain::audit::Hand::User(id)) = hand.parse()
        && let Some(row) = users::find(visit.client.scope().db(), id).await?
    {
        return Ok(row.user.name);
    }
    Ok(deeds::hand_of(hand, visit.visitor.words()))
}

impl WorkPage {
    fn planning(
        visit: &Visit,
        equipment: EquipmentId,
        typed: Typed,
        error: Option<&MaintenanceError>,
    ) -> Result<Self, WebError> {
        let equipment = seen_equipment(visit, equipment)?;
        Ok(Self::of(
            &visit.visitor,
            &visit.present(),
            equipment,
            typed,
            error,
        ))
    }

    pub(in crate::web::pages) fn of(
        visitor: &Visitor,
        present: &Present,
        equipment: &EquipmentRow,
        typed: Typed,
        error: Option<&MaintenanceError>,
    ) -> Self {
        let words = visitor.words();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            id: None,
            heading: words.get("maintenance-new"),
            equipment: Link::new(
                format!("/equipment/{}", equipment.id),
                equipment.equipment.name.clone(),
            ),
            equipment_id: equipment.id,
            form: typed.form(error, words),
            may_change: true,
            is_done: false,
            done_by: None,
            files: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let equipment = &present.model.equipment[0];
        let stale = MaintenanceError::Day("due_on");
        let mut page = Self::of(visitor, present, equipment, Typed::default(), Some(&stale));
        page.id = Some(MaintenanceId(1));
        page.done_by = Some("C. Morel".to_owned());
        page.files = vec![FileRow {
            id: crate::domain::MaintenanceFileId(1),
            name: "<report>.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 1_024,
            added_by: "user:1".to_owned(),
            added_at: crate::domain::Timestamp::from_seconds(0),
        }];
        page
    }
}
