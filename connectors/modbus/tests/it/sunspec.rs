//! Devices that describe themselves become equipment.

use crate::support::{Gateway, Run, until};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use vigie_contract::{Explorer, Finding, Findings, FoundEquipment, FoundKind, Reach, ReadingValue};
use vigie_modbus::ModbusConfig;

#[tokio::test]
async fn the_models_of_a_device_become_equipment_by_themselves() {
    let gateway = Gateway::start().await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "every": "200ms",
        "devices": [
            { "unit": 20, "equipment": "roof", "site": "hall", "sunspec": true },
            { "unit": 21, "equipment": "shed", "sunspec": true },
        ],
    }));
    for (equipment, point, value) in [
        ("roof-inverter", "power", "432.1"),
        ("roof-inverter", "energy", "1234560"),
        ("roof-inverter", "dc_voltage", "620.4"),
        ("roof-inverter", "temperature", "41.5"),
        ("roof-inverter", "state", "PRODUCING"),
        ("roof-meter", "power", "-1500"),
        ("roof-meter", "voltage_l1", "230.1"),
        ("roof-meter", "frequency", "49.98"),
        ("roof-meter", "power_factor", "0.985"),
        ("roof-meter", "energy", "7000000"),
        ("roof-meter", "energy_out", "9000000"),
        ("roof-battery", "soc", "80.5"),
        ("roof-battery", "voltage", "51.2"),
        ("roof-battery", "current", "25"),
        ("roof-battery", "power", "1280"),
        ("roof-battery", "cycles", "321"),
        ("roof-battery", "state", "CHARGING"),
        ("roof-battery", "cell_voltage_max", "3.401"),
        ("roof-battery", "fault_contactor", "true"),
        ("roof-battery", "fault_communication", "false"),
        ("roof-string-1", "current", "12"),
        ("roof-string-1", "connected", "true"),
        ("roof-string-1-module-3", "soc", "81"),
        ("roof-string-1-module-3", "cell_temperature_min", "24"),
        ("shed-inverter", "power", "1200"),
        ("shed-inverter", "state", "STANDBY"),
    ] {
        run.until_value(equipment, point, value).await;
    }
    let power = run.shelf.readings("roof-meter", "power").remove(0);
    assert_eq!(power.hint.kind.as_deref(), Some("three-phase-meter"));
    assert_eq!(power.hint.site.as_deref(), Some("hall"));
    assert_eq!(power.unit.as_deref(), Some("W"));
    assert!(
        run.shelf.readings("roof-battery", "soh").is_empty(),
        "it is not implemented"
    );
    assert!(
        run.shelf.refusals().is_empty(),
        "{:?}",
        run.shelf.refusals()
    );
    run.stop().await;
}

#[tokio::test]
async fn a_device_without_models_says_so() {
    let gateway = Gateway::start().await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "devices": [{ "unit": 2, "equipment": "two", "sunspec": true }],
    }));
    until("it is told", || {
        let error = run.status.snapshot().last_error;
        error.is_some_and(|error| error.contains("no SunSpec device at 40000, 0 or 50000"))
    })
    .await;
    run.stop().await;
}

#[tokio::test]
async fn who_looks_around_finds_devices_with_names_values_and_what_to_add() {
    let gateway = Gateway::start().await;
    let config: ModbusConfig = serde_json::from_value(json!({
        "address": gateway.address(),
        "timeout_ms": 300,
        "devices": [{ "unit": 1, "equipment": "one", "registers": [
            { "point": "relay", "table": "coil", "address": 5, "write": "single" },
        ] }, { "unit": 21, "equipment": "shed", "site": "hall", "sunspec": true }],
    }))
    .unwrap();
    let (findings, mut found) = Findings::channel();
    let explorer = Box::new(config.into_explorer(Reach::anywhere()).unwrap());
    let looking = tokio::spawn(explorer.explore(findings, CancellationToken::new()));
    let mut equipment: Vec<FoundEquipment> = Vec::new();
    let mut last = None;
    while let Some(finding) = found.recv().await {
        match finding {
            Finding::Equipment(one) => equipment.push(one),
            Finding::Progress { done, total } => last = Some((done, total)),
        }
    }
    looking.await.unwrap().unwrap();
    assert_eq!(last, Some((247, 247)));
    let by_key = |key: &str| equipment.iter().find(|one| one.key == key).unwrap();
    assert!(by_key("one").points[0].writable);
    assert_eq!(by_key("one").points[0].kind, FoundKind::Boolean);
    let inverter = by_key("VW-0042-inverter");
    assert_eq!(inverter.name, "Vigie Works Tester");
    assert_eq!(inverter.serial.as_deref(), Some("VW-0042"));
    assert_eq!(inverter.kind.as_deref(), Some("inverter"));
    let power = inverter
        .points
        .iter()
        .find(|point| point.key == "power")
        .unwrap();
    assert_eq!(power.value, Some(ReadingValue::Number(432.1)));
    assert_eq!(inverter.additions[0].list, "/devices");
    assert_eq!(inverter.additions[0].item["unit"], 20);
    assert!(
        by_key("shed-inverter").additions.is_empty(),
        "it is asked for its models already"
    );
    assert!(
        equipment.iter().any(|one| one.key == "unit-7"),
        "a device that is only busy is there"
    );
    assert!(!equipment.iter().any(|one| one.key == "unit-33"));
}
