//! All equipment: searched, narrowed, ordered, a page of rows at a time; all of it in the address.

use super::bulk::Bulk;
use super::equipment_table::{self, Group, Grouping};
use super::list_choices::{Chip, FilterChoice, FilterOption};
use super::list_filter::Filter;
use super::list_order::Order;
use super::saved_filters::SavedLink;
use super::tree::{Chosen, Tree};
use super::{Link, page};
use crate::store::tenant::{SavedFilterRow, saved_filters};
use crate::web::WebError;
use crate::web::extract::{Query, Visit, Visitor};
use crate::web::format;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;
use std::ops::Range;

/// Rows of one page: enough to scan, few enough to be quick on a phone.
const ROWS: usize = 60;

/// The list of equipment.
#[derive(Template)]
#[template(path = "pages/equipment_list.html")]
pub struct EquipmentListPage {
    pub(super) shell: Shell,
    pub(super) tree: Tree,
    pub(super) filter: Filter,
    pub(super) choices: Vec<FilterChoice>,
    pub(super) groupings: Vec<FilterOption>,
    pub(super) views: Vec<View>,
    pub(super) layout: Layout,
    pub(super) found: String,
    pub(super) chips: Vec<Chip>,
    pub(super) saved: Vec<SavedLink>,
    pub(super) groups: Vec<Group>,
    pub(super) pager: Option<Pager>,
    /// What can be done with chosen rows; none for who may not.
    pub(super) bulk: Option<Bulk>,
}

/// How rows are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// Columns of values.
    #[default]
    Table,
    /// One line each, for a narrow screen or a long scan.
    List,
    /// A ruled field each, with its main values.
    Grid,
}

impl Layout {
    const ALL: [Self; 3] = [Self::Table, Self::List, Self::Grid];

    const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::List => "list",
            Self::Grid => "grid",
        }
    }

    fn of(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|layout| layout.name() == name).unwrap_or_default()
    }
}

/// A layout to choose.
pub struct View {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) icon: &'static str,
    pub(super) current: bool,
}

/// Where the shown rows lie among all.
pub struct Pager {
    pub(super) place: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// `GET /equipment`
pub async fn show(visit: Visit, Query(filter): Query<Filter>) -> Result<Response, WebError> {
    let saved = match visit.identity.user() {
        Some(user) => saved_filters::list(visit.client.scope().db(), user.id).await?,
        None => Vec::new(),
    };
    let (present, filter) = (visit.present(), filter.with_ids(&visit.model));
    page(&EquipmentListPage::of(
        &visit.visitor,
        &present,
        filter,
        saved,
    ))
}

impl EquipmentListPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        filter: Filter,
        saved: Vec<SavedFilterRow>,
    ) -> Self {
        let words = visitor.words();
        let rows = filter.apply(present);
        let (found, all) = (rows.len(), present.model.equipment.len());
        let window = window(&filter.page, found);
        let order = Order::of(&filter.sort, &filter.desc);
        let grouping = grouping(&filter);
        let mut groups =
            equipment_table::groups(present, rows, grouping, &order, &window, &visitor.reader);
        link_heads(&mut groups, &filter, &order);
        let bulk = Bulk::of(visitor, present, filter.with(&[]));
        for group in &mut groups {
            group.can_choose = bulk.is_some();
        }
        let choices = filter.choices(present, &visitor.reader);
        let chosen = Chosen {
            site: filter.only_site(),
            equipment: None,
        };
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            tree: Tree::of(present, chosen, visitor.words()),
            groupings: groupings(grouping, words),
            views: views(&filter, words),
            layout: Layout::of(&filter.view),
            found: found_of(found, all, words),
            chips: filter.chips(&choices, words),
            choices,
            saved: SavedLink::all(saved, &filter),
            groups,
            pager: pager(&filter, &window, found, words),
            bulk,
            filter,
        }
    }

    /// Whether this filter may be kept under a name.
    fn can_save(&self) -> bool {
        self.filter.is_set() && !self.saved.iter().any(|saved| saved.current)
    }
}

/// `64 of 214`
fn found_of(found: usize, all: usize, words: Words) -> String {
    if found == all {
        return words.count("found-equipment", all);
    }
    let all_text = format::number(all as f64, 0, words);
    words.count_with("found-of-equipment", found, &[("all", &all_text)])
}

fn grouping(filter: &Filter) -> Grouping {
    let mut all = Grouping::ALL.into_iter();
    all.find(|grouping| grouping.name() == filter.group)
        .unwrap_or_default()
}

/// The rows of the page that is asked for; the last page when it lies beyond.
fn window(page: &str, found: usize) -> Range<usize> {
    let last = found.saturating_sub(1) / ROWS;
    let asked = page.parse::<usize>().unwrap_or(1).saturating_sub(1);
    let start = asked.min(last) * ROWS;
    start..(start + ROWS).min(found)
}

fn pager(filter: &Filter, window: &Range<usize>, found: usize, words: Words) -> Option<Pager> {
    if found <= ROWS {
        return None;
    }
    let page = window.start / ROWS + 1;
    let text = |n: usize| format::number(n as f64, 0, words);
    let to = |page: usize| filter.with(&[("page", &page.to_string())]);
    let (from, until, all) = (text(window.start + 1), text(window.end), text(found));
    Some(Pager {
        place: words.with(
            "pager-place",
            &[("from", &from), ("to", &until), ("all", &all)],
        ),
        previous: (page > 1).then(|| to(page - 1)),
        next: (window.end < found).then(|| to(page + 1)),
    })
}

/// A head orders by its column; pressed again, from the other end.
fn link_heads(groups: &mut [Group], filter: &Filter, order: &Order) {
    for head in groups.iter_mut().flat_map(|group| &mut group.heads) {
        if head.key.is_empty() {
            continue;
        }
        head.sorted = order.direction(&head.key);
        let descending = if head.sorted == "ascending" { "1" } else { "" };
        head.href = filter.with(&[("sort", &head.key), ("desc", descending)]);
    }
}

fn groupings(chosen: Grouping, words: Words) -> Vec<FilterOption> {
    let option = |grouping: Grouping| FilterOption {
        value: grouping.name().to_owned(),
        label: words.get(&format!("group-{}", grouping.name())),
        current: grouping == chosen,
    };
    Grouping::ALL.map(option).into()
}

fn views(filter: &Filter, words: Words) -> Vec<View> {
    let chosen = Layout::of(&filter.view);
    let view = |layout: Layout| View {
        href: filter.with(&[(
            "view",
            if layout == Layout::default() {
                ""
            } else {
                layout.name()
            },
        )]),
        label: words.get(&format!("view-{}", layout.name())),
        icon: match layout {
            Layout::Table => "i-table",
            Layout::List => "i-list",
            Layout::Grid => "i-home",
        },
        current: layout == chosen,
    };
    Layout::ALL.map(view).into()
}

/// The list of one site alone, for pages that show its first rows.
pub fn of_site(site: crate::domain::SiteId, found: usize, words: Words) -> Link {
    Link::new(
        format!("/equipment?site={site}"),
        words.count("list-more", found),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        assert_eq!(window("1", 0), 0..0);
        assert_eq!(window("", 214), 0..ROWS);
        assert_eq!(window("4", 214), 180..214);
        assert_eq!(window("99", 214), 180..214);
        assert_eq!(window("2", ROWS), 0..ROWS);
    }
}
