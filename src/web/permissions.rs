//! Who may ask what: one table for every route of the portals.
//!
//! A route without a row here is refused to everybody ([`super::guard`]), and a test fails
//! that finds one. Add a row beside its neighbours, in [`portal`], [`api`] or [`console`]; read
//! the three from top to bottom to know what an attacker can reach.
//!
//! Invariant: nothing else decides. A handler that runs was allowed by its row, and sees of
//! its client what `Access::scope` leaves.

mod api;
mod console;
mod lookup;
mod portal;
mod rule;

pub use console::CONSOLE;
pub use lookup::{Ruling, console_ruling, ruling};
pub use rule::{Callers, Requirement, Rule};

use api::API;
use portal::PAGES;

/// Every route of a portal: its pages, then its API.
pub const PORTAL: &[Rule] = &both::<{ PAGES.len() + API.len() }>(PAGES, API);

/// One table of two; `N` is the length of both together.
const fn both<const N: usize>(first: &[Rule], second: &[Rule]) -> [Rule; N] {
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() {
            first[at]
        } else {
            second[at - first.len()]
        };
        at += 1;
    }
    all
}

#[cfg(test)]
mod tests;
