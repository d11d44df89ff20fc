//! What the platform wants a point of a device to become, and what came of it.

use crate::{Address, ReadingValue};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

/// Commands that wait for one session at most; more are refused at once.
const WAITING: usize = 64;
/// `Sent`, and one last word.
const STEPS: usize = 2;

/// One value to write to one point, at most once.
///
/// Says what came of it with [`sent`](Self::sent), [`confirmed`](Self::confirmed) and
/// [`failed`](Self::failed); dropped without a last word, its fate is unknown and it is not
/// offered again.
#[derive(Debug)]
pub struct Command {
    /// The point, in the words that its readings come in.
    pub address: Address,
    /// The value in the unit of the point, a state by its code (`Number`), a boolean as `Bool`; `None` releases what was commanded before, where the
    /// protocol can (BACnet: relinquish).
    pub value: Option<ReadingValue>,
    /// 1 (first) to 16, where the protocol knows priorities.
    pub priority: Option<u8>,
    /// Not to be sent after this instant, not to be waited for beyond it.
    pub expires: Instant,
    steps: mpsc::Sender<Progress>,
}

/// What came of a command so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// It left for the device.
    Sent,
    /// The device has it: what was read back, or acknowledged.
    Confirmed(Option<ReadingValue>),
    /// It was not done, or the device says otherwise.
    Failed(CommandFault),
}

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct CommandFault {
    /// A short stable name: `not_connected`, `busy`, `expired`, `no_such_point`, `not_writable`,
    /// `refused`, `no_answer`, `read_back`, `interrupted`.
    pub reason: &'static str,
    /// One sentence for a person.
    pub detail: String,
}

impl CommandFault {
    /// A fault with its stable name.
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { reason, detail }
    }
}

impl Command {
    /// It left for the device.
    pub fn sent(&self) {
        // Nobody may be listening any more; the command goes on all the same.
        let _ = self.steps.try_send(Progress::Sent);
    }

    /// The device has it; `read_back` is what it says now, where it can be asked.
    pub fn confirmed(self, read_back: Option<ReadingValue>) {
        let _ = self.steps.try_send(Progress::Confirmed(read_back));
    }

    /// It was not done, and why.
    pub fn failed(self, fault: CommandFault) {
        let _ = self.steps.try_send(Progress::Failed(fault));
    }

    fn is_wanted(&self) -> bool {
        !self.steps.is_closed()
    }
}

/// The way of commands to one session: the platform offers, the connector takes.
#[derive(Debug, Clone)]
pub struct Commands {
    offers: mpsc::Sender<Command>,
    inbox: Arc<Mutex<mpsc::Receiver<Command>>>,
}

impl Default for Commands {
    fn default() -> Self {
        let (offers, inbox) = mpsc::channel(WAITING);
        let inbox = Arc::new(Mutex::new(inbox));
        Self { offers, inbox }
    }
}

impl Commands {
    /// Offers a command to the session; never waits. Dropping what is returned before the session
    /// took the command takes it back.
    ///
    /// # Errors
    /// `busy` when too many wait already.
    pub fn offer(
        &self,
        address: Address,
        value: Option<ReadingValue>,
        priority: Option<u8>,
        expires: Instant,
    ) -> Result<CommandProgress, CommandFault> {
        let (steps, progress) = mpsc::channel(STEPS);
        let command = Command {
            address,
            value,
            priority,
            expires,
            steps,
        };
        self.offers
            .try_send(command)
            .map_err(|_| CommandFault::new("busy", "too many commands wait for this connection"))?;
        Ok(CommandProgress(progress))
    }

    /// The next command that is still wanted and in time. Cancel-safe. Only a session that can
    /// carry it out now should ask; one that ends leaves the rest for the next.
    pub async fn next(&self) -> Command {
        let mut inbox = self.inbox.lock().await;
        loop {
            let Some(command) = inbox.recv().await else {
                return std::future::pending().await;
            };
            if !command.is_wanted() {
                continue;
            }
            if command.expires > Instant::now() {
                return command;
            }
            command.failed(CommandFault::new(
                "expired",
                "the connection could not send it in time",
            ));
        }
    }
}

/// What the platform hears of a command it offered.
#[derive(Debug)]
pub struct CommandProgress(mpsc::Receiver<Progress>);

impl CommandProgress {
    /// The next step; `None` after the last word, or when the session ended without one.
    pub async fn next(&mut self) -> Option<Progress> {
        self.0.recv().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn address(point: &str) -> Address {
        Address {
            equipment: "barrier".into(),
            point: point.into(),
        }
    }

    fn offer(commands: &Commands, point: &str, seconds: u64) -> CommandProgress {
        let expires = Instant::now() + Duration::from_secs(seconds);
        let value = Some(ReadingValue::State("OPEN".into()));
        commands
            .offer(address(point), value, None, expires)
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_takes_what_is_wanted_and_in_time() {
        let commands = Commands::default();
        let mut late = offer(&commands, "late", 1);
        drop(offer(&commands, "taken-back", 60));
        let mut wanted = offer(&commands, "wanted", 60);
        tokio::time::advance(Duration::from_secs(2)).await;

        let command = commands.next().await;
        assert_eq!(command.address, address("wanted"));
        assert!(
            matches!(late.next().await, Some(Progress::Failed(fault)) if fault.reason == "expired")
        );
        command.sent();
        command.confirmed(None);
        assert_eq!(wanted.next().await, Some(Progress::Sent));
        assert_eq!(wanted.next().await, Some(Progress::Confirmed(None)));
        assert_eq!(wanted.next().await, None);
    }

    #[tokio::test]
    async fn one_command_too_many_is_refused_at_once() {
        let commands = Commands::default();
        let waiting: Vec<_> = (0..WAITING).map(|_| offer(&commands, "x", 60)).collect();
        let expires = Instant::now() + Duration::from_secs(60);
        let fault = commands
            .offer(address("x"), None, None, expires)
            .unwrap_err();
        assert_eq!((fault.reason, waiting.len()), ("busy", WAITING));
    }
}
