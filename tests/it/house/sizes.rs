//! A file holds one idea: beyond 400 lines it holds two.

use super::assert_none;
use super::source::Source;

const LIMIT: usize = 400;

/// Files that may be longer, each with its reason.
const LONGER: [(&str, &str); 1] = [(
    "src/web/permissions.rs",
    "one table, read from top to bottom",
)];

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
    let excused = LONGER.iter().any(|(path, _)| *path == file.path);
    let lines = file.text.lines().count();
    (lines > LIMIT && !excused)
        .then(|| format!("{}: {lines} lines, look for the second idea", file.path))
}
