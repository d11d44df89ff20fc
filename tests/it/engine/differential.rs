//! Random histories: the engine and plain rows must always answer alike.

use super::oracle::{Oracle, alike};
use super::subject::{Subject, at, sample};
use crate::support::{Seed, on_each_backend};
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use std::time::Duration;
use vigie::domain::{PointId, PointSample, Quality, TimeRange, Timestamp};
use vigie::telemetry::Resolution;

const POINTS: i64 = 4;
const STEPS: usize = 60;
/// Around the days on which the clocks of Paris, St John's and Lord Howe change.
const EPOCHS: [&str; 4] = [
    "2026-03-28T18:00:00Z",
    "2026-03-08T00:00:00Z",
    "2026-10-24T20:00:00Z",
    "2026-04-04T06:00:00Z",
];
const RESOLUTIONS: [Resolution; 3] = [Resolution::Hour, Resolution::Day, Resolution::Month];

on_each_backend! {
    async fn random_histories_answer_as_plain_rows_do(database: TestDatabase) {
        let mut rng = Seed::new().rng();
        let origin = at(EPOCHS[rng.random_range(0..EPOCHS.len())]);
        let subject = Subject::open(database, Subject::by_hand(), origin.plus(Timestamp::HOUR)).await;
        let mut history = History { subject, oracle: Oracle::default(), origin, rng };
        for step in 0..STEPS {
            let deed = history.step().await;
            history.compare(&format!("step {step}: {deed}")).await;
        }
    }
}

struct History {
    subject: Subject,
    oracle: Oracle,
    origin: Timestamp,
    rng: StdRng,
}

impl History {
    /// Does one random thing to the engine and the oracle alike; says what.
    async fn step(&mut self) -> String {
        match self.rng.random_range(0..20) {
            0..10 => self.write().await,
            10..13 => self.delete().await,
            13..15 => {
                self.subject.engine.merge().await.unwrap();
                "merge".to_owned()
            }
            15 => {
                let cut = Duration::from_micros(self.rng.random_range(0..15_000));
                let merged = tokio::time::timeout(cut, self.subject.engine.merge()).await;
                format!("merge cut off after {cut:?}: {merged:?}")
            }
            16 => {
                self.subject
                    .clock
                    .advance(self.rng.random_range(0..40) * Timestamp::HOUR);
                "time passes".to_owned()
            }
            17 => self.expire().await,
            _ => {
                let closed = self.rng.random();
                self.subject.restart(closed).await;
                format!("restart, in order: {closed}")
            }
        }
    }

    async fn write(&mut self) -> String {
        let size = [1, 3, 40, 400][self.rng.random_range(0..4)];
        let (from, spread) = (
            self.instant(),
            self.rng.random_range(1..30) * Timestamp::HOUR,
        );
        let samples: Vec<PointSample> = (0..size).map(|_| self.sample(from, spread)).collect();
        self.oracle.write(&samples);
        self.subject.engine.write(samples).await.unwrap();
        format!("write {size} from {from}")
    }

    async fn delete(&mut self) -> String {
        let point = PointId(self.rng.random_range(0..POINTS));
        let range = if self.rng.random_ratio(1, 8) {
            TimeRange::ALL
        } else {
            self.range()
        };
        self.oracle.delete(point, range);
        self.subject.engine.delete(point, range).await.unwrap();
        format!("delete {point} {range:?}")
    }

    async fn expire(&mut self) -> String {
        let days = self.rng.random_range(0..3);
        let now = self.now();
        let today = now.0.div_euclid(Timestamp::DAY);
        self.oracle
            .delete_before(Timestamp((today - i64::from(days)) * Timestamp::DAY));
        self.subject.engine.enforce_retention(days).await.unwrap();
        format!("expire {days} days at {now}")
    }

    async fn compare(&mut self, after: &str) {
        let engine = self.subject.engine.clone();
        let points: Vec<PointId> = (0..=POINTS).map(PointId).collect();
        for (point, latest) in engine.latest(&points) {
            let expected = self.oracle.last_before(point, Timestamp(i64::MAX));
            assert_eq!(latest, expected, "latest of {point} after {after}");
        }
        for &point in &points {
            let (range, limit) = (self.range(), self.rng.random_range(0..300));
            for (range, limit) in [(range, limit), (TimeRange::ALL, usize::MAX)] {
                let ours = engine.samples(point, range, limit).await.unwrap();
                assert_eq!(
                    ours,
                    self.oracle.samples(point, range, limit),
                    "samples of {point} after {after}"
                );
            }
            self.compare_states(point, after).await;
        }
        let resolution = RESOLUTIONS[self.rng.random_range(0..3)];
        for range in [self.range(), TimeRange::ALL] {
            self.compare_rollups(&points, range, resolution, after)
                .await;
        }
    }

    async fn compare_rollups(
        &self,
        points: &[PointId],
        range: TimeRange,
        resolution: Resolution,
        after: &str,
    ) {
        let found = self
            .subject
            .engine
            .rollups(points, range, resolution)
            .await
            .unwrap();
        for (point, ours) in found {
            let theirs = self.oracle.rollups(point, range, resolution);
            let same =
                ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| alike(a, b));
            assert!(
                same,
                "{resolution:?} of {point} in {range:?} after {after}:\n{ours:#?}\n{theirs:#?}"
            );
        }
    }

    async fn compare_states(&mut self, point: PointId, after: &str) {
        let (range, resolution) = (self.range(), RESOLUTIONS[self.rng.random_range(0..3)]);
        let mut ours = self
            .subject
            .engine
            .state_durations(point, range, resolution)
            .await
            .unwrap();
        let mut theirs = self
            .oracle
            .state_durations(point, range, resolution, self.now());
        let order = |s: &vigie::telemetry::StateSpan| (s.start, format!("{}", s.state + 0.0));
        ours.sort_by_key(order);
        theirs.sort_by_key(order);
        let brief = |spans: &[vigie::telemetry::StateSpan]| -> Vec<_> {
            spans
                .iter()
                .map(|s| (s.start, s.end, format!("{}", s.state + 0.0), s.micros))
                .collect()
        };
        assert_eq!(
            brief(&ours),
            brief(&theirs),
            "states of {point} after {after}"
        );
    }

    fn now(&self) -> Timestamp {
        vigie::domain::Clock::now(&*self.subject.clock)
    }

    fn instant(&mut self) -> Timestamp {
        self.origin
            .plus(self.rng.random_range(0..72) * Timestamp::HOUR / 2)
    }

    fn range(&mut self) -> TimeRange {
        let start = self.instant().plus(self.rng.random_range(0..3) * 1_234_567);
        let length = self.rng.random_range(1..40) * Timestamp::HOUR
            / [1, 7, 60][self.rng.random_range(0..3)];
        TimeRange::new(start, start.plus(length)).unwrap()
    }

    /// A sample on a coarse grid, so that instants repeat.
    fn sample(&mut self, from: Timestamp, spread: i64) -> PointSample {
        let grid =
            [Timestamp::SECOND * 60, Timestamp::SECOND * 7, 1_000][self.rng.random_range(0..3)];
        let at = from.0 + self.rng.random_range(0..spread) / grid * grid;
        let mut sample = sample(self.rng.random_range(0..POINTS), at, value(&mut self.rng));
        if self.rng.random_ratio(1, 10) {
            sample.sample.quality = [Quality::Uncertain, Quality::Bad][self.rng.random_range(0..2)];
        }
        sample
    }
}

fn value(rng: &mut impl Rng) -> f64 {
    match rng.random_range(0..40) {
        0 => f64::NAN,
        1 => -0.0,
        2 => f64::INFINITY,
        3..20 => f64::from(rng.random_range(0..3)),
        _ => f64::from(rng.random_range(-5_000..5_000)) / 1_000.0,
    }
}
