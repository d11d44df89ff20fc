//! Connections from the manifest to what they bring, through a real mosquitto.

use super::workshop::{DEADLINE, PLANT, Workshop};
use crate::mqtt::device::Device;
use crate::support::{Backend, Mosquitto, wait};
use crate::tenancy::home::{Home, NOON};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use vigie_contract::Health;

fn with_broker(url: &str, more: &str) -> String {
    format!(
        r#"{PLANT}
[[connections]]
key = "field"
name = "Field"
protocol = "mqtt"
url = "{url}"
version = 5
{more}
[[connections.routes]]
topic = "plant/{{equipment}}/status"
type = "pack"
time = "/ts"
points.voltage = {{ at = "/v" }}
points.state = {{ at = "/s" }}
"#
    )
}

fn status(equipment: &str, voltage: f64, seconds: i64) -> (String, Vec<u8>) {
    let stamp = NOON.0 / 1_000_000 - 60 + seconds;
    (
        format!("plant/{equipment}/status"),
        format!("{{\"v\":{voltage},\"s\":\"idle\",\"ts\":{stamp}}}").into_bytes(),
    )
}

async fn until_health(shop: &Workshop, health: Health) {
    let is_so = async || {
        let views = shop.client.connections();
        views
            .iter()
            .any(|view| view.connection.key == "field" && view.status.health == health)
            .then_some(())
    };
    wait::until(&format!("the connection is {health:?}"), DEADLINE, is_so).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_the_manifest_brings_its_readings() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &with_broker(&broker.url(), "")).await;
    until_health(&shop, Health::Connected).await;
    let messages = [
        status("pack-1", 50.0, 0),
        status("pack-2", 51.0, 0),
        status("pack-1", 52.0, 1),
    ];
    Device::connect(broker.port()).publish(messages).await;
    shop.until_values("pack-1", "voltage", &[50.0, 52.0]).await;
    shop.until_values("pack-2", "voltage", &[51.0]).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_while_the_platform_is_away_is_not_lost() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let manifest = with_broker(&broker.url(), "");
    let shop = Workshop::open(&home, &manifest).await;
    until_health(&shop, Health::Connected).await;
    shop.close().await;
    Device::connect(broker.port())
        .publish((0..50).map(|n| status("pack-1", f64::from(n), n.into())))
        .await;
    let shop = Workshop::open(&home, &manifest).await;
    let wanted: Vec<_> = (0..50).map(f64::from).collect();
    shop.until_values("pack-1", "voltage", &wanted).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_follow_the_manifest() {
    let (first, second) = (Mosquitto::start().await, Mosquitto::start().await);
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &with_broker(&first.url(), "")).await;
    until_health(&shop, Health::Connected).await;

    shop.change(&with_broker(&second.url(), "")).await;
    let moved = async || {
        Device::connect(second.port())
            .publish([status("pack-1", 7.0, 0)])
            .await;
        (!shop.values("pack-1", "voltage").await.is_empty()).then_some(())
    };
    wait::until("the connection moved to the second broker", DEADLINE, moved).await;

    shop.change(PLANT).await;
    let gone = async || shop.client.connections().is_empty().then_some(());
    wait::until("the connection is gone", DEADLINE, gone).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_cannot_run_says_why() {
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &with_broker("nowhere", "")).await;
    until_health(&shop, Health::Stopped).await;
    let error = shop.client.connections()[0]
        .status
        .last_error
        .clone()
        .unwrap();
    assert!(error.contains("/url"), "{error}");
    shop.close().await;
}

/// The formats of the smart parking modules, from their manifest alone, over a broker.
#[tokio::test(flavor = "multi_thread")]
async fn a_car_park_tells_its_display_how_many_bays_are_free() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let demo = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tenants/demo-parking.toml"
    ))
    .unwrap();
    let over_broker = format!("protocol = \"mqtt\"\nurl = \"{}\"", broker.url());
    // Messages are obeyed where devices are known by name: at the endpoint, not over a broker.
    let (listens, _) = demo.split_once("[[connections.obey]]").unwrap();
    let manifest = listens.replace("protocol = \"mqtt-endpoint\"", &over_broker);
    let shop = Workshop::open(&home, &manifest).await;
    until_health(&shop, Health::Connected).await;

    let mut display = display(broker.port()).await;
    assert_eq!(
        shown(&mut display).await,
        r#"{"count":0}"#,
        "nothing is known yet"
    );
    let spot = |n: u32, status: &str| {
        let topic = format!("smart_parking_2026/parking/spots/A{n:02}/status");
        (
            topic,
            format!(r#"{{"id":"A{n:02}","status":"{status}"}}"#).into_bytes(),
        )
    };
    let mut sensors = Device::connect(broker.port());
    for n in 1..=20 {
        sensors.publish([spot(n, "FREE")]).await;
    }
    until_shown(&mut display, r#"{"count":20}"#).await;
    sensors.publish([spot(3, "OCCUPIED")]).await;
    assert_eq!(shown(&mut display).await, r#"{"count":19}"#);
    sensors
        .publish([spot(3, "OCCUPIED"), spot(3, "FREE")])
        .await;
    assert_eq!(shown(&mut display).await, r#"{"count":20}"#);

    let barrier = "smart_parking_2026/parking/barriers/entry/state".to_owned();
    let vehicle = "smart_parking_2026/parking/entry_sensor/status".to_owned();
    sensors
        .publish([
            (barrier, br#"{"state":"OPENED"}"#.to_vec()),
            (vehicle, br#"{"status":"OCCUPIED"}"#.to_vec()),
        ])
        .await;
    shop.until_values("entry", "state", &[2.0]).await;
    shop.until_values("entry-sensor", "occupied", &[1.0]).await;
    shop.close().await;
}

type Display = tokio::sync::mpsc::UnboundedReceiver<String>;

async fn display(port: u16) -> Display {
    let (sender, display) = tokio::sync::mpsc::unbounded_channel();
    let (client, mut events) = AsyncClient::new(MqttOptions::new("display", "127.0.0.1", port), 10);
    client
        .subscribe(
            "smart_parking_2026/parking/display/available",
            QoS::AtLeastOnce,
        )
        .await
        .unwrap();
    tokio::spawn(async move {
        let _client = client;
        while let Ok(event) = events.poll().await {
            if let Event::Incoming(Packet::Publish(publish)) = event {
                let text = String::from_utf8(publish.payload.to_vec()).unwrap();
                if sender.send(text).is_err() {
                    return;
                }
            }
        }
    });
    display
}

async fn shown(display: &mut Display) -> String {
    tokio::time::timeout(DEADLINE, display.recv())
        .await
        .expect("the display is told")
        .unwrap()
}

async fn until_shown(display: &mut Display, wanted: &str) {
    while shown(display).await != wanted {}
}
