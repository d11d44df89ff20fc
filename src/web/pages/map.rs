//! The map of all sites, with the gravest beside it in words.

use super::page;
use crate::web::WebError;
use crate::web::condition::{Condition, Mark};
use crate::web::extract::{Visit, Visitor};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use askama::Template;
use axum::response::Response;

/// Sites named beside the map; the map shows them all.
const NAMED: usize = 100;

/// The page of the map.
#[derive(Template)]
#[template(path = "pages/map.html")]
pub struct MapPage {
    pub(super) shell: Shell,
    pub(super) placed: String,
    pub(super) sites: Vec<MapLine>,
    pub(super) more: String,
}

/// A site in words.
pub struct MapLine {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) abnormal: bool,
    pub(super) equipment: String,
}

/// `GET /map`
pub async fn show(visit: Visit) -> Result<Response, WebError> {
    page(&MapPage::of(&visit.visitor, &visit.present()))
}

impl MapPage {
    pub(super) fn of(visitor: &Visitor, present: &Present) -> Self {
        let words = visitor.words();
        let model = &present.model;
        let mut sites: Vec<(Condition, _)> = model
            .sites
            .iter()
            .map(|row| (present.worst_of(&model.within(row.id)), row))
            .collect();
        sites.sort_by_key(|(condition, _)| *condition);
        let placed = sites.iter().filter(|(_, row)| row.site.latitude.is_some());
        let all = crate::web::format::number(sites.len() as f64, 0, words);
        let left = sites.len().saturating_sub(NAMED);
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            placed: words.count_with("map-placed", placed.count(), &[("all", &all)]),
            more: if left > 0 {
                words.count("map-more", left)
            } else {
                String::new()
            },
            sites: sites
                .into_iter()
                .take(NAMED)
                .map(|(condition, row)| MapLine {
                    href: format!("/sites/{}", row.id),
                    name: row.site.name.clone(),
                    mark: condition.mark(),
                    state: words.get(&format!("condition-{}", condition.name())),
                    abnormal: condition.is_abnormal(),
                    equipment: words.count("site-summary", model.equipment_within(row.id).count()),
                })
                .collect(),
        }
    }
}
