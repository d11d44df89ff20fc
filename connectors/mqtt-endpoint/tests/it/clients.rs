//! Ordinary clients written by others: rumqttc for both versions, over TCP and TLS.

use crate::support::{Recorder, broker, until};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vigie_mqtt_endpoint::{Broker, server_config};

/// A server on a free port that stops with the test.
struct Served {
    broker: Arc<Broker>,
    handler: Arc<Recorder>,
    address: SocketAddr,
    stop: CancellationToken,
}

impl Served {
    async fn start() -> Self {
        let (broker, handler) = broker();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (serving, stopped) = (broker.clone(), stop.clone());
        tokio::spawn(async move { serving.serve(listener, stopped).await });
        Self {
            broker,
            handler,
            address,
            stop,
        }
    }
}

mod v3 {
    use super::*;
    use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};

    pub fn options(id: &str, address: SocketAddr) -> MqttOptions {
        let mut options = MqttOptions::new(id, "127.0.0.1", address.port());
        options.set_credentials("acme/device", "secret");
        options.set_keep_alive(Duration::from_secs(5));
        options.set_inflight(1000);
        options
    }

    async fn heard(events: &mut EventLoop, wanted: impl Fn(&Packet) -> bool) -> Packet {
        let listening = async {
            loop {
                if let Event::Incoming(packet) = events.poll().await.expect("connected")
                    && wanted(&packet)
                {
                    return packet;
                }
            }
        };
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, listening)
            .await
            .expect("in time")
    }

    #[tokio::test]
    async fn rumqttc_publishes_a_thousand_and_hears_every_acknowledgement() {
        let served = Served::start().await;
        served.handler.set_delay(Duration::from_millis(20));
        let (client, mut events) = AsyncClient::new(options("c", served.address), 2000);
        for number in 0..1000 {
            let payload = number.to_string();
            client
                .publish("t", QoS::AtLeastOnce, false, payload)
                .await
                .unwrap();
        }
        for _ in 0..1000 {
            heard(&mut events, |packet| matches!(packet, Packet::PubAck(_))).await;
        }
        let expected: Vec<_> = (0..1000).map(|number| number.to_string()).collect();
        assert_eq!(served.handler.payloads("t"), expected);
        client.disconnect().await.unwrap();
        while events.poll().await.is_ok() {}
        until("the session to end", || {
            served.broker.metrics().clients == 0
        })
        .await;
        served.stop.cancel();
    }

    #[tokio::test]
    async fn rumqttc_hears_what_another_rumqttc_says_at_every_quality() {
        let served = Served::start().await;
        let (listener, mut listening) = AsyncClient::new(options("l", served.address), 10);
        listener.subscribe("a/#", QoS::ExactlyOnce).await.unwrap();
        heard(&mut listening, |packet| matches!(packet, Packet::SubAck(_))).await;
        let (speaker, mut speaking) = AsyncClient::new(options("s", served.address), 10);
        // Owned by the test's runtime, which ends with the test.
        tokio::spawn(async move { while speaking.poll().await.is_ok() {} });
        for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
            speaker.publish("a/b", qos, false, "x").await.unwrap();
            let is_publish = |packet: &Packet| matches!(packet, Packet::Publish(_));
            let Packet::Publish(publish) = heard(&mut listening, is_publish).await else {
                unreachable!("only a PUBLISH is waited for");
            };
            assert_eq!((publish.topic.as_str(), publish.qos), ("a/b", qos));
        }
    }
}

mod v5 {
    use super::*;
    use rumqttc::v5::mqttbytes::QoS;
    use rumqttc::v5::mqttbytes::v5::Packet;
    use rumqttc::v5::{AsyncClient, Event, MqttOptions};

    #[tokio::test]
    async fn rumqttc_of_version_five_publishes_and_subscribes() {
        let served = Served::start().await;
        let mut options = MqttOptions::new("c", "127.0.0.1", served.address.port());
        options.set_credentials("acme/device", "secret");
        let (client, mut events) = AsyncClient::new(options, 10);
        client.subscribe("a/+", QoS::AtLeastOnce).await.unwrap();
        client
            .publish("a/b", QoS::AtLeastOnce, false, "x")
            .await
            .unwrap();
        let (mut acknowledged, mut heard) = (false, false);
        let listening = async {
            while !(acknowledged && heard) {
                match events.poll().await.expect("connected") {
                    Event::Incoming(Packet::PubAck(_)) => acknowledged = true,
                    Event::Incoming(Packet::Publish(publish)) => {
                        heard = publish.topic == "a/b" && publish.payload == "x";
                    }
                    _ => {}
                }
            }
        };
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, listening)
            .await
            .expect("in time");
        assert_eq!(served.handler.payloads("a/b"), ["x"]);
    }
}

mod tls {
    use super::*;
    use rumqttc::{AsyncClient, Event, Packet, QoS, TlsConfiguration, Transport};

    #[tokio::test]
    async fn rumqttc_publishes_over_tls_and_plain_bytes_are_turned_away() {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let (broker, handler) = broker();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let config = server_config(&chain, &key).unwrap();
        let (serving, stopped) = (broker.clone(), stop.clone());
        let served =
            tokio::spawn(async move { serving.serve_tls(listener, config, stopped).await });

        let mut options = v3::options("c", address);
        options.set_transport(Transport::Tls(TlsConfiguration::Rustls(client_of(&chain))));
        let (client, mut events) = AsyncClient::new(options, 10);
        client
            .publish("t", QoS::AtLeastOnce, false, "x")
            .await
            .unwrap();
        let acknowledged = async {
            while !matches!(
                events.poll().await.expect("connected"),
                Event::Incoming(Packet::PubAck(_))
            ) {}
        };
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, acknowledged)
            .await
            .expect("in time");
        assert_eq!(handler.payloads("t"), ["x"]);

        let (_, mut plain) = AsyncClient::new(v3::options("p", address), 10);
        assert!(plain.poll().await.is_err());
        until("the fault to be counted", || {
            broker.metrics().protocol_errors == 1
        })
        .await;
        stop.cancel();
        served.await.unwrap();
    }

    fn client_of(chain: &std::path::Path) -> Arc<rumqttc::tokio_rustls::rustls::ClientConfig> {
        use rumqttc::tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
        use rumqttc::tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(chain).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    }
}
