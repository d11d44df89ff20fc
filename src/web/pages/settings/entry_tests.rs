use super::*;
use crate::domain::{FieldId, FieldKind};
use crate::store::tenant;
use crate::web::format::Locale;

const WORDS: Words = Words::of(Locale::English);

fn custom(key: &str, kind: FieldKind) -> Entry {
    let field = tenant::Field {
        noun: "site".to_owned(),
        key: key.to_owned(),
        name: "Owner".to_owned(),
        name_fr: None,
        kind,
        options: r#"["red","green"]"#.to_owned(),
        required: false,
        searchable: false,
        listed: false,
        position: 0,
    };
    let id = FieldId(1);
    Entry::custom(&FieldRow { id, field }, WORDS)
}

fn entries() -> Vec<Entry> {
    let hall = vec![("hall".to_owned(), "Hall".to_owned())];
    vec![
        Entry::needed("name", Input::Text),
        Entry::new("note", Input::Lines),
        Entry::new("latitude", Input::Number),
        Entry::new("bookable", Input::Check),
        Entry::new("states", Input::States),
        Entry::needed("site", Input::Choice(hall)),
        custom("a/b", FieldKind::Text),
        custom("colours", FieldKind::MultiSelect),
    ]
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    let pairs = pairs
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
    Typed::of(pairs.collect())
}

#[test]
fn what_is_typed_becomes_the_wish() {
    let form = typed(&[
        ("name", " Hall "),
        ("latitude", "−47,21"),
        ("bookable", "on"),
        ("states", "0 = FREE\n1=OCCUPIED"),
        ("site", "hall"),
        ("custom.a/b", "Ada"),
        ("custom.colours", "red"),
        ("custom.colours", "green"),
    ]);
    assert_eq!(
        form.wish(&entries()),
        json!({ "name": "Hall", "note": null, "latitude": -47.21, "bookable": true,
            "states": { "0": "FREE", "1": "OCCUPIED" }, "site": "hall",
            "custom": { "a/b": "Ada", "colours": ["red", "green"] } })
    );
}

#[test]
fn what_cannot_be_read_stays_what_was_typed() {
    let form = typed(&[("name", ""), ("latitude", "north"), ("states", "FREE")]);
    let wish = form.wish(&entries());
    assert_eq!(wish["latitude"], json!("north"));
    assert_eq!(wish["states"], json!("FREE"));
    assert_eq!(wish["name"], json!(""));
}

#[test]
fn a_form_filled_with_what_is_there_says_the_same_again() {
    let wish = json!({ "name": "Hall", "note": "a\nb", "latitude": 1.5, "bookable": false,
        "states": { "0": "FREE", "10": "BUSY", "2": "HELD" }, "site": "hall",
        "custom": { "a/b": "Ada", "colours": ["green"] } });
    let entries = entries();
    assert_eq!(Typed::as_it_is(&entries, &wish).wish(&entries), wish);
}

#[test]
fn a_list_is_never_shown_without_what_is_chosen() {
    let site = &entries()[5];
    let shown = |value: &str| {
        let typed = typed(&[("site", value)]);
        let field = site.field(0, &typed, None, WORDS);
        let options = field.options.into_iter();
        options
            .map(|option| (option.value, option.current))
            .collect::<Vec<_>>()
    };
    let hall = |current| ("hall".to_owned(), current);
    assert_eq!(shown("hall"), [hall(true)]);
    assert_eq!(shown("yard"), [("yard".to_owned(), true), hall(false)]);
    assert_eq!(shown(""), [(String::new(), true), hall(false)]);
}

#[test]
fn a_last_day_ends_when_it_is_over() {
    let end = Entry::new("expires_at", Input::LastDay);
    let wish = |text| typed(&[("expires_at", text)]).wish(std::slice::from_ref(&end));
    assert_eq!(wish("2026-12-31")["expires_at"], "2027-01-01T00:00:00Z");
    assert_eq!(wish("soon")["expires_at"], "soon");
    assert_eq!(wish("")["expires_at"], Value::Null);
}

#[test]
fn a_custom_field_has_an_id_of_its_own_and_the_name_people_gave_it() {
    let entry = custom("a b\"", FieldKind::Boolean);
    let field = entry.field(3, &Typed::default(), None, WORDS);
    assert_eq!((&*field.id, &*field.label), ("custom-3", "Owner"));
    assert_eq!(field.options.len(), 3);
    assert_eq!(entry.pointer(), "/custom/a b\"");
}
