//! Looking around behind a broker: what is found, that it can be stopped, and that it goes through
//! to readings once it is adopted.

use super::workshop::{DEADLINE, PLANT, Workshop};
use crate::mqtt::device::Device;
use crate::support::{Backend, Mosquitto, wait};
use crate::tenancy::home::Home;
use std::time::Duration;
use vigie::ingest::ExploreError;
use vigie::store::tenant::{ConnectionRow, connections};

async fn field(shop: &Workshop) -> ConnectionRow {
    let row = connections::find_by_key(shop.client.scope().db(), "field").await;
    row.unwrap().unwrap()
}

fn manifest(url: &str) -> String {
    format!(
        "{PLANT}\n[[connections]]\nkey = \"field\"\nname = \"Field\"\nprotocol = \"mqtt\"\nurl = \"{url}\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_at_a_broker_is_found_and_looking_can_be_stopped() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &manifest(&broker.url())).await;
    let row = field(&shop).await;
    assert!(shop.client.exploration("field").is_none());
    shop.client.explore(&row).await.unwrap();
    assert!(matches!(
        shop.client.explore(&row).await,
        Err(ExploreError::Busy)
    ));
    let mut device = Device::connect(broker.port());
    // Until the listening began: a message nobody listened to yet is not heard.
    wait::until("it listens", DEADLINE, async || {
        device
            .publish([(
                "hall/meter/live".to_owned(),
                br#"{"kw":1.5,"on":true}"#.to_vec(),
            )])
            .await;
        let exploration = shop.client.exploration("field")?;
        (exploration.done > 1).then_some(())
    })
    .await;
    shop.client.stop_exploring("field");
    let found = wait::until("it stopped", Duration::from_secs(10), async || {
        let exploration = shop.client.exploration("field")?;
        exploration.ended.is_some().then_some(exploration)
    })
    .await;
    assert_eq!(found.ended, Some(Ok(())));
    let meter = &found.found["hall-meter-live"];
    let points: Vec<_> = meter
        .points
        .iter()
        .map(|point| point.key.as_str())
        .collect();
    assert_eq!(points, ["kw", "on"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_not_there_is_told_in_words() {
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &manifest("mqtt://127.0.0.1:9")).await;
    shop.client.explore(&field(&shop).await).await.unwrap();
    let ended = wait::until("it ended", DEADLINE, async || {
        shop.client.exploration("field")?.ended
    })
    .await;
    assert!(ended.unwrap_err().to_lowercase().contains("refused"));
    shop.close().await;
}
