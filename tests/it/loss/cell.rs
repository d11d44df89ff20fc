//! A real cell: the file of a cycler, fed over MQTT by an ordinary client, comes back from the
//! API as it stands in the file. Where a stamp stands on several rows, the last row holds.

use crate::support::{Postgres, Vigie, wait};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

const FILE: &str = include_str!("../../data/battery/fivestar_structured_battery_data.bdf.csv");
const PASSWORD: &str = "a password of thirty characters";
const STORED_WITHIN: Duration = Duration::from_secs(30);

/// Point key and column of the file.
const COLUMNS: [(&str, usize); 6] = [
    ("current", 1),
    ("voltage", 2),
    ("step", 4),
    ("t1", 5),
    ("t2", 6),
    ("t3", 7),
];
const UNIX_TIME_MS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_a_cycler_comes_back_exactly_on_sqlite() {
    the_file_comes_back(Vigie::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_a_cycler_comes_back_exactly_on_postgres() {
    let server = Postgres::start().await;
    the_file_comes_back(Vigie::on_postgres(&server.url())).await;
}

async fn the_file_comes_back(vigie: Vigie) {
    let mut vigie = vigie.with("CYCLER_PASSWORD", PASSWORD);
    vigie.apply(&manifest());
    let key = vigie.api_key("lab");
    vigie.start().await;
    tokio::task::block_in_place(|| publish_with_mosquitto(vigie.mqtt_port()));
    for (point, column) in COLUMNS {
        let expected = column_of_the_file(column);
        assert!(expected.len() > 12_000, "the file is read");
        let stored = wait::until(
            &format!("all of {point} is stored"),
            STORED_WITHIN,
            async || {
                let stored = vigie.samples("lab", &key, "cell", point).await;
                (stored.len() >= expected.len()).then_some(stored)
            },
        )
        .await;
        let expected: Vec<_> = expected.into_iter().collect();
        let difference = stored.iter().zip(&expected).find(|(got, want)| got != want);
        assert_eq!(
            (difference, stored.len()),
            (None, expected.len()),
            "{point}"
        );
    }
}

/// Stamp in microseconds -> value; a later row replaces an earlier one.
fn column_of_the_file(column: usize) -> BTreeMap<i64, f64> {
    rows()
        .map(|row| {
            (
                row[UNIX_TIME_MS].parse::<i64>().unwrap() * 1000,
                row[column].parse().unwrap(),
            )
        })
        .collect()
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    FILE.lines()
        .skip(1)
        .map(|line| line.trim().split(',').collect())
}

/// One message a row, the digits as they stand in the file.
fn publish_with_mosquitto(port: u16) {
    let mut client = Command::new("mosquitto_pub")
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-u",
            "lab/cycler",
            "-P",
            PASSWORD,
        ])
        .args(["-t", "cycler/cell", "-q", "1", "-l"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("mosquitto_pub runs");
    let mut input = client.stdin.take().unwrap();
    for row in rows() {
        let mut message = format!("{{\"ts\":{}", row[UNIX_TIME_MS]);
        for (point, column) in COLUMNS {
            write!(message, ",\"{point}\":{}", row[column]).unwrap();
        }
        writeln!(input, "{message}}}").unwrap();
    }
    drop(input);
    assert!(client.wait().unwrap().success());
}

fn manifest() -> String {
    let mut text = String::from(
        r#"
[client]
slug = "lab"
name = "Cell laboratory"
locale = "en"
time_zone = "Europe/Oslo"

[[devices]]
name = "cycler"
password = { env = "CYCLER_PASSWORD" }

[[sites]]
key = "bench"
name = "Test bench"

[[equipment]]
key = "cell"
name = "Melasta SLPBA842124HV"
site = "bench"
type = "cycled-cell"

[[connections]]
key = "cycler"
name = "Cycler"
protocol = "mqtt-endpoint"

[[connections.routes]]
topic = "cycler/{equipment}"
time = "/ts"
"#,
    );
    for (point, _) in COLUMNS {
        writeln!(text, "points.{point} = {{ at = \"/{point}\" }}").unwrap();
    }
    text.push_str("\n[[types]]\nkey = \"cycled-cell\"\nname = \"Cell on a cycler\"\nname_fr = \"Cellule en cyclage\"\nicon = \"i-battery\"\n");
    for (point, _) in COLUMNS {
        write!(text, "\n[[types.points]]\nkey = \"{point}\"\nname = \"{point}\"\nname_fr = \"{point}\"\nkind = \"number\"\n").unwrap();
    }
    text
}
