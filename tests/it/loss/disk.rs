//! A full disk: writing is refused and said so, nothing acknowledged is lost, and when there
//! is space again it goes on by itself.

use crate::support::{Postgres, SmallDisk, Vigie, now_ms, wait};
use rand::RngExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CLIENT: &str = "full";
const DISK_MIB: u32 = 24;
/// A fresh cluster and two databases take half of it.
const SERVER_DISK_MIB: u32 = 96;
const REFUSED_WITHIN: Duration = Duration::from_secs(60);
const GOES_ON_WITHIN: Duration = Duration::from_secs(60);
const READINGS_A_REQUEST: usize = 2_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_says_so_and_recovers() {
    let mut vigie = Vigie::on_sqlite();
    vigie.apply(MANIFEST);
    let writer = Writer::new(vigie.api_key(CLIENT));
    let disk = vigie.start_on_small_disk(DISK_MIB).await;
    refuses_says_so_and_recovers(vigie, writer, &disk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_postgresql_refuses_says_so_and_recovers() {
    let (postgres, disk) = Postgres::start_on_small_disk(SERVER_DISK_MIB).await;
    let mut vigie = Vigie::on_postgres(&postgres.url());
    vigie.apply(MANIFEST);
    let writer = Writer::new(vigie.api_key(CLIENT));
    vigie.start().await;
    refuses_says_so_and_recovers(vigie, writer, &disk).await;
}

async fn refuses_says_so_and_recovers(mut vigie: Vigie, mut writer: Writer, disk: &SmallDisk) {
    assert_eq!(
        writer.write(&vigie).await.0,
        StatusCode::NO_CONTENT,
        "there is space at first"
    );
    disk.fill();
    let (status, told) = wait::until("a write is refused", REFUSED_WITHIN, async || {
        let answer = writer.write(&vigie).await;
        (answer.0 != StatusCode::NO_CONTENT).then_some(answer)
    })
    .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{told}");
    assert!(
        vigie.node().log().contains("no space left"),
        "the log says what is wrong"
    );
    disk.free();
    wait::until("writing goes on", GOES_ON_WITHIN, async || {
        (writer.write(&vigie).await.0 == StatusCode::NO_CONTENT).then_some(())
    })
    .await;
    writer
        .assert_everything_acknowledged_is_stored(&vigie)
        .await;
}

/// Writes values no codec makes small, and notes what was acknowledged.
struct Writer {
    key: String,
    next_ms: i64,
    acknowledged: BTreeMap<i64, f64>,
}

impl Writer {
    fn new(key: String) -> Self {
        let next_ms = now_ms() - 3 * 3_600_000;
        Self {
            key,
            next_ms,
            acknowledged: BTreeMap::new(),
        }
    }

    async fn write(&mut self, vigie: &Vigie) -> (StatusCode, String) {
        let mut random = rand::rng();
        let batch: Vec<(i64, f64)> = (0..READINGS_A_REQUEST as i64)
            .map(|n| (self.next_ms + n, random.random()))
            .collect();
        self.next_ms += READINGS_A_REQUEST as i64;
        let readings: Vec<Value> = batch
            .iter()
            .map(|(ms, value)| reading(*ms, *value))
            .collect();
        let request = vigie
            .request(Method::POST, CLIENT, "/api/v1/telemetry")
            .bearer_auth(&self.key);
        let answer = request
            .json(&json!({ "readings": readings }))
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        if status == StatusCode::NO_CONTENT {
            self.acknowledged
                .extend(batch.into_iter().map(|(ms, value)| (ms * 1000, value)));
        } else {
            assert!(
                answer.headers().contains_key("retry-after"),
                "{status} without Retry-After"
            );
        }
        (status, answer.text().await.unwrap_or_default())
    }

    async fn assert_everything_acknowledged_is_stored(&self, vigie: &Vigie) {
        let stored: BTreeMap<_, _> = vigie
            .samples(CLIENT, &self.key, "meter", "value")
            .await
            .into_iter()
            .collect();
        let lost = self
            .acknowledged
            .iter()
            .filter(|(at, value)| stored.get(at) != Some(value))
            .count();
        assert_eq!(lost, 0, "of {} acknowledged", self.acknowledged.len());
    }
}

fn reading(ms: i64, value: f64) -> Value {
    let at = jiff::Timestamp::from_millisecond(ms)
        .expect("a stamp of today")
        .to_string();
    json!({ "equipment": "meter", "point": "value", "value": value, "at": at })
}

const MANIFEST: &str = r#"
[client]
slug = "full"
name = "Full disk"
locale = "en"
time_zone = "UTC"

[[sites]]
key = "yard"
name = "Yard"

[[types]]
key = "noise"
name = "Noise"
name_fr = "Bruit"
icon = "i-meter"

[[types.points]]
key = "value"
name = "Value"
name_fr = "Valeur"
kind = "number"

[[equipment]]
key = "meter"
name = "Meter"
site = "yard"
type = "noise"
"#;
