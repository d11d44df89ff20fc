//! Who may ask what: one table for every route of the portals.
//!
//! A route without a row here is refused to everybody ([`super::guard`]), and a test fails
//! that finds one. Add a row beside its neighbours; read the table from top to bottom to know
//! what an attacker can reach.
//!
//! Invariant: nothing else decides. A handler that runs was allowed by its row, and sees of
//! its client what `Access::scope` leaves.

use crate::domain::Permission::{
    self, ConfigureConnections, ConfigureEquipment, ConfigureSites, ManageClient, ManageKeys,
    ManageUsers, Operate, ReadAudit, See, SeeConnections, SeePersonal, ShareDashboards,
    WriteSamples,
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
    open("GET", "/manifest.webmanifest"),
    open("GET", "/worker.js"),
    open("GET", "/offline"),
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
    page("GET", "/map", See),
    page("GET", "/compare", See),
    page("GET", "/notes", See),
    people("POST", "/notes", Operate),
    people("POST", "/notes/{id}", Operate),
    people("POST", "/notes/{id}/remove", Operate),
    page("GET", "/search", See),
    page("GET", "/search/hits", See),
    page("GET", "/tree", See),
    page("GET", "/tree/sites/{id}", See),
    own("POST", "/filters"),
    own("POST", "/filters/{id}/forget"),
    page("GET", "/connections", SeeConnections),
    page("GET", "/dashboards", See),
    people("POST", "/dashboards", See),
    page("GET", "/dashboards/{id}", See),
    page("GET", "/dashboards/{id}/edit", See),
    people("POST", "/dashboards/{id}/remove", See),
    people("POST", "/dashboards/{id}/links", ShareDashboards),
    people("POST", "/dashboards/{id}/links/{link}/end", ShareDashboards),
    open("GET", "/shared/{token}"), // its link is its proof
    rule("GET", "/shared", Requirement::Needs(See), Callers::Links),
    page("GET", "/maintenance", See),
    page("POST", "/maintenance", Operate),
    page("GET", "/maintenance/new", Operate),
    page("GET", "/maintenance/{id}", See),
    page("POST", "/maintenance/{id}", Operate),
    page("POST", "/maintenance/{id}/done", Operate),
    page("GET", "/maintenance/{id}/files/{file}", See),
    page("POST", "/maintenance/{id}/files/{file}/remove", Operate),
    page("GET", "/equipment/{id}/service", Operate),
    page("POST", "/equipment/{id}/service", Operate),
    page("POST", "/maintenance/{id}/remove", Operate),
    page("GET", "/docs", See),
    own("GET", "/me/data"),
    own("GET", "/me/data.json"),
    own("POST", "/me/erase"),
    page("GET", "/admin/people/{id}/data", ManageUsers),
    page("GET", "/admin/people/{id}/data.json", ManageUsers),
    page("POST", "/admin/people/{id}/erase", ManageUsers),
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
    // The first steps of an empty client.
    page("GET", "/start", ConfigureSites),
    page("POST", "/start/site", ConfigureSites),
    page("POST", "/start/device", ConfigureConnections),
    // Pages of administrators.
    page("GET", "/settings", ConfigureEquipment),
    page("GET", "/settings/sites", ConfigureSites),
    page("POST", "/settings/sites", ConfigureSites),
    page("GET", "/settings/sites/new", ConfigureSites),
    page("POST", "/settings/sites/again", ConfigureSites),
    page("GET", "/settings/sites/{id}", ConfigureSites),
    page("POST", "/settings/sites/{id}", ConfigureSites),
    page("POST", "/settings/sites/{id}/remove", ConfigureSites),
    page("GET", "/settings/types", ConfigureSites),
    page("POST", "/settings/types", ConfigureSites),
    page("GET", "/settings/types/new", ConfigureSites),
    page("POST", "/settings/types/again", ConfigureSites),
    page("GET", "/settings/types/{id}", ConfigureSites),
    page("POST", "/settings/types/{id}", ConfigureSites),
    page("POST", "/settings/types/{id}/remove", ConfigureSites),
    page("GET", "/settings/types/{id}/points/{key}", ConfigureSites),
    page("POST", "/settings/types/{id}/points/{key}", ConfigureSites),
    page(
        "POST",
        "/settings/types/{id}/points/{key}/remove",
        ConfigureSites,
    ),
    page("GET", "/settings/equipment", ConfigureEquipment),
    page("POST", "/settings/equipment", ConfigureEquipment),
    page("GET", "/settings/equipment/new", ConfigureEquipment),
    page("POST", "/settings/equipment/again", ConfigureEquipment),
    page("GET", "/settings/equipment/{id}", ConfigureEquipment),
    page("POST", "/settings/equipment/{id}", ConfigureEquipment),
    page(
        "POST",
        "/settings/equipment/{id}/remove",
        ConfigureEquipment,
    ),
    page("GET", "/settings/connections", ConfigureConnections),
    page("POST", "/settings/connections", ConfigureConnections),
    page("GET", "/settings/connections/new", ConfigureConnections),
    page("POST", "/settings/connections/again", ConfigureConnections),
    page("GET", "/settings/connections/{id}", ConfigureConnections),
    page("POST", "/settings/connections/{id}", ConfigureConnections),
    page(
        "POST",
        "/settings/connections/{id}/remove",
        ConfigureConnections,
    ),
    page("GET", "/settings/devices", ConfigureConnections),
    page("POST", "/settings/devices", ConfigureConnections),
    page("GET", "/settings/devices/new", ConfigureConnections),
    page("POST", "/settings/devices/again", ConfigureConnections),
    page("GET", "/settings/devices/{id}", ConfigureConnections),
    page("POST", "/settings/devices/{id}", ConfigureConnections),
    page(
        "POST",
        "/settings/devices/{id}/remove",
        ConfigureConnections,
    ),
    page(
        "POST",
        "/settings/devices/{id}/secret",
        ConfigureConnections,
    ),
    page("GET", "/settings/users", ManageUsers),
    page("POST", "/settings/users", ManageUsers),
    page("GET", "/settings/users/new", ManageUsers),
    page("POST", "/settings/users/again", ManageUsers),
    page("GET", "/settings/users/{id}", ManageUsers),
    page("POST", "/settings/users/{id}", ManageUsers),
    page("POST", "/settings/users/{id}/remove", ManageUsers),
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
    api("GET", "/api/v1/fields", See),
    api("POST", "/api/v1/fields", ConfigureSites),
    api("GET", "/api/v1/fields/{id}", See),
    api("PUT", "/api/v1/fields/{id}", ConfigureSites),
    api("PATCH", "/api/v1/fields/{id}", ConfigureSites),
    api("DELETE", "/api/v1/fields/{id}", ConfigureSites),
    api("GET", "/api/v1/connections", SeeConnections),
    api("POST", "/api/v1/connections", ConfigureConnections),
    api("GET", "/api/v1/connections/{id}", SeeConnections),
    api("PUT", "/api/v1/connections/{id}", ConfigureConnections),
    api("PATCH", "/api/v1/connections/{id}", ConfigureConnections),
    api("DELETE", "/api/v1/connections/{id}", ConfigureConnections),
    api(
        "POST",
        "/api/v1/connections/{id}/test",
        ConfigureConnections,
    ),
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
    api("GET", "/api/v1/api-keys", ManageKeys),
    api("POST", "/api/v1/api-keys", ManageKeys),
    api("GET", "/api/v1/api-keys/{id}", ManageKeys),
    api("DELETE", "/api/v1/api-keys/{id}", ManageKeys),
    api("GET", "/api/v1/settings", ManageClient),
    api("PUT", "/api/v1/settings", ManageClient),
    api("PATCH", "/api/v1/settings", ManageClient),
    api("GET", "/api/v1/usage", ManageClient),
    api("GET", "/api/v1/discovered", SeeConnections),
    api("POST", "/api/v1/discovered/adopt", ConfigureEquipment),
    api("POST", "/api/v1/discovered/ignore", ConfigureConnections),
    api("GET", "/api/v1/rejects", SeeConnections),
    api("GET", "/api/v1/points/{id}/samples", See),
    api("GET", "/api/v1/points/{id}/rollups", See),
    rule(
        "GET",
        "/api/v1/chart",
        Requirement::Needs(See),
        Callers::Everyone,
    ),
    api("GET", "/api/v1/dashboards", See),
    people("POST", "/api/v1/dashboards", See),
    api("GET", "/api/v1/dashboards/{id}", See),
    people("PUT", "/api/v1/dashboards/{id}", See),
    people("DELETE", "/api/v1/dashboards/{id}", See),
    api("GET", "/api/v1/maintenance", See),
    api("POST", "/api/v1/maintenance", Operate),
    api("GET", "/api/v1/maintenance/{id}", See),
    api("PUT", "/api/v1/maintenance/{id}", Operate),
    api("DELETE", "/api/v1/maintenance/{id}", Operate),
    api("GET", "/api/v1/maintenance/{id}/files", See),
    api("POST", "/api/v1/maintenance/{id}/files", Operate),
    api("DELETE", "/api/v1/maintenance/{id}/files/{file}", Operate),
    api("GET", "/api/v1/audit", ReadAudit),
    api("GET", "/api/v1/map", See),
    api("GET", "/api/v1/annotations", See),
    people("POST", "/api/v1/annotations", Operate),
    people("PATCH", "/api/v1/annotations/{id}", Operate),
    people("DELETE", "/api/v1/annotations/{id}", Operate),
    api("GET", "/api/v1/search", See),
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

/// What only a person of the client may do, under their name.
const fn people(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::People)
}

/// What concerns the one who asks: their own sessions, factors, preferences.
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
#[path = "permissions_tests.rs"]
mod tests;
