//! Who may ask what: one table for every route of the portals.
//!
//! A route without a row here is refused to everybody ([`super::guard`]), and a test fails
//! that finds one. Add a row beside its neighbours; read the table from top to bottom to know
//! what an attacker can reach.
//!
//! Invariant: nothing else decides. A handler that runs was allowed by its row, and sees of
//! its client what `Access::scope` leaves.

use crate::domain::Permission::{
    self, ConfigureConnections, ConfigureEquipment, ConfigureSites, ManageClient, ManageUsers,
    ReadAudit, See, SeeConnections, SeePersonal, WriteSamples,
};
use crate::domain::StaffRole::{self, Admin, Support};
use axum::http::Method;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing: nobody need be known.
    Public,
    /// Somebody known, whatever they may do.
    SignedIn,
    /// Somebody who holds this.
    Needs(Permission),
    /// On the console: staff of at least this role.
    Staff(StaffRole),
}

/// With what one may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// A browser with a session: people, and support the client was told of.
    Browsers,
    /// A person with a session or a token of their own; neither keys nor support nor links.
    People,
    /// A browser, or a program with a key or a token.
    All,
    /// A browser, or one that shows a shared dashboard.
    Screens,
    /// All of these: browsers, programs, shared dashboards.
    Everyone,
    /// One that shows a shared dashboard, and nobody else.
    Links,
    /// A program with a key or a token.
    Programs,
}

/// One route and what it asks.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `GET` stands for `HEAD` too.
    pub method: &'static str,
    /// As the router has it: `/sites/{id}`.
    pub path: &'static str,
    /// What the caller must be allowed.
    pub requirement: Requirement,
    /// With what one may call.
    pub callers: Callers,
}

/// Every route of a portal.
pub const PORTAL: &[Rule] = &[
    // Machines, before anybody is known.
    open("GET", "/health/live"),
    open("GET", "/health/ready"),
    open("GET", "/metrics"), // has a token of its own
    open("GET", "/assets/{name}"),
    open("GET", "/brand.css"),
    open("GET", "/favicon.svg"),
    // The door.
    open("GET", "/sign-in"),
    open("POST", "/sign-in"),
    open("POST", "/sign-out"),
    open("POST", "/preferences"),
    // Pages.
    page("GET", "/", See),
    page("GET", "/equipment", See),
    page("GET", "/equipment/{id}", See),
    page("GET", "/sites/{id}", See),
    page("GET", "/points/{id}", See),
    page("GET", "/connections", SeeConnections),
    page("GET", "/admin/audit", ReadAudit),
    page("GET", "/admin/audit.csv", ReadAudit),
    page("GET", "/admin/audit.jsonl", ReadAudit),
    rule("GET", "/ws", Requirement::Needs(See), Callers::Screens),
    // Support, which the client sees and can send away.
    open("GET", "/support/{token}"), // its link is its proof
    open("POST", "/support/{token}"),
    open("POST", "/support/leave"),
    page("GET", "/admin/support", ManageClient),
    page("POST", "/admin/support/{id}/revoke", ManageClient),
    // The API.
    open("GET", "/api/v1/openapi.json"),
    api("GET", "/api/v1/sites", See),
    api("POST", "/api/v1/sites", ConfigureSites),
    api("GET", "/api/v1/sites/{id}", See),
    api("PUT", "/api/v1/sites/{id}", ConfigureSites),
    api("PATCH", "/api/v1/sites/{id}", ConfigureSites),
    api("DELETE", "/api/v1/sites/{id}", ConfigureSites),
    api("GET", "/api/v1/types", See),
    api("POST", "/api/v1/types", ConfigureSites),
    api("GET", "/api/v1/types/{id}", See),
    api("PUT", "/api/v1/types/{id}", ConfigureSites),
    api("PATCH", "/api/v1/types/{id}", ConfigureSites),
    api("DELETE", "/api/v1/types/{id}", ConfigureSites),
    api("GET", "/api/v1/equipment", See),
    api("POST", "/api/v1/equipment", ConfigureEquipment),
    api("GET", "/api/v1/equipment/{id}", See),
    api("PUT", "/api/v1/equipment/{id}", ConfigureEquipment),
    api("PATCH", "/api/v1/equipment/{id}", ConfigureEquipment),
    api("DELETE", "/api/v1/equipment/{id}", ConfigureEquipment),
    api("POST", "/api/v1/equipment/batch", ConfigureEquipment),
    api("GET", "/api/v1/points", See),
    api("POST", "/api/v1/points", ConfigureEquipment),
    api("GET", "/api/v1/points/{id}", See),
    api("PUT", "/api/v1/points/{id}", ConfigureEquipment),
    api("PATCH", "/api/v1/points/{id}", ConfigureEquipment),
    api("DELETE", "/api/v1/points/{id}", ConfigureEquipment),
    api("GET", "/api/v1/connections", SeeConnections),
    api("POST", "/api/v1/connections", ConfigureConnections),
    api("GET", "/api/v1/connections/{id}", SeeConnections),
    api("PUT", "/api/v1/connections/{id}", ConfigureConnections),
    api("PATCH", "/api/v1/connections/{id}", ConfigureConnections),
    api("DELETE", "/api/v1/connections/{id}", ConfigureConnections),
    api("GET", "/api/v1/devices", SeeConnections),
    api("POST", "/api/v1/devices", ConfigureConnections),
    api("GET", "/api/v1/devices/{id}", SeeConnections),
    api("PUT", "/api/v1/devices/{id}", ConfigureConnections),
    api("PATCH", "/api/v1/devices/{id}", ConfigureConnections),
    api("DELETE", "/api/v1/devices/{id}", ConfigureConnections),
    api("POST", "/api/v1/devices/{id}/secret", ConfigureConnections),
    api("GET", "/api/v1/users", SeePersonal),
    api("POST", "/api/v1/users", ManageUsers),
    api("GET", "/api/v1/users/{id}", SeePersonal),
    api("PUT", "/api/v1/users/{id}", ManageUsers),
    api("PATCH", "/api/v1/users/{id}", ManageUsers),
    api("DELETE", "/api/v1/users/{id}", ManageUsers),
    api("GET", "/api/v1/points/{id}/samples", See),
    api("GET", "/api/v1/points/{id}/rollups", See),
    rule(
        "GET",
        "/api/v1/chart",
        Requirement::Needs(See),
        Callers::Everyone,
    ),
    api("GET", "/api/v1/audit", ReadAudit),
    programs("POST", "/api/v1/telemetry", WriteSamples),
    programs("POST", "/api/v1/write", WriteSamples),
];

/// Every route of the console, on a host of its own.
pub const CONSOLE: &[Rule] = &[
    open("GET", "/favicon.svg"),
    open("GET", "/assets/{name}"),
    open("GET", "/sign-in"),
    open("POST", "/sign-in"),
    open("POST", "/sign-out"),
    open("POST", "/preferences"),
    staff("GET", "/", Support),
    staff("GET", "/clients/{slug}", Support),
    staff("POST", "/clients/{slug}/suspend", Admin),
    staff("POST", "/clients/{slug}/resume", Admin),
    staff("POST", "/clients/{slug}/support", Support),
    staff("POST", "/clients/{slug}/support/{id}/end", Support),
];

/// For the platform's staff.
const fn staff(method: &'static str, path: &'static str, role: StaffRole) -> Rule {
    rule(method, path, Requirement::Staff(role), Callers::Browsers)
}

/// For everybody.
const fn open(method: &'static str, path: &'static str) -> Rule {
    rule(method, path, Requirement::Public, Callers::All)
}

/// A page or what a page loads.
const fn page(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::Browsers)
}

/// What pages and programs may ask.
const fn api(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::All)
}

/// What programs alone may ask.
const fn programs(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::Programs)
}

/// What concerns the one who asks: their own sessions, factors, preferences.
#[expect(dead_code, reason = "the pages under /me come next")]
const fn own(method: &'static str, path: &'static str) -> Rule {
    rule(method, path, Requirement::SignedIn, Callers::People)
}

const fn rule(
    method: &'static str,
    path: &'static str,
    requirement: Requirement,
    callers: Callers,
) -> Rule {
    Rule {
        method,
        path,
        requirement,
        callers,
    }
}

/// What the table says of a route.
#[derive(Debug, PartialEq, Eq)]
pub enum Ruling {
    /// This.
    Rule(Requirement, Callers),
    /// The path has rows, the method has none; those it has, for `Allow`.
    NotThisMethod(String),
    /// Nothing: nobody may.
    Unknown,
}

/// A table by path.
type ByPath = HashMap<&'static str, Vec<&'static Rule>>;

/// Looks a route of a portal up: `path` as the router has it.
pub fn ruling(method: &Method, path: &str) -> Ruling {
    static BY_PATH: LazyLock<ByPath> = LazyLock::new(|| by_path(PORTAL));
    look_up(&BY_PATH, method, path)
}

/// Looks a route of the console up.
pub fn console_ruling(method: &Method, path: &str) -> Ruling {
    static BY_PATH: LazyLock<ByPath> = LazyLock::new(|| by_path(CONSOLE));
    look_up(&BY_PATH, method, path)
}

fn by_path(table: &'static [Rule]) -> ByPath {
    let mut found: ByPath = HashMap::new();
    for rule in table {
        found.entry(rule.path).or_default().push(rule);
    }
    found
}

fn look_up(table: &ByPath, method: &Method, path: &str) -> Ruling {
    let Some(rules) = table.get(path) else {
        return Ruling::Unknown;
    };
    let asked = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    match rules.iter().find(|rule| rule.method == asked) {
        Some(rule) => Ruling::Rule(rule.requirement, rule.callers),
        None => Ruling::NotThisMethod(allowed(rules)),
    }
}

fn allowed(rules: &[&'static Rule]) -> String {
    let names = rules.iter().map(|rule| match rule.method {
        "GET" => "GET,HEAD",
        other => other,
    });
    names.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_route_stands_in_the_table_once() {
        for table in [PORTAL, CONSOLE] {
            let mut seen = HashSet::new();
            for rule in table {
                assert!(seen.insert((rule.method, rule.path)), "{rule:?} twice");
            }
        }
    }

    #[test]
    fn nothing_of_the_console_is_open_but_its_door() {
        for rule in CONSOLE {
            let door = [
                "/sign-in",
                "/sign-out",
                "/preferences",
                "/favicon.svg",
                "/assets/{name}",
            ];
            let is_open = rule.requirement == Requirement::Public;
            assert_eq!(is_open, door.contains(&rule.path), "{rule:?}");
        }
    }

    #[test]
    fn what_has_no_row_is_refused() {
        assert_eq!(ruling(&Method::GET, "/nowhere"), Ruling::Unknown);
        assert_eq!(
            ruling(&Method::DELETE, "/sign-in"),
            Ruling::NotThisMethod("GET,HEAD,POST".to_owned())
        );
        assert_eq!(
            ruling(&Method::HEAD, "/"),
            Ruling::Rule(Requirement::Needs(See), Callers::Browsers)
        );
    }
}
