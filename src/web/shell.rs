//! What every page shares: top bar, foot, language and theme.

mod administration;

use super::arrival::SupportNotice;
use super::extract::{Visitor, zone};
use super::format::{self, Dates, Locale};
use super::words::Words;
use super::{assets, park};
use crate::domain::{Permission, Permissions, Timestamp};
use crate::web::present::Present;
use jiff::tz::TimeZone;
use serde_json::{Map, json};

/// What a thumb can tell apart at the bottom of a phone.
const TABS: usize = 5;

/// The parts of the portal that the top bar leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `/`
    Overview,
    /// `/equipment` and what lies below.
    Equipment,
    /// The site of a car park.
    Parking,
    /// `/dashboards`
    Dashboards,
    /// `/connections`
    Connections,
    /// `/settings` and what lies below.
    Settings,
    /// None of them.
    Elsewhere,
}

/// A link of the top bar or of the phone's tabs.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// Its word.
    pub label: String,
    /// Its symbol.
    pub icon: &'static str,
    /// Whether one is there.
    pub current: bool,
}

/// One of several values of a preference.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the form sends.
    pub value: &'static str,
    /// What people read.
    pub label: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// The newest value of all; scripts keep it up to date.
#[derive(Debug, Clone)]
pub struct Newest {
    /// When it was true, ms.
    pub at_ms: i64,
    /// The zone it is told in.
    pub zone: String,
    /// The sentence.
    pub text: String,
}

impl Newest {
    fn of(at: Timestamp, zone: &TimeZone, words: Words) -> Self {
        let time = format::clock_seconds(at, zone);
        Self {
            at_ms: at.as_millis(),
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            text: words.with("last-value-at", &[("time", &time)]),
        }
    }
}

/// Support that may look at this client, told on every page to whom it concerns.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Whether the reader is that support, who may leave.
    pub own: bool,
}

impl Notice {
    fn of(known: &SupportNotice, visitor: &Visitor) -> Self {
        let (reader, words) = (&visitor.reader, visitor.words());
        let until = format::moment(known.until, reader.now, &reader.zone, words);
        let key = if visitor.is_support {
            "support-notice-own"
        } else {
            "support-notice"
        };
        let facts = [
            ("name", &*known.name),
            ("reason", &known.reason),
            ("until", &until),
        ];
        Self {
            text: words.with(key, &facts),
            own: visitor.is_support,
        }
    }
}

/// What the layouts show.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The visitor's words.
    pub words: Words,
    /// `light`, `dark` or empty.
    pub theme: &'static str,
    /// The name of the client; empty where nobody may be named.
    pub client: String,
    /// Who is signed in; empty when nobody is.
    pub user: String,
    /// Their address.
    pub email: String,
    /// Path and query of the page, for forms that come back.
    pub here: String,
    /// In which zone times are.
    pub zone_note: String,
    /// When the newest value was received.
    pub newest: Option<Newest>,
    /// The address of the script.
    pub script: &'static str,
    /// The address of the style sheet.
    pub style: &'static str,
    /// Words that scripts show, as JSON.
    pub script_words: String,
    /// The server's clock, ms.
    pub now_ms: i64,
    /// What people should know on every page: support that may look.
    pub notices: Vec<Notice>,
    section: Section,
    parking: Option<String>,
    permissions: Permissions,
}

impl Shell {
    /// For a page nobody need sign in for.
    pub fn bare(
        words: Words,
        theme: &'static str,
        client: &str,
        here: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            words,
            theme,
            client: client.to_owned(),
            user: String::new(),
            email: String::new(),
            here: here.to_owned(),
            zone_note: String::new(),
            newest: None,
            script: &assets::SCRIPT,
            style: &assets::STYLE,
            script_words: script_words(words),
            now_ms: now.as_millis(),
            notices: Vec::new(),
            section: Section::Elsewhere,
            parking: None,
            permissions: Permissions::NONE,
        }
    }

    /// For a page of the portal.
    pub fn of(visitor: &Visitor, section: Section, present: &Present) -> Self {
        let (words, zone, now) = (visitor.words(), &visitor.reader.zone, visitor.reader.now);
        let parking = park::first_site(&present.model);
        Self {
            user: visitor.name.clone(),
            email: visitor.email.clone(),
            zone_note: zone_note(visitor),
            newest: present.newest().map(|at| Newest::of(at, zone, words)),
            parking: parking.map(|site| format!("/sites/{site}")),
            section,
            permissions: visitor.permissions,
            notices: visitor
                .support
                .iter()
                .map(|known| Notice::of(known, visitor))
                .collect(),
            ..Self::bare(words, visitor.theme, &visitor.client, &visitor.here, now)
        }
    }

    /// The same with the name of a member of the staff.
    #[must_use]
    pub fn for_staff(mut self, name: &str, email: &str) -> Self {
        name.clone_into(&mut self.user);
        email.clone_into(&mut self.email);
        self
    }

    /// `en` or `fr`.
    pub const fn lang(&self) -> &'static str {
        self.words.0.tag()
    }

    /// The language whose numbers are shown: `en` or `fr`.
    pub const fn numbers(&self) -> &'static str {
        self.words.1.numbers.tag()
    }

    /// Whether dates are written for machines.
    pub fn has_iso_dates(&self) -> bool {
        self.words.1.dates == Dates::Iso
    }

    /// Whether the visitor may make the first steps of an empty client.
    pub fn may_start(&self) -> bool {
        self.permissions.holds(Permission::ConfigureSites)
    }

    /// The links of the top bar.
    pub fn nav(&self) -> Vec<NavItem> {
        let item = |section, href: &str, key, icon| NavItem {
            href: href.to_owned(),
            label: self.words.get(key),
            icon,
            current: self.section == section,
        };
        let mut items = vec![
            item(Section::Overview, "/", "nav-overview", "i-home"),
            item(Section::Equipment, "/equipment", "nav-equipment", "i-list"),
        ];
        if let Some(href) = &self.parking {
            items.push(item(Section::Parking, href, "nav-parking", "i-park"));
        }
        items.push(item(
            Section::Dashboards,
            "/dashboards",
            "nav-dashboards",
            "i-board",
        ));
        if self.permissions.holds(Permission::SeeConnections) {
            let connections = Section::Connections;
            items.push(item(
                connections,
                "/connections",
                "nav-connections",
                "i-plug",
            ));
        }
        if !self.administration().is_empty() {
            items.push(item(
                Section::Settings,
                "/settings",
                "nav-settings",
                "i-gear",
            ));
        }
        items
    }

    /// The tabs of the phone: five fit beside each other.
    pub fn tabs(&self) -> Vec<NavItem> {
        let mut items = self.nav();
        if items.len() > TABS {
            items.retain(|item| item.href != "/connections");
        }
        for item in &mut items {
            if item.href == "/dashboards" {
                item.label = self.words.get("tab-dashboards");
            }
        }
        items
    }

    /// The languages to choose from.
    pub fn languages(&self) -> Vec<Choice> {
        Locale::ALL
            .map(|locale| Choice {
                value: locale.tag(),
                label: locale.own_name().to_owned(),
                current: locale == self.words.0,
            })
            .into()
    }

    /// The themes to choose from.
    pub fn themes(&self) -> Vec<Choice> {
        ["system", "light", "dark"]
            .map(|value| Choice {
                value,
                label: self.words.get(&format!("theme-{value}")),
                current: self.theme == value || (self.theme.is_empty() && value == "system"),
            })
            .into()
    }
}

/// `Times in Paris (UTC+1)`; where the place has another clock, which.
fn zone_note(visitor: &Visitor) -> String {
    let (words, now) = (visitor.words(), visitor.reader.now);
    let told = |key: &str, name: &str, zone: &TimeZone| {
        let place = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
        let offset = format::utc_offset(now, zone);
        words.with(key, &[("place", &place), ("offset", &offset)])
    };
    let mut note = told("times-in", &visitor.time_zone, &visitor.reader.zone);
    if let Some(there) = &visitor.zone_there {
        note.push_str(" · ");
        note.push_str(&told("times-there", there, &zone(there)));
    }
    note
}

/// Phrases that scripts fill in: a `{name}` in them is theirs to replace.
fn script_words(words: Words) -> String {
    const PLAIN: &[&str] = &[
        "no-data",
        "chart-no-data",
        "chart-failed",
        "chart-summary",
        "chart-summary-empty",
        "quality-good",
        "quality-uncertain",
        "quality-bad",
        "quality-stale",
        "quality-none",
        "feed-connecting",
        "feed-live",
        "map-closer",
        "map-farther",
        "condition-offline",
        "condition-bad",
        "condition-stale",
        "condition-waiting",
        "condition-normal",
    ];
    const FILLED: &[(&str, &[&str])] = &[
        ("age-seconds", &["n"]),
        ("age-minutes", &["n"]),
        ("age-hours", &["n"]),
        ("age-hours-minutes", &["h", "m"]),
        ("age-days", &["n"]),
        ("heard-ago", &["age"]),
        ("map-equipment", &["n"]),
        ("offline-from", &["time"]),
        ("last-value-at", &["time"]),
        ("feed-live-delay", &["delay"]),
        ("feed-offline", &["time"]),
    ];
    let mut map: Map<_, _> = PLAIN
        .iter()
        .map(|key| ((*key).to_owned(), json!(words.get(key))))
        .collect();
    for month in 1..=12 {
        let key = format!("month-{month}");
        map.insert(key.clone(), json!(words.get(&key)));
    }
    for (key, names) in FILLED {
        let places: Vec<_> = names
            .iter()
            .map(|name| (*name, format!("{{{name}}}")))
            .collect();
        let variables: Vec<_> = places
            .iter()
            .map(|(name, place)| (*name, place.as_str()))
            .collect();
        map.insert((*key).to_owned(), json!(words.with(key, &variables)));
    }
    json!(map).to_string()
}
