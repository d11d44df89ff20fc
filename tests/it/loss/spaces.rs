//! Topic spaces: two clients listen to everything on one port with clients written by others
//! (mosquitto's and paho's), and neither hears the other.

use crate::support::{Process, Vigie, required, scratch, wait};
use std::process::Command;
use std::time::Duration;

const PASSWORD: &str = "a password of thirty characters";
const HEARD_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn equal_topics_of_two_clients_never_meet() {
    let vigie = two_clients().await;
    let folder = scratch();
    let alpha = Process::start(
        "mosquitto_sub",
        mosquitto("mosquitto_sub", &vigie, "alpha")
            .args(["-t", "#", "-q", "1", "-v", "-i", "listener"]),
        &folder.path().join("alpha"),
    );
    let beta = Process::start(
        "paho",
        paho_listener(&vigie, "beta").args(["listener"]),
        &folder.path().join("beta"),
    );
    for (client, ear) in [("alpha", &alpha), ("beta", &beta)] {
        until_heard(&vigie, client, ear).await;
    }
    for round in 0..20 {
        for client in ["alpha", "beta"] {
            publish(
                &vigie,
                client,
                &[
                    "-t",
                    "same/topic",
                    "-m",
                    &format!("{client}-{round}"),
                    "-q",
                    "1",
                    "-r",
                ],
            );
        }
    }
    for (client, other, ear) in [("alpha", "beta", &alpha), ("beta", "alpha", &beta)] {
        wait::until(
            &format!("{client} heard everything"),
            HEARD_WITHIN,
            async || {
                let heard = ear.log();
                (0..20)
                    .all(|round| heard.contains(&format!("same/topic {client}-{round}\n")))
                    .then_some(())
            },
        )
        .await;
        assert!(
            !ear.log().contains(&format!("{other}-")),
            "{client} heard {other}: {}",
            ear.log()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retained_message_and_a_will_reach_their_own_client_only() {
    let mut vigie = two_clients().await;
    let folder = scratch();
    publish(
        &vigie,
        "alpha",
        &["-t", "state", "-m", "kept by alpha", "-q", "1", "-r"],
    );
    let alpha = Process::start(
        "mosquitto_sub",
        mosquitto("mosquitto_sub", &vigie, "alpha").args(["-t", "#", "-v"]),
        &folder.path().join("alpha"),
    );
    let beta = Process::start(
        "paho",
        paho_listener(&vigie, "beta").args(["listener"]),
        &folder.path().join("beta"),
    );
    wait::until("alpha hears what is retained", HEARD_WITHIN, async || {
        alpha.log().contains("state kept by alpha").then_some(())
    })
    .await;
    until_heard(&vigie, "beta", &beta).await;
    let mut mortal = mosquitto("mosquitto_sub", &vigie, "alpha");
    mortal.args([
        "-t",
        "mortal/own",
        "-v",
        "-i",
        "mortal",
        "--will-topic",
        "last",
        "--will-payload",
        "words of alpha",
        "--will-qos",
        "1",
    ]);
    let mut mortal = Process::start("mosquitto_sub", &mut mortal, &folder.path().join("mortal"));
    wait::until("the mortal listens", HEARD_WITHIN, async || {
        publish(&vigie, "alpha", &["-t", "mortal/own", "-m", "hello"]);
        mortal.log().contains("hello").then_some(())
    })
    .await;
    mortal.kill();
    wait::until("alpha hears the will", HEARD_WITHIN, async || {
        alpha.log().contains("last words of alpha").then_some(())
    })
    .await;
    publish(&vigie, "beta", &["-t", "end", "-m", "of beta"]);
    wait::until("beta hears its end", HEARD_WITHIN, async || {
        beta.log().contains("end of beta").then_some(())
    })
    .await;
    assert!(!beta.log().contains("alpha"), "{}", beta.log());
    assert!(vigie.node().ended().is_none());
}

async fn two_clients() -> Vigie {
    let mut vigie = Vigie::on_sqlite().with("DEVICE_PASSWORD", PASSWORD);
    for client in ["alpha", "beta"] {
        vigie.apply(&format!(
            "[client]\nslug = \"{client}\"\nname = \"{client}\"\nlocale = \"en\"\ntime_zone = \"UTC\"\n\n\
             [[devices]]\nname = \"gateway\"\npassword = {{ env = \"DEVICE_PASSWORD\" }}\n"
        ));
    }
    vigie.start().await;
    vigie
}

/// Publishes probes until the listener hears one: its subscription stands.
async fn until_heard(vigie: &Vigie, client: &str, ear: &Process) {
    wait::until(&format!("{client} listens"), HEARD_WITHIN, async || {
        publish(vigie, client, &["-t", "probe", "-m", "are you there"]);
        ear.log().contains("probe are you there").then_some(())
    })
    .await;
}

fn publish(vigie: &Vigie, client: &str, arguments: &[&str]) {
    let done = mosquitto("mosquitto_pub", vigie, client)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "mosquitto_pub: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn mosquitto(program: &str, vigie: &Vigie, client: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["-h", "127.0.0.1", "-p", &vigie.mqtt_port().to_string()]);
    command.args(["-u", &format!("{client}/gateway"), "-P", PASSWORD]);
    command
}

/// `tests/peers/listen.py PORT USERNAME PASSWORD CLIENT_ID`: prints every message as `topic payload`.
fn paho_listener(vigie: &Vigie, client: &str) -> Command {
    let mut command = Command::new(required("VIGIE_TEST_PYTHON"));
    command.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/peers/listen.py"
    ));
    command.args([
        &vigie.mqtt_port().to_string(),
        &format!("{client}/gateway"),
        PASSWORD,
    ]);
    command
}
