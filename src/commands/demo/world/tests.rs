use super::*;
use crate::domain::{ManualClock, PointId, Sample, TimeRange, Timestamp};
use crate::ingest::registry::Registry;
use crate::live::Hub;
use crate::runtime::{Client, Platform, PlatformConfig, Portal};
use crate::store::tenant::{equipment, points};
use crate::tenancy::manifest::{self, Conditions, Library, Prune, Source, parse};
use crate::tenancy::{Directory, DirectoryConfig};
use std::path::Path;

/// A Friday at noon in November.
const NOON: Timestamp = Timestamp::from_seconds(1_795_172_400);

#[test]
fn the_manifests_of_the_demo_have_no_fault() {
    let slugs: Vec<_> = manifests()
        .into_iter()
        .map(|each| each.model.client.slug)
        .collect();
    assert_eq!(slugs, ["demo-energie", "demo-parking"]);
}

fn manifests() -> Vec<manifest::Manifest> {
    let library = Library::embedded().unwrap_or_else(|faults| panic!("{faults}"));
    let sources = MANIFESTS.map(|(name, text)| Source::named(name, text));
    parse(&sources, library).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The demo's clients in a folder, opened as a start of the demo does.
async fn start(folder: &Path, clock: &Arc<ManualClock>) -> Arc<Platform> {
    let clock: Arc<dyn Clock> = clock.clone();
    let config = DirectoryConfig {
        data_dir: folder.to_owned(),
        database_url: None,
        key: None,
        connections_per_client: 1,
        base_domain: "localhost".to_owned(),
    };
    let directory = Directory::open(config, Arc::clone(&clock)).await.unwrap();
    if directory.active().is_empty() {
        let conditions = Conditions {
            checker: &Registry,
            environment: &|_| None,
            prune: Prune::Keep,
        };
        for plan in manifest::prepare(&directory, &manifests(), conditions)
            .await
            .unwrap()
        {
            manifest::apply(&directory, &plan).await.unwrap();
        }
    }
    let config = PlatformConfig::default();
    Platform::open(directory, Hub::in_process(), None, clock, config)
        .await
        .unwrap()
}

async fn fill(platform: &Platform, days: u32) -> u64 {
    let ways_in = platform
        .clients()
        .iter()
        .map(|client| Arc::clone(client.ingest()))
        .collect();
    let world = World::of(ways_in, Arc::clone(platform.clock())).with_history_days(days);
    world.fill_history().await.unwrap()
}

fn client(platform: &Platform, slug: &str) -> Arc<Client> {
    match platform.by_slug(slug) {
        Portal::Open(client) => client,
        _ => panic!("{slug} is not served: {:?}", platform.unserved()),
    }
}

async fn point(client: &Client, thing: &str, key: &str) -> PointId {
    let db = client.scope().db();
    let thing = equipment::find_by_key(db, thing).await.unwrap().unwrap();
    let rows = points::list_of(db, thing.id).await.unwrap();
    rows.into_iter().find(|row| row.spec.key == key).unwrap().id
}

async fn samples(platform: &Platform, (slug, thing, key): (&str, &str, &str)) -> Vec<Sample> {
    let client = client(platform, slug);
    let point = point(&client, thing, key).await;
    let ever = TimeRange {
        start: Timestamp(0),
        end: Timestamp(i64::MAX),
    };
    client
        .engine()
        .samples(point, ever, 1_000_000)
        .await
        .unwrap()
}

const STATE_OF_CHARGE: (&str, &str, &str) = ("demo-energie", "pack-l3", "soc");
const BAY: (&str, &str, &str) = ("demo-parking", "A07", "occupied");
const SILENT: (&str, &str, &str) = ("demo-energie", "room-4", "co2");

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_fills_the_gap_and_only_the_gap() {
    let clock = Arc::new(ManualClock::at(NOON));
    let (stopped, unstopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let platform = start(stopped.path(), &clock).await;
    assert!(fill(&platform, 2).await > 10_000);
    platform.close().await;
    clock.advance(5 * Timestamp::HOUR);
    let platform = start(stopped.path(), &clock).await;
    assert!(fill(&platform, 2).await > 1_000);
    assert_eq!(fill(&platform, 2).await, 0, "nothing is missing any more");

    let whole = start(unstopped.path(), &clock).await;
    fill(&whole, 3).await;
    for place in [STATE_OF_CHARGE, BAY] {
        let (parts, whole) = (
            samples(&platform, place).await,
            samples(&whole, place).await,
        );
        assert!(parts.len() > 4, "{place:?}");
        let since = parts[0].at;
        let whole: Vec<_> = whole
            .into_iter()
            .filter(|sample| sample.at >= since)
            .collect();
        assert_eq!(parts, whole, "{place:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_taken_and_the_silent_sensor_stays_silent() {
    let clock = Arc::new(ManualClock::at(NOON));
    let folder = tempfile::tempdir().unwrap();
    let platform = start(folder.path(), &clock).await;
    fill(&platform, 2).await;
    for client in platform.clients() {
        assert_eq!(
            client.ingest().stats().refused,
            0,
            "{}",
            client.tenant().slug
        );
    }
    clock.advance(Timestamp::HOUR);
    fill(&platform, 2).await;
    let last = samples(&platform, SILENT).await.pop().unwrap().at;
    assert!(NOON.since(last) > 25 * Timestamp::HOUR, "{last}");
}
