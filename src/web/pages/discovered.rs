//! What spoke and is not in the model: taken in as equipment of a type on a site, or not listed
//! again.

use super::page;
use crate::domain::{EquipmentTypeId, Permission};
use crate::store::tenant::{DiscoveredRow, discovered};
use crate::tenancy::change::{EquipmentWish, FieldFault, Ref};
use crate::web::WebError;
use crate::web::api::{Desk, take_in, turn_away};
use crate::web::extract::{Form, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::format;
use crate::web::model::Model;
use crate::web::pages::settings::{refusal, sentence};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::{Reader, label};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::borrow::Cow;

/// Strangers of one page; the last heard first.
const SHOWN: usize = 100;
/// More sites than these are not listed to choose from.
const CHOICES: usize = 2_000;

/// The page.
#[derive(Template)]
#[template(path = "pages/discovered.html")]
pub struct DiscoveredPage {
    shell: Shell,
    done: Option<String>,
    count: String,
    lines: Vec<Stranger>,
    may_adopt: bool,
    may_dismiss: bool,
}

/// Something that spoke.
struct Stranger {
    key: String,
    connection: String,
    points: String,
    readings: String,
    when: String,
    excerpt: String,
    /// Why it was not taken in, where that is about no field.
    notice: Option<String>,
    name: Field,
    kind: Field,
    site: Field,
}

/// What the address may carry: what was just done with whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    adopted: String,
    dismissed: String,
}

/// What somebody decided about a stranger.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Decision {
    equipment: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    site: String,
}

/// A refused decision: what was typed, and what is wrong with it.
struct Refused {
    decision: Decision,
    faults: Vec<FieldFault>,
    notice: Option<String>,
}

/// `GET /discovered`
pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let told = |key: &str, name: &String| words.with(key, &[("name", name)]);
    let done = match (&asked.adopted, &asked.dismissed) {
        (name, _) if !name.is_empty() => Some(told("discovered-adopted", name)),
        (_, name) if !name.is_empty() => Some(told("discovered-dismissed", name)),
        _ => None,
    };
    let rows = discovered::list(visit.client.scope().db()).await?;
    let shown = DiscoveredPage::of(&visit.visitor, &visit.present(), &rows, None);
    page(&DiscoveredPage { done, ..shown })
}

/// `POST /discovered/adopt`
pub async fn adopt(
    visit: Visit,
    desk: Desk,
    Form(decision): Form<Decision>,
) -> Result<Response, WebError> {
    let error = match take_in(&desk, &decision.wish()).await {
        Ok(_) => {
            let name = super::encode(decision.called());
            return Ok(Redirect::to(&format!("/discovered?adopted={name}")).into_response());
        }
        Err(error) => error,
    };
    let status = error.status();
    let (faults, notice) = match error {
        WebError::Faults(faults) => (faults, None),
        WebError::Quota { .. } => {
            let words = visit.visitor.words();
            (Vec::new(), Some(refusal(&error, words)))
        }
        error => return Err(error),
    };
    let refused = Refused {
        decision,
        faults,
        notice,
    };
    let rows = discovered::list(visit.client.scope().db()).await?;
    let again = DiscoveredPage::of(&visit.visitor, &visit.present(), &rows, Some(&refused));
    Ok((status, page(&again)?).into_response())
}

/// `POST /discovered/ignore`: not listed again, however often it speaks.
pub async fn ignore(desk: Desk, Form(decision): Form<Decision>) -> Result<Response, WebError> {
    turn_away(&desk, &decision.equipment).await?;
    let name = super::encode(&decision.equipment);
    Ok(Redirect::to(&format!("/discovered?dismissed={name}")).into_response())
}

impl Decision {
    fn called(&self) -> &str {
        match self.name.trim() {
            "" => &self.equipment,
            name => name,
        }
    }

    fn wish(&self) -> EquipmentWish {
        let given = |key: &String| (!key.is_empty()).then(|| Ref::from(key.as_str()));
        EquipmentWish {
            key: self.equipment.clone(),
            name: self.called().to_owned(),
            site: given(&self.site),
            kind: given(&self.kind),
            ..EquipmentWish::default()
        }
    }
}

impl DiscoveredPage {
    fn of(
        visitor: &Visitor,
        present: &Present,
        rows: &[DiscoveredRow],
        refused: Option<&Refused>,
    ) -> Self {
        let line = |(place, row): (usize, &DiscoveredRow)| {
            let refused = refused.filter(|one| one.decision.equipment == row.equipment_key);
            Stranger::of(place, row, &present.model, refused, &visitor.reader)
        };
        Self {
            shell: Shell::of(visitor, Section::Connections, present),
            done: None,
            count: visitor.words().count("discovered-count", rows.len()),
            lines: rows.iter().take(SHOWN).enumerate().map(line).collect(),
            may_adopt: visitor.may(Permission::ConfigureEquipment),
            may_dismiss: visitor.may(Permission::ConfigureConnections),
        }
    }

    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let row = tests::stranger(r#"["voltage"]"#, visitor.reader.now);
        let refused = Refused {
            decision: Decision {
                equipment: row.equipment_key.clone(),
                name: "<Nantes>".to_owned(),
                ..Decision::default()
            },
            faults: vec![FieldFault {
                wish: 0,
                pointer: "/site".to_owned(),
                reason: crate::tenancy::Reason::Missing,
            }],
            notice: None,
        };
        Self::of(visitor, present, &[row], Some(&refused))
    }
}

impl Stranger {
    fn of(
        place: usize,
        row: &DiscoveredRow,
        model: &Model,
        refused: Option<&Refused>,
        reader: &Reader,
    ) -> Self {
        let words = reader.words;
        let points: Vec<String> = serde_json::from_str(&row.point_keys).unwrap_or_default();
        let decision = refused.map_or_else(
            || Decision::likely(row, &points, model),
            |refused| refused.decision.clone(),
        );
        let field = |name: &'static str, value: &str| {
            let faults = refused.into_iter().flat_map(|refused| &refused.faults);
            let of_it = faults.filter(|fault| fault.field() == name);
            let sentences: Vec<_> = of_it.map(|fault| sentence(&fault.reason, words)).collect();
            Field {
                id: Cow::Owned(format!("{name}-{place}")),
                ..Field::new(name, name, words)
            }
            .value(value)
            .fault((!sentences.is_empty()).then(|| sentences.join(" ")))
        };
        let sites = model.sites.iter().take(CHOICES);
        let sites = sites.map(|row| (row.site.key.clone(), model.site_label(row)));
        let types = model.types.iter().map(|row| {
            let kind = &row.equipment_type;
            let name = label(&kind.name, kind.name_fr.as_deref(), words.0);
            (kind.key.clone(), name)
        });
        let none = || std::iter::once((String::new(), "—".to_owned()));
        Self {
            key: row.equipment_key.clone(),
            connection: row.connection_key.clone(),
            points: points.join(", "),
            readings: format::number(row.n as f64, 0, words),
            when: format::age(row.last_seen_at, reader.now, &reader.zone, words),
            excerpt: row.excerpt.clone(),
            notice: notice_of(refused, reader),
            name: field("name", &decision.name),
            kind: field("type", &decision.kind).choices(none().chain(types)),
            site: field("site", &decision.site).choices(none().chain(sites)),
        }
    }
}

/// What is wrong with a decision beside its fields: a key that nothing can have.
fn notice_of(refused: Option<&Refused>, reader: &Reader) -> Option<String> {
    let refused = refused?;
    let shown = ["name", "type", "site"];
    let others = refused
        .faults
        .iter()
        .filter(|fault| !shown.contains(&fault.field()))
        .map(|fault| sentence(&fault.reason, reader.words));
    let all: Vec<_> = refused.notice.iter().cloned().chain(others).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

impl Decision {
    /// What it most likely is: the type that has most of its points, on the site where most of
    /// that type stands.
    fn likely(row: &DiscoveredRow, points: &[String], model: &Model) -> Self {
        let kind = likely_type(points, model);
        let kind_key = |id: EquipmentTypeId| {
            let mut types = model.types.iter();
            let row = types.find(|row| row.id == id)?;
            Some(row.equipment_type.key.clone())
        };
        let sites = model.sites.iter().max_by_key(|site| {
            let on_it = model.equipment_of(site.id).iter();
            on_it
                .filter(|row| Some(row.equipment.type_id) == kind)
                .count()
        });
        Self {
            equipment: row.equipment_key.clone(),
            name: row.equipment_key.clone(),
            kind: kind.and_then(kind_key).unwrap_or_default(),
            site: sites.map(|row| row.site.key.clone()).unwrap_or_default(),
        }
    }
}

/// The type of which some equipment has most of these points; none when nothing fits.
fn likely_type(points: &[String], model: &Model) -> Option<EquipmentTypeId> {
    let mut seen = std::collections::HashSet::new();
    let firsts = model
        .equipment
        .iter()
        .filter(|row| seen.insert(row.equipment.type_id));
    let shared = |row: &crate::store::tenant::EquipmentRow| {
        let known = model.points_of(row.id).iter();
        known
            .filter(|point| points.contains(&point.spec.key))
            .count()
    };
    let best = firsts.map(|row| (shared(row), row.equipment.type_id));
    let (shared, kind) = best.max_by_key(|(shared, _)| *shared)?;
    (shared > 0).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::web::pages::samples;

    pub(super) fn stranger(points: &str, now: Timestamp) -> DiscoveredRow {
        DiscoveredRow {
            equipment_key: "pack-9".to_owned(),
            connection_key: "field".to_owned(),
            first_seen_at: now,
            last_seen_at: now,
            n: 4,
            point_keys: points.to_owned(),
            excerpt: "<Nantes>".to_owned(),
        }
    }

    #[test]
    fn a_stranger_is_taken_for_what_has_its_points_where_such_things_stand() {
        let model = &samples::present().model;
        let likely = |points: &str| {
            let row = stranger(points, Timestamp(0));
            let points: Vec<String> = serde_json::from_str(points).unwrap();
            let decision = Decision::likely(&row, &points, model);
            (decision.kind, decision.site)
        };
        let pack = ("battery-pack".to_owned(), "nantes".to_owned());
        assert_eq!(likely(r#"["voltage"]"#), pack);
        assert_eq!(likely(r#"["unheard-of"]"#).0, "");
    }
}
