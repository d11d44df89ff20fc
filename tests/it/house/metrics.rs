//! Every metric is in the table of `docs/metrics.md`, and nothing else is.

use super::assert_none;
use super::source::Source;
use std::collections::BTreeSet;

const TABLE: &str = "docs/metrics.md";

fn faults(in_code: &BTreeSet<String>, in_table: &BTreeSet<String>) -> Vec<String> {
    let missing = in_code.difference(in_table);
    let obsolete = in_table.difference(in_code);
    let missing = missing.map(|name| format!("{TABLE} has no row for `{name}`"));
    missing
        .chain(obsolete.map(|name| format!("{TABLE} tells of `{name}`, which is not in the code")))
        .collect()
}

/// In a file that counts, only names of metrics are literals that begin so.
fn names_in(source: &Source) -> Vec<String> {
    let counts = source.text.contains("use metrics::");
    let lines = source.text.lines().filter(|_| counts);
    lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|literal| {
            let is_name =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            literal.starts_with("vigie_") && literal.bytes().all(is_name)
        })
        .map(str::to_owned)
        .collect()
}

fn rows_of(table: &str) -> BTreeSet<String> {
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_metric_is_documented() {
    let table = Source::under("docs", "md");
    let table = table.iter().find(|source| source.path == TABLE).unwrap();
    let sources = Source::under("src", "rs");
    let in_code: BTreeSet<_> = sources.iter().flat_map(names_in).collect();
    assert!(
        in_code.contains("vigie_ingest_samples_total"),
        "the rule finds metrics"
    );
    assert_none(&faults(&in_code, &rows_of(&table.text)));
}

#[test]
fn a_metric_without_a_row_and_a_row_without_a_metric_are_found() {
    let code = r#"use metrics::counter; counter!("vigie_new_total", "tenant" => slug)"#;
    let in_code = names_in(&Source::sample("src/a.rs", code))
        .into_iter()
        .collect();
    let in_table = rows_of("| metric | kind |\n| `vigie_old_total` | counter |");
    assert_eq!(faults(&in_code, &in_table).len(), 2);
}
