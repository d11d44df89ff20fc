//! The house rules, held by tests.
//!
//! Each rule is a function from sources to faults, and each has a test that
//! feeds it a small bad sample: a rule that cannot fail holds nothing.

mod connectors;
mod imports;
mod licences;
mod messages;
mod metrics;
mod migrations;
mod routes;
mod sizes;
mod source;
mod sql;
mod templates;
mod words;

/// Fails with one line for each fault.
fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
