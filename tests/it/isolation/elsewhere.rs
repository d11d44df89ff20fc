//! Where words of a client could be besides answers: Redis, the log, exports, MQTT.

use super::world::{CLIENTS, World, canary, hidden_canary};
use std::process::Command;

/// Words that stand where they should not: in exports, in Redis, in the log.
pub(super) fn words(world: &World) -> Vec<String> {
    let mut faults = exports(world);
    faults.extend(redis(world));
    faults.extend(log(world));
    faults
}

/// The manifest of one client tells nothing of another.
fn exports(world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    for client in &world.clients {
        let export = world.vigie.must_run(&["tenants", "export", client.slug]);
        assert!(
            export.contains(&canary(client.slug)),
            "the export of {} is empty",
            client.slug
        );
        let others = CLIENTS.iter().filter(|(slug, _)| *slug != client.slug);
        for (slug, _) in others {
            if export.contains(&canary(slug)) || export.contains(&hidden_canary(slug)) {
                faults.push(format!("the export of {} tells of {slug}", client.slug));
            }
        }
    }
    faults
}

/// A device that listens to everything hears what its own client says and nothing else.
pub(super) async fn messages(world: &World) -> Vec<String> {
    let port = world.vigie.mqtt_port();
    let mut listener = Command::new("mosquitto_sub")
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-t",
            "#",
            "-q",
            "1",
            "-v",
            "-d",
        ])
        .args([
            "-u",
            "alpha/probe",
            "-P",
            "the password of a device",
            "-i",
            "listener",
        ])
        .args(["-C", "1", "-W", "30"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("mosquitto_sub runs");
    // Those of the others first: what came through would be heard before.
    let mut heard = None;
    for _ in 0..60 {
        for slug in ["beta", "gamma", "alpha"] {
            publish(port, slug);
        }
        if listener.try_wait().expect("a child").is_some() {
            heard = Some(());
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let output = listener.wait_with_output().expect("what was heard");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        heard.is_some() && text.contains(&canary("alpha")),
        "nothing was heard: {text}"
    );
    let others = ["beta", "gamma"]
        .into_iter()
        .filter(|slug| text.contains(&canary(slug)));
    others
        .map(|slug| format!("a device of alpha hears {slug}: {text}"))
        .collect()
}

fn publish(port: u16, slug: &str) {
    let seen = canary(slug);
    let payload = format!("{{\"level\":1,\"note\":\"{seen}\"}}");
    let done = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-q", "1"])
        .args([
            "-u",
            &format!("{slug}/probe"),
            "-P",
            "the password of a device",
        ])
        .args(["-t", &format!("gauges/{seen}-1"), "-m", &payload])
        .output();
    assert!(
        done.expect("mosquitto_pub runs").status.success(),
        "{slug} is not let in"
    );
}

/// Redis carries values by number; no word of anybody stands in it.
fn redis(world: &World) -> Vec<String> {
    let port = world
        .redis
        .url()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let ask = |arguments: &[&str]| {
        let done = Command::new("redis-cli")
            .args(["-p", &port])
            .args(arguments)
            .output();
        String::from_utf8_lossy(&done.expect("redis-cli runs").stdout).into_owned()
    };
    let keys = ask(&["--scan"]);
    let mut everything = keys.clone() + &ask(&["pubsub", "channels"]);
    for key in keys.lines() {
        everything += &ask(&["dump", key]);
    }
    words_in("Redis", &everything)
}

fn log(world: &World) -> Vec<String> {
    let text = world.vigie.logged();
    let mut faults = words_in("the log", &text);
    if text.contains("secret-of-") {
        faults.push("the log holds a secret of somebody".to_owned());
    }
    faults
}

fn words_in(place: &str, text: &str) -> Vec<String> {
    let words = CLIENTS
        .iter()
        .flat_map(|(slug, _)| [canary(slug), hidden_canary(slug)]);
    let found = words.filter(|word| text.contains(word.as_str()));
    found.map(|word| format!("{place} holds {word}")).collect()
}
