use super::*;
use crate::domain::Permission::{ReadAudit, See, SeeConnections, SeePersonal};
use axum::http::Method;
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
fn a_right_to_look_changes_nothing_but_what_is_one_s_own() {
    let looks = [See, SeeConnections, SeePersonal, ReadAudit];
    for rule in PORTAL.iter().filter(|rule| rule.method != "GET") {
        let only_looks = match rule.requirement {
            Requirement::Needs(permission) => looks.contains(&permission),
            Requirement::SignedIn => true,
            Requirement::Public | Requirement::Staff(_) => false,
        };
        assert!(!only_looks || rule.callers == Callers::People, "{rule:?}");
    }
}

#[test]
fn nothing_of_the_console_is_open_but_its_door() {
    for rule in CONSOLE {
        let door = [
            "/sign-in",
            "/sign-in/second-factor",
            "/sign-out",
            "/preferences",
            "/favicon.svg",
            "/favicon.ico",
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
