//! French and English hold the same messages with the same variables.

use super::assert_none;
use super::source::Source;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

/// Message or `message.attribute` -> the variables it uses.
type Messages = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_message_has_its_twin() {
    let read = |folder: &str| Source::under(folder, "ftl");
    let english = catalogue(&read("assets/locales/en/"));
    let french = catalogue(&read("assets/locales/fr/"));
    let mut faults = english.1.clone();
    faults.extend(french.1.iter().cloned());
    faults.extend(differences(&english.0, &french.0));
    assert_none(&faults);
}

#[test]
fn a_missing_message_a_missing_variable_and_a_double_are_noticed() {
    let parse = |text: &str| catalogue(&[Source::sample("en/a.ftl", text)]);
    let (english, _) = parse("stale = { $count } stale\nage = Age\n    .title = The age\n");
    let (french, _) = parse("stale = périmé\nage = Âge\n");
    assert_eq!(
        differences(&english, &french),
        [
            "age.title: only in English",
            "stale: English uses {\"count\"}, French {}"
        ]
    );
    assert_eq!(parse("a = 1\na = 2\n").1, ["en/a.ftl: a stands twice"]);
    assert_eq!(parse("= broken\n").1.len(), 1);
    let (choice, _) = parse("n = { $n ->\n    [one] { $who }\n   *[other] all\n}\n");
    assert_eq!(
        choice["n"],
        BTreeSet::from(["n".to_owned(), "who".to_owned()])
    );
}

fn differences(english: &Messages, french: &Messages) -> Vec<String> {
    let keys: BTreeSet<_> = english.keys().chain(french.keys()).collect();
    keys.into_iter()
        .filter_map(|key| difference(key, english.get(key), french.get(key)))
        .collect()
}

fn difference(
    key: &str,
    english: Option<&BTreeSet<String>>,
    french: Option<&BTreeSet<String>>,
) -> Option<String> {
    match (english, french) {
        (Some(_), None) => Some(format!("{key}: only in English")),
        (None, Some(_)) => Some(format!("{key}: only in French")),
        (Some(en), Some(fr)) if en != fr => {
            Some(format!("{key}: English uses {en:?}, French {fr:?}"))
        }
        _ => None,
    }
}

/// All messages of one language, and what is wrong with its files.
fn catalogue(files: &[Source]) -> (Messages, Vec<String>) {
    let mut messages = Messages::new();
    let mut faults = Vec::new();
    for file in files {
        let resource = fluent_syntax::parser::parse(file.text.as_str()).unwrap_or_else(
            |(resource, errors)| {
                faults.extend(errors.iter().map(|error| format!("{}: {error}", file.path)));
                resource
            },
        );
        for (key, variables) in resource.body.iter().flat_map(entry) {
            if messages.insert(key.clone(), variables).is_some() {
                faults.push(format!("{}: {key} stands twice", file.path));
            }
        }
    }
    (messages, faults)
}

/// The value and the attributes of one entry.
fn entry(entry: &Entry<&str>) -> Vec<(String, BTreeSet<String>)> {
    let (name, value, attributes) = match entry {
        Entry::Message(message) => (
            message.id.name.to_owned(),
            message.value.as_ref(),
            &message.attributes,
        ),
        Entry::Term(term) => (
            format!("-{}", term.id.name),
            Some(&term.value),
            &term.attributes,
        ),
        _ => return Vec::new(),
    };
    let own = value.map(|pattern| (name.clone(), variables(pattern)));
    let attributes = attributes
        .iter()
        .map(|it| (format!("{name}.{}", it.id.name), variables(&it.value)));
    own.into_iter().chain(attributes).collect()
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(pattern, &mut found);
    found
}

fn collect(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => collect_inline(inline, found),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                collect_inline(selector, found);
                for variant in variants {
                    collect(&variant.value, found);
                }
            }
            PatternElement::TextElement { .. } => {}
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                collect_inline(argument, found);
            }
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inner) = expression.as_ref() {
                collect_inline(inner, found);
            }
        }
        _ => {}
    }
}
