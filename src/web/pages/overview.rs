//! The overview: what needs a look, totals, sites, what is stale, what changed.

use super::overview_changes::{self, ChangeLine};
use super::overview_sites::{self, SiteLine, SiteTable};
use super::overview_totals::{self, Figure};
use super::{Link, page};
use crate::domain::Timestamp;
use crate::store::audit;
use crate::store::tenant::EquipmentRow;
use crate::web::age::Age;
use crate::web::condition::{Condition, Mark, Trust};
use crate::web::extract::{Visit, Visitor};
use crate::web::format;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

const ATTENTION_LINES: usize = 5;
const STALE_LINES: usize = 5;

/// The overview of a client.
#[derive(Template)]
#[template(path = "pages/overview.html")]
pub struct OverviewPage {
    pub(super) shell: Shell,
    pub(super) situation: String,
    pub(super) when: String,
    pub(super) sites_normal: String,
    pub(super) attention: Vec<AttentionLine>,
    pub(super) more_attention: Option<Link>,
    pub(super) figures: Vec<Figure>,
    pub(super) sites: Vec<SiteLine>,
    pub(super) more_sites: Option<Link>,
    pub(super) on_earth: bool,
    pub(super) stale: Vec<StaleLine>,
    pub(super) all_stale: Option<Link>,
    pub(super) changes: Vec<ChangeLine>,
}

/// An equipment that needs a look.
pub struct AttentionLine {
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) href: String,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) detail: String,
    pub(super) age: Age,
}

/// An equipment with stale points.
pub struct StaleLine {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) count: String,
    pub(super) age: Age,
}

/// `GET /`
pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let (present, reader) = (visit.present(), &visit.visitor.reader);
    let (tenant, engine) = (visit.client.tenant().id, visit.client.engine());
    let history = async |points: &[_]| state.sparks.of(tenant, engine, points, reader.now).await;
    let sites = overview_sites::lines(&present, history, reader).await?;
    let changes = audit::changes(visit.client.scope().db(), overview_changes::READ).await?;
    let changes = overview_changes::seen_by(visit.access(), &visit.model, changes);
    page(&OverviewPage::of(&visit.visitor, &present, sites, changes))
}

impl OverviewPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        sites: SiteTable,
        changes: Vec<audit::Entry>,
    ) -> Self {
        let (reader, words) = (&visitor.reader, visitor.words());
        let abnormal = gravest(present);
        let stale: Vec<_> = stale_equipment(present);
        Self {
            shell: Shell::of(visitor, Section::Overview, present),
            situation: situation(present, abnormal.len(), reader),
            when: format!(
                "{}.",
                format::long_date_time(reader.now, &reader.zone, words)
            ),
            sites_normal: sites_normal(&sites, words),
            attention: abnormal
                .iter()
                .take(ATTENTION_LINES)
                .map(|row| AttentionLine::of(present, row, reader))
                .collect(),
            more_attention: more(
                abnormal.len(),
                ATTENTION_LINES,
                "overview-more",
                "/equipment",
                reader,
            ),
            figures: overview_totals::figures(present, words),
            more_sites: (sites.all > sites.lines.len())
                .then(|| Link::new("/map", words.count("overview-all-sites", sites.all))),
            on_earth: sites.on_earth,
            sites: sites.lines,
            all_stale: more(
                stale.len(),
                STALE_LINES,
                "overview-stale-all",
                "/equipment?state=stale",
                reader,
            ),
            stale: stale
                .into_iter()
                .take(STALE_LINES)
                .map(|row| StaleLine::of(present, row, reader))
                .collect(),
            changes: overview_changes::lines(&changes, &present.model, reader),
        }
    }
}

fn situation(present: &Present, abnormal: usize, reader: &Reader) -> String {
    let heard = present.newest().is_some();
    match abnormal {
        0 if heard => reader.words.get("overview-normal"),
        0 => reader.words.get("overview-waiting"),
        n => reader.words.count("overview-to-look-at", n),
    }
}

/// How many sites are normal; nothing where there is none.
fn sites_normal(sites: &SiteTable, words: Words) -> String {
    let all = format::number(sites.all as f64, 0, words);
    match (sites.all, sites.normal) {
        (0, _) => String::new(),
        (1, 0) => words.get("overview-site-not-normal"),
        (1, _) => words.get("overview-site-normal"),
        (_, n) => words.count_with("overview-sites-normal", n, &[("all", &all)]),
    }
}

fn more(n: usize, shown: usize, key: &str, href: &str, reader: &Reader) -> Option<Link> {
    let label = if key == "overview-more" {
        n.saturating_sub(shown)
    } else {
        n
    };
    (n > shown).then(|| Link::new(href, reader.words.count(key, label)))
}

/// Equipment that needs a look, the gravest and then the longest unheard first.
fn gravest(present: &Present) -> Vec<&EquipmentRow> {
    let mut rows: Vec<_> = present
        .model
        .equipment
        .iter()
        .filter(|row| present.condition(row.id).is_abnormal())
        .collect();
    rows.sort_by_key(|row| (present.condition(row.id), present.last_heard(row.id)));
    rows
}

fn stale_equipment(present: &Present) -> Vec<&EquipmentRow> {
    let mut rows: Vec<_> = present
        .model
        .equipment
        .iter()
        .filter(|row| present.tally(row.id).stale > 0)
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(present.tally(row.id).stale));
    rows
}

impl AttentionLine {
    fn of(present: &Present, row: &EquipmentRow, reader: &Reader) -> Self {
        let condition = present.condition(row.id);
        let heard = present.last_heard(row.id);
        Self {
            mark: condition.mark(),
            state: reader.words.get(&format!("condition-{}", condition.name())),
            href: format!("/equipment/{}", row.id),
            name: row.equipment.name.clone(),
            place: place(present, row),
            detail: detail(present, row, condition, heard, reader),
            age: Age::of(heard, reader),
        }
    }
}

fn detail(
    present: &Present,
    row: &EquipmentRow,
    condition: Condition,
    heard: Option<Timestamp>,
    reader: &Reader,
) -> String {
    let tally = present.tally(row.id);
    match (condition, heard) {
        (Condition::Offline, Some(at)) => {
            let time = format::moment(at, reader.now, &reader.zone, reader.words);
            reader.words.with("last-at", &[("time", &time)])
        }
        (Condition::BadQuality, _) => reader.words.count("bad-points", tally.bad),
        _ => reader.words.count("stale-points", tally.stale),
    }
}

impl StaleLine {
    fn of(present: &Present, row: &EquipmentRow, reader: &Reader) -> Self {
        let oldest = present
            .points_of(row.id)
            .filter(|(point, sample)| present.trust(point, *sample) == Trust::Stale)
            .filter_map(|(_, sample)| sample.map(|sample| sample.at))
            .min();
        Self {
            href: format!("/equipment/{}", row.id),
            name: row.equipment.name.clone(),
            place: place(present, row),
            count: reader
                .words
                .count("stale-points", present.tally(row.id).stale),
            age: Age::of(oldest, reader),
        }
    }
}

fn place(present: &Present, row: &EquipmentRow) -> String {
    present
        .model
        .site(row.equipment.site_id)
        .map(|site| site.site.name.clone())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;

    #[test]
    fn the_count_of_normal_sites_is_a_sentence_in_both_languages() {
        let said = |locale, all, normal| {
            let sites = SiteTable {
                all,
                normal,
                ..SiteTable::default()
            };
            sites_normal(&sites, Words::of(locale))
        };
        assert_eq!(said(Locale::English, 1, 1), "The site is normal.");
        assert_eq!(said(Locale::English, 4, 1), "1 site of 4 is normal.");
        assert_eq!(said(Locale::English, 4, 0), "No site is normal.");
        assert_eq!(said(Locale::French, 1, 1), "Le site est normal.");
        assert_eq!(said(Locale::French, 8, 7), "7 sites sur 8 sont normaux.");
        assert_eq!(said(Locale::French, 0, 0), "");
    }
}
