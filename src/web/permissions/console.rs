//! The console of the platform's staff, on a host of its own.

use super::rule::{Rule, open, staff};
use crate::domain::StaffRole::{Admin, Support};

/// Every route of the console, on a host of its own.
pub const CONSOLE: &[Rule] = &[
    open("GET", "/favicon.svg"),
    open("GET", "/favicon.ico"),
    open("GET", "/assets/{name}"),
    open("GET", "/sign-in"),
    open("POST", "/sign-in"),
    open("GET", "/sign-in/second-factor"),
    open("POST", "/sign-in/second-factor"),
    open("POST", "/sign-out"),
    open("POST", "/preferences"),
    staff("GET", "/", Support),
    staff("GET", "/account", Support),
    staff("POST", "/account/app", Support),
    staff("POST", "/account/app/confirm", Support),
    staff("POST", "/account/app/remove", Support),
    staff("GET", "/clients/{slug}", Support),
    staff("POST", "/clients/{slug}/suspend", Admin),
    staff("POST", "/clients/{slug}/resume", Admin),
    staff("POST", "/clients/{slug}/support", Support),
    staff("POST", "/clients/{slug}/support/{id}/end", Support),
];
