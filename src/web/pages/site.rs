//! One site: its plan when it is a car park, its equipment, its details.

use super::equipment::{besides, crumbs, visitor_at};
use super::equipment_list;
use super::equipment_table::{self, Group, Grouping};
use super::list_order::Order;
use super::tree::{Chosen, Tree};
use super::{Link, page};
use crate::domain::SiteId;
use crate::store::tenant::SiteRow;
use crate::web::WebError;
use crate::web::condition::Mark;
use crate::web::extract::{Path, Visit, Visitor};
use crate::web::format;
use crate::web::park::{self, Park};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Reader;
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;

/// Rows of the first look; the list shows them all.
const ROWS: usize = 60;

/// The page of one site.
#[derive(Template)]
#[template(path = "pages/site.html")]
pub struct SitePage {
    pub(super) shell: Shell,
    pub(super) tree: Tree,
    pub(super) crumbs: Vec<Link>,
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) condition: String,
    pub(super) summary: String,
    pub(super) park: Option<Park>,
    pub(super) inner: Vec<InnerSite>,
    pub(super) groups: Vec<Group>,
    pub(super) more: Option<Link>,
    pub(super) details: Vec<(String, String)>,
}

/// A site inside this one.
pub struct InnerSite {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) equipment: String,
}

/// `GET /sites/{id}`
pub async fn show(visit: Visit, Path(id): Path<SiteId>) -> Result<Response, WebError> {
    let present = visit.present();
    let row = present.model.site(id).ok_or(WebError::NotFound)?;
    page(&SitePage::of(&visit.visitor, &present, row))
}

impl SitePage {
    pub(super) fn of(visitor: &Visitor, present: &Present, row: &SiteRow) -> Self {
        let words = visitor.words();
        let visitor = &visitor_at(visitor, present, row.id);
        let reader = visitor.reader.clone();
        let condition = present.worst_of(&present.model.within(row.id));
        let park = Park::of(present, row.id, &reader);
        let equipment: Vec<_> = present.model.equipment_of(row.id).iter().collect();
        let listed: Vec<_> = equipment
            .iter()
            .copied()
            .filter(|one| park.is_none() || !park::is_on_plan(present, one))
            .collect();
        let section = if park.is_some() {
            Section::Parking
        } else {
            Section::Equipment
        };
        let around = crumbs(present, row.id, visitor);
        Self {
            shell: Shell::of(visitor, section, present),
            tree: Tree::of(
                present,
                Chosen {
                    site: Some(row.id),
                    equipment: None,
                },
                words,
            ),
            crumbs: around[..around.len() - 1].to_vec(),
            name: row.site.name.clone(),
            mark: condition.mark(),
            condition: words.get(&format!("condition-{}", condition.name())),
            summary: words.count(
                "site-summary",
                present.model.equipment_within(row.id).count(),
            ),
            inner: inner(present, row.id, words),
            more: (listed.len() > ROWS)
                .then(|| equipment_list::of_site(row.id, listed.len(), words)),
            groups: equipment_table::groups(
                present,
                listed,
                Grouping::OneSite,
                &Order::default(),
                &(0..ROWS),
                &reader,
            ),
            details: details(present, row, &reader),
            park,
        }
    }
}

fn inner(present: &Present, site: SiteId, words: Words) -> Vec<InnerSite> {
    let line = |row: &SiteRow| {
        let worst = present.worst_of(&present.model.within(row.id));
        let n = present.model.equipment_within(row.id).count();
        InnerSite {
            href: format!("/sites/{}", row.id),
            name: row.site.name.clone(),
            mark: worst.mark(),
            state: words.get(&format!("condition-{}", worst.name())),
            equipment: words.count("site-summary", n),
        }
    };
    present.model.inside(site).map(line).collect()
}

fn details(present: &Present, row: &SiteRow, reader: &Reader) -> Vec<(String, String)> {
    let (site, words) = (&row.site, reader.words);
    let degrees = |value: f64| format::number(value, 4, words);
    let position = site
        .latitude
        .zip(site.longitude)
        .map(|(lat, lon)| format!("{} ; {}", degrees(lat), degrees(lon)));
    [
        ("site-address", site.address.clone()),
        ("site-position", position),
        ("site-zone", Some(site.time_zone.clone())),
        ("key", Some(site.key.clone())),
    ]
    .into_iter()
    .filter_map(|(term, text)| Some((words.get(term), text?)))
    .chain(besides(present.model.custom.of_site(row.id), reader))
    .collect()
}
