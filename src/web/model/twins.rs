//! Sites that have their name in common, and what tells them apart where one is chosen from many.

use super::Model;
use crate::domain::SiteId;
use crate::store::tenant::SiteRow;
use std::collections::HashSet;

/// Sites lie at most so deep in what a choice says.
const DEEPEST: usize = 16;

/// Names that more than one site has: anywhere, and within one outer site.
#[derive(Debug, Default)]
pub(super) struct Twins {
    anywhere: HashSet<String>,
    siblings: HashSet<(Option<SiteId>, String)>,
}

impl Twins {
    pub(super) fn of(sites: &[SiteRow]) -> Self {
        let (mut names, mut places) = (HashSet::new(), HashSet::new());
        let mut twins = Self::default();
        for SiteRow { site, .. } in sites {
            if !names.insert(site.name.as_str()) {
                twins.anywhere.insert(site.name.clone());
            }
            if !places.insert((site.parent_id, site.name.as_str())) {
                twins.siblings.insert((site.parent_id, site.name.clone()));
            }
        }
        twins
    }

    /// Its name; where a neighbour has the same, with its key.
    fn word(&self, row: &SiteRow) -> String {
        let site = &row.site;
        if self.siblings.contains(&(site.parent_id, site.name.clone())) {
            format!("{} ({})", site.name, site.key)
        } else {
            site.name.clone()
        }
    }
}

impl Model {
    /// A site as choices say it: its name; where others have the same, with the way to it. No two
    /// sites are said alike.
    pub fn site_label(&self, row: &SiteRow) -> String {
        if !self.twins.anywhere.contains(&row.site.name) {
            return row.site.name.clone();
        }
        let outer = |row: &SiteRow| row.site.parent_id.and_then(|id| self.site(id));
        let mut steps = vec![self.twins.word(row)];
        let mut next = outer(row);
        while let Some(row) = next
            && steps.len() < DEEPEST
        {
            steps.push(self.twins.word(row));
            next = outer(row);
        }
        steps.reverse();
        steps.join(" › ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;

    #[test]
    fn sites_of_one_name_are_told_apart_by_their_way_and_at_last_by_their_key() {
        let sites = samples::present().model.sites.clone();
        let site = |id: i64, parent: Option<i64>, key: &str, name: &str| {
            let mut row = sites[0].clone();
            row.id = SiteId(id);
            row.site.parent_id = parent.map(SiteId);
            (row.site.key, row.site.name) = (key.to_owned(), name.to_owned());
            row
        };
        let model = Model::of(
            vec![
                site(1, None, "lyon", "Lyon"),
                site(2, None, "nantes", "Nantes"),
                site(3, Some(1), "lyon-depot", "Depot"),
                site(4, Some(2), "nantes-depot", "Depot"),
                site(5, Some(2), "nantes-depot-2", "Depot"),
            ],
            Vec::new(),
            Vec::new(),
            Vec::new(),
        );
        let labels: Vec<_> = model
            .sites
            .iter()
            .map(|row| model.site_label(row))
            .collect();
        let told = [
            "Lyon",
            "Nantes",
            "Lyon › Depot",
            "Nantes › Depot (nantes-depot)",
            "Nantes › Depot (nantes-depot-2)",
        ];
        assert_eq!(labels, told);
    }
}
