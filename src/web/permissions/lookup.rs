//! Looks a route up in the table.

use super::{CONSOLE, Callers, PORTAL, Requirement, Rule};
use axum::http::Method;
use std::collections::HashMap;
use std::sync::LazyLock;

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
