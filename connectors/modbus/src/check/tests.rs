use super::*;
use serde_json::{Value, json};

fn fault(change: impl FnOnce(&mut Value)) -> String {
    let mut config = json!({
        "address": "10.0.0.7",
        "devices": [{
            "unit": 1,
            "equipment": "meter",
            "registers": [{ "point": "power", "address": 0 }],
        }],
    });
    change(&mut config);
    let config: ModbusConfig = serde_json::from_value(config).unwrap();
    match Setup::of(&config) {
        Ok(_) => String::new(),
        Err(fault) => fault.pointer,
    }
}

fn register_fault(entry: Value) -> String {
    let pointer = fault(|config| config["devices"][0]["registers"][0] = entry);
    pointer.replace("/devices/0/registers/0", "")
}

#[test]
fn an_address_is_a_host_and_perhaps_a_port() {
    for (text, host, port) in [
        ("10.0.0.7", "10.0.0.7", 502),
        ("gateway.example:1502", "gateway.example", 1502),
        ("[::1]", "::1", 502),
        ("[fe80::7]:1502", "fe80::7", 1502),
    ] {
        assert_eq!(address_of(text).unwrap(), (host.to_owned(), port));
    }
    for wrong in ["", ":502", "a:0", "a:70000", "tcp://a", "a b", "::1", "[x]"] {
        assert!(address_of(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_fault_points_at_the_wrong_value() {
    assert_eq!(fault(|_| {}), "");
    assert_eq!(
        fault(|config| config["timeout_ms"] = json!(10)),
        "/timeout_ms"
    );
    assert_eq!(
        fault(|config| config["connections"] = json!(0)),
        "/connections"
    );
    assert_eq!(
        fault(|config| config["max_registers"] = json!(126)),
        "/max_registers"
    );
    assert_eq!(fault(|config| config["devices"] = json!([])), "/devices");
    assert_eq!(fault(|config| config["every"] = json!("soon")), "/every");
    assert_eq!(
        fault(|config| config["online"] = json!({ "equipment": "" })),
        "/online/equipment"
    );
    assert_eq!(
        fault(|config| config["devices"][0]["profile"] = json!("none")),
        "/devices/0/profile"
    );
    let twice = json!([{ "point": "x", "address": 0 }, { "point": "x", "address": 1 }]);
    assert_eq!(
        fault(|config| config["devices"][0]["registers"] = twice),
        "/devices/0/registers"
    );
}

#[test]
fn a_register_that_makes_no_sense_is_refused_where_it_is_wrong() {
    let with = |more: Value| {
        let mut entry = json!({ "point": "x", "address": 0 });
        entry
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        register_fault(entry)
    };
    assert_eq!(with(json!({ "bit": 16 })), "/bit");
    assert_eq!(with(json!({ "bits": [7, 3] })), "/bits");
    assert_eq!(with(json!({ "bits": [0, 16] })), "/bits/1");
    assert_eq!(with(json!({ "format": "f32", "bit": 1 })), "/bit");
    assert_eq!(with(json!({ "format": "string" })), "/length");
    assert_eq!(
        with(json!({ "format": "string", "length": 126 })),
        "/length"
    );
    assert_eq!(
        with(json!({ "address": 65_535, "format": "u32" })),
        "/address"
    );
    assert_eq!(with(json!({ "scale": 0.0 })), "/scale");
    assert_eq!(with(json!({ "table": "coil", "scale": 2.0 })), "/scale");
    assert_eq!(
        with(json!({ "states": { "A": 1 }, "scale": 2.0 })),
        "/states"
    );
    assert_eq!(with(json!({ "absent": ["0x18000"] })), "/absent/0");
    assert_eq!(
        with(json!({ "table": "input", "write": "single" })),
        "/write"
    );
    assert_eq!(with(json!({ "write": "single", "unit": "W" })), "/unit");
    assert_eq!(with(json!({ "every": "1d" })), "/every");
    assert_eq!(with(json!({ "point": "a/b" })), "/point");
    assert_eq!(register_fault(json!({ "address": 0 })), "/point");
    let flags = json!({ "address": 0, "flags": { "over_voltage": 16 } });
    assert_eq!(register_fault(flags), "/flags/over_voltage");
}
