//! A connector depends on nothing of ours but the contract; what stands alone, on nothing. The two
//! roles of BACnet share their link.

use super::assert_none;
use super::source::Source;

const MAY_USE_THE_CONTRACT: &str = "vigie-contract";
const STAND_ALONE: [&str; 3] = [
    "connectors/contract/",
    "connectors/mqtt-endpoint/",
    "connectors/bacnet-link/",
];
/// Crates that only some may use, and who.
const SHARED: [(&str, &str); 2] = [
    ("vigie-bacnet-link", "connectors/bacnet/"),
    ("vigie-bacnet-link", "connectors/bacnet-server/"),
];

#[test]
fn connectors_depend_on_nothing_of_ours_but_the_contract() {
    let manifests = Source::under("connectors/", "toml");
    assert_none(&manifests.iter().flat_map(faults_of).collect::<Vec<_>>());
}

#[test]
fn a_connector_that_knows_the_platform_is_noticed() {
    let faults = |folder: &str, text: &str| {
        faults_of(&Source::sample(
            &format!("connectors/{folder}/Cargo.toml"),
            text,
        ))
    };
    assert_eq!(
        faults("mqtt", "[dependencies]\nvigie = { path = \"../..\" }"),
        ["connectors/mqtt/Cargo.toml: depends on vigie"]
    );
    assert_eq!(
        faults(
            "mqtt",
            "[dev-dependencies]\nother = { path = \"../modbus\" }"
        )
        .len(),
        1
    );
    assert_eq!(
        faults(
            "mqtt",
            "[dependencies]\nvigie-contract = { path = \"../contract\" }"
        ),
        [""; 0]
    );
    assert_eq!(
        faults(
            "mqtt",
            "[dependencies]\nvigie-bacnet-link = { path = \"../bacnet-link\" }"
        ),
        ["connectors/mqtt/Cargo.toml: depends on vigie-bacnet-link"]
    );
    assert_eq!(
        faults(
            "mqtt-endpoint",
            "[dependencies]\nvigie-contract = { path = \"../contract\" }"
        )
        .len(),
        1
    );
}

fn faults_of(manifest: &Source) -> Vec<String> {
    let table: toml::Table = manifest.text.parse().expect("Cargo.toml is TOML");
    let stands_alone = STAND_ALONE
        .iter()
        .any(|folder| manifest.path.starts_with(folder));
    let mut faults = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = table.get(section).and_then(toml::Value::as_table) else {
            continue;
        };
        for (name, value) in dependencies {
            let ours = name.starts_with("vigie") || value.get("path").is_some();
            let is_shared = SHARED
                .iter()
                .any(|(shared, folder)| name == shared && manifest.path.starts_with(folder));
            let may_use = is_shared || name == MAY_USE_THE_CONTRACT;
            if ours && (stands_alone || !may_use) {
                faults.push(format!("{}: depends on {name}", manifest.path));
            }
        }
    }
    faults
}
