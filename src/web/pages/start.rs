//! The way in for an empty client: add a site, connect a device, see its first value.
//!
//! Each step is done by the change service, so that what comes of it can be changed, planned and
//! exported like anything else. A secret is in the answer that made it and nowhere else.

use super::page;
use super::settings;
use crate::domain::{EquipmentId, Timestamp};
use crate::store::tenant::settings as tenant_settings;
use crate::tenancy::change::{
    Act, ConnectionWish, DeviceWish, EquipmentWish, Ref, SiteWish, Thing, TypeWish, Wish,
};
use crate::web::api::Desk;
use crate::web::extract::{Form, Visit};
use crate::web::plain::words as plain_words;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Value;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

/// The key of what the first steps make.
const KEY: &str = "start";
/// The topic of the first devices.
const TOPIC: &str = "start/{equipment}";
const POINT: &str = "value";

/// The first steps.
#[derive(Template)]
#[template(path = "pages/start.html")]
pub struct StartPage {
    pub(super) shell: Shell,
    pub(super) site: Option<String>,
    pub(super) time_zone: String,
    /// What was typed and refused.
    pub(super) typed: Typed,
    pub(super) notices: Vec<String>,
    pub(super) device: Option<Device>,
    /// Whether devices can connect here at all.
    pub(super) has_door: bool,
    pub(super) first: Option<Value>,
    pub(super) first_href: String,
}

/// What somebody typed into the steps.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    time_zone: String,
    point: String,
    unit: String,
}

/// A device that was just made: its credential, and what to paste.
pub struct Device {
    pub(super) user_name: String,
    pub(super) secret: String,
    pub(super) commands: Vec<(String, String)>,
}

/// `GET /start`
pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    page(&StartPage::of(&visit, &visit.present(), state.mqtt_port))
}

/// `POST /start/site`
pub async fn add_site(
    State(state): State<AppState>,
    visit: Visit,
    desk: Desk,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let wish = SiteWish {
        key: key_of(&typed.name),
        name: typed.name.trim().to_owned(),
        time_zone: Some(typed.time_zone.trim().to_owned()).filter(|zone| !zone.is_empty()),
        ..SiteWish::default()
    };
    match desk.make_one(Wish::create(&wish)).await {
        Ok(_) => Ok(Redirect::to("/start").into_response()),
        Err(error) => refused(&state, &visit, typed, error),
    }
}

/// `POST /start/device`: a type, an equipment, a route and a credential in one transaction.
pub async fn add_device(
    State(state): State<AppState>,
    visit: Visit,
    desk: Desk,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let key = key_of(&typed.name);
    let wishes = match wishes(&desk, &key, &typed).await? {
        Some(wishes) => wishes,
        None => return Ok(Redirect::to("/start").into_response()),
    };
    let made = match desk.make(&wishes).await {
        Ok(made) => made,
        Err(error) => return refused(&state, &visit, typed, error),
    };
    let secret = made.iter().find_map(|made| made.secret.as_ref());
    let equipment = made.iter().find(|made| made.thing == Thing::Equipment);
    let equipment = equipment.map(|made| EquipmentId(made.id));
    let scope = visit.client.scope();
    let version = tenant_settings::model_version(scope.db()).await?;
    let model = state.models.seen_by(scope, version, visit.access()).await?;
    let present = Present::look(model, visit.client.engine(), visit.visitor.reader.now);
    let mut shown = StartPage::of(&visit, &present, state.mqtt_port);
    shown.show_value_of(&visit, &present, equipment);
    shown.device = secret.map(|secret| {
        let slug = &visit.client.tenant().slug;
        let host = &state.config.base_domain;
        Device::of(
            &key,
            slug,
            host,
            state.mqtt_port.unwrap_or(1883),
            secret.expose_secret(),
        )
    });
    page(&shown)
}

/// The wishes that lead to a first value; none while there is no site.
async fn wishes(desk: &Desk, key: &str, typed: &Typed) -> Result<Option<Vec<Wish>>, WebError> {
    let Some(site) = desk.model.sites.first() else {
        return Ok(None);
    };
    let point = [typed.point.trim(), "Value"];
    let point = point.into_iter().find(|name| !name.is_empty());
    let kind = format!("{KEY}-{}", key_of(point.unwrap_or_default()));
    let mut wishes = Vec::new();
    if desk
        .model
        .types
        .iter()
        .all(|row| row.equipment_type.key != kind)
    {
        wishes.push(Wish::create(&type_of(
            &kind,
            point.unwrap_or_default(),
            &typed.unit,
        )));
    }
    wishes.push(Wish::create(&EquipmentWish {
        key: key.to_owned(),
        name: typed.name.trim().to_owned(),
        site: Some(Ref::Id(site.id.0)),
        kind: Some(Ref::from(kind.as_str())),
        ..EquipmentWish::default()
    }));
    wishes.extend(route(desk).await?);
    wishes.push(Wish::create(&DeviceWish {
        name: key.to_owned(),
        may_command: false,
    }));
    Ok(Some(wishes))
}

fn type_of(key: &str, point: &str, unit: &str) -> TypeWish {
    let unit = Some(unit.trim().to_owned()).filter(|unit| !unit.is_empty());
    let point =
        json!({ "key": POINT, "name": point, "kind": "number", "decimals": 2, "unit": unit });
    TypeWish {
        key: key.to_owned(),
        name: point["name"].as_str().unwrap_or_default().to_owned(),
        points: serde_json::from_value(point).into_iter().collect(),
        ..TypeWish::default()
    }
}

/// What makes the topic of the first devices lead in; nothing where it does already.
async fn route(desk: &Desk) -> Result<Option<Wish>, WebError> {
    let route = json!({ "topic": TOPIC, "points": { POINT: { "at": format!("/{POINT}") } } });
    let rows = crate::store::tenant::connections::list(desk.caller.client.scope().db()).await?;
    let endpoint = rows
        .iter()
        .find(|row| row.connection.protocol == "mqtt-endpoint");
    let Some(row) = endpoint else {
        return Ok(Some(Wish::create(&ConnectionWish {
            key: KEY.to_owned(),
            name: None,
            protocol: "mqtt-endpoint".to_owned(),
            enabled: true,
            config: json!({ "routes": [route] }),
        })));
    };
    let looked = desk.look(Thing::Connection, row.id.0).await?;
    let mut config = looked.wish["config"].clone();
    let routes = config["routes"].as_array().cloned().unwrap_or_default();
    if routes.iter().any(|one| one["topic"] == TOPIC) {
        return Ok(None);
    }
    let all: Vec<_> = routes.into_iter().chain([route]).collect();
    config["routes"] = json!(all);
    Ok(Some(Wish {
        thing: Thing::Connection,
        act: Act::Patch {
            id: row.id.0,
            with: json!({ "config": config }),
            seen: Some(looked.version),
        },
    }))
}

/// What was typed comes back with what is wrong.
fn refused(
    state: &AppState,
    visit: &Visit,
    typed: Typed,
    error: WebError,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let notices = match &error {
        WebError::Faults(faults) => faults
            .iter()
            .map(|fault| settings::sentence(&fault.reason, words))
            .collect(),
        WebError::Quota { .. } => vec![settings::refusal(&error, words)],
        _ => return Err(error),
    };
    let shown = page(&StartPage {
        typed,
        notices,
        ..StartPage::of(visit, &visit.present(), state.mqtt_port)
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// `Salle A` -> `salle-a`
fn key_of(name: &str) -> String {
    plain_words(name).join("-")
}

impl StartPage {
    fn of(visit: &Visit, present: &Present, mqtt_port: Option<u16>) -> Self {
        let model = &present.model;
        let mut page = Self {
            shell: Shell::of(&visit.visitor, Section::Elsewhere, present),
            site: model.sites.first().map(|row| row.site.name.clone()),
            time_zone: visit.client.tenant().time_zone.clone(),
            typed: Typed::default(),
            notices: Vec::new(),
            device: None,
            has_door: mqtt_port.is_some(),
            first: None,
            first_href: String::new(),
        };
        let newest = |row: &&crate::store::tenant::EquipmentRow| {
            present.last_heard(row.id).unwrap_or(Timestamp(i64::MIN))
        };
        let first = model.equipment.iter().max_by_key(newest);
        page.show_value_of(visit, present, first.map(|row| row.id));
        page
    }

    fn show_value_of(&mut self, visit: &Visit, present: &Present, equipment: Option<EquipmentId>) {
        let Some(id) = equipment else {
            return;
        };
        let first = present.points_of(id).next();
        self.first_href = format!("/equipment/{id}");
        self.first = first.map(|(row, sample)| present.value(row, sample, &visit.visitor.reader));
    }
}

impl Device {
    fn of(name: &str, slug: &str, host: &str, port: u16, secret: &str) -> Self {
        let (user_name, topic) = (format!("{slug}/{name}"), TOPIC.replace("{equipment}", name));
        let mosquitto = format!(
            "mosquitto_pub -h {host} -p {port} -q 1 \\\n  -u '{user_name}' -P '{secret}' \\\n  \
             -t '{topic}' -m '{{\"{POINT}\": 21.5}}'"
        );
        let python = format!(
            "# pip install paho-mqtt\nimport json\nfrom paho.mqtt import publish\n\n\
             publish.single(\"{topic}\", json.dumps({{\"{POINT}\": 21.5}}), qos=1,\n    \
             hostname=\"{host}\", port={port},\n    \
             auth={{\"username\": \"{user_name}\", \"password\": \"{secret}\"}})"
        );
        let curl = format!(
            "curl --user '{user_name}:{secret}' \\\n  --data '{{\"{POINT}\": 21.5}}' \\\n  \
             'mqtt://{host}:{port}/{topic}'"
        );
        Self {
            user_name,
            secret: secret.to_owned(),
            commands: vec![
                ("mosquitto_pub".to_owned(), mosquitto),
                ("Python".to_owned(), python),
                ("curl".to_owned(), curl),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_of_the_words_of_a_name() {
        assert_eq!(key_of("  Salle d’été / 2 "), "salle-d-ete-2");
    }

    #[test]
    fn what_is_pasted_carries_the_address_and_the_credential() {
        let device = Device::of("probe", "acme", "vigie.example", 8883, "s3cret");
        for (tool, command) in &device.commands {
            for part in [
                "acme/probe",
                "s3cret",
                "vigie.example",
                "8883",
                "start/probe",
            ] {
                assert!(command.contains(part), "{tool}: {part}");
            }
        }
    }
}
