//! A device of BACpypes3 from the manifest to its values, and a command back to it.

use super::peers::FieldDevice;
use crate::ingest::workshop::Workshop;
use crate::support::wait;
use crate::tenancy::home::at_home;
use serde_json::json;
use std::time::Duration;
use vigie::domain::audit::Actor;
use vigie::domain::{Clock, CommandState, Role, Timestamp};
use vigie::store::tenant::{CommandRow, commands as table, points};
use vigie::tenancy::commands::{self, Asker, Wanted};

/// A device that misses an answer on a busy machine is looked for again.
const DEADLINE: Duration = Duration::from_secs(60);

/// An air handling unit behind device 7000.
pub(super) fn manifest(port: u16) -> String {
    format!(
        r#"
[client]
slug = "alpha"
name = "Town hall"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "ahu"
name = "Air handling unit"
points = [
  {{ key = "supply", name = "Supply temperature", name_fr = "Soufflage", kind = "number", unit = "K" }},
  {{ key = "valve", name = "Valve", kind = "number", unit = "%", command = {{ role = "operator", range = [0.0, 100.0], per_minute = 60, priority = 10 }} }},
  {{ key = "fan", name = "Fan", kind = "boolean" }},
  {{ key = "mode", name = "Mode", kind = "state", states = {{ OFF = 1, HEAT = 2, COOL = 3 }} }},
]

[[equipment]]
key = "ahu-1"
name = "AHU 1"
site = "hall"
type = "ahu"

[[connections]]
key = "field"
name = "Field"
protocol = "bacnet"
interface = "127.0.0.1"
port = 0
broadcast = "127.0.0.1"

[[connections.devices]]
instance = 7000
address = "127.0.0.1:{port}"
equipment = "ahu-1"
poll_s = 1

[[connections.points]]
device = 7000
object = "analog-input:1"
point = "supply"

[[connections.points]]
device = 7000
object = "analog-output:1"
point = "valve"
writable = true
priority = 10

[[connections.points]]
device = 7000
object = "binary-output:1"
point = "fan"

[[connections.points]]
device = 7000
object = "multi-state-input:1"
point = "mode"
"#
    )
}

async fn ask(shop: &Workshop, value: Option<f64>) -> CommandRow {
    let db = shop.client.scope().db();
    let id = shop.point("ahu-1", "valve").await.unwrap();
    let point = points::find(db, id).await.unwrap().unwrap();
    let asker = Asker {
        actor: &Actor::COMMAND,
        rank: Role::Operator,
        at: shop.clock.now(),
    };
    let wanted = Wanted {
        point: &point,
        equipment: "ahu-1",
        value,
        is_meant: false,
        word: None,
    };
    let row = commands::ask(db, asker, wanted).await.unwrap();
    shop.client.commanded(id);
    wait::until("the command has its last word", DEADLINE, async || {
        let row = table::find(db, row.id).await.unwrap().unwrap();
        row.state.is_final().then_some(row)
    })
    .await
}

/// The newest value of a point of the unit. Time goes on meanwhile: what is polled is as old as its
/// tick, what is told as old as the clock.
async fn until_newest(shop: &Workshop, point: &str, wanted: f64) {
    let what = format!("{point} is {wanted}");
    wait::until(&what, DEADLINE, async || {
        shop.clock.advance(Timestamp::SECOND / 10);
        let values = shop.values("ahu-1", point).await;
        (values.last() == Some(&wanted)).then_some(())
    })
    .await;
}

at_home! {
    async fn a_device_is_read_in_the_units_of_the_points_and_obeys(home: Home) {
        let mut device = FieldDevice::start().await;
        let shop = Workshop::open(&home, &manifest(device.port)).await;
        // One degree Celsius, as the device says; kelvins, as the point wants.
        until_newest(&shop, "supply", 274.15).await;
        until_newest(&shop, "valve", 0.0).await;
        until_newest(&shop, "fan", 0.0).await;
        until_newest(&shop, "mode", 2.0).await;
        device.say(json!(["set", "analog-input,1", 20.0])).await;
        until_newest(&shop, "supply", 293.15).await;

        let row = ask(&shop, Some(64.0)).await;
        assert_eq!((row.state, row.read_back), (CommandState::Confirmed, Some(64.0)), "{row:?}");
        assert_eq!(device.say(json!(["get", "analog-output,1", "presentValue"])).await, "64.0");
        assert_eq!(device.commanded_at("analog-output,1").await, [10]);
        until_newest(&shop, "valve", 64.0).await;

        let row = ask(&shop, None).await;
        assert_eq!(row.state, CommandState::Confirmed, "{row:?}");
        assert!(device.commanded_at("analog-output,1").await.is_empty(), "released");
        until_newest(&shop, "valve", 12.5).await;
        shop.close().await;
    }
}
