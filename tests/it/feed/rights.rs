//! Rights end on sockets that are open, within five seconds of what ended them.

use super::stage::{Socket, Stage};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use vigie::domain::audit::Actor;
use vigie::domain::{Clock, Grants, SystemClock, TenantStatus, UserId};
use vigie::store::Tx;
use vigie::store::tenant::{Site, grants, sessions, settings, sites, users};

const WITHIN: Duration = Duration::from_secs(5);

/// A socket that watches everything there is.
async fn watching(stage: &Stage) -> Socket {
    let mut socket = stage.connect().await;
    let all = json!({"subscribe": {"equipment": [stage.equipment]}});
    socket.say(&all.to_string()).await;
    socket.next("snapshot").await;
    socket
}

async fn change(stage: &Stage, change: impl AsyncFnOnce(&mut Tx, UserId)) {
    let db = stage.client.scope().db();
    let user = users::list(db).await.unwrap()[0].id;
    let mut tx = db.begin().await.unwrap();
    change(&mut tx, user).await;
    tx.commit().await.unwrap();
}

/// Close code, once the socket is closed in time.
async fn closed_in_time(socket: &mut Socket) -> u16 {
    let started = Instant::now();
    let (code, words) = socket.farewell().await;
    assert!(
        started.elapsed() < WITHIN,
        "{words}: {:?}",
        started.elapsed()
    );
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_closed_when_its_person_is_disabled() {
    let stage = Stage::set(1).await;
    let mut socket = watching(&stage).await;
    change(&stage, async |tx, user| {
        users::set_disabled(tx, user, true).await.unwrap();
    })
    .await;
    assert_eq!(closed_in_time(&mut socket).await, 1008);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_closed_when_its_session_is_revoked() {
    let stage = Stage::set(1).await;
    let mut socket = watching(&stage).await;
    change(&stage, async |tx, user| {
        sessions::revoke_all_of(tx, user).await.unwrap();
    })
    .await;
    assert_eq!(closed_in_time(&mut socket).await, 1008);
    assert_eq!(stage.refusal(stage.request()).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_closed_when_the_client_is_suspended() {
    let stage = Stage::set(1).await;
    let mut socket = watching(&stage).await;
    let platform = &stage.state.platform;
    let directory = platform.directory();
    directory
        .set_status("feed", TenantStatus::Suspended, &Actor::COMMAND)
        .await
        .unwrap();
    platform.reconcile().await.unwrap();
    assert_eq!(closed_in_time(&mut socket).await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_that_is_no_longer_granted_goes_silent_and_the_socket_stays() {
    let stage = Stage::set(1).await;
    let mut socket = watching(&stage).await;
    let elsewhere = Site {
        parent_id: None,
        key: "elsewhere".to_owned(),
        name: "Elsewhere".to_owned(),
        address: None,
        latitude: None,
        longitude: None,
        time_zone: "Europe/Paris".to_owned(),
        position: 1,
    };
    change(&stage, async |tx, user| {
        let site = sites::insert(tx, &elsewhere, SystemClock.now())
            .await
            .unwrap();
        let granted = Grants {
            sites: vec![site],
            types: Vec::new(),
        };
        grants::replace(tx, user, &granted).await.unwrap();
        settings::bump_model_version(tx).await.unwrap();
    })
    .await;
    let started = Instant::now();
    let told = socket.next("what was taken away").await;
    assert!(started.elapsed() < WITHIN, "{:?}", started.elapsed());
    assert_eq!(told["refused"]["points"], json!(stage.points));

    stage.write([(stage.points[0], 4.5)]).await;
    let all = json!({"subscribe": {"points": stage.points, "equipment": [stage.equipment]}});
    socket.say(&all.to_string()).await;
    let refused = socket.next("a refusal").await;
    assert_eq!(refused["refused"]["points"], json!(stage.points));
    assert_eq!(socket.next("nothing").await["snapshot"], json!([]));

    change(&stage, async |tx, user| {
        grants::replace(tx, user, &Grants::default()).await.unwrap();
    })
    .await;
    socket.say(&all.to_string()).await;
    let again = socket.next("all of it again").await;
    assert_eq!(again["snapshot"][0]["v"], 4.5, "{again}");
}
