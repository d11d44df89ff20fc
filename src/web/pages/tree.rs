//! The tree beside a page: Client > Site > Type > Equipment, with the worst state below each.

use crate::domain::{EquipmentId, EquipmentTypeId, SiteId};
use crate::store::tenant::{EquipmentRow, SiteRow};
use crate::web::condition::{Condition, Mark};
use crate::web::format::Locale;
use crate::web::icon;
use crate::web::present::Present;
use crate::web::value::label;
use std::collections::BTreeMap;

/// What is chosen in the tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The site that is open.
    pub site: Option<SiteId>,
    /// The equipment that is shown.
    pub equipment: Option<EquipmentId>,
}

/// All sites, outer before inner.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// In their order.
    pub sites: Vec<TreeSite>,
}

/// A site and what stands on it.
#[derive(Debug, Clone)]
pub struct TreeSite {
    /// What people call it.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How many sites it lies in.
    pub depth: usize,
    /// Equipment on it and inside it.
    pub count: usize,
    /// The worst below.
    pub mark: Mark,
    /// Whether the mark is shown.
    pub abnormal: bool,
    /// Whether it starts open.
    pub open: bool,
    /// Whether its page is shown.
    pub current: bool,
    /// What stands on it, by type.
    pub groups: Vec<TreeGroup>,
}

/// The equipment of one type on one site.
#[derive(Debug, Clone)]
pub struct TreeGroup {
    /// What people call the type.
    pub name: String,
    /// Symbol of the type.
    pub icon: &'static str,
    /// The worst below.
    pub mark: Mark,
    /// Whether the mark is shown.
    pub abnormal: bool,
    /// Whether it starts open.
    pub open: bool,
    /// By name.
    pub items: Vec<TreeItem>,
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
    /// The tree of a client.
    pub fn of(present: &Present, chosen: Chosen, locale: Locale) -> Self {
        let model = &present.model;
        let mut sites = Vec::with_capacity(model.sites.len());
        let roots = model
            .sites
            .iter()
            .filter(|row| row.site.parent_id.is_none());
        let alone = model.sites.len() == 1;
        for root in roots {
            push_site(&mut sites, present, root, 0, chosen, locale);
        }
        if alone {
            for site in &mut sites {
                site.open = true;
            }
        }
        Self { sites }
    }
}

fn push_site(
    sites: &mut Vec<TreeSite>,
    present: &Present,
    row: &SiteRow,
    depth: usize,
    chosen: Chosen,
    locale: Locale,
) {
    let model = &present.model;
    let within = model.within(row.id);
    let worst = present.worst_of(&within);
    sites.push(TreeSite {
        name: row.site.name.clone(),
        href: format!("/sites/{}", row.id),
        depth,
        count: model.equipment_within(row.id).count(),
        mark: worst.mark(),
        abnormal: worst.is_abnormal(),
        open: chosen.site == Some(row.id),
        current: chosen
            == Chosen {
                site: Some(row.id),
                equipment: None,
            },
        groups: groups(present, row.id, chosen, locale),
    });
    for inner in model.inside(row.id) {
        push_site(sites, present, inner, depth + 1, chosen, locale);
    }
}

fn groups(present: &Present, site: SiteId, chosen: Chosen, locale: Locale) -> Vec<TreeGroup> {
    let mut by_type: BTreeMap<EquipmentTypeId, Vec<&EquipmentRow>> = BTreeMap::new();
    for row in present.model.equipment_of(site) {
        by_type.entry(row.equipment.type_id).or_default().push(row);
    }
    let alone = by_type.len() == 1;
    let mut groups: Vec<_> = by_type
        .into_values()
        .filter_map(|rows| group(present, &rows, chosen, locale))
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
    locale: Locale,
) -> Option<TreeGroup> {
    let kind = &present.model.type_of(rows.first()?)?.equipment_type;
    let items: Vec<_> = rows.iter().map(|row| item(present, row, chosen)).collect();
    let worst = rows
        .iter()
        .map(|row| present.condition(row.id))
        .min()
        .unwrap_or(Condition::Waiting);
    Some(TreeGroup {
        name: label(&kind.name, kind.name_fr.as_deref(), locale),
        icon: icon::known(&kind.icon),
        mark: worst.mark(),
        abnormal: worst.is_abnormal(),
        open: items.iter().any(|item| item.current),
        items,
    })
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
