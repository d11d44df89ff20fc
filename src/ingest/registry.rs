//! The protocols: from the word in a manifest and its configuration to what runs.
//!
//! Invariant: beside the endpoint, the only file of the platform that names protocol crates.

use super::announce::{Announcement, Count};
use super::http::{HttpConfig, LineMapping};
use crate::tenancy::TenantScope;
use crate::tenancy::manifest::{self, ConnectionChecker};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vigie_contract::{ConfigFault, Connector};
use vigie_mqtt::{MqttConfig, PublishRule, Route, RouteTable};

/// The protocols there are, as manifests name them.
pub const PROTOCOLS: [&str; 3] = [MQTT, MQTT_ENDPOINT, HTTP];
pub(super) const MQTT: &str = "mqtt";
pub(super) const MQTT_ENDPOINT: &str = "mqtt-endpoint";
pub(super) const HTTP: &str = "http";

/// What a connection becomes.
pub(super) enum Prepared {
    /// A session of our own with a peer.
    Session {
        connector: Box<dyn Connector>,
        announcements: Vec<Announcement>,
    },
    /// Routes for what the client's devices send to the built-in endpoint.
    Endpoint {
        routes: RouteTable,
        announcements: Vec<Announcement>,
    },
    /// How lines are mapped that come over HTTP.
    Http(LineMapping),
}

/// What a connection of protocol `mqtt-endpoint` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointConfig {
    #[serde(default)]
    routes: Vec<Route>,
    #[serde(default)]
    publish: Vec<PublishRule>,
}

/// Every protocol of this build; manifests are checked against it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registry;

impl ConnectionChecker for Registry {
    fn check(&self, protocol: &str, config: &Value) -> Result<(), manifest::ConfigFault> {
        match prepare(protocol, "check", "vigie", TimeZone::UTC, config.clone()) {
            Ok(_) => Ok(()),
            Err(ConfigFault { pointer, message }) => {
                Err(manifest::ConfigFault { pointer, message })
            }
        }
    }
}

/// Checks and compiles the configuration of a client's connection.
pub(super) fn prepare_for(
    scope: &TenantScope,
    key: &str,
    protocol: &str,
    config: Value,
) -> Result<Prepared, ConfigFault> {
    let tenant = scope.tenant();
    let zone = TimeZone::get(&tenant.time_zone).unwrap_or(TimeZone::UTC);
    // One id per client and connection, so that the broker recognises the session after a restart.
    let client_id = format!("vigie-{}-{key}", tenant.slug);
    prepare(protocol, key, &client_id, zone, config)
}

pub(super) fn prepare(
    protocol: &str,
    key: &str,
    client_id: &str,
    zone: TimeZone,
    config: Value,
) -> Result<Prepared, ConfigFault> {
    match protocol {
        MQTT => {
            let mut config: MqttConfig = read(config)?;
            config.client_id.get_or_insert_with(|| client_id.to_owned());
            let announcements = announcements(&config.publish)?;
            let connector = Box::new(config.into_connector(zone)?);
            Ok(Prepared::Session {
                connector,
                announcements,
            })
        }
        MQTT_ENDPOINT => {
            let config: EndpointConfig = read(config)?;
            let routes =
                RouteTable::compile(&config.routes).map_err(|fault| fault.below("/routes"))?;
            let announcements = announcements(&config.publish)?;
            Ok(Prepared::Endpoint {
                routes: routes.with_zone(zone),
                announcements,
            })
        }
        HTTP => LineMapping::new(key, read::<HttpConfig>(config)?).map(Prepared::Http),
        other => {
            let allowed = PROTOCOLS.join(", ");
            Err(ConfigFault::at(
                "/protocol",
                format!("`{other}` is no protocol; there are {allowed}"),
            ))
        }
    }
}

/// The fault points at the wrong value where serde can tell where that is.
fn read<T: DeserializeOwned>(config: Value) -> Result<T, ConfigFault> {
    serde_path_to_error::deserialize(config).map_err(|error| {
        let mut pointer = String::new();
        for step in error.path() {
            pointer.push('/');
            pointer.push_str(step.to_string().trim_matches(['[', ']']));
        }
        ConfigFault::at(pointer, error.inner().to_string())
    })
}

fn announcements(rules: &[PublishRule]) -> Result<Vec<Announcement>, ConfigFault> {
    let mut announcements = Vec::with_capacity(rules.len());
    for (index, rule) in rules.iter().enumerate() {
        rule.check()
            .map_err(|fault| fault.below(&format!("/publish/{index}")))?;
        let (rule, count) = (rule.clone(), &rule.count);
        announcements.push(Announcement {
            count: Count {
                kind: count.kind.as_str().into(),
                point: count.point.as_str().into(),
                state: count.state.as_str().into(),
                site: count.site.as_deref().map(Into::into),
            },
            message: Box::new(move |count| rule.message(count)),
        });
    }
    Ok(announcements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(protocol: &str, config: Value) -> String {
        Registry.check(protocol, &config).unwrap_err().pointer
    }

    #[test]
    fn a_fault_points_at_the_wrong_value() {
        let route =
            |points: Value| json!({ "routes": [{ "topic": "{equipment}", "points": points }] });
        assert_eq!(fault("opc", json!({})), "/protocol");
        assert_eq!(fault("mqtt", json!({ "url": "broker" })), "/url");
        assert_eq!(
            fault("mqtt", json!({ "url": "mqtt://b", "version": 3 })),
            "/version"
        );
        assert_eq!(
            fault("mqtt-endpoint", route(json!({ "x": { "scale": "two" } }))),
            "/routes/0/points/x/scale"
        );
        assert_eq!(
            fault("mqtt-endpoint", route(json!({ "x": { "at": "y" } }))),
            "/routes/0/points/x/at"
        );
        assert_eq!(
            fault("http", json!({ "lines": [{ "equipment": "{" }] })),
            "/lines/0/equipment"
        );
    }

    #[test]
    fn the_configurations_of_the_demo_are_fine() {
        for manifest in ["demo-parking", "demo-energie"] {
            let path = format!("{}/tenants/{manifest}.toml", env!("CARGO_MANIFEST_DIR"));
            let manifest: toml::Value =
                toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            for connection in manifest["connections"].as_array().unwrap() {
                let mut config = serde_json::to_value(connection).unwrap();
                let table = config.as_object_mut().unwrap();
                let protocol = table.remove("protocol").unwrap();
                table.retain(|key, _| key != "key" && key != "name" && key != "enabled");
                Registry.check(protocol.as_str().unwrap(), &config).unwrap();
            }
        }
    }
}
