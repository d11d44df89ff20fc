//! A gateway from the manifest to the equipment and the values it brings, through pymodbus.

use super::workshop::{DEADLINE, Workshop};
use crate::support::{Backend, Process, free_port, required, scratch, wait};
use crate::tenancy::home::Home;
use std::process::Command;
use tempfile::TempDir;

/// The gateway of the connector's own tests.
struct Gateway {
    _process: Process,
    _folder: TempDir,
    port: u16,
}

impl Gateway {
    async fn start() -> Self {
        let (folder, port) = (scratch(), free_port());
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/connectors/modbus/tests");
        let mut command = Command::new(required("VIGIE_TEST_PYTHON"));
        command
            .arg(format!("{tests}/peers/gateway.py"))
            .arg(port.to_string())
            .arg(format!("{tests}/data/sunspec"));
        let process = Process::start("pymodbus", &mut command, &folder.path().join("log"));
        wait::until_listening("pymodbus", port, DEADLINE).await;
        Self {
            _process: process,
            _folder: folder,
            port,
        }
    }
}

fn manifest(port: u16) -> String {
    format!(
        r#"
[client]
slug = "roofs"
name = "Roofs"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "counter"
name = "Counter"
points = [
  {{ key = "count", name = "Count", kind = "number" }},
  {{ key = "online", name = "Online", kind = "boolean" }},
]

[[equipment]]
key = "counter-1"
name = "Counter 1"
site = "hall"
type = "counter"

[[connections]]
key = "gateway"
name = "Gateway"
protocol = "modbus"
address = "127.0.0.1:{port}"

[[connections.devices]]
unit = 2
equipment = "counter-1"
online = "online"
registers = [{{ point = "count", address = 12 }}]

[[connections.devices]]
unit = 20
equipment = "roof"
site = "hall"
sunspec = true
types = ["inverter", "three-phase-meter"]
"#
    )
}

async fn a_gateway_brings_values_and_new_equipment(backend: Backend) {
    let gateway = Gateway::start().await;
    let home = Home::new(backend).await;
    let shop = Workshop::open(&home, &manifest(gateway.port)).await;
    shop.until_reads("counter-1", "count", 6.0).await;
    shop.until_reads("counter-1", "online", 1.0).await;
    // Grown from the library's types, in their units.
    shop.until_reads("roof-inverter", "power", 0.4321).await;
    shop.until_reads("roof-inverter", "state", 1.0).await;
    shop.until_reads("roof-meter", "energy", 7_000.0).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_brings_values_and_new_equipment_on_sqlite() {
    a_gateway_brings_values_and_new_equipment(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_brings_values_and_new_equipment_on_postgres() {
    a_gateway_brings_values_and_new_equipment(Backend::Postgres).await;
}
