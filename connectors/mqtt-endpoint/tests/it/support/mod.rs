//! A handler that records, and a client that speaks bytes.

mod handler;
mod raw;

pub use handler::Recorder;
pub use raw::{Connect, Raw, packet, property, publish, subscribe, text};

use std::sync::Arc;
use vigie_mqtt_endpoint::{Broker, Config};

/// A server with a recording handler.
pub fn broker() -> (Arc<Broker>, Arc<Recorder>) {
    broker_with(Config::default())
}

/// A server with limits of the test's own.
pub fn broker_with(limits: Config) -> (Arc<Broker>, Arc<Recorder>) {
    let handler = Arc::new(Recorder::default());
    (Broker::new(limits, handler.clone()), handler)
}

/// Awaits a condition that another task brings about.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    let deadline = std::time::Duration::from_secs(30);
    let met = tokio::time::timeout(deadline, waiting).await;
    assert!(met.is_ok(), "{what}: not within {deadline:?}");
}
