//! One test renders every page of the sample client in both languages.

use super::overview_sites::{MainValue, SiteLine, SiteTable};
use super::sample_client::{NOW, newest};
pub(in crate::web) use super::sample_client::{large_model, present, visitor};
use super::*;
use crate::domain::{
    EquipmentId, MaintenanceId, PointId, SavedFilterId, SiteId, TimeRange, Timestamp,
};
use crate::store::audit::Entry;
use crate::store::tenant::{SavedFilterRow, Work, WorkRow};
use crate::web::age::Age;
use crate::web::condition::Condition;
use crate::web::console;
use crate::web::extract::Visitor;
use crate::web::faces::ErrorPage;
use crate::web::format::Locale;
use crate::web::present::Present;
use crate::web::shell::Shell;
use crate::web::words::Words;

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

fn site_table() -> SiteTable {
    SiteTable {
        lines: vec![site_line()],
        all: 1,
        normal: 0,
        on_earth: true,
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

fn saved_filter() -> SavedFilterRow {
    SavedFilterRow {
        id: SavedFilterId(1),
        name: "Silent <packs>".to_owned(),
        query: "state=stale".to_owned(),
    }
}

fn work() -> WorkRow {
    WorkRow {
        id: MaintenanceId(1),
        equipment_id: EquipmentId(1),
        work: Work {
            title: "Tighten <bolts>".to_owned(),
            notes: String::new(),
            due_on: Some(20_000),
            done_on: None,
            done_by: None,
        },
        created_by: "user:1".to_owned(),
        created_at: NOW,
        version: 1,
    }
}

/// Pages with their names.
type Rendered = Vec<(&'static str, askama::Result<String>)>;

/// Every page of the portal with its name.
fn every_page(locale: Locale) -> Vec<(&'static str, String)> {
    let (visitor, present) = (visitor(locale), present());
    let shell = Shell::bare(visitor.reader.words, "dark", "Hélianthe", "/", NOW);
    looking(&visitor, &present)
        .into_iter()
        .chain(measured(&visitor, &present))
        .chain(working(&visitor, &present))
        .chain(at_the_door(&shell))
        .chain(sample_people::pages(&visitor, &present, shell))
        .map(|(name, html)| (name, html.unwrap_or_else(|error| panic!("{name}: {error}"))))
        .chain(
            console::render_all(locale)
                .into_iter()
                .map(|html| ("console", html)),
        )
        .collect()
}

/// Pages that show what a client has.
fn looking(visitor: &Visitor, present: &Present) -> Rendered {
    vec![
        (
            "overview",
            overview::OverviewPage::of(visitor, present, site_table(), vec![change()]).render(),
        ),
        (
            "equipment list",
            equipment_list::EquipmentListPage::of(
                visitor,
                present,
                list_filter::Filter::default(),
                vec![saved_filter()],
            )
            .render(),
        ),
        (
            "site",
            site::SitePage::of(visitor, present, present.model.site(SiteId(1)).unwrap()).render(),
        ),
        (
            "car park",
            site::SitePage::of(visitor, present, present.model.site(SiteId(2)).unwrap()).render(),
        ),
        (
            "comparison",
            compare::ComparePage::of(
                visitor,
                present,
                &compare::Asked::sample("1,8"),
                &charts::RangeQuery::default(),
            )
            .render(),
        ),
        ("map", map::MapPage::of(visitor, present).render()),
        (
            "search",
            search::SearchPage::of(
                visitor,
                present,
                "pack".to_owned(),
                &crate::web::search::Index::of(&present.model).search("pack", 9),
            )
            .render(),
        ),
        (
            "connections",
            connections::ConnectionsPage::sample(visitor, present).render(),
        ),
        (
            "several at once",
            bulk::BulkPage::sample(visitor, present).render(),
        ),
        (
            "discovered",
            discovered::DiscoveredPage::sample(visitor, present).render(),
        ),
        (
            "connection",
            connection::ConnectionPage::sample(visitor, present).render(),
        ),
        (
            "device browser",
            device_browser::BrowserPage::sample(visitor, present).render(),
        ),
    ]
}

/// One equipment, and one point with its chart.
fn measured(visitor: &Visitor, present: &Present) -> Rendered {
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
    vec![
        (
            "equipment",
            equipment::EquipmentPage::of(visitor, present, pack, &range, (&[work()], None))
                .render(),
        ),
        (
            "point",
            point::PointPage::of(
                visitor,
                present,
                (point, pack),
                reader,
                charts::ChartBoard::showing(&chart_choice::Shown::one(point), chosen, reader),
                vec![table],
            )
            .render(),
        ),
    ]
}

/// Pages on which people work, arrange and administer.
fn working(visitor: &Visitor, present: &Present) -> Rendered {
    vec![
        (
            "settings list",
            settings::sample_list(visitor, present).render(),
        ),
        (
            "settings of the organisation",
            settings::ClientPage::sample(visitor, present).render(),
        ),
        (
            "BACnet device",
            settings::BacnetPage::sample(visitor, present).render(),
        ),
        (
            "settings form",
            settings::FormPage::sample(visitor, present).render(),
        ),
        (
            "dashboards",
            dashboards::ListPage::sample(visitor, present).render(),
        ),
        (
            "dashboard",
            dashboards::DashboardPage::sample(visitor, present).render(),
        ),
        (
            "kiosk",
            dashboards::KioskPage::sample(visitor, present).render(),
        ),
        (
            "dashboard desk",
            dashboards::EditPage::of(visitor, present, &dashboards::sample_row(), &[]).render(),
        ),
        (
            "maintenance",
            maintenance::ListPage::of(visitor, present, &[work()], Some(EquipmentId(1)), true)
                .render(),
        ),
        (
            "work",
            maintenance::WorkPage::sample(visitor, present).render(),
        ),
        (
            "contact and warranty",
            maintenance::ServicePage::sample(visitor, present).render(),
        ),
        (
            "privacy",
            privacy::PrivacyPage::sample(visitor, present).render(),
        ),
        (
            "audit",
            audit::AuditPage::of(
                visitor,
                present,
                crate::web::audit::Asked::default(),
                vec![change()],
                Some("from"),
            )
            .render(),
        ),
        ("docs", docs::DocsPage::sample(visitor, present).render()),
        (
            "support",
            support::SupportPage::sample(visitor, present).render(),
        ),
    ]
}

/// What is shown before anybody is known.
fn at_the_door(shell: &Shell) -> Rendered {
    vec![
        (
            "sign-in",
            sign_in::SignInPage::sample(shell.clone()).render(),
        ),
        (
            "offline",
            install::OfflinePage {
                shell: shell.clone(),
            }
            .render(),
        ),
        (
            "support enters",
            support::SupportEnterPage::sample(shell.clone()).render(),
        ),
        (
            "landing",
            landing::LandingPage::sample(shell.clone()).render(),
        ),
        (
            "error",
            ErrorPage::in_words(shell.clone(), &WebError::NotFound, "01K".to_owned()).render(),
        ),
    ]
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
            assert!(
                html.contains("rel=\"icon\" href=\"/favicon.svg\""),
                "{name}: a tab without its symbol"
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
fn the_commands_of_an_equipment_are_said_in_both_languages_and_nothing_typed_is_markup() {
    for locale in Locale::ALL {
        let html = commands::CommandsPart::sample(Words::of(locale)).render();
        let html = html.unwrap();
        assert!(!html.contains("Unknown localization"), "{}", unknown(&html));
        assert!(!html.contains("<Nantes>"));
    }
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
