//! A migration has a number of its own, and both databases have the same ones.

use super::assert_none;
use super::source::Source;
use std::collections::BTreeMap;

#[test]
fn a_number_is_that_of_one_migration_on_both_databases() {
    let mut faults = Vec::new();
    for place in ["control", "tenant"] {
        let [postgres, sqlite] = ["postgres", "sqlite"].map(|database| {
            let folder = format!("migrations/{place}/{database}/");
            let files = Source::under(&folder, "sql");
            numbered(
                files
                    .iter()
                    .filter_map(|file| file.path.strip_prefix(&folder)),
            )
        });
        if postgres != sqlite {
            faults.push(format!(
                "{place}: PostgreSQL has {postgres:?}, SQLite {sqlite:?}"
            ));
        }
        let doubles = sqlite.iter().filter(|(_, files)| files.len() > 1);
        faults.extend(doubles.map(|(number, files)| format!("{place}: {number} is {files:?}")));
    }
    assert_none(&faults);
}

#[test]
fn a_number_taken_twice_is_noticed() {
    let found = numbered(["0001_core.sql", "0010_a.sql", "0010_b.sql"].into_iter());
    assert_eq!((found["0001"].len(), found["0010"].len()), (1, 2));
}

fn numbered<'a>(files: impl Iterator<Item = &'a str>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in files {
        let number = file.split('_').next().unwrap_or_default();
        found
            .entry(number.to_owned())
            .or_default()
            .push(file.to_owned());
    }
    found
}
