//! Commands to a device that never answers hold up nobody else.

use super::commands::{Pack, ended, plant, point_of, through_broker, until_connected};
use super::workshop::{DEADLINE, Workshop};
use crate::support::{Backend, Mosquitto, wait};
use crate::tenancy::home::{Home, NOON};
use vigie::domain::{CommandId, CommandState, Timestamp};
use vigie::store::tenant::{Command, commands as table};

/// More than are looked at in one turn.
const MANY: usize = 300;
const OTHER: &str = r#"
[[equipment]]
key = "pack-2"
name = "Pack 2"
site = "hall"
type = "pack"
points.state = { command = { role = "operator" } }
"#;

/// Writes commands to charge down, as a person would one by one.
async fn ask(shop: &Workshop, equipment: &str, times: usize) -> CommandId {
    let db = shop.client.scope().db();
    let mut tx = db.begin().await.unwrap();
    let command = Command {
        point_id: point_of(shop, equipment).await.id,
        value: Some(1.0),
        asked_by: "test".to_owned(),
        asked_at: NOON,
        expires_at: NOON.plus(60 * Timestamp::MINUTE),
        idempotency: None,
    };
    let mut last = CommandId(0);
    for _ in 0..times {
        last = table::insert(&mut tx, &command).await.unwrap();
    }
    tx.commit().await.unwrap();
    shop.client.commanded(command.point_id);
    last
}

async fn a_silent_device_holds_up_nobody_else(backend: Backend) {
    let broker = Mosquitto::start().await;
    let home = Home::new(backend).await;
    let manifest = plant("20s", &(OTHER.to_owned() + &through_broker(&broker.url())));
    let shop = Workshop::open(&home, &manifest).await;
    until_connected(&shop).await;
    let mut packs = Pack::listen(broker.port(), None).await;
    ask(&shop, "pack-1", MANY).await;
    let asked = ask(&shop, "pack-2", 1).await;
    packs.told_of("packs/pack-2/cmd").await;
    packs.say("packs/pack-2/state", "charging").await;
    assert_eq!(ended(&shop, asked).await.state, CommandState::Confirmed);

    let db = shop.client.scope().db();
    let sent = async || table::sent(db).await.unwrap();
    assert!(sent().await.len() <= 4, "the rest is not risked");
    // One word of the device confirms all it was asked, and the next ones get their turn.
    let last = sent().await.last().unwrap().id;
    packs.say("packs/pack-1/state", "charging").await;
    assert_eq!(ended(&shop, last).await.state, CommandState::Confirmed);
    wait::until("the next are sent", DEADLINE, async || {
        let sent = sent().await;
        sent.iter().any(|row| row.id.0 > last.0).then_some(())
    })
    .await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_device_holds_up_nobody_else_on_sqlite() {
    a_silent_device_holds_up_nobody_else(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_device_holds_up_nobody_else_on_postgres() {
    a_silent_device_holds_up_nobody_else(Backend::Postgres).await;
}
