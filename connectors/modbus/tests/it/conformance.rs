//! The contract's promises to those who ask.

use crate::support::{Gateway, Mood, Proxy, mbpoll_write};
use serde_json::json;
use vigie_contract::Connector;
use vigie_contract::conformance::polled::{self, PolledRig};
use vigie_contract::conformance::{EQUIPMENT, POINT};
use vigie_modbus::ModbusConfig;

struct Rig {
    gateway: Gateway,
    wire: Proxy,
}

impl Rig {
    async fn new() -> Self {
        let gateway = Gateway::start().await;
        let wire = Proxy::to(gateway.port()).await;
        Self { gateway, wire }
    }
}

impl PolledRig for Rig {
    fn connector(&self) -> Box<dyn Connector> {
        let config: ModbusConfig = serde_json::from_value(json!({
            "address": self.wire.address(),
            "timeout_ms": 500,
            "every": "100ms",
            "devices": [{
                "unit": 1,
                "equipment": EQUIPMENT,
                "registers": [{ "point": POINT, "address": 30 }],
            }],
        }))
        .unwrap();
        Box::new(config.into_connector().unwrap())
    }

    async fn show(&mut self, number: u32) {
        mbpoll_write(self.gateway.port(), 1, "4", 30, &[&number.to_string()]).await;
        self.wire.set(Mood::Fine).await;
    }

    async fn babble(&mut self) {
        self.wire.set(Mood::Babbles).await;
    }

    async fn stop_peer(&mut self) {
        self.wire.set(Mood::Gone).await;
    }

    async fn start_peer(&mut self) {
        self.wire.set(Mood::Fine).await;
    }
}

macro_rules! keeps {
    ($($promise:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $promise() {
            polled::$promise(Rig::new().await).await;
        }
    )+};
}

keeps! {
    an_absent_sink_is_waited_for,
    the_session_comes_back_after_the_peer,
    garbage_is_told_and_stops_nothing,
    a_stop_settles_what_is_in_work,
    a_stop_does_not_wait_for_ever,
    a_closed_sink_ends_the_session,
}
