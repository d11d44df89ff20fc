//! A connection in session: ticks are read, commands carried out in between.

use super::{Job, Line};
use crate::image::Image;
use crate::link::{Fault, Link};
use crate::plan::Place;
use crate::schedule::Tick;
use crate::sunspec;
use crate::trace;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vigie_contract::{Delivery, Refusal};

/// When a device that rested is asked for its models again.
const AFTER_A_REST: Duration = Duration::from_secs(2);
/// When one that had none is.
const AFTER_A_LACK: Duration = Duration::from_secs(60);

/// What became of a tick.
enum Outcome {
    /// The device answered, if only with a refusal.
    Answered,
    /// Its gateway says that it is away.
    Away(String),
}

impl Line {
    /// Until the connection is lost (why), or it is stopped, or nobody takes what is read.
    pub(super) async fn talk(&mut self, link: &mut Link) -> Result<(), String> {
        let stop = self.ends.session.stop.clone();
        self.resolve_doubt(link).await?;
        loop {
            if stop.is_cancelled() || self.ends.deliveries.is_closed() {
                return Ok(());
            }
            if let Ok(command) = self.ends.commands.try_recv() {
                self.obey(link, command).await?;
                continue;
            }
            let now_us = self.now_us();
            if let Some(tick) = self.schedule.due(now_us) {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    done = self.carry_out(link, tick) => done?,
                }
                continue;
            }
            let pause = self.schedule.pause(now_us).max(Duration::from_millis(1));
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(pause) => {}
                () = self.ends.deliveries.closed() => return Ok(()),
                Some(command) = self.ends.commands.recv() => self.obey(link, command).await?,
            }
        }
    }

    async fn carry_out(&mut self, link: &mut Link, tick: Tick<Job>) -> Result<(), String> {
        let index = tick.job.device();
        if self.devices[index].rests() {
            self.walk_later(tick.job, AFTER_A_REST);
            return Ok(());
        }
        if tick.missed > 0 {
            let missed = tick.missed;
            tracing::debug!(missed, "the gateway is slower than it is to be read");
        }
        let outcome = match tick.job {
            Job::Walk { device } => self.walk(link, device).await,
            Job::Read { device, group } => self.read(link, device, group, tick.at_us).await,
        };
        match outcome {
            Ok(Outcome::Answered) => {
                self.is_here(index, tick.at_us).await;
                Ok(())
            }
            Ok(Outcome::Away(reason)) => {
                self.walk_later(tick.job, AFTER_A_REST);
                self.devices[index].rest.begin(Instant::now());
                self.is_gone(index, reason).await;
                Ok(())
            }
            Err(reason) => {
                self.schedule.put_back(tick);
                // On a line of its own, the pauses of the line are its rest.
                if self.devices.len() > 1 && self.devices[index].rest.fail(Instant::now()) {
                    self.is_gone(index, reason.clone()).await;
                }
                Err(reason)
            }
        }
    }

    async fn read(
        &mut self,
        link: &mut Link,
        device: usize,
        group: usize,
        at_us: i64,
    ) -> Result<Outcome, String> {
        let unit = self.devices[device].setup.unit;
        let (mut image, mut delivery) = (Image::default(), Delivery::default());
        let reads = self.devices[device].groups[group].reads(Instant::now());
        for place in reads {
            let answer = link.read(unit, place).await;
            trace::note_read(&self.ends.session, unit, place, answer.as_ref());
            match answer {
                Ok(answer) => {
                    self.answered(link, answer.len());
                    image.add(place, answer);
                }
                Err(Fault::Exception(exception)) if exception.is_absence() => {
                    self.answered(link, 0);
                    return Ok(Outcome::Away(format!("unit {unit}: {exception}")));
                }
                Err(Fault::Exception(exception)) => {
                    self.answered(link, 0);
                    let refusal = self.refused(device, group, place, &exception.to_string());
                    if exception.is_about_addresses() {
                        self.devices[device].groups[group].refine(place, Instant::now());
                    }
                    self.ends
                        .board
                        .trouble(format!("{}: {}", refusal.source, refusal.detail));
                    delivery.refusals.push(refusal);
                }
                Err(Fault::Lost(reason)) => return Err(reason),
            }
        }
        self.devices[device].groups[group].decode(unit, &image, at_us, &mut delivery);
        trace::note_values(&self.ends.session, unit, &delivery.readings);
        self.deliver(delivery).await;
        Ok(Outcome::Answered)
    }

    async fn walk(&mut self, link: &mut Link, device: usize) -> Result<Outcome, String> {
        let unit = self.devices[device].setup.unit;
        match sunspec::walk(link, unit, &mut self.devices[device].bases).await {
            Ok(layout) => {
                self.answered(link, 0);
                if let Some(lack) = layout.lack() {
                    self.walk_later(Job::Walk { device }, AFTER_A_LACK);
                    self.ends.board.trouble(format!("unit {unit}: {lack}"));
                }
                if self.devices[device].layout != layout {
                    self.devices[device].layout = layout;
                    self.devices[device].regroup();
                    let now_us = self.now_us();
                    self.schedule_groups(device, now_us);
                }
                Ok(Outcome::Answered)
            }
            Err(Fault::Exception(exception)) => {
                self.answered(link, 0);
                Ok(Outcome::Away(format!("unit {unit}: {exception}")))
            }
            Err(Fault::Lost(reason)) => Err(reason),
        }
    }

    /// Reads have their periods; a walk that found nothing does not wait for the next hour.
    fn walk_later(&mut self, job: Job, pause: Duration) {
        if matches!(job, Job::Walk { .. }) {
            let at_us = self.now_us() + pause.as_micros() as i64;
            self.schedule.move_to(job, at_us);
        }
    }

    fn refused(&self, device: usize, group: usize, place: Place, why: &str) -> Refusal {
        let device = &self.devices[device];
        let mut refusal = Refusal::new("exception", device.source(place), why, &[]);
        refusal.count = device.groups[group].values_in(place).max(1);
        refusal
    }

    /// An answer came: the gateway is there.
    pub(super) fn answered(&self, link: &Link, bytes: usize) {
        self.ends.board.answered(bytes, link.latency());
        if !*self.ends.is_connected.borrow() {
            self.ends.is_connected.send_replace(true);
            self.ends.board.connected();
        }
    }

    async fn is_here(&mut self, device: usize, at_us: i64) {
        self.devices[device].rest.end();
        let gateway = self.gateway.tell(true, at_us);
        let device = self.devices[device].presence.tell(true, at_us);
        let readings = gateway.into_iter().chain(device).collect();
        self.deliver(Delivery {
            readings,
            ..Delivery::default()
        })
        .await;
    }

    async fn is_gone(&mut self, device: usize, reason: String) {
        self.ends.board.trouble(reason);
        let at_us = self.now_us();
        let gone = self.devices[device].presence.tell(false, at_us);
        let readings = gone.into_iter().collect();
        self.deliver(Delivery {
            readings,
            ..Delivery::default()
        })
        .await;
    }
}
