//! `mosquitto_pub` and `mosquitto_sub`, as people use them, in both versions.

use crate::support::{Recorder, broker, until};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use vigie_mqtt_endpoint::{Broker, QoS};

const VERSIONS: [&str; 2] = ["mqttv311", "mqttv5"];
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and commands that sign in to it.
struct Served {
    broker: Arc<Broker>,
    handler: Arc<Recorder>,
    port: u16,
    probes: AtomicU32,
}

impl Served {
    async fn start() -> Self {
        let (broker, handler) = broker();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = broker.clone();
        // Ends with the runtime of the test.
        tokio::spawn(async move { serving.serve(listener, CancellationToken::new()).await });
        Self {
            broker,
            handler,
            port,
            probes: AtomicU32::new(0),
        }
    }

    fn command(&self, program: &str, version: &str, user: &str, more: &[&str]) -> Child {
        Command::new(program)
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-V",
                version,
            ])
            .args(["-u", user, "-P", "secret"])
            .args(more)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}; apt install mosquitto-clients"))
    }

    async fn publish(&self, version: &str, user: &str, more: &[&str]) {
        let done = self.command("mosquitto_pub", version, user, more);
        let output = output_of(done).await;
        assert!(output.status.success(), "{output:?}");
    }

    /// A subscriber that is known to listen, because a message on a topic of its own has reached it.
    async fn listen(&self, version: &str, more: &[&str]) -> Child {
        let probe = format!("probe/{}", self.probes.fetch_add(1, Ordering::Relaxed));
        let arguments = [&["-v", "-t", &probe], more].concat();
        let listener = self.command("mosquitto_sub", version, "acme/l", &arguments);
        until("the subscriber to listen", || {
            let sent = self
                .broker
                .publish("acme", probe.clone(), "x", QoS::AtMostOnce, false);
            sent.is_ok_and(|(matched, _)| matched == 1)
        })
        .await;
        listener
    }
}

async fn output_of(child: Child) -> Output {
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    output.expect("it ends in time").unwrap()
}

/// The messages a subscriber printed, but the probe.
async fn heard(child: Child) -> Vec<String> {
    let output = output_of(child).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let said = |line: &&str| line.starts_with("a/");
    text.lines().filter(said).map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_message_of_every_quality_arrives() {
    let served = Served::start().await;
    for version in VERSIONS {
        for qos in ["0", "1", "2"] {
            let wanted = ["-t", "a/#", "-q", qos, "-C", "2"];
            let listener = served.listen(version, &wanted).await;
            let message = format!("{version}/{qos}");
            let publish = ["-t", "a/b", "-m", &message, "-q", qos];
            served.publish(version, "acme/p", &publish).await;
            assert_eq!(heard(listener).await, [format!("a/b {message}")]);
            assert!(served.handler.payloads("a/b").contains(&message));
        }
    }
}

#[tokio::test]
async fn a_retained_message_waits_for_its_own_space_only() {
    let served = Served::start().await;
    for version in VERSIONS {
        let publish = ["-t", "a/kept", "-m", version, "-q", "1", "-r"];
        served.publish(version, "acme/p", &publish).await;
        let theirs = served.command(
            "mosquitto_sub",
            version,
            "globex/l",
            &["-v", "-t", "#", "-W", "1"],
        );
        let ours = served.command(
            "mosquitto_sub",
            version,
            "acme/l",
            &["-v", "-t", "#", "-C", "1"],
        );
        assert_eq!(heard(ours).await, [format!("a/kept {version}")]);
        assert_eq!(heard(theirs).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_killed_client_leaves_its_will() {
    let served = Served::start().await;
    for version in VERSIONS {
        let wanted = ["-t", "a/will", "-C", "2"];
        let listener = served.listen(version, &wanted).await;
        let will = ["--will-topic", "a/will", "--will-payload", "gone"];
        let mut mortal = served.listen(version, &will).await;
        mortal.kill().await.unwrap();
        assert_eq!(heard(listener).await, ["a/will gone"]);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let served = Served::start().await;
    for version in VERSIONS {
        let refused = served.command("mosquitto_pub", version, "nobody", &["-t", "a", "-m", "x"]);
        let output = output_of(refused).await;
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(
            said.contains("bad user name") || said.contains("not authori"),
            "{said}"
        );
    }
}
