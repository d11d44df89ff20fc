//! What there is for administrators: the tabs above each of their pages.

use super::{NavItem, Shell};
use crate::domain::Permission::{
    self, ConfigureConnections, ConfigureEquipment, ConfigureSites, ManageClient, ManageKeys,
    ManageUsers, ReadAudit, SeeConnections,
};

/// Each page with its word, and what one must be allowed to open it; the table of permissions
/// says the same.
const PAGES: [(&str, &str, Permission); 14] = [
    (
        "/settings/equipment",
        "settings-equipment",
        ConfigureEquipment,
    ),
    ("/settings/sites", "settings-sites", ConfigureSites),
    ("/settings/types", "settings-types", ConfigureSites),
    ("/settings/fields", "settings-fields", ConfigureSites),
    (
        "/settings/connections",
        "settings-connections",
        ConfigureConnections,
    ),
    (
        "/settings/devices",
        "settings-devices",
        ConfigureConnections,
    ),
    ("/settings/bacnet", "settings-bacnet", SeeConnections),
    ("/settings/keys", "settings-keys", ManageKeys),
    ("/admin/people", "settings-people", ManageUsers),
    ("/admin/sign-in", "settings-sign-in", ManageClient),
    ("/admin/providers", "settings-providers", ManageClient),
    ("/settings/client", "settings-client", ManageClient),
    ("/admin/support", "settings-support", ManageClient),
    ("/admin/audit", "settings-audit", ReadAudit),
];

impl Shell {
    /// The pages of administrators that the visitor may open.
    pub fn administration(&self) -> Vec<NavItem> {
        let may = |page: &&(&str, &str, Permission)| self.permissions.holds(page.2);
        let path = self.here.split('?').next().unwrap_or_default();
        let tab = |(href, key, _): &(&str, &str, Permission)| NavItem {
            href: (*href).to_owned(),
            label: self.words.get(key),
            icon: "i-gear",
            current: path == *href,
        };
        PAGES.iter().filter(may).map(tab).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::permissions::{PORTAL, Requirement};

    #[test]
    fn every_tab_asks_what_the_table_asks() {
        for (path, _, needs) in PAGES {
            let mut rules = PORTAL.iter();
            let rule = rules.find(|rule| rule.path == path && rule.method == "GET");
            let asked = rule.map(|rule| rule.requirement);
            assert_eq!(asked, Some(Requirement::Needs(needs)), "{path}");
        }
    }
}
