//! The contract's promises, kept by the MQTT connector in both protocol versions.

use super::device::Device;
use crate::support::Mosquitto;
use jiff::tz::TimeZone;
use serde_json::json;
use std::ops::Range;
use vigie_contract::Connector;
use vigie_contract::conformance::{self, EQUIPMENT, POINT, Rig};
use vigie_mqtt::MqttConfig;

struct MqttRig {
    broker: Mosquitto,
    version: u8,
}

impl MqttRig {
    async fn new(version: u8) -> Self {
        Self {
            broker: Mosquitto::start().await,
            version,
        }
    }
}

impl Rig for MqttRig {
    fn connector(&self) -> Box<dyn Connector> {
        let config: MqttConfig = serde_json::from_value(json!({
            "url": self.broker.url(),
            "version": self.version,
            "client_id": "vigie-test",
            "keep_alive_s": 5,
            "routes": [{ "topic": "t/{equipment}", "points": { POINT: { "at": "/n" } } }],
        }))
        .unwrap();
        Box::new(config.into_connector(TimeZone::UTC).unwrap())
    }

    async fn send(&mut self, numbers: Range<u32>) {
        let message = |n| {
            (
                format!("t/{EQUIPMENT}"),
                format!("{{\"n\":{n}}}").into_bytes(),
            )
        };
        Device::connect(self.broker.port())
            .publish(numbers.map(message))
            .await;
    }

    async fn send_garbage(&mut self, count: u32) {
        let payloads: [&[u8]; 5] = [
            b"{\"n\":",
            b"\xff\xfe\x00",
            b"{\"n\":[]}",
            b"[]",
            b"{\"n\":{\"n\":1}}",
        ];
        let message = |i: u32| {
            (
                format!("t/{EQUIPMENT}"),
                payloads[i as usize % payloads.len()].to_vec(),
            )
        };
        Device::connect(self.broker.port())
            .publish((0..count).map(message))
            .await;
    }

    async fn stop_peer(&mut self) {
        self.broker.kill();
    }

    async fn start_peer(&mut self) {
        self.broker.resume().await;
    }
}

macro_rules! keeps {
    ($($promise:ident),+ $(,)?) => {$(
        mod $promise {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn version_3_1_1() {
                conformance::$promise(MqttRig::new(4).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn version_5() {
                conformance::$promise(MqttRig::new(5).await).await;
            }
        }
    )+};
}

keeps! {
    nothing_is_acknowledged_before_it_is_settled,
    an_absent_sink_is_waited_for,
    the_session_comes_back_after_the_peer,
    garbage_is_refused_and_stops_nothing,
    a_stop_settles_what_is_in_work,
    a_closed_sink_ends_the_session,
}
