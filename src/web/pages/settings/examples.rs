//! A configuration to begin with for each protocol, in the shape of a manifest: what is in it is
//! made up and meant to be written over.

use super::noun::Noun;
use crate::ingest::PROTOCOLS;
use crate::web::form::Choice;
use crate::web::pages::connection_words::protocol;
use crate::web::words::Words;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the address of a new thing may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    /// With the example of which protocol.
    pub protocol: String,
}

/// The protocols to begin with; the value is the address of a form with its example.
pub fn offered(noun: Noun, begin: &Begin, words: Words) -> Vec<Choice> {
    if noun != Noun::Connections {
        return Vec::new();
    }
    let choice = |name: &str| Choice {
        value: format!("{}/new?protocol={name}", noun.path()),
        label: protocol(name, words),
        current: begin.protocol == name,
    };
    PROTOCOLS.into_iter().map(choice).collect()
}

/// What a new connection begins with.
pub fn start(begin: &Begin) -> Value {
    let config = of(&begin.protocol);
    let protocol = config.is_some().then_some(&begin.protocol);
    json!({ "enabled": true, "protocol": protocol, "config": config.unwrap_or_else(|| json!({})) })
}

fn of(protocol: &str) -> Option<Value> {
    Some(match protocol {
        "mqtt" => json!({
            "url": "mqtts://broker.example",
            "username": "vigie",
            "password": "the password of vigie",
            "routes": [route()],
        }),
        "mqtt-endpoint" => json!({ "routes": [route()] }),
        "http" => json!({
            "site": "hall",
            "type": "server",
            "lines": [{ "equipment": "{host}", "point": "{measurement}_{field}" }],
        }),
        "modbus" => modbus(),
        "bacnet" => bacnet(),
        "green-bms-tcp" => json!({
            "address": "192.0.2.7:2000",
            "equipment": "pack-1",
            "type": "battery-16s",
            "site": "hall",
        }),
        "thingset-ws" => json!({
            "url": "ws://192.0.2.8/gw/1",
            "equipment": "gateway",
            "type": "battery-16s",
            "site": "hall",
            "poll": ["Bat"],
            "points": { "LoadVoltage": "load_voltage" },
        }),
        _ => return None,
    })
}

/// Messages of packs, a topic each.
fn route() -> Value {
    json!({
        "topic": "packs/{equipment}/status",
        "type": "battery-pack",
        "site": "hall",
        "time": "/ts",
        "points": {
            "voltage": { "at": "/u", "scale": 0.001 },
            "state": { "at": "/st", "states": { "IDLE": 0, "CHARGING": 1 } },
        },
    })
}

fn modbus() -> Value {
    json!({
        "address": "192.0.2.20:502",
        "every": "10s",
        "devices": [
            {
                "unit": 1,
                "equipment": "main-meter",
                "type": "three-phase-meter",
                "site": "hall",
                "profile": "eastron-sdm630",
            },
            {
                "unit": 2,
                "equipment": "pump-1",
                "registers": [
                    { "point": "power", "address": 100, "format": "f32", "unit": "W" },
                    { "point": "mode", "address": 111, "states": { "OFF": 0, "AUTO": 1 } },
                ],
            },
        ],
    })
}

fn bacnet() -> Value {
    json!({
        "interface": "192.0.2.10",
        "broadcast": "192.0.2.255",
        "site": "hall",
        "devices": [
            { "instance": 7000, "equipment": "ahu-1", "type": "ahu", "cov": "unconfirmed" },
        ],
        "points": [
            { "device": 7000, "object": "analog-input:1", "point": "supply_temperature" },
            {
                "device": 7000,
                "object": "analog-value:3",
                "point": "setpoint",
                "writable": true,
                "priority": 10,
            },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::connection_checker;

    #[test]
    fn every_protocol_has_an_example_that_its_own_rules_accept() {
        for protocol in PROTOCOLS {
            let example = of(protocol).unwrap_or_else(|| panic!("an example of {protocol}"));
            if let Err(fault) = connection_checker().check(protocol, &example) {
                panic!("{protocol} at {}: {}", fault.pointer, fault.message);
            }
        }
    }

    #[test]
    fn a_new_connection_begins_with_the_example_of_the_address_alone() {
        let begin = |protocol: &str| Begin {
            protocol: protocol.to_owned(),
        };
        let modbus = start(&begin("modbus"));
        assert_eq!(modbus["protocol"], "modbus");
        assert_eq!(modbus["config"]["devices"][0]["unit"], 1);
        let stranger = start(&begin("<script>"));
        assert_eq!(stranger["protocol"], Value::Null);
        assert_eq!(stranger["config"], json!({}));
    }
}
