use super::*;
use crate::domain::{EquipmentId, PointId, SiteId};
use crate::web::pages::samples;

fn search(text: &str) -> Vec<Found> {
    let model = samples::present().model;
    let hits = Index::of(&model).search(text, 10);
    hits.into_iter().map(|hit| hit.found).collect()
}

#[test]
fn every_text_of_an_equipment_leads_to_it() {
    for text in ["B-07", "pack b", "sollin", "drifts", "battery nantes"] {
        assert_eq!(search(text)[0], Found::Equipment(EquipmentId(1)), "{text}");
    }
    assert_eq!(search("parking")[0], Found::Site(SiteId(2)));
    assert_eq!(search("quai fosse")[0], Found::Site(SiteId(1)));
}

#[test]
fn a_typo_and_missing_accents_do_not_hide_a_thing() {
    assert_eq!(search("soliin")[0], Found::Equipment(EquipmentId(1)));
    assert_eq!(search("PARKNIG")[0], Found::Site(SiteId(2)));
    assert_eq!(search("zzzz"), []);
    assert_eq!(search(" ,; "), []);
}

#[test]
fn a_point_is_found_by_its_name_with_the_name_of_its_equipment() {
    assert_eq!(search("b-07 voltage")[0], Found::Point(PointId(1)));
    assert_eq!(search("entry state")[0], Found::Point(PointId(10)));
}

#[tokio::test]
async fn an_index_is_made_once_for_a_model_and_another_model_has_its_own() {
    let (indexes, tenant) = (Indexes::default(), TenantId(1));
    let model = samples::present().model;
    let first = indexes.of(tenant, &model).await;
    assert!(Arc::ptr_eq(&first, &indexes.of(tenant, &model).await));
    let nothing = Arc::new(Model::default());
    assert_eq!(indexes.of(tenant, &nothing).await.search("pack", 9), []);
    assert_ne!(first.search("pack", 9), []);
}

#[test]
fn a_slip_of_the_pen_among_ten_thousand_equipment_is_forgiven() {
    let model = samples::large_model(10_000);
    let index = Index::of(&model);
    assert!(!index.search("pcak 77", 20).is_empty());
    assert!(!index.search("voltage", 20).is_empty());
}
