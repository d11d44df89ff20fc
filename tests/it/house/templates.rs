//! Templates keep the content policy: no inline style, no inline script, nothing unescaped without a reason.

use super::assert_none;
use super::source::Source;

#[test]
fn templates_keep_the_content_policy() {
    let templates = Source::under("templates/", "html");
    assert_none(&templates.iter().flat_map(faults_of).collect::<Vec<_>>());
}

#[test]
fn what_the_policy_forbids_is_noticed() {
    let bad = [
        "<p style=\"color: red\">",
        "<style>p { color: red }</style>",
        "<script>run()</script>",
        "<button onclick=\"run()\">",
        "<a href=\"javascript:run()\">",
        "<p>{{ name|safe }}</p>",
    ];
    for text in bad {
        assert_eq!(
            faults_of(&Source::sample("templates/a.html", text)).len(),
            1,
            "{text}"
        );
    }
    let fine = "<script src=\"/a.js\" type=\"module\"></script>\n{# our own SVG #}\n{{ icon|safe }}\n<p class=\"style-one\">\n<p data-on=\"x\">";
    assert_eq!(
        faults_of(&Source::sample("templates/a.html", fine)),
        [""; 0]
    );
}

fn faults_of(file: &Source) -> Vec<String> {
    let mut before = "";
    let mut faults = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let commented = line.contains("{#") || before.contains("{#") || before.contains("#}");
        if let Some(reason) = fault_in(line, commented) {
            faults.push(format!(
                "{}:{}: {reason}: {}",
                file.path,
                index + 1,
                line.trim()
            ));
        }
        before = line;
    }
    faults
}

fn fault_in(line: &str, commented: bool) -> Option<&'static str> {
    let lower = line.to_lowercase();
    let unsourced = |tag: &str| {
        lower
            .split(tag)
            .skip(1)
            .any(|rest| !rest.split('>').next().unwrap_or("").contains("src="))
    };
    if has_attribute(&lower, "style") || lower.contains("<style") {
        return Some("inline style");
    }
    if unsourced("<script") || lower.contains("javascript:") {
        return Some("inline script");
    }
    if has_handler(&lower) {
        return Some("inline handler");
    }
    (line.contains("|safe") && !commented).then_some("unescaped without a comment that says why")
}

fn has_attribute(line: &str, name: &str) -> bool {
    line.split_whitespace()
        .skip(usize::from(!line.starts_with(' ')))
        .any(|word| {
            word.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('='))
        })
}

/// `onclick=` and its kin: an attribute that begins with "on" and letters.
fn has_handler(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        word.contains('=')
            && name.len() > 4
            && name.starts_with("on")
            && name.chars().all(|c| c.is_ascii_lowercase())
    })
}
