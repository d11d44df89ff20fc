//! One device: found, read, subscribed to, asked what it logged, and found again when it is lost.

use crate::ask::Line;
use crate::cov;
use crate::deliver::{Outcome, deliver};
use crate::find;
use crate::history;
use crate::plan::DevicePlan;
use crate::poll;
use crate::read::{Wanted, read_all};
use crate::session::{Contact, Shared};
use crate::ticks::Ticks;
use crate::value;
use crate::words;
use bacnet_types::enums::{EngineeringUnits, PropertyIdentifier};
use rand::random;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use vigie_contract::Backoff;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// How often the time of the last answer is kept for the next session.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// Why a round ended.
pub(crate) enum End {
    /// The session ends.
    Over,
    /// The device does not answer; why, in words.
    Lost(String),
}

/// The task of one device.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) device: usize,
    kept: Instant,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, device: usize) -> Self {
        Self {
            shared,
            device,
            kept: Instant::now(),
        }
    }

    pub(crate) fn plan(&self) -> &DevicePlan {
        &self.shared.plan.devices[self.device]
    }

    pub(crate) fn contact(&self) -> &Contact {
        &self.shared.devices[self.device]
    }

    /// Until the session ends.
    pub(crate) async fn run(mut self) {
        let ending = self.shared.ending.clone();
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            let found = tokio::select! {
                () = ending.cancelled() => return,
                found = self.reach() => found,
            };
            let lost = match found {
                Err(lost) => lost,
                Ok(line) => {
                    self.shared.ward.up(self.device);
                    self.contact().connect(Some(line.clone()));
                    let end = self.attend(&line, &mut backoff).await;
                    self.contact().connect(None);
                    match end {
                        End::Over => return self.leave(&line).await,
                        End::Lost(lost) => lost,
                    }
                }
            };
            let pause = backoff.next_pause(random());
            let next = Instant::now() + pause;
            let words = format!("device {}: {lost}", self.plan().config.instance);
            tracing::debug!(error = %words, pause_ms = pause.as_millis() as u64, "device lost");
            self.shared
                .ward
                .down(self.device, backoff.attempts(), next, words);
            tokio::select! {
                () = ending.cancelled() => return,
                () = sleep_until(next) => {}
            }
        }
    }

    /// Finds it, and learns the units of its points.
    async fn reach(&self) -> Result<Arc<Line>, String> {
        let network = &self.shared.network;
        let place = find::find(network, self.plan()).await?;
        let requests = self.plan().config.requests;
        let board = self.shared.session.status.clone();
        let line = Arc::new(Line::new(network.clone(), place, requests, Some(board)));
        let instance = self.plan().config.instance;
        let device = crate::object::device(instance).ok_or("no such instance")?;
        // The sign of life of a device that did not answer Who-Is.
        let name = line
            .read(device, PropertyIdentifier::OBJECT_NAME, None)
            .await;
        name.map_err(|error| words::sentence(&error))?;
        let units = self.units_of(&line).await?;
        self.contact().learn(units);
        Ok(line)
    }

    async fn units_of(&self, line: &Line) -> Result<Vec<Option<Arc<str>>>, String> {
        let points = &self.plan().points;
        let asked = |point: &&crate::plan::PointPlan| point.kind.has_unit() && point.unit.is_none();
        let units = PropertyIdentifier::UNITS;
        let wanted: Vec<_> = points
            .iter()
            .filter(asked)
            .map(|point| Wanted::of(point.object, units))
            .collect();
        let answers = read_all(line, &wanted)
            .await
            .map_err(|error| words::sentence(&error))?;
        let mut answers = answers.into_iter();
        let symbol = |answer: Vec<u8>| {
            let raw = value::unsigned(&value::decode(&answer)?)?;
            let unit = EngineeringUnits::from_raw(u32::try_from(raw).ok()?);
            vigie_bacnet_link::symbol_of(unit).map(Arc::from)
        };
        let unit = |point: &crate::plan::PointPlan| {
            if asked(&point) {
                answers.next()?.ok().and_then(symbol)
            } else {
                point.unit.clone()
            }
        };
        Ok(points.iter().map(unit).collect())
    }

    /// Reads it until it is lost.
    async fn attend(&mut self, line: &Arc<Line>, backoff: &mut Backoff) -> End {
        let ending = self.shared.ending.clone();
        if let Err(end) = history::after_an_outage(self, line).await {
            return end;
        }
        let (now, now_us) = (Instant::now(), self.shared.session.clock.stamp());
        let every = Duration::from_secs(self.plan().config.poll_s.into());
        let mut ticks = Ticks::new(every, now, now_us);
        let mut renewal = cov::Renewal::new(&self.plan().config, now);
        let mut logs = history::Rounds::new(&self.plan().points, now);
        loop {
            let due = ticks.due().min(renewal.due()).min(logs.due());
            let is_woken = tokio::select! {
                () = ending.cancelled() => return End::Over,
                () = self.contact().poll_now.notified() => true,
                () = sleep_until(due) => false,
            };
            let now = Instant::now();
            if now >= renewal.due()
                && let Err(end) = renewal.renew(self, line, now).await
            {
                return end;
            }
            if (is_woken || now >= ticks.due())
                && let Err(end) = self.poll(line, &mut ticks, is_woken).await
            {
                return end;
            }
            if now >= logs.due()
                && let Err(end) = logs.read(self, line, now).await
            {
                return end;
            }
            backoff.reset();
        }
    }

    async fn poll(&mut self, line: &Line, ticks: &mut Ticks, is_woken: bool) -> Result<(), End> {
        let ending = self.shared.ending.clone();
        let now_us = self.shared.session.clock.stamp();
        let stamp = if is_woken {
            now_us
        } else {
            ticks.take(Instant::now(), now_us)
        };
        let delivery = tokio::select! {
            () = ending.cancelled() => return Err(End::Over),
            delivery = poll::poll(self, line, stamp, is_woken) => delivery,
        };
        let delivery = delivery.map_err(|error| End::Lost(words::sentence(&error)))?;
        self.settle(delivery).await?;
        self.saw(stamp).await;
        Ok(())
    }

    /// Waits until a delivery is settled.
    pub(crate) async fn settle(&self, delivery: vigie_contract::Delivery) -> Result<(), End> {
        match deliver(&self.shared.session, delivery).await {
            Outcome::Settled => Ok(()),
            Outcome::GivenUp => Err(End::Over),
            Outcome::Closed => {
                self.shared.ending.cancel();
                Err(End::Over)
            }
        }
    }

    async fn saw(&mut self, at_us: i64) {
        let memory = &self.shared.memory;
        memory.saw(self.plan().config.instance, at_us);
        if self.kept.elapsed() > KEEP_EVERY {
            memory.keep().await;
            self.kept = Instant::now();
        }
    }

    /// Ends what it subscribed to, as far as the device answers at once.
    async fn leave(&self, line: &Line) {
        let farewell = cov::unsubscribe(self, line);
        let _ = tokio::time::timeout(Duration::from_secs(2), farewell).await;
    }
}
