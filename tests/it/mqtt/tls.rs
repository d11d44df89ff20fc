//! MQTT over TLS, both ways: our connector at a broker, devices at our endpoint.

use super::device::Device;
use super::session::{DEADLINE, Run, config, message};
use crate::support::{Authority, Mosquitto, Vigie, free_port, wait};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Packet, QoS, TlsConfiguration,
    Transport,
};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use vigie_contract::Health;

const USER: &str = "vigie";
const PASSWORD: &str = "a password with an ü";

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_with_tls_and_a_password_is_used_and_what_is_wrong_is_told_in_words() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let broker = Mosquitto::start_locked(&authority.vouch_for("localhost"), USER, PASSWORD).await;
    let url = format!("mqtts://localhost:{}", broker.port());
    let session = |ca: &Authority, password: &str| {
        let access = json!({ "ca_file": ca.file(), "username": USER, "password": password });
        config(&url, access)
    };

    let run = Run::start(session(&authority, PASSWORD))
        .once_connected()
        .await;
    let mut device = Device::over_tls(broker.port(), &authority, USER, PASSWORD);
    device.publish([message(1), message(2)]).await;
    run.has_numbers(2).await;
    run.end().await;

    for (wrong, words) in [
        (
            session(&stranger, PASSWORD),
            "authority that is not trusted; name it with `ca_file`",
        ),
        (session(&authority, "wrong"), "password"),
    ] {
        let run = Run::start(wrong);
        let told = async || {
            let status = run.status.snapshot();
            assert_ne!(status.health, Health::Connected);
            status
                .last_error
                .filter(|error| error.to_lowercase().contains(words))
        };
        wait::until(words, DEADLINE, told).await;
        run.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_told_in_words() {
    let authority = Authority::new();
    let elsewhere = authority.vouch_for("broker.example");
    let broker = Mosquitto::start_locked(&elsewhere, USER, PASSWORD).await;
    let url = format!("mqtts://localhost:{}", broker.port());
    let run = Run::start(config(&url, json!({ "ca_file": authority.file() })));
    let told = async || {
        let error = run.status.snapshot().last_error?;
        error
            .contains("its certificate is for another name")
            .then_some(())
    };
    wait::until("the status says why", DEADLINE, told).await;
    run.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_reach_the_endpoint_over_tls() {
    const MANIFEST: &str = r#"
[client]
slug = "plant"
name = "Plant"
locale = "en"
time_zone = "Europe/Paris"

[[devices]]
name = "gateway"
password = { env = "DEVICE_PASSWORD" }
"#;
    let authority = Authority::new();
    let identity = authority.vouch_for("localhost");
    let port = free_port();
    let folder = crate::support::scratch();
    let file = folder.path().join("vigie.toml");
    let settings = format!(
        "[mqtt]\nlisten_tls = \"127.0.0.1:{port}\"\ncertificate = {:?}\nprivate_key = {:?}\n",
        identity.certificate, identity.key
    );
    std::fs::write(&file, settings).unwrap();
    let mut vigie = Vigie::on_sqlite()
        .with("VIGIE_CONFIG", file.to_str().unwrap())
        .with("DEVICE_PASSWORD", PASSWORD);
    vigie.apply(MANIFEST);
    vigie.start().await;

    let (client, mut events) = over_tls(port, &authority, "plant/gateway", PASSWORD);
    client
        .publish("hello", QoS::AtLeastOnce, false, "x")
        .await
        .unwrap();
    let acknowledged = async {
        while !matches!(
            events.poll().await.unwrap(),
            Event::Incoming(Packet::PubAck(_))
        ) {}
    };
    tokio::time::timeout(DEADLINE, acknowledged)
        .await
        .expect("a PUBACK");
    let (_client, mut events) = over_tls(port, &Authority::new(), "plant/gateway", PASSWORD);
    let refused = events.poll().await;
    assert!(
        matches!(refused, Err(ConnectionError::Tls(_))),
        "{refused:?}"
    );
    vigie.stop().await;
}

/// A client that trusts one authority.
pub(super) fn over_tls(
    port: u16,
    authority: &Authority,
    user: &str,
    password: &str,
) -> (AsyncClient, EventLoop) {
    let id = format!("device-{:08x}", rand::random::<u32>());
    let mut options = MqttOptions::new(id, "localhost", port);
    options
        .set_credentials(user, password)
        .set_transport(Transport::Tls(TlsConfiguration::Rustls(trusting(
            &authority.file(),
        ))));
    AsyncClient::new(options, 100)
}

fn trusting(file: &Path) -> Arc<rustls::ClientConfig> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(file).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
