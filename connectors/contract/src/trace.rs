//! The newest messages of a session, for somebody who is looking right now.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Lines that are kept.
const LINES: usize = 100;
/// Bytes of a message that a line keeps.
const LINE_BYTES: usize = 512;

/// One message, as it went over the wire and as it was understood. Never with a secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// Its number since the session began; rises by one.
    pub number: u64,
    /// Microseconds since the epoch (UTC), from the session's clock.
    pub at_us: i64,
    /// From the device, or to it.
    pub direction: Direction,
    /// In the protocol's words: a topic, a unit and its registers, an object.
    pub source: String,
    /// The beginning of the raw bytes.
    pub excerpt: Vec<u8>,
    /// What was understood, in words.
    pub decoded: String,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the device.
    In,
    /// To the device.
    Out,
}

/// The newest lines; costs nothing while nobody looks.
#[derive(Debug, Clone, Default)]
pub struct Trace(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    until: Option<Instant>,
    told: u64,
    kept: VecDeque<TraceLine>,
}

impl Trace {
    /// Writes a line if somebody looks; `words` gives the source, the raw bytes and what was
    /// understood, and is not asked otherwise.
    pub fn note<'a>(
        &self,
        at_us: i64,
        direction: Direction,
        words: impl FnOnce() -> (String, &'a [u8], String),
    ) {
        let mut lines = self.lock();
        if lines.until.is_none_or(|until| until < Instant::now()) {
            return;
        }
        let (source, raw, decoded) = words();
        lines.told += 1;
        let line = TraceLine {
            number: lines.told,
            at_us,
            direction,
            source,
            excerpt: raw[..raw.len().min(LINE_BYTES)].to_vec(),
            decoded,
        };
        if lines.kept.len() == LINES {
            lines.kept.pop_front();
        }
        lines.kept.push_back(line);
    }

    /// The lines after number `after`, oldest first; keeps writing for `looking` from now.
    pub fn look(&self, after: u64, looking: Duration) -> Vec<TraceLine> {
        let mut lines = self.lock();
        lines.until = Some(Instant::now() + looking);
        let fresh = lines.kept.iter().filter(|line| line.number > after);
        fresh.cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOKING: Duration = Duration::from_secs(5);

    fn note(trace: &Trace, source: &str) {
        trace.note(0, Direction::In, || {
            (source.to_owned(), &[7; 600], String::new())
        });
    }

    #[tokio::test(start_paused = true)]
    async fn lines_are_written_only_while_somebody_looks_and_are_bounded() {
        let trace = Trace::default();
        trace.note(0, Direction::In, || unreachable!("nobody looks"));
        assert!(trace.look(0, LOOKING).is_empty());
        (0..150).for_each(|n| note(&trace, &n.to_string()));

        let lines = trace.look(0, LOOKING);
        assert_eq!((lines.len(), lines[0].source.as_str()), (LINES, "50"));
        assert_eq!(lines[0].excerpt.len(), LINE_BYTES);
        note(&trace, "newest");
        let fresh = trace.look(150, LOOKING);
        assert_eq!(
            fresh.iter().map(|line| line.number).collect::<Vec<_>>(),
            [151]
        );

        tokio::time::advance(LOOKING * 2).await;
        note(&trace, "unseen");
        assert!(trace.look(151, LOOKING).is_empty());
    }
}
