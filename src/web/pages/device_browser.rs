//! What is behind the peer of a connection: looked for, told as it is found, taken into the model
//! with one button.

use super::connection::find;
use super::page;
use crate::domain::{ConnectionId, SiteId};
use crate::ingest::{Exploration, ExploreError, FoundEquipment, FoundPoint, ReadingValue};
use crate::web::WebError;
use crate::web::adoption;
use crate::web::api::Desk;
use crate::web::extract::{Form, Path, Visit, Visitor};
use crate::web::format;
use crate::web::model::Model;
use crate::web::pages::settings::sentence;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// Devices that are shown; the others are counted.
const SHOWN: usize = 200;
/// Points of a device that are named.
const POINTS: usize = 12;

/// The page.
#[derive(Template)]
#[template(path = "pages/device_browser.html")]
pub struct BrowserPage {
    pub(super) shell: Shell,
    pub(super) id: ConnectionId,
    pub(super) name: String,
    pub(super) sites: Vec<(SiteId, String)>,
    pub(super) looking: bool,
    /// How far it is, 0 to 100; none before anybody looked.
    pub(super) percent: Option<u32>,
    pub(super) situation: String,
    pub(super) trouble: String,
    pub(super) devices: Vec<DeviceLine>,
}

/// A device that was found.
pub struct DeviceLine {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) points: String,
    /// Its page, once it is in the model.
    pub(super) adopted: Option<String>,
}

/// What the button says.
#[derive(Debug, Deserialize)]
pub struct Looking {
    #[serde(default)]
    stop: bool,
}

/// Which device is taken in, and where it stands.
#[derive(Debug, Deserialize)]
pub struct Adopted {
    key: String,
    site: SiteId,
}

/// `GET /connections/{id}/devices`
pub async fn show(visit: Visit, Path(id): Path<ConnectionId>) -> Result<Response, WebError> {
    read(&visit, id, String::new()).await
}

/// `POST /connections/{id}/devices`: looks around, or stops it.
pub async fn look(
    visit: Visit,
    Path(id): Path<ConnectionId>,
    Form(looking): Form<Looking>,
) -> Result<Response, WebError> {
    let row = find(&visit, id).await?;
    if looking.stop {
        visit.client.stop_exploring(&row.connection.key);
        return Ok(back(id));
    }
    match visit.client.explore(&row).await {
        Ok(()) | Err(ExploreError::Busy) => Ok(back(id)),
        Err(ExploreError::Unable) => Err(WebError::NotFound),
        Err(ExploreError::Config(why)) => {
            let shown = read(&visit, id, why).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
    }
}

/// `POST /connections/{id}/devices/adopt`: the device, its points and what the connection must say
/// become one change.
pub async fn adopt(
    visit: Visit,
    desk: Desk,
    Path(id): Path<ConnectionId>,
    Form(adopted): Form<Adopted>,
) -> Result<Response, WebError> {
    let row = find(&visit, id).await?;
    let exploration = visit
        .client
        .exploration(&row.connection.key)
        .unwrap_or_default();
    let found = exploration
        .found
        .get(&adopted.key)
        .ok_or(WebError::NotFound)?;
    let wishes = adoption::wishes(&desk, id.0, adopted.site, found).await?;
    match desk.make(&wishes).await {
        Ok(_) => Ok(back(id)),
        Err(WebError::Faults(faults)) => {
            let words = visit.visitor.words();
            let sentences = faults.iter().map(|fault| sentence(&fault.reason, words));
            let shown = read(&visit, id, sentences.collect::<Vec<_>>().join(" ")).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

fn back(id: ConnectionId) -> Response {
    Redirect::to(&format!("/connections/{id}/devices")).into_response()
}

async fn read(visit: &Visit, id: ConnectionId, trouble: String) -> Result<Response, WebError> {
    let row = find(visit, id).await?;
    if !crate::ingest::explores(&row.connection.protocol) {
        return Err(WebError::NotFound);
    }
    let exploration = visit.client.exploration(&row.connection.key);
    let name = row.connection.name;
    let shown = BrowserPage::of(
        &visit.visitor,
        &visit.present(),
        (id, name),
        exploration.as_ref(),
        trouble,
    );
    page(&shown)
}

impl BrowserPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        (id, name): (ConnectionId, String),
        exploration: Option<&Exploration>,
        trouble: String,
    ) -> Self {
        let (words, model) = (visitor.words(), &present.model);
        let sites = model
            .sites
            .iter()
            .map(|row| (row.id, model.site_label(row)));
        let found = exploration.map(|exploration| &exploration.found);
        let devices = found
            .into_iter()
            .flat_map(|found| found.values())
            .take(SHOWN);
        let ended = exploration.and_then(|exploration| exploration.ended.as_ref());
        let failed = ended.and_then(|ended| ended.as_ref().err()).cloned();
        Self {
            shell: Shell::of(visitor, Section::Connections, present),
            id,
            name,
            sites: sites.collect(),
            looking: exploration.is_some() && ended.is_none(),
            percent: exploration.map(percent),
            situation: situation(exploration, words),
            trouble: Some(trouble)
                .filter(|trouble| !trouble.is_empty())
                .or(failed)
                .unwrap_or_default(),
            devices: devices
                .map(|one| DeviceLine::of(one, model, words))
                .collect(),
        }
    }

    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let one = FoundEquipment {
            key: "site-<1>".to_owned(),
            name: "site/<1>".to_owned(),
            vendor: Some("Acme".to_owned()),
            ..FoundEquipment::default()
        };
        let exploration = Exploration {
            done: 3,
            total: 30,
            found: std::iter::once((one.key.clone(), one)).collect(),
            ended: None,
        };
        let connection = (ConnectionId(1), "<Field>".to_owned());
        Self::of(
            visitor,
            present,
            connection,
            Some(&exploration),
            "no answer".to_owned(),
        )
    }
}

fn percent(exploration: &Exploration) -> u32 {
    let done = exploration.done.min(exploration.total);
    match exploration.ended {
        Some(_) => 100,
        None => done
            .saturating_mul(100)
            .checked_div(exploration.total)
            .unwrap_or(0),
    }
}

fn situation(exploration: Option<&Exploration>, words: Words) -> String {
    match exploration {
        None => words.get("browser-before"),
        Some(exploration) if exploration.ended.is_none() => {
            words.count("browser-looking", exploration.found.len())
        }
        Some(exploration) => words.count("browser-found", exploration.found.len()),
    }
}

impl DeviceLine {
    fn of(found: &FoundEquipment, model: &Model, words: Words) -> Self {
        let about = [&found.vendor, &found.model, &found.serial, &found.kind];
        let about: Vec<_> = about.into_iter().flatten().map(String::as_str).collect();
        let named = found
            .points
            .iter()
            .take(POINTS)
            .map(|point| point_words(point, words));
        let mut points: Vec<_> = named.collect();
        if let Some(more) = found
            .points
            .len()
            .checked_sub(POINTS)
            .filter(|more| *more > 0)
        {
            points.push(words.count("browser-more-points", more));
        }
        let known = model
            .equipment
            .iter()
            .find(|row| row.equipment.key == found.key);
        Self {
            key: found.key.clone(),
            name: crate::domain::visible(&found.name).into_owned(),
            about: crate::domain::visible(&about.join(" · ")).into_owned(),
            points: points.join(", "),
            adopted: known.map(|row| format!("/equipment/{}", row.id)),
        }
    }
}

/// `voltage 52.1 V`
fn point_words(point: &FoundPoint, words: Words) -> String {
    let value = match &point.value {
        Some(ReadingValue::Number(number)) => format::number(*number, 2, words),
        Some(ReadingValue::Bool(flag)) => words.get(if *flag { "yes" } else { "no" }),
        Some(ReadingValue::State(word)) => word.to_string(),
        None => String::new(),
    };
    let unit = point.unit.as_deref().unwrap_or_default();
    let told = format!("{} {value} {unit}", point.key);
    crate::domain::visible(told.trim_end()).into_owned()
}
