//! The built-in MQTT endpoint as devices see it: who is let in, and where readings go.

use super::workshop::{DEADLINE, PASSWORD, PLANT, Workshop, is_open};
use crate::support::{Backend, wait};
use crate::tenancy::home::Home;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Packet, QoS,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vigie::domain::TenantStatus;
use vigie::domain::audit::Actor;
use vigie::store::tenant::devices;
use vigie::tenancy::credentials;
use vigie_mqtt_endpoint::{Broker, Config};

fn plant() -> String {
    format!(
        r#"{PLANT}
[[devices]]
name = "gateway"
password = {{ env = "DEVICE_PASSWORD" }}

[[connections]]
key = "devices"
name = "Devices"
protocol = "mqtt-endpoint"

[[connections.routes]]
topic = "packs/{{equipment}}"
points.voltage = {{}}

[[connections.publish]]
topic = "charging"
count = {{ type = "pack", point = "state", state = "CHARGING" }}

[[connections.routes]]
topic = "states/{{equipment}}"
points.state = {{}}
"#
    )
}

/// A workshop with its endpoint on a port of the loopback.
struct Served {
    /// Its folder lives as long as the client.
    _home: Home,
    shop: Workshop,
    broker: std::sync::Arc<Broker>,
    port: u16,
}

impl Served {
    async fn open() -> Self {
        let home = Home::new(Backend::Sqlite).await;
        let shop = Workshop::open(&home, &plant()).await;
        let broker = Broker::new(Config::default(), shop.endpoint.clone());
        shop.endpoint.attach(&broker);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = broker.clone();
        tokio::spawn(async move { server.serve(listener, CancellationToken::new()).await });
        let ready = async || (!shop.client.connections().is_empty()).then_some(());
        wait::until("the landing is open", DEADLINE, ready).await;
        Self {
            _home: home,
            shop,
            broker,
            port,
        }
    }

    fn device(&self, username: &str, password: &str) -> (AsyncClient, EventLoop) {
        let mut options = MqttOptions::new(
            format!("d-{:08x}", rand::random::<u32>()),
            "127.0.0.1",
            self.port,
        );
        options.set_credentials(username, password);
        AsyncClient::new(options, 100)
    }

    async fn sign_in(&self, username: &str, password: &str) -> ConnectReturnCode {
        let (_client, mut events) = self.device(username, password);
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(ack))) => ack.code,
            Err(ConnectionError::ConnectionRefused(code)) => code,
            other => panic!("{other:?}"),
        }
    }

    async fn close(self) {
        self.broker.close().await;
        self.shop.close().await;
    }
}

async fn until_acknowledged(events: &mut EventLoop) {
    let acknowledged = async {
        while !matches!(
            events.poll().await.unwrap(),
            Event::Incoming(Packet::PubAck(_))
        ) {}
    };
    tokio::time::timeout(DEADLINE, acknowledged)
        .await
        .expect("the message is acknowledged");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_device_of_the_client_is_let_in() {
    let served = Served::open().await;
    let good = ConnectReturnCode::Success;
    assert_eq!(served.sign_in("plant/gateway", PASSWORD).await, good);
    assert_eq!(
        served.sign_in("plant/gateway", PASSWORD).await,
        good,
        "remembered"
    );
    for (username, password) in [
        ("plant/gateway", "wrong"),
        ("plant/gateway", ""),
        ("plant/nobody", PASSWORD),
        ("other/gateway", PASSWORD),
        ("gateway", PASSWORD),
        ("", ""),
    ] {
        assert_ne!(served.sign_in(username, password).await, good, "{username}");
    }
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_and_a_suspended_client_are_refused_at_once() {
    let served = Served::open().await;
    assert_eq!(
        served.sign_in("plant/gateway", PASSWORD).await,
        ConnectReturnCode::Success
    );
    served
        .shop
        .directory
        .set_status("plant", TenantStatus::Suspended, &Actor::COMMAND)
        .await
        .unwrap();
    served.shop.platform.reconcile().await.unwrap();
    assert!(!is_open(&served.shop.platform, "plant"));
    assert_eq!(
        served.sign_in("plant/gateway", PASSWORD).await,
        ConnectReturnCode::NotAuthorized
    );
    assert_eq!(
        served.sign_in("plant/gateway", "wrong").await,
        ConnectReturnCode::BadUserNamePassword,
        "a stranger does not learn that the client is suspended"
    );
    served
        .shop
        .directory
        .set_status("plant", TenantStatus::Active, &Actor::COMMAND)
        .await
        .unwrap();
    served.shop.platform.reconcile().await.unwrap();
    assert_eq!(
        served.sign_in("plant/gateway", PASSWORD).await,
        ConnectReturnCode::Success
    );
    let scope = served.shop.directory.by_slug("plant").unwrap();
    devices::revoke(scope.db(), "gateway", crate::tenancy::home::NOON)
        .await
        .unwrap();
    assert_ne!(
        served.sign_in("plant/gateway", PASSWORD).await,
        ConnectReturnCode::Success
    );
    served.close().await;
}

/// Until the server closes the connection; not later than a few seconds after it should.
async fn until_sent_away(events: &mut EventLoop) {
    let gone = async { while events.poll().await.is_ok() {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone)
        .await
        .expect("the device is sent away");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_sent_away_when_its_secret_changes_and_when_it_is_revoked() {
    const OTHER: &str = "another password of many characters";
    let served = Served::open().await;
    let (_client, mut events) = served.device("plant/gateway", PASSWORD);
    events.poll().await.unwrap();
    let scope = served.shop.directory.by_slug("plant").unwrap();
    let mut tx = scope.db().begin().await.unwrap();
    let hash = credentials::hash_generated(&OTHER.into());
    devices::set_secret(&mut tx, "gateway", &hash, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    until_sent_away(&mut events).await;
    let (_client, mut events) = served.device("plant/gateway", OTHER);
    events.poll().await.unwrap();
    devices::revoke(scope.db(), "gateway", crate::tenancy::home::NOON)
        .await
        .unwrap();
    until_sent_away(&mut events).await;
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_message_can_be_read_and_a_bad_one_is_counted() {
    let served = Served::open().await;
    let (client, mut events) = served.device("plant/gateway", PASSWORD);
    client
        .publish("packs/pack-1", QoS::AtLeastOnce, false, "51.5")
        .await
        .unwrap();
    until_acknowledged(&mut events).await;
    assert_eq!(served.shop.values("pack-1", "voltage").await, [51.5]);
    client
        .publish("packs/pack-1", QoS::AtLeastOnce, false, [0xff, 0xfe])
        .await
        .unwrap();
    until_acknowledged(&mut events).await;
    client
        .publish("chat/between/devices", QoS::AtLeastOnce, false, "hello")
        .await
        .unwrap();
    until_acknowledged(&mut events).await;
    assert_eq!(served.shop.refused().await, [("not_text".to_owned(), 1)]);
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_announced_in_the_topic_space_of_the_client() {
    let served = Served::open().await;
    let (client, mut events) = served.device("plant/gateway", PASSWORD);
    client
        .subscribe("charging", QoS::AtLeastOnce)
        .await
        .unwrap();
    client
        .publish("states/pack-1", QoS::AtLeastOnce, false, "CHARGING")
        .await
        .unwrap();
    let told = async {
        loop {
            if let Event::Incoming(Packet::Publish(publish)) = events.poll().await.unwrap()
                && &*publish.payload == b"1"
            {
                return;
            }
        }
    };
    tokio::time::timeout(DEADLINE, told)
        .await
        .expect("the count is announced");
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_endpoint_counts_is_exported_by_client() {
    let served = Served::open().await;
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let (client, mut events) = served.device("plant/gateway", PASSWORD);
    client.subscribe("packs/+", QoS::AtMostOnce).await.unwrap();
    for payload in [&b"51.5"[..], &[0xff, 0xfe]] {
        client
            .publish("packs/pack-1", QoS::AtLeastOnce, false, payload)
            .await
            .unwrap();
        until_acknowledged(&mut events).await;
    }
    metrics::with_local_recorder(&recorder, || served.shop.platform.record_figures());
    let text = recorder.handle().render();
    for line in [
        r"vigie_mqtt_open_connections 1",
        r#"vigie_mqtt_clients{tenant="plant"} 1"#,
        r#"vigie_mqtt_sessions{tenant="plant"} 1"#,
        r#"vigie_mqtt_received_total{tenant="plant",qos="1"} 2"#,
        r#"vigie_mqtt_received_bytes_total{tenant="plant"} 6"#,
        r#"vigie_mqtt_sent_total{tenant="plant",qos="0"} 1"#,
        r#"vigie_mqtt_refused_total{tenant="plant",reason="payload"} 1"#,
        r#"vigie_mqtt_dropped_total{tenant="plant",reason="queue_full"} 0"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_counted_for_clients_there_are() {
    use std::sync::Arc;
    use vigie::ingest::endpoint::Endpoint;
    use vigie_mqtt_endpoint::{ConnectRequest, Handler, Protocol};

    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &plant()).await;
    let endpoint: Arc<Endpoint> = shop.endpoint.clone();
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Handle::current();
    // The recorder is of this thread, so the sign-ins must be too.
    let sign_in = |user: &str| {
        let request = ConnectRequest {
            client_id: "d".into(),
            username: Some(user.into()),
            password: Some("wrong".into()),
            protocol: Protocol::V3,
            peer: None,
        };
        let authenticating = endpoint.clone().authenticate(request);
        assert!(tokio::task::block_in_place(|| runtime.block_on(authenticating)).is_err());
    };
    metrics::with_local_recorder(&recorder, || {
        for user in ["plant/gateway", "plant/nobody", "invented/gateway", ""] {
            sign_in(user);
        }
    });
    let text = recorder.handle().render();
    for (tenant, count) in [("plant", 2), ("", 2)] {
        let line = format!(
            "vigie_mqtt_auth_failures_total{{tenant=\"{tenant}\",reason=\"wrong\"}} {count}"
        );
        assert!(text.contains(&line), "{line} in\n{text}");
    }
    shop.close().await;
}

/// The next client of the same name is another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_gone_leaves_no_session_and_no_retained_message() {
    let served = Served::open().await;
    let (client, mut events) = served.device("plant/gateway", PASSWORD);
    client
        .publish("notes", QoS::AtLeastOnce, true, "for our eyes")
        .await
        .unwrap();
    until_acknowledged(&mut events).await;
    assert!(served.broker.spaces()[0].retained > 0);
    let directory = &served.shop.directory;
    directory
        .remove("plant", &vigie::domain::audit::Actor::COMMAND)
        .await
        .unwrap();
    served.shop.platform.reconcile().await.unwrap();
    assert!(served.broker.spaces().is_empty());
    served.close().await;
}

/// While a client is being opened (or cannot be), devices keep what they send.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_before_the_client_runs() {
    use std::sync::Arc;
    use vigie::domain::SystemClock;
    use vigie::ingest::endpoint::Endpoint;
    use vigie_mqtt_endpoint::{CommitError, Handler, Message, Principal, QoS};

    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &plant()).await;
    let directory = Arc::clone(shop.platform.directory());
    let not_open_yet = Endpoint::new(directory, Arc::new(SystemClock));
    let device = Arc::new(Principal {
        space: "plant".into(),
        device: "gateway".into(),
    });
    let message = Message::new("packs/p1", "51.2", QoS::AtLeastOnce);
    let outcomes = not_open_yet.commit(device, Arc::from([message])).await;
    assert!(
        matches!(outcomes[..], [Err(CommitError::Retry)]),
        "{outcomes:?}"
    );
    shop.close().await;
}
