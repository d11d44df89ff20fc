use super::*;
use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};
use std::time::Duration;

fn setup(charging: Sign) -> DeviceSetup {
    DeviceSetup {
        unit: 1,
        equipment: "roof".into(),
        hint: Arc::new(EquipmentHint {
            site: Some("hall".into()),
            kind: None,
        }),
        online: None,
        every: Duration::from_secs(10),
        limits: Limits {
            gap: 8,
            registers: MOST_REGISTERS,
            bits: MOST_BITS,
        },
        registers: Vec::new(),
        sunspec: Some(Meaning {
            charging,
            types: Vec::new(),
        }),
    }
}

fn layout(blocks: &[(u16, u16, u16)]) -> Layout {
    let block = |&(id, start, parts)| Block { id, start, parts };
    Layout {
        is_sunspec: true,
        blocks: blocks.iter().map(block).collect(),
        ..Layout::default()
    }
}

fn equipment(layout: &Layout) -> Vec<(String, String)> {
    let items = layout.items(&setup(Sign::Negative));
    let mut found: Vec<_> = items
        .iter()
        .map(|item| {
            (
                item.address.equipment.to_string(),
                item.hint.kind.as_deref().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    found.dedup();
    found
}

#[test]
fn each_model_makes_equipment_of_its_own() {
    let pair = |key: &str, kind: &str| (key.to_owned(), kind.to_owned());
    assert_eq!(
        equipment(&layout(&[
            (103, 40_070, 0),
            (203, 40_122, 0),
            (203, 40_229, 0),
            (802, 40_400, 0)
        ])),
        [
            pair("roof-inverter", "inverter"),
            pair("roof-meter", "three-phase-meter"),
            pair("roof-meter-2", "three-phase-meter"),
            pair("roof-battery", "battery"),
        ]
    );
}

#[test]
fn strings_come_from_their_bank_unless_they_speak_for_themselves() {
    let pair = |key: &str, kind: &str| (key.to_owned(), kind.to_owned());
    let bank = (803, 40_200, 2);
    assert_eq!(
        equipment(&layout(&[bank])),
        [
            pair("roof-string-1", "battery-string"),
            pair("roof-string-2", "battery-string")
        ]
    );
    assert_eq!(
        equipment(&layout(&[bank, (804, 40_400, 1)])),
        [
            pair("roof-string-1", "battery-string"),
            pair("roof-string-1-module-1", "battery-module")
        ]
    );
}

#[test]
fn addresses_and_scale_registers_are_counted_from_the_right_place() {
    let items = layout(&[(803, 1_000, 2)]).items(&setup(Sign::Negative));
    let soc = items
        .iter()
        .rfind(|item| &*item.register.point == "soc")
        .unwrap();
    assert_eq!(&*soc.address.equipment, "roof-string-2");
    assert_eq!(soc.register.place.start, 1_000 + 28 + 32 + 4);
    assert_eq!(soc.register.exponent.unwrap().start, 1_026);
}

#[test]
fn charging_is_positive_whatever_the_maker_says() {
    let current = |charging| {
        let items = layout(&[(802, 0, 0)]).items(&setup(charging));
        let current = items.iter().find(|item| &*item.register.point == "current");
        current.map(|item| item.register.scale.apply(5.0, 0))
    };
    assert_eq!(current(Sign::Negative), Some(-5.0));
    assert_eq!(current(Sign::Positive), Some(5.0));
}

#[test]
fn only_the_types_that_are_allowed_make_equipment() {
    let mut setup = setup(Sign::Negative);
    setup.sunspec = Some(Meaning {
        types: vec!["inverter".to_owned()],
        ..Meaning::default()
    });
    let items = layout(&[(103, 0, 0), (203, 60, 0)]).items(&setup);
    for item in items {
        let is_inverter = &*item.address.equipment == "roof-inverter";
        assert_eq!(
            item.hint.kind.is_some(),
            is_inverter,
            "{}",
            item.address.equipment
        );
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    assert!(
        Layout::default()
            .lack()
            .unwrap()
            .contains("no SunSpec device")
    );
    assert!(layout(&[(120, 0, 0)]).lack().unwrap().contains("(120)"));
    assert_eq!(layout(&[(120, 0, 0), (101, 30, 0)]).lack(), None);
}
