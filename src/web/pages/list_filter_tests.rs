use super::*;
use crate::web::format::Locale;
use crate::web::pages::samples;

fn names(filter: &Filter) -> Vec<String> {
    let present = samples::present();
    let found = filter.apply(&present);
    found.iter().map(|row| row.equipment.name.clone()).collect()
}

#[test]
fn a_filter_lives_in_the_address_and_each_part_can_be_taken_off() {
    let filter = Filter {
        q: "pack é".into(),
        state: vec!["stale".into(), "offline".into()],
        page: "3".into(),
        ..Filter::default()
    };
    assert_eq!(
        filter.without("state", "stale"),
        "/equipment?q=pack%20%C3%A9&state=offline"
    );
    assert_eq!(
        filter.with(&[("group", "site"), ("state", "")]),
        "/equipment?q=pack%20%C3%A9&group=site"
    );
    assert_eq!(Filter::default().with(&[("q", "")]), "/equipment");
}

#[test]
fn conditions_are_combined_and_values_of_one_are_alternatives() {
    let both = Filter {
        kind: vec!["1".into(), "3".into()],
        ..Filter::default()
    };
    assert_eq!(names(&both), ["Pack B-07", "Entry"]);
    let inner = Filter {
        site: vec!["2".into()],
        ..both
    };
    assert_eq!(names(&inner), ["Entry"]);
}

#[test]
fn an_address_may_name_types_and_sites_by_their_keys() {
    let present = samples::present();
    let filter = Filter {
        kind: vec!["barrier".into()],
        site: vec!["parking".into()],
        ..Filter::default()
    };
    assert_eq!(names(&filter.with_ids(&present.model)), ["Entry"]);
}

#[test]
fn words_are_looked_for_in_every_text_of_an_equipment() {
    let search = |q: &str| {
        names(&Filter {
            q: q.into(),
            ..Filter::default()
        })
    };
    assert_eq!(search("NANTES sollin b-07"), ["Pack B-07"]);
    assert_eq!(search("nothing"), Vec::<String>::new());
}

#[test]
fn last_seen_tells_never_from_long_ago() {
    let never = Filter {
        seen: vec!["never".into()],
        ..Filter::default()
    };
    assert_eq!(names(&never), ["A02"]);
}

#[test]
fn a_custom_field_narrows_the_list() {
    let with = |pairs: &[&str]| {
        names(&Filter {
            field: pairs.iter().map(|pair| (*pair).to_owned()).collect(),
            ..Filter::default()
        })
    };
    assert_eq!(with(&["contract=gold"]), ["Pack B-07"]);
    assert_eq!(
        with(&["contract=gold", "contract=silver"]),
        ["Pack B-07", "Entry"]
    );
    assert_eq!(
        with(&["contract=gold", "checked=true"]),
        Vec::<String>::new()
    );
    assert_eq!(with(&["unknown=x"]).len(), 4);
}

#[test]
fn a_searchable_custom_field_is_searched_and_another_is_not() {
    let search = |q: &str| {
        names(&Filter {
            q: q.into(),
            ..Filter::default()
        })
    };
    assert_eq!(search("silver"), ["Entry"]);
    assert_eq!(search("true"), Vec::<String>::new());
}

#[test]
fn a_chip_names_the_choice_and_its_value() {
    let filter = Filter {
        kind: vec!["1".into()],
        ..Filter::default()
    };
    let reader = samples::visitor(Locale::French).reader;
    let choices = filter.choices(&samples::present(), &reader);
    let chips = filter.chips(&choices, reader.words);
    assert_eq!(chips.len(), 1);
    assert_eq!(chips[0].value, "battery-pack (fr)");
    assert_eq!(chips[0].href, "/equipment");
}
