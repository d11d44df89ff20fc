//! A small client of everything, and one test that renders every page in both languages.

use super::overview_sites::{MainValue, SiteLine};
use super::*;
use crate::domain::{
    EquipmentId, EquipmentTypeId, Permissions, PointId, PointKind, Quality, Role, Sample, SiteId,
    StateSet, TimeRange, Timestamp, Unit,
};
use crate::domain::{StaffId, SupportGrantId};
use crate::store::audit::Entry;
use crate::store::tenant::{
    Equipment, EquipmentRow, EquipmentType, EquipmentTypeRow, PointRow, PointSpec, Site, SiteRow,
    SupportGrant, SupportGrantRow,
};
use crate::web::age::Age;
use crate::web::arrival::SupportNotice;
use crate::web::condition::Condition;
use crate::web::console;
use crate::web::extract::Visitor;
use crate::web::faces::ErrorPage;
use crate::web::format::Locale;
use crate::web::model::Model;
use crate::web::present::Present;
use crate::web::shell::Shell;
use crate::web::value::Reader;
use crate::web::words::Words;
use jiff::tz::TimeZone;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::from_seconds(1_795_181_520);

/// Somebody who looks at the sample.
pub(super) fn visitor(locale: Locale) -> Visitor {
    Visitor {
        client: "Hélianthe Énergies".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
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
            words: Words(locale),
            zone: TimeZone::get("Europe/Paris").unwrap(),
            now: NOW,
        },
        theme: "",
        here: "/".to_owned(),
    }
}

/// A site with a pack and another inside it with two bays; every state of a value.
pub(super) fn present() -> Present {
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
    );
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

/// Point 2 is stale, 3 is bad, 9 was never received.
fn newest(point: PointId) -> Option<Sample> {
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

fn support_grant() -> SupportGrantRow {
    SupportGrantRow {
        id: SupportGrantId(1),
        grant: SupportGrant {
            staff_id: StaffId(1),
            staff_name: "S. Platform".to_owned(),
            staff_email: "s@platform.example".to_owned(),
            reason: "Values of <Nantes> are late".to_owned(),
            expires_at: NOW.plus(Timestamp::HOUR),
        },
        created_at: NOW,
        entered_at: Some(NOW),
        revoked_at: None,
        revoked_by: None,
    }
}

fn site_line() -> SiteLine {
    SiteLine {
        href: "/sites/1".to_owned(),
        name: "Nantes".to_owned(),
        mark: Condition::Stale.mark(),
        state: "Stale".to_owned(),
        abnormal: true,
        equipment: "3".to_owned(),
        main: MainValue::default(),
        spark: "M0 0L72 18".to_owned(),
        age: Age::default(),
    }
}

fn change() -> Entry {
    Entry {
        id: 1,
        at: NOW,
        actor: "user:1".to_owned(),
        action: "changed".to_owned(),
        noun: "site".to_owned(),
        key: "nantes".to_owned(),
        detail: r#"{"name":"Nantes","before":{"order":1},"after":{"order":2}}"#.to_owned(),
        who: Some(r#"{"name":"C. Morel","address":"192.0.2.1","agent":"Firefox"}"#.to_owned()),
        what: None,
        hash: vec![7; 32],
    }
}

/// Every page of the portal with its name.
fn every_page(locale: Locale) -> Vec<(&'static str, String)> {
    let (visitor, present) = (visitor(locale), present());
    let reader = &visitor.reader;
    let pack = present.model.equipment(EquipmentId(1)).unwrap();
    let point = present.model.point(PointId(1)).unwrap();
    let range = charts::RangeQuery::default();
    let day = TimeRange {
        start: NOW.plus(-Timestamp::DAY),
        end: NOW,
    };
    let samples = point_table::Newest {
        samples: vec![newest(PointId(1)).unwrap()],
        more: false,
    };
    let table = point_table::of_samples(point, &samples, reader);
    let chosen = charts::ChosenRange {
        range: day,
        span: None,
    };
    let shell = Shell::bare(reader.words, "dark", "Hélianthe", "/", NOW);
    vec![
        (
            "overview",
            overview::OverviewPage::of(&visitor, &present, vec![site_line()], vec![change()])
                .render(),
        ),
        (
            "equipment list",
            equipment_list::EquipmentListPage::of(
                &visitor,
                &present,
                equipment_list::Filter::default(),
            )
            .render(),
        ),
        (
            "equipment",
            equipment::EquipmentPage::of(&visitor, &present, pack, &range).render(),
        ),
        (
            "point",
            point::PointPage::of(
                &visitor,
                &present,
                (point, pack),
                reader,
                charts::ChartBoard::showing(&chart_choice::Shown::one(point), chosen, reader),
                vec![table],
            )
            .render(),
        ),
        (
            "site",
            site::SitePage::of(&visitor, &present, present.model.site(SiteId(1)).unwrap()).render(),
        ),
        (
            "car park",
            site::SitePage::of(&visitor, &present, present.model.site(SiteId(2)).unwrap()).render(),
        ),
        (
            "connections",
            connections::ConnectionsPage::sample(&visitor, &present).render(),
        ),
        (
            "audit",
            audit::AuditPage::of(
                &visitor,
                &present,
                crate::web::audit::Asked::default(),
                vec![change()],
                Some("from"),
            )
            .render(),
        ),
        (
            "sign-in",
            sign_in::SignInPage::sample(shell.clone()).render(),
        ),
        (
            "support",
            support::SupportPage::of(&visitor, &present, &[support_grant()]).render(),
        ),
        (
            "support enters",
            support::SupportEnterPage::of(
                shell.clone(),
                "token".to_owned(),
                &support_grant(),
                "Europe/Paris",
                NOW,
            )
            .render(),
        ),
        (
            "landing",
            landing::LandingPage::sample(shell.clone()).render(),
        ),
        (
            "error",
            ErrorPage::in_words(shell, &WebError::NotFound, "01K".to_owned()).render(),
        ),
    ]
    .into_iter()
    .map(|(name, html)| (name, html.unwrap_or_else(|error| panic!("{name}: {error}"))))
    .chain(
        console::render_all(locale)
            .into_iter()
            .map(|html| ("console", html)),
    )
    .collect()
}

#[test]
fn every_page_renders_in_both_languages_with_every_message() {
    for locale in Locale::ALL {
        for (name, html) in every_page(locale) {
            assert!(
                html.contains(&format!("<html lang=\"{}\"", locale.tag())),
                "{name}"
            );
            assert!(
                html.contains("id=\"main\""),
                "{name}: the skip link leads nowhere"
            );
            assert_eq!(
                html.matches("<h1").count(),
                1,
                "{name}: one heading says what the page is"
            );
            assert!(
                !html.contains("Unknown localization"),
                "{name}: {}",
                unknown(&html)
            );
        }
    }
}

fn unknown(html: &str) -> &str {
    let at = html.find("Unknown localization").unwrap_or_default();
    html[at..].lines().next().unwrap_or_default()
}

#[test]
fn what_people_typed_is_never_markup() {
    for (name, html) in every_page(Locale::French) {
        assert!(!html.contains("<Nantes>"), "{name}");
    }
}

#[test]
fn a_value_shows_unit_age_and_quality_and_one_never_received_a_dash() {
    let pages = every_page(Locale::French);
    let html = |wanted| &pages.iter().find(|(name, _)| *name == wanted).unwrap().1;
    let equipment = html("equipment");
    assert!(equipment.contains("52,26</span><u>V</u>"));
    assert!(equipment.contains("2\u{a0}s") && equipment.contains("bonne"));
    assert!(equipment.contains("data-state=\"stale\"") && equipment.contains("périmée"));
    assert!(
        html("car park").contains("data-state=\"none\"")
            && html("car park").contains(crate::web::format::NONE)
    );
}
