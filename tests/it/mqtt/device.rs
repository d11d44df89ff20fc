//! An ordinary MQTT client that knows what the broker acknowledged.

use crate::support::Authority;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

/// A device that publishes with QoS 1.
pub struct Device {
    client: AsyncClient,
    acknowledged: tokio::sync::mpsc::UnboundedReceiver<()>,
    driver: JoinHandle<()>,
}

impl Device {
    /// Connects to a broker on the loopback.
    pub fn connect(port: u16) -> Self {
        let mut options = MqttOptions::new(
            format!("device-{:08x}", rand::random::<u32>()),
            "127.0.0.1",
            port,
        );
        options
            .set_max_packet_size(8 << 20, 8 << 20)
            .set_inflight(500);
        Self::drive(AsyncClient::new(options, 1_000))
    }

    /// Connects over TLS to a broker that is vouched for.
    pub fn over_tls(port: u16, authority: &Authority, user: &str, password: &str) -> Self {
        Self::drive(super::tls::over_tls(port, authority, user, password))
    }

    fn drive((client, mut events): (AsyncClient, EventLoop)) -> Self {
        let (sender, acknowledged) = tokio::sync::mpsc::unbounded_channel();
        let driver = tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if matches!(event, Event::Incoming(Packet::PubAck(_))) && sender.send(()).is_err() {
                    return;
                }
            }
        });
        Self {
            client,
            acknowledged,
            driver,
        }
    }

    /// Publishes and waits until the broker has acknowledged all of it.
    pub async fn publish(&mut self, messages: impl IntoIterator<Item = (String, Vec<u8>)>) {
        let mut sent = 0;
        for (topic, payload) in messages {
            self.client
                .publish(topic, QoS::AtLeastOnce, false, payload)
                .await
                .unwrap();
            sent += 1;
        }
        for _ in 0..sent {
            timeout(DEADLINE, self.acknowledged.recv())
                .await
                .expect("the broker acknowledges")
                .unwrap();
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
