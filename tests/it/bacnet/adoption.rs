//! The device browser of a portal in front of a real device: found, taken in with one button, read.

use super::field;
use super::peers::FieldDevice;
use crate::identity::{ADA, PASSWORD, installation};
use crate::support::{Browser, on_each_backend, wait};
use reqwest::StatusCode;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(60);

/// The client of [`field`] before anything of the device is known, with an administrator.
fn manifest(port: u16) -> String {
    let known = field::manifest(port);
    let client = known.split("[[types]]").next().unwrap();
    let connection = known.split("[[connections]]").nth(1).unwrap();
    let connection = connection.split("[[connections.devices]]").next().unwrap();
    format!(
        "{client}\n[[users]]\nemail = \"{ADA}\"\nname = \"Ada\"\nrole = \"admin\"\n\
         password = {{ env = \"ALPHA_PASSWORD\" }}\n\n[[connections]]{connection}\
         devices = [{{ instance = 7000, address = \"127.0.0.1:{port}\", poll_s = 1 }}]\n"
    )
}

on_each_backend! {
    async fn a_device_is_found_taken_in_with_one_button_and_read(database: TestDatabase) {
        let device = FieldDevice::start().await;
        let mut vigie = installation(&database);
        vigie.apply(&manifest(device.port));
        let key = vigie.api_key("alpha");
        vigie.start().await;
        let listed = vigie.get("alpha", &key, "/api/v1/connections").await;
        let page = format!("/connections/{}/devices", listed["items"][0]["id"]);
        let sites = vigie.get("alpha", &key, "/api/v1/sites").await;
        let site = sites["items"][0]["id"].to_string();

        let mut ada = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let looked = ada.post(&page, &[]).await;
        assert_eq!(looked.status, StatusCode::SEE_OTHER, "{}", looked.text);
        wait::until("the device is listed", DEADLINE, async || {
            ada.get(&page).await.text.contains("device-7000").then_some(())
        })
        .await;
        let adopt = format!("{page}/adopt");
        let adopted = ada.post(&adopt, &[("key", "device-7000"), ("site", &site)]).await;
        assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.text);
        for (point, value) in [("sensor-3", 3.0), ("valve", 0.0), ("mode", 2.0)] {
            wait::until(point, DEADLINE, async || {
                let samples = vigie.samples("alpha", &key, "device-7000", point).await;
                let (_, newest) = samples.last()?;
                (newest.to_bits() == f64::to_bits(value)).then_some(())
            })
            .await;
        }
    }
}
