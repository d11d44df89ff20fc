//! The organisation as a BACnet device: how it is, who is heard, what it counted, and the files that
//! integrators import. What it is to be stands in the manifest, so there is no form.

use crate::bacnet::{BacnetState, BacnetView};
use crate::web::WebError;
use crate::web::condition::{Condition, Mark};
use crate::web::extract::{Visit, Visitor};
use crate::web::format;
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;

/// The page.
#[derive(Template)]
#[template(path = "pages/settings_bacnet.html")]
pub struct BacnetPage {
    shell: Shell,
    device: Option<Device>,
}

/// A device that there is.
struct Device {
    mark: Mark,
    state: String,
    /// Why it does not start.
    trouble: String,
    facts: Vec<(String, String)>,
    figures: Vec<(String, String)>,
}

/// `GET /settings/bacnet`
pub async fn show(visit: Visit) -> Result<Response, WebError> {
    let view = visit.client.bacnet().view();
    page(&BacnetPage::of(&visit.visitor, &visit.present(), view))
}

impl BacnetPage {
    fn of(visitor: &Visitor, present: &Present, view: Option<BacnetView>) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            device: view.map(|view| Device::of(&view, visitor)),
        }
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        Self::of(visitor, present, Some(sample_view(visitor.reader.now)))
    }
}

impl Device {
    fn of(view: &BacnetView, visitor: &Visitor) -> Self {
        let words = visitor.words();
        let reader = &visitor.reader;
        let since = format::moment(view.since, reader.now, &reader.zone, words);
        let (condition, state, trouble) = match &view.state {
            BacnetState::Off => (Condition::Waiting, "bacnet-off", String::new()),
            BacnetState::Running(_) => (Condition::Normal, "bacnet-running", String::new()),
            BacnetState::Failed(why) => (Condition::Offline, "bacnet-failed", why.clone()),
        };
        Self {
            mark: condition.mark(),
            state: words.with(state, &[("since", &since)]),
            trouble,
            facts: facts(view, words),
            figures: figures(view, words),
        }
    }
}

fn facts(view: &BacnetView, words: Words) -> Vec<(String, String)> {
    let spec = &view.spec;
    let each = number(spec.requests_per_s, words);
    let all = number(spec.requests_per_s_in_all, words);
    let rates = words.with("bacnet-rates", &[("each", &each), ("all", &all)]);
    let mut facts = vec![
        ("bacnet-instance", spec.instance.to_string()),
        ("name", view.name.clone()),
        (
            "bacnet-address",
            format!("{}:{}", spec.interface, spec.port),
        ),
        ("bacnet-broadcast", spec.broadcast.to_string()),
    ];
    if let Some(bbmd) = spec.bbmd {
        facts.push(("bacnet-bbmd", bbmd.to_string()));
    }
    facts.push(("bacnet-peers", spec.peers.join(", ")));
    facts.push(("bacnet-limits", rates));
    if view.revision > 0 {
        facts.push(("bacnet-revision", view.revision.to_string()));
    }
    named(facts, words)
}

fn figures(view: &BacnetView, words: Words) -> Vec<(String, String)> {
    let (count, figures) = (|n: usize| number(n as i64, words), &view.figures);
    let written = count(view.writable);
    let logged = count(view.logged);
    let points = words.with(
        "bacnet-points-of",
        &[
            ("points", &count(view.points)),
            ("writable", &written),
            ("logged", &logged),
        ],
    );
    let counted = |n: u64| number(i64::try_from(n).unwrap_or(i64::MAX), words);
    let mut lines = vec![("bacnet-points", points)];
    if view.left_out > 0 {
        lines.push(("bacnet-left-out", count(view.left_out)));
    }
    lines.extend([
        ("bacnet-received", counted(figures.received)),
        ("bacnet-strangers", counted(figures.strangers)),
        ("bacnet-too-often", counted(figures.too_often)),
        ("bacnet-foolish", counted(figures.foolish)),
        ("bacnet-writes-taken", counted(figures.writes_taken)),
        ("bacnet-writes-refused", counted(figures.writes_refused)),
    ]);
    named(lines, words)
}

fn number(n: i64, words: Words) -> String {
    format::number(n as f64, 0, words)
}

fn named(lines: Vec<(&str, String)>, words: Words) -> Vec<(String, String)> {
    let line = |(key, text): (&str, String)| (words.get(key), text);
    lines.into_iter().map(line).collect()
}

#[cfg(test)]
fn sample_view(now: crate::domain::Timestamp) -> BacnetView {
    use crate::tenancy::bacnet::{ANSWERED, BacnetSpec, LOG_RECORDS, PORT};
    use std::net::Ipv4Addr;
    let interface = Ipv4Addr::new(192, 0, 2, 10);
    BacnetView {
        spec: BacnetSpec {
            enabled: true,
            instance: 260_001,
            name: None,
            interface,
            port: PORT,
            broadcast: Ipv4Addr::new(192, 0, 2, 255),
            bbmd: "192.0.2.1:47808".parse().ok(),
            peers: vec!["192.0.2.0/24".to_owned()],
            requests_per_s: ANSWERED.0,
            requests_per_s_in_all: ANSWERED.1,
            log_records: LOG_RECORDS,
            expose: Vec::new(),
        },
        name: "Hôtel <de> ville".to_owned(),
        state: BacnetState::Failed("the port is taken".to_owned()),
        since: now,
        revision: 7,
        points: 1_204,
        writable: 12,
        logged: 40,
        left_out: 3,
        figures: crate::bacnet::BacnetFigures {
            received: 120_000,
            strangers: 4,
            ..crate::bacnet::BacnetFigures::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::samples::{present, visitor};

    #[test]
    fn a_client_that_is_no_device_is_told_how_it_becomes_one() {
        let (visitor, present) = (visitor(Locale::French), present());
        let html = BacnetPage::of(&visitor, &present, None).render().unwrap();
        assert!(
            html.contains("[bacnet]") && !html.contains("/api/v1/bacnet"),
            "{html}"
        );
    }

    #[test]
    fn why_a_device_does_not_start_is_told() {
        let (visitor, present) = (visitor(Locale::English), present());
        let view = sample_view(visitor.reader.now);
        let html = BacnetPage::of(&visitor, &present, Some(view))
            .render()
            .unwrap();
        assert!(
            html.contains("the port is taken") && html.contains("1,204"),
            "{html}"
        );
    }
}
