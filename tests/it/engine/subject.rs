//! An engine on a database of its own, with all that it is made of.

use crate::support::TestDatabase;
use jiff::tz::TimeZone;
use std::sync::{Arc, Mutex};
use vigie::domain::{ManualClock, PointId, PointSample, Quality, Sample, Timestamp};
use vigie::store::Db;
use vigie::telemetry::{CommitListener, Engine, EngineConfig, PointZones};

/// Zones whose days are 23, 24, 24½ or 25 hours, one after the other by point.
pub const ZONES: [&str; 4] = [
    "Europe/Paris",
    "Asia/Kolkata",
    "America/St_Johns",
    "Australia/Lord_Howe",
];

/// Every point has the zone its number says.
#[derive(Debug, Clone, Copy)]
pub struct Zones;

impl PointZones for Zones {
    fn zone(&self, point: PointId) -> TimeZone {
        TimeZone::get(ZONES[point.0 as usize % ZONES.len()])
            .expect("the zone is in the tz database")
    }
}

/// Keeps what it was told.
#[derive(Debug, Default)]
pub struct Told(pub Mutex<Vec<PointSample>>);

impl CommitListener for Told {
    fn committed(&self, samples: &Arc<[PointSample]>) {
        self.0.lock().unwrap().extend(samples.iter());
    }
}

/// An engine and its surroundings.
pub struct Subject {
    pub engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    pub told: Arc<Told>,
    pub config: EngineConfig,
    pub database: TestDatabase,
    db: Db,
}

impl Subject {
    /// Merges only when told to.
    pub fn by_hand() -> EngineConfig {
        EngineConfig {
            merge_interval: None,
            ..EngineConfig::default()
        }
    }

    pub async fn open(database: TestDatabase, config: EngineConfig, now: Timestamp) -> Self {
        vigie::store::tenant::migrate(&database.db).await.unwrap();
        let clock = Arc::new(ManualClock::at(now));
        let told = Arc::<Told>::default();
        let db = database.db.clone();
        let engine = Engine::open(
            db.clone(),
            Arc::new(Zones),
            told.clone(),
            clock.clone(),
            config.clone(),
        )
        .await
        .unwrap();
        Self {
            engine,
            clock,
            told,
            config,
            database,
            db,
        }
    }

    /// A second engine on the same database, through pools of its own.
    pub async fn another_engine(&self) -> Arc<Engine> {
        let db = self.database.reopen().await;
        self.engine_on(db).await
    }

    /// Replaces the engine as a restart of the process does; `closed` says whether in order.
    pub async fn restart(&mut self, closed: bool) {
        if closed {
            self.engine.close().await;
        }
        self.engine = self.engine_on(self.db.clone()).await;
    }

    async fn engine_on(&self, db: Db) -> Arc<Engine> {
        Engine::open(
            db,
            Arc::new(Zones),
            self.told.clone(),
            self.clock.clone(),
            self.config.clone(),
        )
        .await
        .unwrap()
    }
}

/// A good sample.
pub fn sample(point: i64, at: i64, value: f64) -> PointSample {
    PointSample {
        point: PointId(point),
        sample: Sample {
            at: Timestamp(at),
            value,
            quality: Quality::Good,
        },
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Timestamp {
    Timestamp::from_jiff(text.parse().unwrap())
}
