//! The tree beside a page: Client > Site > Type > Equipment, with counts and the worst state below each.
//!
//! Only what is open is written: a branch comes when somebody opens it (`/tree/sites/{id}`), and a
//! search is answered by the server (`/tree?q=`). So a page weighs the same with ten equipment and
//! with ten thousand.

use crate::domain::{EquipmentId, EquipmentTypeId, SiteId};
use crate::store::tenant::{EquipmentRow, SiteRow};
use crate::web::condition::{Condition, Mark};
use crate::web::format;
use crate::web::icon;
use crate::web::plain::plain;
use crate::web::present::Present;
use crate::web::value::label;
use crate::web::words::Words;
use std::collections::{BTreeMap, HashSet};

/// Sites written at once.
const SITES: usize = 80;
/// Equipment written at once below a type; the list shows them all.
const ITEMS: usize = 40;
/// Equipment that a search in the tree shows.
const HITS: usize = 40;

/// What is chosen in the tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The site that is open.
    pub site: Option<SiteId>,
    /// The equipment that is shown.
    pub equipment: Option<EquipmentId>,
}

/// Sites, outer before inner.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// In their order.
    pub sites: Vec<TreeSite>,
    /// How many sites are left out; empty when none is.
    pub more: String,
}

/// A site and, when it is open, what stands on it.
#[derive(Debug, Clone)]
pub struct TreeSite {
    /// Which.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How many sites it lies in; deeper than 4 looks like 4.
    pub depth: usize,
    /// Equipment on it and inside it.
    pub count: String,
    /// The worst below.
    pub mark: Mark,
    /// Whether the mark is shown.
    pub abnormal: bool,
    /// Whether it starts open.
    pub open: bool,
    /// Whether sites inside it follow in the list: they hang below it, open or not.
    pub leads: bool,
    /// Whether its page is shown.
    pub current: bool,
    /// What stands on it, by type; only when it is open.
    pub groups: Vec<TreeGroup>,
}

/// The equipment of one type on one site.
#[derive(Debug, Clone)]
pub struct TreeGroup {
    /// What people call the type.
    pub name: String,
    /// Symbol of the type.
    pub icon: &'static str,
    /// How many there are.
    pub count: String,
    /// The worst below.
    pub mark: Mark,
    /// Whether the mark is shown.
    pub abnormal: bool,
    /// Whether it starts open.
    pub open: bool,
    /// By name; some of them when there are many.
    pub items: Vec<TreeItem>,
    /// The list of all of them; empty when all are here.
    pub all: String,
}

/// One equipment.
#[derive(Debug, Clone)]
pub struct TreeItem {
    /// What people call it.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Its state.
    pub mark: Mark,
    /// Whether the mark is shown.
    pub abnormal: bool,
    /// Whether its page is shown.
    pub current: bool,
}

impl Tree {
    /// The tree of a client, open where something is chosen.
    pub fn of(present: &Present, chosen: Chosen, words: Words) -> Self {
        let model = &present.model;
        let roots = model
            .sites
            .iter()
            .filter(|row| row.site.parent_id.is_none_or(|id| model.site(id).is_none()));
        let mut order = Vec::with_capacity(model.sites.len());
        for root in roots {
            push(present, root, 0, &mut order);
        }
        let open = chosen
            .site
            .or_else(|| (order.len() == 1).then(|| order[0].0.id));
        let is_kept = |at: usize, row: &SiteRow| at < SITES || Some(row.id) == open;
        let mut sites: Vec<_> = order
            .iter()
            .enumerate()
            .filter(|(at, (row, _))| is_kept(*at, row))
            .map(|(_, (row, depth))| {
                let chosen = Chosen {
                    site: open,
                    ..chosen
                };
                let mut site = TreeSite::of(present, row, *depth, chosen, words);
                site.current &= chosen.site == Some(row.id) && chosen.equipment.is_none();
                site
            })
            .collect();
        mark_leading(&mut sites);
        Self {
            more: left_out(order.len() - sites.len(), words),
            sites,
        }
    }

    /// The sites and equipment whose names hold all these words.
    pub fn found(present: &Present, wanted: &[String], words: Words) -> Self {
        let holds = |name: &str| {
            let name = plain(name);
            wanted.iter().all(|word| name.contains(word))
        };
        let hits: Vec<_> = present
            .model
            .equipment
            .iter()
            .filter(|row| holds(&row.equipment.name))
            .take(HITS)
            .collect();
        let places: HashSet<_> = hits.iter().map(|row| row.equipment.site_id).collect();
        let named = present
            .model
            .sites
            .iter()
            .filter(|row| places.contains(&row.id) || holds(&row.site.name));
        let sites = named.take(SITES).map(|row| {
            let here = hits.iter().copied();
            let here: Vec<_> = here.filter(|hit| hit.equipment.site_id == row.id).collect();
            let mut site = TreeSite::of(present, row, 0, Chosen::default(), words);
            site.open = !here.is_empty();
            site.groups = groups(present, &here, Chosen::default(), words);
            for group in &mut site.groups {
                group.open = true;
                group.all.clear();
            }
            site
        });
        Self {
            sites: sites.collect(),
            more: String::new(),
        }
    }
}

fn left_out(n: usize, words: Words) -> String {
    if n == 0 {
        return String::new();
    }
    words.count("tree-more-sites", n)
}

/// A site leads where the next one lies deeper.
fn mark_leading(sites: &mut [TreeSite]) {
    let depths: Vec<_> = sites.iter().skip(1).map(|site| site.depth).collect();
    for (site, next) in sites.iter_mut().zip(depths) {
        site.leads = next > site.depth;
    }
}

/// A site and all inside it, each with its depth.
fn push<'a>(
    present: &'a Present,
    row: &'a SiteRow,
    depth: usize,
    order: &mut Vec<(&'a SiteRow, usize)>,
) {
    order.push((row, depth));
    for inner in present.model.inside(row.id) {
        push(present, inner, depth + 1, order);
    }
}

impl TreeSite {
    /// A site, with what stands on it when it is chosen.
    pub fn of(
        present: &Present,
        row: &SiteRow,
        depth: usize,
        chosen: Chosen,
        words: Words,
    ) -> Self {
        let model = &present.model;
        let worst = present.worst_of(&model.within(row.id));
        let open = chosen.site == Some(row.id);
        let here: Vec<_> = model.equipment_of(row.id).iter().collect();
        Self {
            id: row.id,
            name: row.site.name.clone(),
            href: format!("/sites/{}", row.id),
            depth: depth.min(4),
            count: number(model.equipment_within(row.id).count(), words),
            mark: worst.mark(),
            abnormal: worst.is_abnormal(),
            open,
            leads: false,
            current: open && chosen.equipment.is_none(),
            groups: if open {
                groups(present, &here, chosen, words)
            } else {
                Vec::new()
            },
        }
    }
}

fn number(n: usize, words: Words) -> String {
    format::number(n as f64, 0, words)
}

fn groups(
    present: &Present,
    rows: &[&EquipmentRow],
    chosen: Chosen,
    words: Words,
) -> Vec<TreeGroup> {
    let mut by_type: BTreeMap<EquipmentTypeId, Vec<&EquipmentRow>> = BTreeMap::new();
    for row in rows {
        by_type.entry(row.equipment.type_id).or_default().push(row);
    }
    let alone = by_type.len() == 1;
    let mut groups: Vec<_> = by_type
        .into_values()
        .filter_map(|rows| group(present, &rows, chosen, words))
        .collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    if alone {
        for group in &mut groups {
            group.open = true;
        }
    }
    groups
}

fn group(
    present: &Present,
    rows: &[&EquipmentRow],
    chosen: Chosen,
    words: Words,
) -> Option<TreeGroup> {
    let first = rows.first()?;
    let kind = &present.model.type_of(first)?.equipment_type;
    let around = around(rows, chosen);
    let items: Vec<_> = around
        .iter()
        .map(|row| item(present, row, chosen))
        .collect();
    let worst = rows
        .iter()
        .map(|row| present.condition(row.id))
        .min()
        .unwrap_or(Condition::Waiting);
    let (site, kind_id) = (first.equipment.site_id, first.equipment.type_id);
    Some(TreeGroup {
        name: label(&kind.name, kind.name_fr.as_deref(), words.0),
        icon: icon::known(&kind.icon),
        count: number(rows.len(), words),
        mark: worst.mark(),
        abnormal: worst.is_abnormal(),
        open: items.iter().any(|item| item.current),
        all: if items.len() < rows.len() {
            format!("/equipment?site={site}&type={kind_id}")
        } else {
            String::new()
        },
        items,
    })
}

/// The chosen one with its neighbours, when there are too many to write them all.
fn around<'a, 'b>(rows: &'b [&'a EquipmentRow], chosen: Chosen) -> &'b [&'a EquipmentRow] {
    let at = rows.iter().position(|row| Some(row.id) == chosen.equipment);
    let start = at.unwrap_or_default().saturating_sub(ITEMS / 2);
    let start = start.min(rows.len().saturating_sub(ITEMS));
    &rows[start..rows.len().min(start + ITEMS)]
}

fn item(present: &Present, row: &EquipmentRow, chosen: Chosen) -> TreeItem {
    let condition = present.condition(row.id);
    TreeItem {
        name: row.equipment.name.clone(),
        href: format!("/equipment/{}", row.id),
        mark: condition.mark(),
        abnormal: condition.is_abnormal(),
        current: chosen.equipment == Some(row.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::samples;

    #[test]
    fn only_the_chosen_site_is_written_out() {
        let present = samples::present();
        let chosen = Chosen {
            site: Some(SiteId(2)),
            equipment: Some(EquipmentId(3)),
        };
        let tree = Tree::of(&present, chosen, Words::of(Locale::English));
        assert_eq!((tree.sites[0].open, tree.sites[1].open), (false, true));
        assert!(tree.sites[0].groups.is_empty());
        let spaces = tree.sites[1]
            .groups
            .iter()
            .find(|group| group.open)
            .unwrap();
        assert!(spaces.items.iter().any(|item| item.current));
        assert_eq!(tree.sites[0].count, "4");
        let leads: Vec<_> = tree.sites.iter().map(|site| site.leads).collect();
        assert_eq!(leads, [true, false], "only the outer site leads on");
    }

    #[test]
    fn a_search_shows_what_it_found_under_its_site() {
        let found = Tree::found(
            &samples::present(),
            &["pack".to_owned()],
            Words::of(Locale::English),
        );
        assert_eq!(found.sites.len(), 1);
        assert_eq!(found.sites[0].groups[0].items[0].name, "Pack B-07");
        let site = Tree::found(
            &samples::present(),
            &["parking".to_owned()],
            Words::of(Locale::English),
        );
        assert_eq!(
            (site.sites[0].name.as_str(), site.sites[0].open),
            ("Parking", false)
        );
    }
}
