//! Words that may not stand in the repository: promises to do it later, tests that
//! do not run, places that exist on one machine only, hosts of package registries.

use super::assert_none;
use super::source::Source;

/// Put together here, so that this file does not accuse itself.
const FORBIDDEN: [(&str, &str); 11] = [
    (concat!("TO", "DO"), "do it, or open an issue"),
    (concat!("FIX", "ME"), "do it, or open an issue"),
    (concat!("todo", "!("), "do it"),
    (concat!("unimplemented", "!("), "do it"),
    (concat!("#[", "ignore"), "a test runs or is removed"),
    (concat!("registry.", "npmjs.org"), "no registry host"),
    (concat!("registry.", "yarnpkg.com"), "no registry host"),
    (concat!("files.", "pythonhosted.org"), "no registry host"),
    (concat!("\"/", "work/"), "a path of one machine"),
    (concat!("/", "root/"), "a path of one machine"),
    (concat!("/home", "/"), "a path of one machine"),
];

/// Data of others, kept as it came.
const AS_IT_CAME: &str = "tests/data/";

#[test]
fn nothing_is_left_for_later_and_nothing_assumes_one_machine() {
    let files = Source::all();
    assert_none(&files.iter().flat_map(faults_of).collect::<Vec<_>>());
}

#[test]
fn a_forbidden_word_is_noticed_with_its_line() {
    for (word, reason) in FORBIDDEN {
        let sample = Source::sample("src/a.rs", &format!("fine\nfn f() {{}} // {word} now"));
        let faults = faults_of(&sample);
        assert!(
            faults.contains(&format!("src/a.rs:2: {word} ({reason})")),
            "{faults:?}"
        );
    }
    assert_eq!(
        faults_of(&Source::sample("src/a.rs", "mastodons and TODOS")),
        [""; 0]
    );
}

fn faults_of(file: &Source) -> Vec<String> {
    if file.path.starts_with(AS_IT_CAME) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for (word, reason) in FORBIDDEN {
            if stands_in(line, word) {
                faults.push(format!("{}:{}: {word} ({reason})", file.path, index + 1));
            }
        }
    }
    faults
}

/// As a word of its own: not as a part of a longer one.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let apart = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
        let open_end = !word.ends_with(char::is_alphanumeric);
        let open_start = !word.starts_with(char::is_alphanumeric);
        (open_start || apart(line[..at].chars().next_back()))
            && (open_end || apart(line[at + word.len()..].chars().next()))
    })
}
