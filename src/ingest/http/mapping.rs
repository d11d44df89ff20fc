//! Which equipment and point a line of line protocol means.
//!
//! Without a word from the client: the equipment is the tag `equipment`, else the tag
//! `host` (as Telegraf sends it), else the measurement; the point is the field key. A
//! connection of protocol `http` says otherwise with `lines`.

use super::line_protocol::Series;
use super::messages::MessageReader;
use serde::Deserialize;
use std::sync::Arc;
use vigie_contract::{ConfigFault, EquipmentHint};

/// The connection key of HTTP when the client has configured none.
const DEFAULT_CONNECTION: &str = "http";

/// What a connection of protocol `http` says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// The first that fits a line maps it.
    #[serde(default)]
    pub lines: Vec<LineRoute>,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// How lines of one measurement are mapped.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRoute {
    /// Which measurement; any when absent.
    #[serde(default)]
    pub measurement: Option<String>,
    /// Equipment key, with `{measurement}` and `{<tag>}`.
    pub equipment: String,
    /// Point key, with `{field}`, `{measurement}` and `{<tag>}`.
    #[serde(default = "field")]
    pub point: String,
    /// Site in which unknown equipment is created.
    #[serde(default)]
    pub site: Option<String>,
    /// Type from which unknown equipment is created.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

fn field() -> String {
    "{field}".to_owned()
}

/// A checked [`HttpConfig`] and the connection it belongs to.
#[derive(Debug)]
pub struct LineMapping {
    pub(super) connection: Arc<str>,
    pub(super) hint: Arc<EquipmentHint>,
    routes: Vec<(LineRoute, Arc<EquipmentHint>)>,
    /// What reads whole messages, where the connection has routes for them.
    pub(super) messages: Option<MessageReader>,
}

impl Default for LineMapping {
    fn default() -> Self {
        Self {
            connection: DEFAULT_CONNECTION.into(),
            hint: Arc::default(),
            routes: Vec::new(),
            messages: None,
        }
    }
}

/// What all fields of one series share.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) equipment: Arc<str>,
    pub(super) hint: Arc<EquipmentHint>,
    /// The point key around `{field}`; `None`: it is the field key.
    point: Option<String>,
}

impl LineMapping {
    /// Checks a configuration.
    pub fn new(connection: &str, config: HttpConfig) -> Result<Self, ConfigFault> {
        let hint = hint_of(config.site.as_ref(), config.kind.as_ref());
        let mut routes = Vec::with_capacity(config.lines.len());
        for (index, route) in config.lines.into_iter().enumerate() {
            for (name, template) in [("equipment", &route.equipment), ("point", &route.point)] {
                check(template).map_err(|message| {
                    ConfigFault::at(format!("/lines/{index}/{name}"), message)
                })?;
            }
            let own = hint_of(
                route.site.as_ref().or(config.site.as_ref()),
                route.kind.as_ref().or(config.kind.as_ref()),
            );
            routes.push((route, own));
        }
        Ok(Self {
            connection: connection.into(),
            hint,
            routes,
            messages: None,
        })
    }

    /// The same with what reads whole messages.
    #[must_use]
    pub fn with_messages(mut self, reader: Option<MessageReader>) -> Self {
        self.messages = reader;
        self
    }

    /// Where the fields of a series go; Err: a sentence.
    pub(super) fn target(&self, series: &Series<'_>) -> Result<Target, String> {
        let fits = |route: &LineRoute| {
            route
                .measurement
                .as_deref()
                .is_none_or(|wanted| wanted == series.measurement)
        };
        let Some((route, hint)) = self.routes.iter().find(|(route, _)| fits(route)) else {
            let equipment = series
                .tag("equipment")
                .or_else(|| series.tag("host"))
                .unwrap_or(&series.measurement);
            return Ok(Target {
                equipment: equipment.into(),
                hint: self.hint.clone(),
                point: None,
            });
        };
        let point = (route.point != "{field}")
            .then(|| fill(&route.point, series))
            .transpose()?;
        Ok(Target {
            equipment: fill(&route.equipment, series)?.into(),
            hint: hint.clone(),
            point,
        })
    }
}

impl Target {
    /// The key of the point of a field.
    pub(super) fn point(&self, field: &str) -> Arc<str> {
        match &self.point {
            None => field.into(),
            Some(template) => template.replace("{field}", field).into(),
        }
    }

    /// Whether the point key is the field key.
    pub(super) fn is_plain(&self) -> bool {
        self.point.is_none()
    }
}

fn hint_of(site: Option<&String>, kind: Option<&String>) -> Arc<EquipmentHint> {
    let shared = |text: &String| Arc::from(text.as_str());
    Arc::new(EquipmentHint {
        site: site.map(shared),
        kind: kind.map(shared),
    })
}

fn check(template: &str) -> Result<(), String> {
    let closed = template
        .split('{')
        .skip(1)
        .all(|hole| hole.contains('}') && !hole.starts_with('}'));
    if template.is_empty() || !closed {
        return Err(
            "a key with `{measurement}`, `{field}` or `{<tag>}` in it, every brace closed"
                .to_owned(),
        );
    }
    Ok(())
}

/// Fills everything but `{field}`, which differs from field to field.
fn fill(template: &str, series: &Series<'_>) -> Result<String, String> {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        match name {
            "measurement" => filled.push_str(&series.measurement),
            "field" => filled.push_str("{field}"),
            tag => filled.push_str(series.tag(tag).ok_or_else(|| format!("no tag `{tag}`"))?),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target(config: serde_json::Value, series: &str) -> (String, String) {
        let config: HttpConfig = serde_json::from_value(config).unwrap();
        let mapping = LineMapping::new("http", config).unwrap();
        let target = mapping.target(&Series::parse(series).unwrap()).unwrap();
        (
            target.equipment.to_string(),
            target.point("usage").to_string(),
        )
    }

    fn pair(equipment: &str, point: &str) -> (String, String) {
        (equipment.to_owned(), point.to_owned())
    }

    #[test]
    fn without_a_route_a_tag_or_the_measurement_names_the_equipment() {
        assert_eq!(
            target(json!({}), "cpu,host=a,equipment=b"),
            pair("b", "usage")
        );
        assert_eq!(target(json!({}), "cpu,host=a"), pair("a", "usage"));
        assert_eq!(target(json!({}), "cpu"), pair("cpu", "usage"));
    }

    #[test]
    fn a_route_builds_the_keys_from_tags() {
        let config = json!({ "lines": [
            { "measurement": "cpu", "equipment": "{host}-{cpu}", "point": "{measurement}_{field}" },
            { "equipment": "{host}" },
        ] });
        assert_eq!(
            target(config.clone(), "cpu,host=a,cpu=0"),
            pair("a-0", "cpu_usage")
        );
        assert_eq!(target(config, "mem,host=a"), pair("a", "usage"));
    }

    #[test]
    fn a_wrong_template_points_at_its_fault() {
        let config: HttpConfig =
            serde_json::from_value(json!({ "lines": [{ "equipment": "{host" }] })).unwrap();
        assert_eq!(
            LineMapping::new("http", config).unwrap_err().pointer,
            "/lines/0/equipment"
        );
    }
}
