//! One client that runs, with all its ways in and a clock that stands.

use crate::support::wait;
use crate::tenancy::home::{Home, NOON, plan_with, read};
use std::sync::Arc;
use std::time::Duration;
use vigie::domain::{ManualClock, PointId, Sample, TimeRange};
use vigie::ingest::endpoint::Endpoint;
use vigie::live::Hub;
use vigie::runtime::{Client, Platform, PlatformConfig, Portal};
use vigie::store::tenant::{equipment, points, rejects};
use vigie::tenancy::Directory;
use vigie::tenancy::manifest::{Prune, apply};
use vigie_contract::{
    Address, Delivery, EquipmentHint, Reach, Reading, ReadingQuality, ReadingValue,
};

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// What a device knows its password by in manifests of these tests.
pub(crate) const PASSWORD: &str = "a password of thirty characters";

/// A site with a pack type and one pack.
pub(crate) const PLANT: &str = r#"
[client]
slug = "plant"
name = "Plant"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "pack"
name = "Pack"
points = [
  { key = "voltage", name = "Voltage", kind = "number", unit = "V", valid = [0.0, 100.0] },
  { key = "state", name = "State", kind = "state", states = { IDLE = 0, CHARGING = 1 } },
  { key = "alarm", name = "Alarm", kind = "boolean" },
]

[[equipment]]
key = "pack-1"
name = "Pack 1"
site = "hall"
type = "pack"
"#;

/// A running client.
pub(crate) struct Workshop {
    pub(crate) directory: Arc<Directory>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) client: Arc<Client>,
    /// Stands until a test moves it.
    pub(crate) clock: Arc<ManualClock>,
}

impl Workshop {
    /// Applies a manifest and starts its client.
    pub(crate) async fn open(home: &Home, manifest: &str) -> Self {
        Self::open_with(home, manifest, PlatformConfig::default()).await
    }

    pub(crate) async fn open_with(home: &Home, manifest: &str, config: PlatformConfig) -> Self {
        let directory = home.open().await;
        apply_to(&directory, manifest, Prune::Keep).await;
        // Its brokers run beside it.
        let config = PlatformConfig {
            reach: Reach::anywhere(),
            ..config
        };
        let clock: Arc<ManualClock> = Arc::new(ManualClock::at(NOON));
        let endpoint = Endpoint::new(directory.clone(), clock.clone());
        let hub = Hub::in_process();
        let platform = Platform::open(
            directory.clone(),
            hub,
            Some(endpoint.clone()),
            clock.clone(),
            config,
        )
        .await
        .unwrap();
        let client = platform.clients().remove(0);
        Self {
            directory,
            platform,
            endpoint,
            client,
            clock,
        }
    }

    /// Applies another version of the manifest.
    pub(crate) async fn change(&self, manifest: &str) {
        apply_to(&self.directory, manifest, Prune::Remove).await;
        self.client.model_changed();
    }

    pub(crate) async fn deliver(&self, readings: Vec<Reading>) -> (u32, u32) {
        let delivery = Delivery {
            readings,
            refusals: Vec::new(),
        };
        let settled = self
            .client
            .ingest()
            .deliver(&Arc::from("test"), &delivery)
            .await
            .unwrap();
        (settled.stored, settled.refused)
    }

    pub(crate) async fn point(&self, equipment_key: &str, point_key: &str) -> Option<PointId> {
        let db = self.client.scope().db();
        let row = equipment::find_by_key(db, equipment_key).await.unwrap()?;
        let points = points::list_of(db, row.id).await.unwrap();
        points
            .into_iter()
            .find(|point| point.spec.key == point_key)
            .map(|point| point.id)
    }

    /// Every sample of a point.
    pub(crate) async fn samples(&self, equipment: &str, point: &str) -> Vec<Sample> {
        match self.point(equipment, point).await {
            None => Vec::new(),
            Some(point) => self
                .client
                .engine()
                .samples(point, TimeRange::ALL, 10_000)
                .await
                .unwrap(),
        }
    }

    /// The values of a point, oldest first.
    pub(crate) async fn values(&self, equipment: &str, point: &str) -> Vec<f64> {
        self.samples(equipment, point)
            .await
            .iter()
            .map(|sample| sample.value)
            .collect()
    }

    /// Until a point has these values.
    pub(crate) async fn until_values(&self, equipment: &str, point: &str, wanted: &[f64]) {
        let what = format!("{equipment}/{point} is {wanted:?}");
        wait::until(&what, DEADLINE, async || {
            (self.values(equipment, point).await == wanted).then_some(())
        })
        .await;
    }

    /// Until a point that is polled has been read, always with this value.
    pub(super) async fn until_reads(&self, equipment: &str, point: &str, wanted: f64) {
        let what = format!("{equipment}/{point} reads {wanted}");
        let read = async || {
            let values = self.values(equipment, point).await;
            (!values.is_empty()).then_some(values)
        };
        let values = wait::until(&what, DEADLINE, read).await;
        let is_it = |value: &f64| (value - wanted).abs() <= f64::EPSILON * wanted.abs();
        assert!(values.iter().all(is_it), "{what}, not {values:?}");
    }

    /// How often each reason came up, as the database has it.
    pub(crate) async fn refused(&self) -> Vec<(String, i64)> {
        self.client.ingest().flush().await.unwrap();
        let counts = rejects::counts(self.client.scope().db()).await.unwrap();
        counts.into_iter().map(|row| (row.reason, row.n)).collect()
    }

    pub(crate) async fn close(self) {
        self.platform.close().await;
    }
}

pub(crate) async fn apply_to(directory: &Directory, manifest: &str, prune: Prune) {
    let manifest = read(manifest);
    let plan = plan_with(
        directory,
        &manifest,
        prune,
        &[("DEVICE_PASSWORD", PASSWORD)],
    )
    .await;
    let plan = plan.unwrap_or_else(|error| panic!("{error}"));
    apply(directory, &plan)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
}

/// Whether a client is open, by slug.
pub(crate) fn is_open(platform: &Platform, slug: &str) -> bool {
    matches!(platform.by_slug(slug), Portal::Open(_))
}

/// A reading of `pack-1` observed some seconds before noon.
pub(crate) fn reading(point: &str, value: ReadingValue) -> Reading {
    reading_of("pack-1", point, value, None)
}

pub(crate) fn reading_of(
    equipment: &str,
    point: &str,
    value: ReadingValue,
    kind: Option<&str>,
) -> Reading {
    Reading {
        address: Address {
            equipment: equipment.into(),
            point: point.into(),
        },
        hint: Arc::new(EquipmentHint {
            site: None,
            kind: kind.map(Into::into),
        }),
        value,
        unit: None,
        quality: ReadingQuality::Good,
        observed_at_us: Some(NOON.0 - 10_000_000),
    }
}
