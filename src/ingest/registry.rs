//! The protocols: from the word in a manifest and its configuration to what runs.
//!
//! Invariant: beside the endpoint, the only file of the platform that names protocol crates.

use super::announce::{Announcement, Count};
use super::endpoint::{Commanding, ObeyRule, Obeying};
use super::http::{HttpConfig, LineMapping, MessageReader};
use crate::tenancy::TenantScope;
use crate::tenancy::manifest::{self, ConnectionChecker};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use vigie_bacnet::BacnetConfig;
use vigie_contract::{ConfigFault, Connector, Explorer, Reach};
use vigie_dialects::{GreenBmsConfig, Known, ThingSetWsConfig};
use vigie_modbus::ModbusConfig;
use vigie_mqtt::{CommandRule, CommandTable, MqttConfig, PublishRule, Route, RouteTable};

/// The protocols there are, as manifests name them.
pub const PROTOCOLS: [&str; 7] = [
    MQTT,
    MQTT_ENDPOINT,
    HTTP,
    GREEN_BMS_TCP,
    THINGSET_WS,
    MODBUS,
    BACNET,
];
pub(super) const MQTT: &str = "mqtt";
pub(super) const MQTT_ENDPOINT: &str = "mqtt-endpoint";
pub(super) const HTTP: &str = "http";
pub(super) const GREEN_BMS_TCP: &str = "green-bms-tcp";
pub(super) const THINGSET_WS: &str = "thingset-ws";
pub(super) const MODBUS: &str = "modbus";
pub(super) const BACNET: &str = "bacnet";

/// What a connection becomes.
pub(super) enum Prepared {
    /// A session of our own with a peer.
    Session {
        connector: Box<dyn Connector>,
        announcements: Vec<Announcement>,
    },
    /// Routes for what the client's devices send to the built-in endpoint.
    Endpoint {
        routes: Arc<RouteTable>,
        announcements: Vec<Announcement>,
        commanding: Commanding,
    },
    /// How lines are mapped that come over HTTP.
    Http(LineMapping),
}

impl Prepared {
    /// A session that tells its peer nothing of ours.
    fn alone(connector: impl Connector) -> Self {
        Self::Session {
            connector: Box::new(connector),
            announcements: Vec::new(),
        }
    }
}

/// What a connection of protocol `mqtt-endpoint` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointConfig {
    #[serde(default)]
    routes: Vec<Route>,
    #[serde(default)]
    publish: Vec<PublishRule>,
    #[serde(default)]
    commands: Vec<CommandRule>,
    #[serde(default)]
    obey: Vec<ObeyRule>,
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
    mut config: Value,
) -> Result<Prepared, ConfigFault> {
    match protocol {
        MQTT => {
            let mut config: MqttConfig = read(config)?;
            config.client_id.get_or_insert_with(|| client_id.to_owned());
            let announcements = announcements(&config.publish)?;
            let connector = Box::new(config.into_connector_with(zone, &Known)?);
            Ok(Prepared::Session {
                connector,
                announcements,
            })
        }
        MQTT_ENDPOINT => {
            let config: EndpointConfig = read(config)?;
            let routes = Arc::new(listening(&config.routes, zone)?);
            let announcements = announcements(&config.publish)?;
            let table = CommandTable::compile(&config.commands, &config.routes, &routes)
                .map_err(|fault| fault.below("/commands"))?;
            let obeying = Obeying::compile(config.obey).map_err(|fault| fault.below("/obey"))?;
            Ok(Prepared::Endpoint {
                announcements,
                commanding: Commanding::new(table, obeying, Arc::clone(&routes)),
                routes,
            })
        }
        HTTP => {
            let reader = message_reader(&mut config, zone)?;
            let mapping = LineMapping::new(key, read::<HttpConfig>(config)?)?;
            Ok(Prepared::Http(mapping.with_messages(reader)))
        }
        GREEN_BMS_TCP => {
            let connector = read::<GreenBmsConfig>(config)?.into_connector()?;
            Ok(Prepared::alone(connector))
        }
        THINGSET_WS => {
            let connector = read::<ThingSetWsConfig>(config)?.into_connector()?;
            Ok(Prepared::alone(connector))
        }
        MODBUS => {
            let connector = read::<ModbusConfig>(config)?.into_connector()?;
            Ok(Prepared::alone(connector))
        }
        BACNET => {
            let connector = read::<BacnetConfig>(config)?.into_connector(&zone)?;
            Ok(Prepared::alone(connector))
        }
        other => {
            let allowed = PROTOCOLS.join(", ");
            Err(ConfigFault::at(
                "/protocol",
                format!("`{other}` is no protocol; there are {allowed}"),
            ))
        }
    }
}

/// Routes whose devices we only listen to.
fn listening(routes: &[Route], zone: TimeZone) -> Result<RouteTable, ConfigFault> {
    let routes = RouteTable::compile_with(routes, &Known)
        .and_then(|routes| routes.check_without_session().map(|()| routes))
        .map_err(|fault| fault.below("/routes"))?;
    Ok(routes.with_zone(zone))
}

/// The routes for messages over HTTP, taken out of the configuration.
fn message_reader(
    config: &mut Value,
    zone: TimeZone,
) -> Result<Option<MessageReader>, ConfigFault> {
    let routes = config
        .as_object_mut()
        .and_then(|table| table.remove("routes"));
    let Some(routes) = routes else {
        return Ok(None);
    };
    let routes: Vec<Route> = read(routes).map_err(|fault| fault.below("/routes"))?;
    let routes = listening(&routes, zone)?;
    Ok(Some(MessageReader::new(move |topic, payload, arrival| {
        routes.decode(topic, payload, arrival)
    })))
}

/// Whether a protocol can tell what is behind its peer.
pub(super) fn explores(protocol: &str) -> bool {
    matches!(protocol, MQTT | MODBUS | BACNET)
}

/// What looks around with this configuration; none for a protocol that cannot.
pub(super) fn explorer(
    protocol: &str,
    config: Value,
    reach: Reach,
) -> Result<Option<Box<dyn Explorer>>, ConfigFault> {
    match protocol {
        MQTT => Ok(Some(Box::new(
            read::<MqttConfig>(config)?.into_explorer(reach)?,
        ))),
        MODBUS => Ok(Some(Box::new(
            read::<ModbusConfig>(config)?.into_explorer(reach)?,
        ))),
        BACNET => Ok(Some(Box::new(
            read::<BacnetConfig>(config)?.into_explorer(reach)?,
        ))),
        _ => Ok(None),
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
        let spoken = |route: Value| json!({ "url": "mqtt://b", "routes": [route] });
        assert_eq!(
            fault(
                "mqtt",
                spoken(json!({ "topic": "x/{equipment}", "dialect": "klingon" }))
            ),
            "/routes/0/dialect"
        );
        assert_eq!(
            fault(
                "mqtt",
                spoken(
                    json!({ "topic": "x/{equipment}", "dialect": "foxbms", "options": { "dbc": "?" } })
                )
            ),
            "/routes/0/options/dbc"
        );
        assert_eq!(
            fault(
                "mqtt-endpoint",
                json!({ "routes": [{ "topic": "spBv1.0/#", "dialect": "sparkplug" }] })
            ),
            "/routes/0/dialect"
        );
        assert_eq!(
            fault("green-bms-tcp", json!({ "address": "b", "equipment": "p" })),
            "/address"
        );
        assert_eq!(
            fault(
                "thingset-ws",
                json!({ "url": "http://b", "equipment": "p" })
            ),
            "/url"
        );
        assert_eq!(
            fault("http", json!({ "lines": [{ "equipment": "{" }] })),
            "/lines/0/equipment"
        );
        let device = |registers: Value| json!({ "address": "gateway", "devices": [{ "unit": 1, "equipment": "m", "registers": registers }] });
        assert_eq!(
            fault(
                "modbus",
                device(json!([{ "point": "x", "address": 70_000 }]))
            ),
            "/devices/0/registers/0/address"
        );
        assert_eq!(
            fault(
                "modbus",
                device(json!([{ "point": "x", "address": 1, "bit": 16 }]))
            ),
            "/devices/0/registers/0/bit"
        );
        assert_eq!(
            fault("bacnet", json!({ "devices": [{ "instance": "7" }] })),
            "/devices/0/instance"
        );
        let point = json!({ "device": 7, "object": "teapot:1", "point": "x" });
        assert_eq!(
            fault(
                "bacnet",
                json!({ "devices": [{ "instance": 7 }], "points": [point] })
            ),
            "/points/0/object"
        );
    }

    #[test]
    fn who_is_said_to_look_around_can() {
        let config = |protocol: &str| match protocol {
            MQTT => json!({ "url": "mqtt://b" }),
            MODBUS => {
                json!({ "address": "b", "devices": [{ "unit": 1, "equipment": "m", "sunspec": true }] })
            }
            _ => json!({}),
        };
        for protocol in PROTOCOLS {
            let explorer = explorer(protocol, config(protocol), Reach::anywhere()).unwrap();
            assert_eq!(explorer.is_some(), explores(protocol), "{protocol}");
        }
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
