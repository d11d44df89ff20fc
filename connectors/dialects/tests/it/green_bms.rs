//! Green-BMS: its lines, and a control unit behind a TCP bridge.

use super::support::{Ear, Run, until};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use vigie_contract::Health;
use vigie_dialects::GreenBmsConfig;

const OVERVIEW: &str = "$#g00152.3$#g002-1.20$#g00378$#g0043.31$#g0053.25$#g0062$\r\n";
const CELLS: &str =
    "$#v0013.30$#t00121.50$#u00125.00$#z001010000$#v0023.25$#t00222.00$#u00225.50$#z002001000$\r\n";

#[test]
fn its_pages_become_the_battery() {
    let mut ear = Ear::new("green-bms", json!(null));
    let told = ear.hear("bms/line", OVERVIEW.as_bytes());
    assert_eq!(
        (
            told.number("voltage"),
            told.number("current"),
            told.number("soc")
        ),
        (52.3, -1.2, 78.0)
    );
    assert_eq!(
        (told.number("cell_voltage_max"), told.word("state")),
        (3.31, "DISCHARGING".to_owned())
    );

    let told = ear.hear("bms/line", CELLS.as_bytes());
    assert_eq!(told.number("cell_voltage_2"), 3.25);
    assert_eq!(told.number("cell_voltage_spread"), 50.0);
    assert_eq!(told.number("cell_voltage_min_index"), 2.0);
    assert!(
        told.flag("cell_balancing_1") && !told.flag("cell_balancing_2") && told.flag("balancing")
    );
    assert!(told.flag("fault_cell_undervoltage") && !told.flag("fault_cell_overvoltage"));
    assert!(ear.hear("bms/line", b"$#i00042$#i0011$").flag("fault"));
}

#[test]
fn a_sensor_that_is_mounted_the_other_way_is_turned() {
    let mut ear = Ear::new("green-bms", json!({ "positive": "discharging" }));
    assert_eq!(ear.hear("b", OVERVIEW.as_bytes()).number("current"), 1.2);
}

#[test]
fn the_password_is_nowhere_not_even_in_what_is_refused() {
    let mut ear = Ear::new("green-bms", json!(null));
    let line = b"$#p0028731$#g0018731x$#8731bad$#g0043.3$";
    let told = ear.hear("bms/line", b"$#p0028731$nonsense$#g001x$");
    assert_eq!(told.reasons(), ["bad_line", "not_a_value"]);
    assert!(!format!("{:?}", told.0).contains("8731"));
    assert!(
        told.0
            .refusals
            .iter()
            .all(|one| !one.excerpt.windows(4).any(|some| some == b"8731"))
    );
    let shown = ear.dialect.presentable(line).into_owned();
    assert!(!String::from_utf8(shown).unwrap().contains("p002"));
}

/// A control unit: sends the page that it was asked for, and falls silent without `#m`.
struct Unit {
    listener: TcpListener,
}

impl Unit {
    async fn bind() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    fn config(&self) -> GreenBmsConfig {
        let address = self.listener.local_addr().unwrap().to_string();
        serde_json::from_value(json!({ "address": address, "equipment": "pack" })).unwrap()
    }

    /// Serves connections one after another; each ends when `lines` are sent.
    fn serve(self, lines: usize) -> JoinHandle<()> {
        tokio::spawn(async move {
            while let Ok((stream, _)) = self.listener.accept().await {
                Self::talk(stream, lines).await;
            }
        })
    }

    async fn talk(stream: TcpStream, lines: usize) {
        let (reader, mut writer) = stream.into_split();
        let mut asked = BufReader::new(reader).lines();
        let (mut page, mut is_alive) = (0, false);
        for _ in 0..lines {
            let pause = tokio::time::timeout(Duration::from_millis(40), asked.next_line()).await;
            match pause {
                Ok(Ok(Some(line))) => {
                    if let Some(asked) = line.strip_prefix("#s") {
                        page = asked.parse().unwrap();
                    }
                    is_alive |= line.starts_with("#m");
                }
                Ok(_) => return,
                Err(_) => {}
            }
            let line = match page {
                2 if is_alive => OVERVIEW,
                3 if is_alive => CELLS,
                _ => "$#p0028731$\r\n",
            };
            if writer.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_bridge_both_pages_are_asked_for_and_the_session_comes_back() {
    let unit = Unit::bind().await;
    let run = Run::start(unit.config().into_connector().unwrap());
    let serving = unit.serve(200);
    until("the overview comes", || {
        run.sink.number("voltage") == Some(52.3)
    })
    .await;
    until("the cells come", || {
        run.sink.number("cell_voltage_2") == Some(3.25)
    })
    .await;
    until("the bridge hangs up", || {
        run.status.snapshot().health == Health::Waiting
    })
    .await;
    assert!(run.status.snapshot().next_attempt.is_some());
    until("it is called again", || {
        run.status.snapshot().health == Health::Connected
    })
    .await;

    let lines = run.trace.look(0, Duration::from_secs(1));
    assert!(lines.iter().any(|line| line.excerpt.starts_with(b"#s3")));
    assert!(lines.iter().any(|line| line.decoded.contains("readings")));
    let seen = format!("{}{lines:?}", run.sink.everything());
    assert!(
        !seen.contains("8731") && !seen.contains("56, 55, 51, 49"),
        "the password leaks"
    );
    run.end().await;
    serving.abort();
}
