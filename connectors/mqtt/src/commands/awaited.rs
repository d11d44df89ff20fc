//! Commands that left and have no last word yet.

use super::Leaving;
use super::confirm::Confirmation;
use std::num::NonZeroU16;
use tokio::time::Instant;
use vigie_contract::{Command, CommandFault, Reading};

/// More commands under way are not taken.
const MOST: usize = 128;

/// Commands under way; outlives connections, since a confirmation may come over the next one.
#[derive(Debug, Default)]
pub struct Awaited(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    command: Command,
    /// The message that is not acknowledged yet.
    packet: Option<NonZeroU16>,
    expected: Confirmation,
}

impl Awaited {
    /// Whether another command may leave.
    pub fn has_room(&self) -> bool {
        self.0.len() < MOST
    }

    /// The command leaves now, in this packet where the protocol acknowledges it.
    pub fn left(&mut self, command: Command, leaving: Leaving, packet: Option<NonZeroU16>) {
        command.sent();
        self.0.push(Waiting {
            command,
            packet,
            expected: leaving.expected,
        });
    }

    /// A message of ours was acknowledged; `refusal` says why it was not taken.
    pub fn acknowledged(&mut self, packet: NonZeroU16, refusal: Option<&str>) {
        let is_it = |waiting: &Waiting| waiting.packet == Some(packet);
        let Some(at) = self.0.iter().position(is_it) else {
            return;
        };
        if let Some(why) = refusal {
            let waiting = self.0.swap_remove(at);
            let fault = CommandFault::new("refused", format!("the broker refused it: {why}"));
            return waiting.command.failed(fault);
        }
        if matches!(self.0[at].expected, Confirmation::Delivery) {
            self.0.swap_remove(at).command.confirmed(None);
        } else {
            self.0[at].packet = None;
        }
    }

    /// It could not be published after all.
    pub fn give_up(&mut self, packet: NonZeroU16, fault: CommandFault) {
        let is_it = |waiting: &Waiting| waiting.packet == Some(packet);
        if let Some(at) = self.0.iter().position(is_it) {
            self.0.swap_remove(at).command.failed(fault);
        }
    }

    /// What a device said.
    pub fn heard(&mut self, readings: &[Reading]) {
        if self.0.is_empty() {
            return;
        }
        for reading in readings {
            let confirms = |waiting: &mut Waiting| waiting.expected.by(reading).is_some();
            for waiting in self.0.extract_if(.., confirms) {
                waiting.command.confirmed(Some(reading.value.clone()));
            }
        }
    }

    /// The connection is gone; acknowledgements of its packets never come.
    pub fn disconnected(&mut self) {
        let is_lost = |waiting: &mut Waiting| {
            waiting.packet = None;
            matches!(waiting.expected, Confirmation::Delivery)
        };
        for waiting in self.0.extract_if(.., is_lost) {
            let why = "the connection was lost before the message was acknowledged";
            waiting.command.failed(CommandFault::new("no_answer", why));
        }
    }

    /// When the next one expires.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.0.iter().map(|waiting| waiting.command.expires).min()
    }

    /// Gives those up whose time is over.
    pub fn expire(&mut self) {
        let now = Instant::now();
        for waiting in self
            .0
            .extract_if(.., |waiting| waiting.command.expires <= now)
        {
            let why = "sent, but the device did not confirm it in time";
            waiting.command.failed(CommandFault::new("no_answer", why));
        }
    }
}
