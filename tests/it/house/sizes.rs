//! A file holds one idea: beyond 400 lines it holds two.

use super::assert_none;
use super::source::Source;

const LIMIT: usize = 400;

#[test]
fn files_stay_small() {
    let mut faults = Vec::new();
    for extension in ["rs", "ts", "mjs", "html", "sh"] {
        let files = Source::all()
            .into_iter()
            .filter(|file| file.has_extension(extension));
        faults.extend(files.filter_map(|file| fault_of(&file)));
    }
    assert_none(&faults);
}

#[test]
fn a_long_file_is_noticed() {
    let long = Source::sample("src/long.rs", &"line\n".repeat(LIMIT + 1));
    assert_eq!(
        fault_of(&long).unwrap(),
        "src/long.rs: 401 lines, look for the second idea"
    );
    assert_eq!(fault_of(&Source::sample("src/short.rs", "line\n")), None);
}

fn fault_of(file: &Source) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > LIMIT).then(|| format!("{}: {lines} lines, look for the second idea", file.path))
}
