//! The promises of the contract, with a log that is read record by record.

use crate::peer::{Device, free_port};
use crate::run::{config, connector};
use serde_json::{Value, json};
use std::ops::Range;
use tempfile::TempPath;
use vigie_contract::Connector;
use vigie_contract::conformance::{self, EQUIPMENT, POINT, Rig};

/// A device of BACpypes3 whose log outlives it.
struct BacnetRig {
    port: u16,
    file: TempPath,
    device: Option<Device>,
    records: u32,
}

impl BacnetRig {
    async fn new() -> Self {
        let file = tempfile::NamedTempFile::new()
            .expect("a temporary file")
            .into_temp_path();
        let mut rig = Self {
            port: free_port(),
            file,
            device: None,
            records: 0,
        };
        rig.start_peer().await;
        rig
    }

    async fn log(&mut self, values: impl Iterator<Item = Value>) {
        let mut words = vec![json!("log")];
        for value in values {
            self.records += 1;
            words.push(json!([self.records, value]));
        }
        let device = self.device.as_mut().expect("the peer is there");
        device.say(json!(words)).await;
    }
}

impl Rig for BacnetRig {
    fn connector(&self) -> Box<dyn Connector> {
        let point = json!({
            "device": 7000, "object": "analog-input:1", "point": POINT,
            "log": "trend-log:1", "log_every_s": 1,
        });
        let device = json!({ "equipment": EQUIPMENT, "poll_s": 1 });
        let mut config = config(self.port, device, json!([point]));
        config["timeout_ms"] = json!(300);
        connector(config)
    }

    async fn send(&mut self, numbers: Range<u32>) {
        self.log(numbers.map(|number| json!(f64::from(number))))
            .await;
    }

    async fn send_garbage(&mut self, count: u32) {
        self.log((0..count).map(|n| json!(format!("garbage {n}"))))
            .await;
    }

    async fn stop_peer(&mut self) {
        if let Some(device) = self.device.take() {
            device.kill().await;
        }
    }

    async fn start_peer(&mut self) {
        let file = self.file.to_str().expect("a plain path").to_owned();
        self.device = Some(Device::at(self.port, &["--log", &file]).await);
    }
}

macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $promise() {
                conformance::$promise(BacnetRig::new().await).await;
            }
        )+
    };
}

promises! {
    nothing_is_acknowledged_before_it_is_settled,
    an_absent_sink_is_waited_for,
    the_session_comes_back_after_the_peer,
    garbage_is_refused_and_stops_nothing,
    a_stop_settles_what_is_in_work,
    a_closed_sink_ends_the_session,
}
