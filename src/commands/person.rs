//! People on the command line, users and staff alike: how they are given, how they are listed.

use super::output;
use crate::domain::{normal_email, visible};
use anyhow::{Result, bail};
use serde::Serialize;

/// One person of a list.
#[derive(Debug, Serialize)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) state: &'static str,
}

/// An address as it is kept.
pub(super) fn email(given: &str) -> Result<String> {
    match normal_email(given) {
        Some(email) => Ok(email),
        None => bail!("{given:?} is not an e-mail address like name@example.com"),
    }
}

/// Refuses a name that nobody could read.
pub(super) fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || visible(name) != name {
        bail!("{name:?} cannot be a name: give one that people can read");
    }
    Ok(())
}

/// Prints them, as a table or as JSON.
pub(super) fn list(people: &[Person], json: bool) -> Result<()> {
    if json {
        return output::json(&people);
    }
    let row = |person: &Person| {
        let (role, state) = (person.role.to_owned(), person.state.to_owned());
        [person.email.clone(), role, state, person.name.clone()]
    };
    let rows: Vec<_> = people.iter().map(row).collect();
    output::table(["EMAIL", "ROLE", "STATE", "NAME"], &rows);
    Ok(())
}
