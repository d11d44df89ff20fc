use super::*;
use crate::web::format::Locale;
use crate::web::pages::samples;

fn titles_and_rows(window: Range<usize>, grouping: Grouping) -> Vec<(String, Vec<String>)> {
    let present = samples::present();
    let rows = present.model.equipment.iter().collect();
    let reader = samples::visitor(Locale::English).reader;
    let order = Order::default();
    groups(&present, rows, grouping, &order, &window, &reader)
        .into_iter()
        .map(|group| {
            let rows = group.rows.into_iter().map(|row| row.name).collect();
            (group.title, rows)
        })
        .collect()
}

#[test]
fn a_window_cuts_through_groups_and_leaves_the_others_out() {
    let all = titles_and_rows(0..100, Grouping::Type);
    let flat: Vec<_> = all.iter().flat_map(|(_, rows)| rows.clone()).collect();
    assert_eq!(flat.len(), 4);
    let middle = titles_and_rows(1..3, Grouping::Type);
    let seen: Vec<_> = middle.iter().flat_map(|(_, rows)| rows.clone()).collect();
    assert_eq!(seen, flat[1..3]);
    assert!(titles_and_rows(4..9, Grouping::Type).is_empty());
}

#[test]
fn a_listed_custom_field_has_a_column_and_a_cell_in_every_row() {
    let present = samples::present();
    let rows = present.model.equipment.iter().collect();
    let reader = samples::visitor(Locale::English).reader;
    let all = groups(
        &present,
        rows,
        Grouping::None,
        &Order::default(),
        &(0..9),
        &reader,
    );
    let heads: Vec<_> = all[0]
        .heads
        .iter()
        .map(|head| head.label.as_str())
        .collect();
    assert!(heads.contains(&"<contract>") && !heads.contains(&"<checked>"));
    let cells = |row: &Row| row.places.last().cloned().unwrap();
    let pack = all[0].rows.iter().find(|row| row.name == "Pack B-07");
    assert_eq!(pack.map(cells).as_deref(), Some("gold"));
    assert!(all[0].rows.iter().all(|row| row.places.len() == 3));
}

#[test]
fn one_table_for_all_has_no_title() {
    let all = titles_and_rows(0..9, Grouping::None);
    assert_eq!((all.len(), all[0].0.as_str(), all[0].1.len()), (1, "", 4));
}
