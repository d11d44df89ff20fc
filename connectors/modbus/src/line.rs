//! One TCP connection after another, and the devices that are asked over it.

mod commands;
mod reading;

use crate::board::Board;
use crate::device::{Device, DeviceSetup, Presence};
use crate::link::{Link, Manners};
use crate::schedule::Schedule;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use vigie_contract::{Backoff, Command, Delivery, Session};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A connection that lasts so long was a success: the next is dialled at once.
const PROVEN: Duration = Duration::from_secs(10);
/// How often a device is asked which models it has.
const WALK_EVERY: Duration = Duration::from_secs(3_600);

/// What is done at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Ask a device for its models.
    Walk { device: usize },
    /// Read a group of a device.
    Read { device: usize, group: usize },
}

impl Job {
    const fn device(self) -> usize {
        match self {
            Self::Walk { device } | Self::Read { device, .. } => device,
        }
    }
}

/// What a line is given to run.
pub(crate) struct Ends {
    pub(crate) session: Session,
    pub(crate) deliveries: mpsc::Sender<Delivery>,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) is_connected: watch::Sender<bool>,
    pub(crate) board: Board,
}

/// A line.
pub(crate) struct Line {
    manners: Manners,
    gateway: Presence,
    devices: Vec<Device>,
    schedule: Schedule<Job>,
    /// Written, but the answer was lost; read back on the next connection.
    doubtful: Option<crate::write::Doubt>,
    ends: Ends,
}

/// Why a connection is over.
enum Over {
    /// Stopped, or nobody takes what is read any more.
    Ended,
    /// The gateway or the network.
    Lost { reason: String, whose: Whose },
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// One of the devices did not answer; others did.
    Device,
    /// Nothing answers.
    Gateway,
    /// It may be either, or the network.
    Unknown,
}

impl Line {
    /// Not dialled yet.
    pub(crate) fn new(
        manners: Manners,
        gateway: Presence,
        devices: Vec<DeviceSetup>,
        ends: Ends,
    ) -> Self {
        let mut line = Self {
            manners,
            gateway,
            devices: devices.into_iter().map(Device::new).collect(),
            schedule: Schedule::default(),
            doubtful: None,
            ends,
        };
        for device in 0..line.devices.len() {
            line.schedule_device(device);
        }
        line
    }

    /// Runs until it is stopped or nobody takes what is read.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            let began = Instant::now();
            let Over::Lost { reason, whose } = self.one_connection().await else {
                break;
            };
            self.ends.is_connected.send_replace(false);
            // A device that is silent rests; its gateway is fine, and commands for the others wait.
            if whose == Whose::Device || whose == Whose::Unknown && began.elapsed() > PROVEN {
                backoff.reset();
                self.ends.board.trouble(reason);
                continue;
            }
            self.refuse_commands();
            let pause = backoff.next_pause(rand::random());
            tracing::info!(
                reason,
                pause_ms = pause.as_millis() as u64,
                "Modbus connection lost"
            );
            let until = Instant::now() + pause;
            self.ends.board.waiting(backoff.attempts(), until, &reason);
            if whose == Whose::Gateway && !self.all_are_gone().await {
                break;
            }
            if !self.wait_until(until).await {
                break;
            }
        }
        self.refuse_commands();
        if let Some(doubt) = self.doubtful.take() {
            doubt.give_up();
        }
    }

    async fn one_connection(&mut self) -> Over {
        self.ends.board.connecting();
        let stop = self.ends.session.stop.clone();
        let opened = tokio::select! {
            () = stop.cancelled() => return Over::Ended,
            opened = Link::open(&self.manners, &self.ends.session.reach) => opened,
        };
        let mut link = match opened {
            Ok(link) => link,
            Err(reason) => {
                let whose = Whose::Gateway;
                return Over::Lost { reason, whose };
            }
        };
        for device in &mut self.devices {
            device.regroup();
        }
        match self.talk(&mut link).await {
            Ok(()) => Over::Ended,
            Err(reason) => Over::Lost {
                reason,
                whose: self.whose(&link),
            },
        }
    }

    /// Whose fault the end of a connection is.
    fn whose(&self, link: &Link) -> Whose {
        match (link.answers(), link.fell_silent()) {
            (1.., true) => Whose::Device,
            (0, true) if self.devices.len() > 1 => Whose::Unknown,
            (0, _) => Whose::Gateway,
            (1.., false) => Whose::Unknown,
        }
    }

    /// Whether to go on.
    async fn wait_until(&mut self, until: Instant) -> bool {
        let stop = self.ends.session.stop.clone();
        if let Some(doubt) = self
            .doubtful
            .take_if(|doubt| doubt.command.expires <= until)
        {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep_until(doubt.command.expires) => {}
            }
            doubt.give_up();
        }
        tokio::select! {
            () = stop.cancelled() => false,
            () = sleep_until(until) => true,
        }
    }

    /// A device starts over: its models are asked for, its registers are due now.
    fn schedule_device(&mut self, device: usize) {
        let now_us = self.now_us();
        self.schedule.retain(|job| job.device() != device);
        if self.devices[device].setup.sunspec.is_some() {
            self.schedule.add(Job::Walk { device }, WALK_EVERY, now_us);
        }
        self.schedule_groups(device, now_us);
    }

    fn schedule_groups(&mut self, device: usize, now_us: i64) {
        self.schedule
            .retain(|job| !matches!(job, Job::Read { device: other, .. } if other == device));
        for (group, of) in self.devices[device].groups.iter().enumerate() {
            self.schedule
                .add(Job::Read { device, group }, of.every, now_us);
        }
    }

    /// The gateway is away, and so is everything behind it. Whether somebody takes that.
    async fn all_are_gone(&mut self) -> bool {
        let at_us = self.now_us();
        let gateway = self.gateway.tell(false, at_us);
        let devices = self.devices.iter_mut();
        let devices = devices.filter_map(|device| device.presence.tell(false, at_us));
        let readings = gateway.into_iter().chain(devices).collect();
        self.deliver(Delivery {
            readings,
            ..Delivery::default()
        })
        .await
    }

    /// Hands over what was read; waits while too much waits already. Whether somebody takes it.
    async fn deliver(&self, delivery: Delivery) -> bool {
        let is_empty = delivery.readings.is_empty() && delivery.refusals.is_empty();
        is_empty || self.ends.deliveries.send(delivery).await.is_ok()
    }

    fn now_us(&self) -> i64 {
        self.ends.session.clock.stamp()
    }
}
