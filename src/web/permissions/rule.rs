//! What a row of the table says, and short ways to write one.

use crate::domain::{Permission, StaffRole};

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

/// For the platform's staff.
pub(super) const fn staff(method: &'static str, path: &'static str, role: StaffRole) -> Rule {
    rule(method, path, Requirement::Staff(role), Callers::Browsers)
}

/// For everybody.
pub(super) const fn open(method: &'static str, path: &'static str) -> Rule {
    rule(method, path, Requirement::Public, Callers::All)
}

/// A page or what a page loads.
pub(super) const fn page(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::Browsers)
}

/// What pages and programs may ask.
pub(super) const fn api(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::All)
}

/// What programs alone may ask.
pub(super) const fn programs(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::Programs)
}

/// What only a person of the client may do, under their name.
pub(super) const fn people(method: &'static str, path: &'static str, needs: Permission) -> Rule {
    rule(method, path, Requirement::Needs(needs), Callers::People)
}

/// What concerns the one who asks: their own sessions, factors, preferences.
pub(super) const fn own(method: &'static str, path: &'static str) -> Rule {
    rule(method, path, Requirement::SignedIn, Callers::People)
}

pub(super) const fn rule(
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
