//! What a device logged while it could not be asked comes afterwards, with its own times.

use crate::peer::Device;
use crate::run::{Run, config, until};
use serde_json::json;
use std::sync::Arc;
use vigie_contract::{Memory, ReadingValue, ShortMemory};

/// 2025-11-20T00:00:00Z, the day of the peer's records.
const DAY_US: i64 = 1_763_596_800_000_000;

fn logged(port: u16) -> serde_json::Value {
    let point = json!({
        "device": 7000, "object": "analog-input:1", "point": "x", "log": "trend-log:1",
    });
    config(port, json!({ "poll_s": 3600 }), json!([point]))
}

fn log_file() -> tempfile::TempPath {
    tempfile::NamedTempFile::new()
        .expect("a temporary file")
        .into_temp_path()
}

/// Stamps and values of the records that came, without what was polled.
fn records(run: &Run) -> Vec<(i64, f64)> {
    let readings = run.shelf.readings().into_iter();
    let logged = readings.filter_map(|reading| match (reading.observed_at_us, reading.value) {
        (Some(at), ReadingValue::Number(number)) if at < DAY_US + 86_400_000_000 => {
            Some(((at - DAY_US) / 10_000, number))
        }
        _ => None,
    });
    logged.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_session_reads_the_whole_log() {
    let file = log_file();
    let mut device = Device::start(&["--log", file.to_str().unwrap()]).await;
    let mut words = vec![json!("log")];
    words.extend((0..200).map(|n| json!([n * 100, f64::from(n)])));
    device.say(json!(words)).await;
    let run = Run::start(logged(device.port));
    until("all records come", || records(&run).len() == 200).await;
    assert_eq!(records(&run)[7], (700, 7.0));
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_only_what_was_missed_is_read() {
    let file = log_file();
    let mut device = Device::start(&["--log", file.to_str().unwrap()]).await;
    device
        .say(json!([
            "log",
            [100, 1.0],
            [200, 2.0],
            [300, 3.0],
            [400, 4.0]
        ]))
        .await;
    let memory: Arc<ShortMemory> = Arc::default();
    let seen = json!({ "seen_us": { "7000": DAY_US + 2_000_000 } });
    memory.clone().keep(seen.to_string()).await.unwrap();
    let run = Run::with_memory(logged(device.port), memory);
    until("the missed ones come", || records(&run).len() == 2).await;
    until("it is polled again", || run.shelf.readings().len() == 3).await;
    assert_eq!(records(&run), [(300, 3.0), (400, 4.0)]);
    run.stop().await;
}
