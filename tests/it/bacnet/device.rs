//! The device that a client is: what its peers see of values, of time, of what they write.

use super::field;
use super::peers::{FieldDevice, client, free_udp_port};
use crate::ingest::workshop::{Workshop, reading_of};
use crate::support::wait;
use crate::tenancy::home::at_home;
use serde_json::{Value, json};
use std::time::Duration;
use vigie::bacnet::{BacnetState, BacnetView};
use vigie::domain::CommandState;
use vigie::store::audit::{self, Filter};
use vigie::store::tenant::commands as table;
use vigie_contract::ReadingValue;

const DEADLINE: Duration = Duration::from_secs(60);
/// Instance number of the device.
const DEVICE: u32 = 260_001;
/// The objects of the unit of [`field`], in the order of their numbers.
const VALVE: [&str; 2] = ["--commanded", "analog-value,2"];
const SUPPLY: [&str; 2] = ["--commanded", "analog-input,1"];

/// The client of [`field`] as a device at this port.
fn manifest(field_port: u16, port: u16) -> String {
    format!(
        "{}\n[bacnet]\ninstance = {DEVICE}\ninterface = \"127.0.0.1\"\nport = {port}\n\
         broadcast = \"127.0.0.1\"\npeers = [\"127.0.0.0/8\"]\n\n\
         [[bacnet.expose]]\ntype = \"ahu\"\nwritable = true\nlogged = true\nincrement = 0.5\n",
        field::manifest(field_port)
    )
}

pub(super) async fn until_running(shop: &Workshop) -> BacnetView {
    wait::until("the device runs", DEADLINE, async || {
        let view = shop.client.bacnet().view()?;
        matches!(view.state, BacnetState::Running(_)).then_some(view)
    })
    .await
}

async fn until_seen(port: u16, options: &[&str], task: &str, wanted: &Value) {
    let what = format!("{task} {options:?} is {wanted}");
    wait::until(&what, DEADLINE, async || {
        let seen = client(port, DEVICE, options, &[task]).await;
        (seen[task] == *wanted).then_some(())
    })
    .await;
}

at_home! {
    async fn values_come_from_the_field_with_their_unit_and_their_words(home: Home) {
        let device = FieldDevice::start().await;
        let port = free_udp_port();
        let shop = Workshop::open(&home, &manifest(device.port, port)).await;
        let view = until_running(&shop).await;
        assert_eq!((view.points, view.writable, view.logged), (4, 1, 4));
        assert_eq!((view.name.as_str(), view.revision), ("Town hall", 1));
        until_seen(port, &SUPPLY, "value", &json!(274.15_f32)).await;

        let seen = client(port, DEVICE, &SUPPLY, &["discover", "names", "everything"]).await;
        assert_eq!(seen["discover"], json!([format!("device,{DEVICE}")]));
        let names = &seen["names"]["objects"];
        assert_eq!(names["ahu-1/supply"], "analog-input,1");
        assert_eq!(names["ahu-1/valve"], "analog-value,2");
        assert_eq!(names["ahu-1/fan"], "binary-input,3");
        assert_eq!(names["ahu-1/mode"], "multi-state-input,4");
        let supply = &seen["everything"];
        assert_eq!(supply["description"], "AHU 1, Supply temperature");
        assert_eq!(supply["units"], "degrees-kelvin");
        assert_eq!(supply["reliability"], "no-fault-detected");
        assert_eq!(supply["cov-increment"], 0.5);
        let figures = shop.client.bacnet().view().unwrap().figures;
        assert!(figures.received > 0 && figures.strangers == 0, "{figures:?}");
        shop.close().await;
    }

    async fn a_write_within_the_policy_is_a_command_to_the_field_and_others_are_refused(home: Home) {
        let mut device = FieldDevice::start().await;
        let port = free_udp_port();
        let shop = Workshop::open(&home, &manifest(device.port, port)).await;
        until_running(&shop).await;
        until_seen(port, &VALVE, "reliability", &json!("no-fault-detected")).await;
        // 42.5 is taken and the field obeys; 1000 is beyond the range; the supply is read only.
        let seen = &client(port, DEVICE, &VALVE, &["write"]).await["write"];
        assert_eq!(seen["value"], 42.5, "{seen}");
        for refused in ["too much", "read only"] {
            let words = seen[refused].as_str().unwrap_or_default();
            assert!(words.starts_with("refused"), "{refused}: {seen}");
        }
        let db = shop.client.scope().db();
        let point = shop.point("ahu-1", "valve").await.unwrap();
        let asked = wait::until("both commands ended", DEADLINE, async || {
            let rows = table::list_of(db, point, i64::MAX, 10).await.unwrap();
            let all = rows.len() == 2 && rows.iter().all(|row| row.state.is_final());
            all.then_some(rows)
        })
        .await;
        let told: Vec<_> = asked.iter().map(|row| (row.command.value, row.state)).collect();
        let confirmed = CommandState::Confirmed;
        assert_eq!(told, [(None, confirmed), (Some(42.5), confirmed)], "newest first");
        // What it says when nobody commands it.
        assert_eq!(device.say(json!(["get", "analog-output,1", "presentValue"])).await, "12.5");
        let log = audit::list(db, &Filter::default(), 100).await.unwrap();
        let by_peer = |entry: &&audit::Entry| {
            let who = entry.who.as_deref().unwrap_or_default();
            entry.action == "commanded" && who.contains("BACnet 127.0.0.1")
        };
        assert_eq!(log.iter().filter(by_peer).count(), 2, "{log:?}");
        let figures = shop.client.bacnet().view().unwrap().figures;
        assert_eq!((figures.writes_taken, figures.writes_refused), (2, 1));
        shop.close().await;
    }

    async fn a_write_that_the_field_does_not_confirm_leaves_the_priority_array(home: Home) {
        let port = free_udp_port();
        // Nothing that runs could write the valve.
        let manifest = manifest(free_udp_port(), port);
        let manifest = manifest.replace("key = \"field\"", "key = \"field\"\nenabled = false");
        let shop = Workshop::open(&home, &manifest).await;
        until_running(&shop).await;
        let reading = reading_of("ahu-1", "valve", ReadingValue::Number(12.5), None);
        assert_eq!(shop.deliver(vec![reading]).await, (1, 0));
        let seen = client(port, DEVICE, &VALVE, &["command"]).await;
        let answer = seen["command"][0].as_str().unwrap_or_default();
        assert!(!answer.starts_with("refused"), "{seen}");
        until_seen(port, &VALVE, "value", &json!(12.5)).await;
        let db = shop.client.scope().db();
        let point = shop.point("ahu-1", "valve").await.unwrap();
        let rows = table::list_of(db, point, i64::MAX, 10).await.unwrap();
        let ends: Vec<_> = rows.iter().map(|row| (row.command.value, row.state)).collect();
        assert_eq!(ends, [(Some(42.5), CommandState::Failed)]);
        shop.close().await;
    }

    async fn what_is_missing_or_old_is_told_as_reliability(home: Home) {
        let port = free_udp_port();
        let shop = Workshop::open(&home, &manifest(free_udp_port(), port)).await;
        until_running(&shop).await;
        until_seen(port, &SUPPLY, "reliability", &json!("no-sensor")).await;
        let mut old = reading_of("ahu-1", "supply", ReadingValue::Number(280.0), None);
        old.observed_at_us = old.observed_at_us.map(|at| at - 2 * vigie::domain::Timestamp::DAY);
        assert_eq!(shop.deliver(vec![old]).await, (1, 0));
        until_seen(port, &SUPPLY, "reliability", &json!("communication-failure")).await;
        let fresh = reading_of("ahu-1", "supply", ReadingValue::Number(281.0), None);
        assert_eq!(shop.deliver(vec![fresh]).await, (1, 0));
        until_seen(port, &SUPPLY, "reliability", &json!("no-fault-detected")).await;
        shop.close().await;
    }

    async fn the_device_follows_the_manifest_and_numbers_outlive_names(home: Home) {
        let port = free_udp_port();
        let first = manifest(free_udp_port(), port);
        let shop = Workshop::open(&home, &first).await;
        until_running(&shop).await;
        // Another key for the unit: same points, same numbers, other names.
        let renamed = first.replace("key = \"ahu-1\"", "key = \"north\"\nwas = \"ahu-1\"");
        let renamed = renamed.replace("equipment = \"ahu-1\"", "equipment = \"north\"");
        shop.change(&renamed).await;
        wait::until("the names follow", DEADLINE, async || {
            let seen = client(port, DEVICE, &[], &["names"]).await;
            let names = &seen["names"];
            let is_new = names["objects"]["north/valve"] == "analog-value,2";
            (is_new && names["revision"] == 2).then_some(())
        })
        .await;
        let off = format!("{renamed}\n").replace("[bacnet]\n", "[bacnet]\nenabled = false\n");
        shop.change(&off).await;
        wait::until("it is off", DEADLINE, async || {
            let view = shop.client.bacnet().view()?;
            (view.state == BacnetState::Off).then_some(())
        })
        .await;
        let without = renamed.split("[bacnet]").next().unwrap();
        shop.change(without).await;
        wait::until("it is gone", DEADLINE, async || {
            shop.client.bacnet().view().is_none().then_some(())
        })
        .await;
        shop.close().await;
    }
}
