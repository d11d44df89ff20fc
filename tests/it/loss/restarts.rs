//! The database and the broker go away and come back; the platform goes on by itself.

use super::installation::Installation;
use super::kills::Load;
use super::load::Counter;
use super::oracle::{Verdict, judge};
use crate::support::{Backend, wait};
use std::sync::Arc;
use std::time::Duration;

/// How long a server stays away.
const AWAY: Duration = Duration::from_secs(3);
/// After its return.
const GOES_ON_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_and_a_crashed_postgres_lose_nothing_and_need_nobody() {
    let mut installation = Installation::start(Backend::Postgres).await;
    let counters = Arc::new(installation.counters());
    let load = Load::start(&counters);
    until_all_go_on(&counters).await;
    for ordered in [true, false] {
        let mut server = installation.postgres.take().unwrap();
        if ordered {
            server.stop().await;
        } else {
            server.crash().await;
        }
        tokio::time::sleep(AWAY).await;
        server.resume().await;
        installation.postgres = Some(server);
        until_all_go_on(&counters).await;
    }
    load.stop().await;
    assert!(
        installation.vigie.node().ended().is_none(),
        "the same process all along"
    );
    assert_eq!(judge(&installation, &counters).await, Verdict::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_broker_loses_nothing_and_needs_nobody() {
    let mut installation = Installation::start(Backend::Sqlite).await;
    let counters = Arc::new(installation.counters());
    let load = Load::start(&counters);
    until_all_go_on(&counters).await;
    installation.broker.stop().await;
    tokio::time::sleep(AWAY).await;
    installation.broker.resume().await;
    until_all_go_on(&counters).await;
    load.stop().await;
    assert_eq!(judge(&installation, &counters).await, Verdict::default());
}

/// What the broker itself forgets when it is killed is not ours to keep; that the platform
/// comes back to it is, and that what comes again is stored once.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_needs_nobody() {
    let mut installation = Installation::start(Backend::Sqlite).await;
    let counters = Arc::new(installation.counters());
    let load = Load::start(&counters);
    until_all_go_on(&counters).await;
    installation.broker.kill();
    tokio::time::sleep(AWAY).await;
    installation.broker.resume().await;
    until_all_go_on(&counters).await;
    load.stop().await;
    let verdict = judge(&installation, &counters).await;
    assert_eq!((verdict.twice, verdict.invented), (0, 0));
}

/// Every device gets new acknowledgements.
async fn until_all_go_on(counters: &[Counter]) {
    for counter in counters {
        let before = counter.acknowledged();
        let what = format!("{} is acknowledged again", counter.equipment);
        wait::until(&what, GOES_ON_WITHIN, async || {
            (counter.acknowledged() > before + 20).then_some(())
        })
        .await;
    }
}
