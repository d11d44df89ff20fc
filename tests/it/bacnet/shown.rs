//! The page, the files and the routes that tell of a client's device.

use super::peers::free_udp_port;
use crate::identity::{ADA, PASSWORD, installation};
use crate::support::{Browser, on_each_backend, wait};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

fn manifest(port: u16, bacnet: bool) -> String {
    let people = ["ada@alpha.example:admin", "vic@alpha.example:viewer"]
        .map(|one| one.split_once(':').unwrap())
        .map(|(email, role)| {
            format!(
                "[[users]]\nemail = \"{email}\"\nname = \"N\"\nrole = \"{role}\"\n\
                 password = {{ env = \"ALPHA_PASSWORD\" }}\n"
            )
        })
        .concat();
    let device = format!(
        "[bacnet]\ninstance = 260002\nname = \"Town hall\"\ninterface = \"127.0.0.1\"\nport = {port}\n\
         broadcast = \"127.0.0.1\"\npeers = [\"192.0.2.0/24\", \"127.0.0.1\"]\n\
         [[bacnet.expose]]\ntype = \"meter\"\npoints = [\"power\", \"state\"]\n"
    );
    format!(
        r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "meter"
name = "Meter"
points = [
  {{ key = "power", name = "Power", kind = "number", unit = "kW" }},
  {{ key = "energy", name = "Energy", kind = "number", unit = "kWh" }},
  {{ key = "state", name = "State", kind = "state", states = {{ ON = 1, OFF = 0 }} }},
]

[[equipment]]
key = "meter-1"
name = "Main; meter"
site = "hall"
type = "meter"

{people}
{}
"#,
        if bacnet { device.as_str() } else { "" }
    )
}

on_each_backend! {
    async fn administrators_see_the_device_and_take_its_files_home(database: TestDatabase) {
        let port = free_udp_port();
        let mut vigie = installation(&database);
        vigie.apply(&manifest(port, true));
        let key = vigie.api_key("alpha");
        vigie.start().await;
        let shown = wait::until("the device runs", DEADLINE, async || {
            let request = vigie.request(Method::GET, "alpha", "/api/v1/bacnet");
            let answer = request.bearer_auth(&key).send().await.unwrap();
            let shown: Value = answer.json().await.unwrap();
            (shown["state"] == "running").then_some(shown)
        })
        .await;
        assert_eq!(shown["instance"], 260_002);
        assert_eq!(shown["name"], "Town hall");
        assert_eq!(shown["address"], format!("127.0.0.1:{port}"));
        assert_eq!(shown["peers"], json!(["192.0.2.0/24", "127.0.0.1/32"]));
        assert_eq!((&shown["points"], &shown["revision"]), (&json!(2), &json!(1)));

        let mut ada = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let page = ada.get("/settings/bacnet").await;
        assert_eq!(page.status, StatusCode::OK);
        for told in ["260002", "Town hall", "192.0.2.0/24", &format!("127.0.0.1:{port}")] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        let ede = ada.get("/api/v1/bacnet/ede").await.text;
        assert!(ede.contains("meter-1/power;260002;meter-1/power;0;1;Main  meter, Power;"), "{ede}");
        let texts = ada.get("/api/v1/bacnet/state-texts").await.text;
        assert!(texts.contains("1;OFF;ON"), "{texts}");
        let points = ada.get("/api/v1/bacnet/points").await.text;
        assert!(points.contains("\"meter-1/power\",analog-input,1,\"Main; meter, Power\",\"kW\",false"), "{points}");
        let metrics = vigie.metrics().await;
        assert!(metrics.contains("vigie_bacnet_objects{tenant=\"alpha\"} 2"), "{metrics}");

        let mut vic = Browser::signed_in(&vigie, "vic@alpha.example", PASSWORD).await;
        for path in ["/settings/bacnet", "/api/v1/bacnet/ede", "/api/v1/bacnet"] {
            assert_eq!(vic.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn a_client_that_is_no_device_says_so(database: TestDatabase) {
        let mut vigie = installation(&database);
        vigie.apply(&manifest(0, false));
        vigie.start().await;
        let mut ada = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let page = ada.get("/settings/bacnet").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("[bacnet]"), "{}", page.text);
        for path in ["/api/v1/bacnet/ede", "/api/v1/bacnet"] {
            assert_eq!(ada.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
