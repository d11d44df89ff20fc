//! The search: its page, and the few hits shown under the box while one types.

use super::page;
use crate::domain::EquipmentId;
use crate::web::condition::{Condition, Mark};
use crate::web::extract::{Query, Visit, Visitor};
use crate::web::icon;
use crate::web::present::Present;
use crate::web::search::{Found, Hit};
use crate::web::shell::{Section, Shell};
use crate::web::value::label;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

/// Hits under the box.
const FEW: usize = 8;
/// Hits on the page.
const MANY: usize = 60;
/// Longer texts are cut.
const LONGEST: usize = 200;

/// What is searched.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
    /// `point`: points alone, for the comparison.
    only: String,
    /// The points that are compared already.
    points: String,
}

/// A hit as people read it.
#[derive(Debug, Clone)]
pub struct HitLine {
    /// Where it leads.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is and where.
    pub detail: String,
    /// Its symbol.
    pub icon: &'static str,
    /// Its state.
    pub mark: Mark,
    /// That state in words.
    pub state: String,
    /// Whether the mark is shown.
    pub abnormal: bool,
}

/// The page of the search.
#[derive(Template)]
#[template(path = "pages/search.html")]
pub struct SearchPage {
    pub(super) shell: Shell,
    pub(super) q: String,
    pub(super) hits: Vec<HitLine>,
}

/// The hits under the box.
#[derive(Template)]
#[template(path = "partials/hits.html")]
pub struct HitList {
    pub(super) words: Words,
    pub(super) q: String,
    pub(super) hits: Vec<HitLine>,
    pub(super) is_list: bool,
}

/// `GET /search?q=`
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let present = visit.present();
    let hits = hits(&state, &visit, &wanted, MANY).await;
    page(&SearchPage::of(&visit.visitor, &present, wanted.q, &hits))
}

/// `GET /search/hits?q=`: the few best, for the box.
pub async fn suggest(
    State(state): State<AppState>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let present = visit.present();
    let hits = hits(&state, &visit, &wanted, FEW).await;
    let lines = hits.iter().filter_map(|hit| match wanted.only.as_str() {
        "point" => HitLine::to_compare(&present, hit, &wanted.points, visit.visitor.words()),
        _ => HitLine::of(&present, hit, visit.visitor.words()),
    });
    page(&HitList {
        words: visit.visitor.words(),
        hits: lines.collect(),
        q: wanted.q,
        is_list: true,
    })
}

async fn hits(state: &AppState, visit: &Visit, wanted: &Wanted, limit: usize) -> Vec<Hit> {
    let tenant = visit.client.tenant().id;
    let index = state.indexes.of(tenant, &visit.model).await;
    let text: String = wanted.q.chars().take(LONGEST).collect();
    if wanted.only != "point" {
        return index.search(&text, limit);
    }
    let mut found = index.search(&text, usize::MAX);
    found.retain(|hit| matches!(hit.found, Found::Point(_)));
    found.truncate(limit);
    found
}

impl SearchPage {
    pub(super) fn of(visitor: &Visitor, present: &Present, q: String, hits: &[Hit]) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            hits: hits
                .iter()
                .filter_map(|hit| HitLine::of(present, hit, visitor.words()))
                .collect(),
            q,
        }
    }
}

impl HitLine {
    fn of(present: &Present, hit: &Hit, words: Words) -> Option<Self> {
        let model = &present.model;
        match hit.found {
            Found::Site(id) => {
                let site = &model.site(id)?.site;
                let state = present.worst_of(&model.within(id));
                Some(Self {
                    href: format!("/sites/{id}"),
                    name: site.name.clone(),
                    detail: join(&[words.get("site"), site.address.clone().unwrap_or_default()]),
                    icon: "i-site",
                    ..Self::in_state(state, words)
                })
            }
            Found::Equipment(id) => {
                let row = model.equipment(id)?;
                Some(Self {
                    href: format!("/equipment/{id}"),
                    name: row.equipment.name.clone(),
                    detail: place(present, id, words)?,
                    icon: icon_of(present, id),
                    ..Self::in_state(present.condition(id), words)
                })
            }
            Found::Point(id) => {
                let row = model.point(id)?;
                let equipment = model.equipment(row.equipment_id)?;
                let spec = &row.spec;
                Some(Self {
                    href: format!("/points/{id}"),
                    name: label(&spec.name, spec.name_fr.as_deref(), words.0),
                    detail: join(&[
                        equipment.equipment.name.clone(),
                        place(present, equipment.id, words)?,
                    ]),
                    icon: "i-chart",
                    ..Self::in_state(present.condition(equipment.id), words)
                })
            }
        }
    }

    /// A point as a further line of the comparison.
    fn to_compare(present: &Present, hit: &Hit, points: &str, words: Words) -> Option<Self> {
        let Found::Point(id) = hit.found else {
            return None;
        };
        let mut kept: Vec<i64> = points
            .split(',')
            .filter_map(|one| one.parse().ok())
            .collect();
        kept.retain(|one| *one != id.0);
        kept.push(id.0);
        let kept: Vec<_> = kept.iter().map(i64::to_string).collect();
        Some(Self {
            href: format!("/compare?points={}", kept.join(",")),
            ..Self::of(present, hit, words)?
        })
    }

    fn in_state(state: Condition, words: Words) -> Self {
        Self {
            href: String::new(),
            name: String::new(),
            detail: String::new(),
            icon: "",
            mark: state.mark(),
            state: words.get(&format!("condition-{}", state.name())),
            abnormal: state.is_abnormal(),
        }
    }
}

/// `Battery pack · Nantes`
fn place(present: &Present, id: EquipmentId, words: Words) -> Option<String> {
    let model = &present.model;
    let row = model.equipment(id)?;
    let kind = &model.type_of(row)?.equipment_type;
    let site = model.site(row.equipment.site_id);
    Some(join(&[
        label(&kind.name, kind.name_fr.as_deref(), words.0),
        site.map(|site| site.site.name.clone()).unwrap_or_default(),
    ]))
}

fn icon_of(present: &Present, id: EquipmentId) -> &'static str {
    let row = present.model.equipment(id);
    let kind = row.and_then(|row| present.model.type_of(row));
    icon::known(kind.map_or("", |kind| &kind.equipment_type.icon))
}

fn join(parts: &[String]) -> String {
    let told = parts.iter().filter(|part| !part.is_empty());
    told.map(String::as_str).collect::<Vec<_>>().join(" · ")
}
