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

#[test]
fn a_path_that_a_macro_puts_together_is_noticed() {
    let text = r#"
        macro_rules! noun { ($router:expr, $name:literal) => {
            $router.route(concat!("/settings/", $name, "/{id}"), get(show))
        } }
        fn routes() { let router = noun!(router, "sites"); noun!(router, "secrets") }
    "#;
    let found = routes_of(&Source::sample("src/web/pages/mod.rs", text));
    let mut paths: Vec<_> = found.iter().map(|(_, path, _)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/settings/secrets/{id}", "/settings/sites/{id}"]);
}

/// `.route("/path", …)`: where it stands, the whole path, the table that rules it. A path that a
/// macro of the file puts together (`concat!("/settings/", $name)`) counts once for each call of
/// that macro.
fn routes_of(file: &Source) -> Vec<(String, String, &'static [Rule])> {
    let below = BELOW
        .iter()
        .find(|(folder, ..)| file.path.starts_with(folder));
    let Some((_, prefix, table)) = below else {
        return Vec::new();
    };
    let tokens = file.tokens();
    let names = names_given_to_macros(&tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        for path in paths_at(&tokens[at..], &names) {
            let place = format!("{}:{}", file.path, token.line);
            found.push((place, format!("{prefix}{path}"), *table));
        }
    }
    found
}

/// The paths of a `.route(` that begins here.
fn paths_at(tokens: &[Token], names: &[String]) -> Vec<String> {
    let Some(rest) = after(tokens, &[".", "route", "("]) else {
        return Vec::new();
    };
    match rest {
        [path, ..] if path.is_literal => vec![unquoted(path)],
        _ => after(rest, &["concat", "!", "("])
            .map_or_else(Vec::new, |parts| put_together(parts, names)),
    }
}

/// What `concat!` makes of its parts, `$name` being each of the names.
fn put_together(parts: &[Token], names: &[String]) -> Vec<String> {
    let parts: Vec<_> = parts.iter().take_while(|part| part.text != ")").collect();
    let with = |name: &str| {
        let literal = |part: &&Token| part.is_literal.then(|| unquoted(part));
        let piece = |part| literal(&part).or_else(|| (part.text == "$").then(|| name.to_owned()));
        parts
            .iter()
            .filter_map(|part| piece(*part))
            .collect::<String>()
    };
    if parts.iter().all(|part| part.text != "$") {
        return vec![with("")];
    }
    assert!(!names.is_empty(), "a macro of routes that nobody calls");
    names.iter().map(|name| with(name)).collect()
}

/// The first literal of each call of a macro that the file defines: `noun!(router, "sites", …)`.
fn names_given_to_macros(tokens: &[Token]) -> Vec<String> {
    let starts = 0..tokens.len();
    let defined = starts
        .clone()
        .filter_map(|at| after(&tokens[at..], &["macro_rules", "!"]));
    let defined: Vec<_> = defined
        .filter_map(|rest| rest.first())
        .map(|name| &name.text)
        .collect();
    let calls = starts.filter(|at| {
        defined
            .iter()
            .any(|name| after(&tokens[*at..], &[name, "!", "("]).is_some())
    });
    let named = calls.filter_map(|at| {
        let mut arguments = tokens[at..].iter().take_while(|token| token.text != ")");
        arguments.find(|token| token.is_literal).map(unquoted)
    });
    named.collect()
}

/// What follows these words, if the tokens begin with them.
fn after<'t>(tokens: &'t [Token], words: &[&str]) -> Option<&'t [Token]> {
    let (start, rest) = tokens.split_at_checked(words.len())?;
    let same = start
        .iter()
        .zip(words)
        .all(|(token, word)| token.text == *word);
    same.then_some(rest)
}

fn unquoted(literal: &Token) -> String {
    literal.text.trim_matches('"').to_owned()
}
