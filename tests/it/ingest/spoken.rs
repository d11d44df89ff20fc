//! Commands in the words of a dialect, to a node written by others.

use super::commands::{DEVICES, Pack, ended, served_with, through_broker, until_connected};
use super::workshop::{DEADLINE, PASSWORD, PLANT, Workshop};
use crate::support::{Backend, Mosquitto, Peer, wait};
use crate::tenancy::home::{Home, NOON};
use vigie::domain::audit::Actor;
use vigie::domain::{CommandState, Role};
use vigie::store::tenant::{CommandRow, equipment, points};
use vigie::tenancy::commands::{self, Asker, Wanted};

const POLICY: &str = "points.alarm = { command = { role = \"operator\", timeout = \"20s\" } }\n";
/// What ThingSet calls the alarm of a pack here.
const RULES: &str = r#"
[[connections.routes]]
topic = "rpt/{equipment}/#"
dialect = "thingset"
options = { points = { ChgEnable = "alarm" } }

[[connections.commands]]
dialect = "thingset"
point = "alarm"
item = "Conf/sChgEnable"
"#;

async fn enable(shop: &Workshop) -> CommandRow {
    let db = shop.client.scope().db();
    let pack = equipment::find_by_key(db, "pack-1").await.unwrap().unwrap();
    let all = points::list_of(db, pack.id).await.unwrap();
    let point = all.iter().find(|point| point.spec.key == "alarm").unwrap();
    let asker = Asker {
        actor: &Actor::COMMAND,
        rank: Role::Operator,
        at: NOON,
    };
    let wanted = Wanted {
        point,
        equipment: "pack-1",
        value: Some(1.0),
        is_meant: false,
        word: None,
    };
    let row = commands::ask(db, asker, wanted).await.unwrap();
    shop.client.commanded(point.id);
    ended(shop, row.id).await
}

async fn a_node_is_enabled(shop: &Workshop, arguments: &[&str]) {
    let row = enable(shop).await;
    assert_eq!(row.reason.as_deref(), Some("not_connected"), "never heard");
    let node = Peer::start("VIGIE_TEST_PYTHON", "thingset_mqtt.py", arguments);
    wait::until("it reports", DEADLINE, async || {
        let values = shop.values("pack-1", "alarm").await;
        (values.first() == Some(&0.0)).then_some(())
    })
    .await;
    let row = enable(shop).await;
    assert_eq!(
        (row.state, row.read_back),
        (CommandState::Confirmed, Some(1.0)),
        "{row:?}"
    );
    node.prints("des/pack-1/Conf {\"sChgEnable\": true}").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thingset_node_behind_a_broker_gets_desires_and_confirms_by_its_report() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let connection = through_broker(&broker.url());
    let shop = Workshop::open(&home, &format!("{PLANT}{POLICY}{connection}{RULES}")).await;
    until_connected(&shop).await;
    let port = broker.port().to_string();
    a_node_is_enabled(&shop, &[port.as_str(), "pack-1"]).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thingset_node_at_the_endpoint_gets_desires_and_nobody_else_may_send_them() {
    let home = Home::new(Backend::Postgres).await;
    let (shop, broker, port) =
        served_with(&home, &format!("{PLANT}{POLICY}{DEVICES}{RULES}")).await;
    let address = port.to_string();
    let arguments = [address.as_str(), "pack-1", "plant/pack", PASSWORD];
    a_node_is_enabled(&shop, &arguments).await;
    let mut thief = Pack::listen(port, Some(("plant/pack", PASSWORD))).await;
    thief
        .say("des/pack-1/Conf", r#"{"sChgEnable":false}"#)
        .await;
    let refused = shop.refused().await;
    assert!(
        refused.contains(&("not_authorised".to_owned(), 1)),
        "{refused:?}"
    );
    broker.close().await;
    shop.close().await;
}
