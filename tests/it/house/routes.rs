//! Every route has a row in the table of permissions.

use super::assert_none;
use super::source::{Source, Token};
use vigie::web::permissions::{CONSOLE, PORTAL, Rule};

/// Folder of a router and what its paths begin with.
const BELOW: [(&str, &str, &[Rule]); 3] = [
    ("src/web/api/", "/api/v1", PORTAL),
    ("src/web/console/", "", CONSOLE),
    ("src/web/", "", PORTAL),
];

#[test]
fn every_route_has_a_row_in_the_table() {
    let files = Source::under("src/web/", "rs");
    let routes: Vec<_> = files.iter().flat_map(routes_of).collect();
    assert!(routes.len() > 20, "the routes were not found: {routes:?}");
    let missing: Vec<_> = routes
        .into_iter()
        .filter(|(_, path, table)| !table.iter().any(|rule| rule.path == path))
        .map(|(place, path, _)| format!("{place}: {path} has no row in src/web/permissions.rs"))
        .collect();
    assert_none(&missing);
}

#[test]
fn a_route_without_a_row_is_noticed() {
    let text =
        "fn routes() { Router::new().route(\"/nowhere\", get(show)).route(\"/\", get(show)) }";
    let found = routes_of(&Source::sample("src/web/pages/mod.rs", text));
    let paths: Vec<_> = found.iter().map(|(_, path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/nowhere", "/"]);
    let below = routes_of(&Source::sample("src/web/api/mod.rs", text));
    assert_eq!(below[0].1, "/api/v1/nowhere");
}

/// `.route("/path", …)`: where it stands, the whole path, the table that rules it.
fn routes_of(file: &Source) -> Vec<(String, String, &'static [Rule])> {
    let below = BELOW
        .iter()
        .find(|(folder, ..)| file.path.starts_with(folder));
    let Some((_, prefix, table)) = below else {
        return Vec::new();
    };
    file.tokens()
        .windows(4)
        .filter_map(path_of)
        .map(|(line, path)| {
            (
                format!("{}:{line}", file.path),
                format!("{prefix}{path}"),
                *table,
            )
        })
        .collect()
}

fn path_of(tokens: &[Token]) -> Option<(usize, String)> {
    let [dot, route, open, path] = tokens else {
        return None;
    };
    let is_route = dot.text == "." && route.text == "route" && open.text == "(" && path.is_literal;
    is_route.then(|| (path.line, path.text.trim_matches('"').to_owned()))
}
