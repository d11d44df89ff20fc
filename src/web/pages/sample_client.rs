//! A small client of everything, and a large one, for tests.

use crate::domain::{
    EquipmentId, EquipmentTypeId, FieldId, FieldKind, Permissions, PointId, PointKind, Quality,
    Role, Sample, SiteId, StateSet, Timestamp, Unit,
};
use crate::store::tenant::{
    Equipment, EquipmentRow, EquipmentType, EquipmentTypeRow, Field, FieldRow, FieldValueRow,
    PointRow, PointSpec, Site, SiteRow,
};
use crate::web::arrival::SupportNotice;
use crate::web::extract::Visitor;
use crate::web::format::Locale;
use crate::web::model::{Custom, Model};
use crate::web::present::Present;
use crate::web::value::Reader;
use crate::web::words::Words;
use jiff::tz::TimeZone;
use std::sync::Arc;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_181_520);

/// Somebody who looks at the sample.
pub(in crate::web) fn visitor(locale: Locale) -> Visitor {
    Visitor {
        client: "Hélianthe Énergies".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        chose_zone: false,
        zone_there: None,
        name: "C. Morel".to_owned(),
        email: "c.morel@helianthe.example".to_owned(),
        permissions: Permissions::of_role(Role::Admin),
        is_support: false,
        support: vec![SupportNotice {
            name: "S. Platform <staff>".to_owned(),
            reason: "Barrier <entry> stays open".to_owned(),
            until: NOW.plus(Timestamp::HOUR),
        }],
        reader: Reader {
            words: Words::of(locale),
            zone: TimeZone::get("Europe/Paris").unwrap(),
            now: NOW,
        },
        theme: "",
        here: "/".to_owned(),
    }
}

/// A site with a pack and another inside it with two bays; every state of a value.
pub(in crate::web) fn present() -> Present {
    let model = Model::of(
        vec![site(1, None, "Nantes"), site(2, Some(1), "Parking")],
        vec![
            kind(1, "battery-pack", "i-batt"),
            kind(2, "parking-space", "i-park"),
            kind(3, "barrier", "i-barrier"),
        ],
        vec![
            equipment(1, 1, 1, "Pack B-07"),
            equipment(2, 2, 2, "A01"),
            equipment(3, 2, 2, "A02"),
            equipment(4, 2, 3, "Entry"),
        ],
        points(),
    )
    .with_custom(custom());
    let samples = model.points.iter().map(|row| newest(row.id)).collect();
    Present::of(Arc::new(model), samples, NOW)
}

fn site(id: i64, parent: Option<i64>, name: &str) -> SiteRow {
    SiteRow {
        id: SiteId(id),
        site: Site {
            parent_id: parent.map(SiteId),
            key: name.to_lowercase(),
            name: name.to_owned(),
            address: Some("1 quai de la Fosse <Nantes>".to_owned()),
            latitude: Some(47.21),
            longitude: Some(-1.56),
            time_zone: "Europe/Paris".to_owned(),
            position: 0,
        },
        created_at: NOW,
    }
}

fn kind(id: i64, key: &str, icon: &str) -> EquipmentTypeRow {
    EquipmentTypeRow {
        id: EquipmentTypeId(id),
        equipment_type: EquipmentType {
            key: key.to_owned(),
            name: key.to_owned(),
            name_fr: Some(format!("{key} (fr)")),
            icon: icon.to_owned(),
            brick_class: None,
            haystack_tags: "[]".to_owned(),
            bookable: false,
        },
    }
}

fn equipment(id: i64, site: i64, kind: i64, name: &str) -> EquipmentRow {
    EquipmentRow {
        id: EquipmentId(id),
        equipment: Equipment {
            site_id: SiteId(site),
            parent_id: None,
            type_id: EquipmentTypeId(kind),
            key: name.to_lowercase(),
            name: name.to_owned(),
            model: Some("Sollin R16".to_owned()),
            serial: None,
            note: Some("Cell 2 drifts.".to_owned()),
        },
        created_by: "manifest".to_owned(),
        created_at: NOW,
    }
}

fn points() -> Vec<PointRow> {
    let number = |key: &str, unit: &str| PointSpec {
        key: key.to_owned(),
        name: key.to_owned(),
        unit: Unit::parse(unit).ok(),
        decimals: 2,
        normal_min: Some(1.0),
        normal_max: Some(60.0),
        period_s: Some(15),
        ..PointSpec::default()
    };
    let states = |words: &[&str]| PointSpec {
        key: "state".to_owned(),
        name: "State".to_owned(),
        kind: PointKind::State,
        states: StateSet(
            words
                .iter()
                .zip(0..)
                .map(|(word, code)| (code, (*word).to_owned()))
                .collect(),
        ),
        ..PointSpec::default()
    };
    let occupied = PointSpec {
        key: "occupied".to_owned(),
        ..states(&["FREE", "OCCUPIED"])
    };
    let specs = [
        (1, number("voltage", "V")),
        (1, number("power", "kW")),
        (1, number("current", "A")),
        (1, states(&["IDLE", "CHARGING"])),
        (1, number("cell_voltage_1", "V")),
        (1, number("cell_voltage_2", "V")),
        (1, number("cell_voltage_3", "V")),
        (2, occupied.clone()),
        (3, occupied),
        (4, states(&["CLOSED", "OPENING", "OPENED"])),
    ];
    let row = |(id, (equipment, spec)): (i64, (i64, PointSpec))| PointRow {
        id: PointId(id),
        equipment_id: EquipmentId(equipment),
        spec: PointSpec {
            position: id,
            ..spec
        },
        created_at: NOW,
    };
    (1..).zip(specs).map(row).collect()
}

/// `n` equipment with a voltage and a power each, on a hundred sites.
pub(in crate::web) fn large_model(n: i64) -> Model {
    let spec = |key: &str| {
        points()
            .into_iter()
            .find(|row| row.spec.key == key)
            .unwrap()
            .spec
    };
    let point = |id: i64, equipment: i64, key: &str| PointRow {
        id: PointId(id),
        equipment_id: EquipmentId(equipment),
        spec: spec(key),
        created_at: NOW,
    };
    let (voltage, power) = ("voltage", "power");
    Model::of(
        (1..=100)
            .map(|id| site(id, None, &format!("Site {id}")))
            .collect(),
        vec![kind(1, "battery-pack", "i-batt")],
        (1..=n)
            .map(|id| equipment(id, id % 100 + 1, 1, &format!("Pack {id}")))
            .collect(),
        (1..=n)
            .flat_map(|id| [point(2 * id, id, voltage), point(2 * id + 1, id, power)])
            .collect(),
    )
}

/// A contract that lists show and the search finds, and whether it was checked.
fn custom() -> Custom {
    let field = |id, key: &str, kind, options: &str, listed| FieldRow {
        id: FieldId(id),
        field: Field {
            noun: "equipment".to_owned(),
            key: key.to_owned(),
            name: format!("<{key}>"),
            name_fr: None,
            kind,
            options: options.to_owned(),
            required: false,
            searchable: listed,
            listed,
            position: id,
        },
    };
    let value = |owner_id, field, value: &str| FieldValueRow {
        owner_id,
        field_id: FieldId(field),
        value: value.to_owned(),
    };
    Custom::of(
        vec![
            field(
                1,
                "contract",
                FieldKind::Select,
                r#"["gold","silver"]"#,
                true,
            ),
            field(2, "checked", FieldKind::Boolean, "[]", false),
        ],
        Vec::new(),
        vec![
            value(1, 1, "\"gold\""),
            value(1, 2, "false"),
            value(4, 1, "\"silver\""),
            value(4, 2, "true"),
        ],
    )
}

/// Point 2 is stale, 3 is bad, 9 was never received.
pub(super) fn newest(point: PointId) -> Option<Sample> {
    let (age_s, value, quality) = match point.0 {
        1 => (2, 52.256, Quality::Good),
        2 => (3_600, -2.09, Quality::Good),
        3 => (2, -40.0, Quality::Bad),
        5..=7 => (2, 3.3 + point.0 as f64 / 100.0, Quality::Uncertain),
        9 => return None,
        _ => (60, 1.0, Quality::Good),
    };
    Some(Sample {
        at: NOW.plus(-age_s * Timestamp::SECOND),
        value,
        quality,
    })
}
