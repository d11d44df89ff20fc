//! Messages and bytes a second of one connection, over the last ten seconds or so.

use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::ConnectorStatus;

/// How much the past weighs.
const OVER: Duration = Duration::from_secs(10);

/// The rates of one connection; smooth, so that a person can read them.
#[derive(Debug, Default)]
pub(super) struct Rates {
    before: Option<(Instant, u64, u64)>,
    /// Messages a second.
    pub(super) messages: f64,
    /// Bytes a second.
    pub(super) bytes: f64,
}

impl Rates {
    /// Takes note of the counts.
    pub(super) fn note(&mut self, status: &ConnectorStatus, now: Instant) {
        let counts = (now, status.messages, status.bytes);
        let Some((then, messages, bytes)) = self.before.replace(counts) else {
            return;
        };
        let seconds = now.duration_since(then).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let weight = 1.0 - (-seconds / OVER.as_secs_f64()).exp();
        let pace = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
        self.messages += weight * (pace(status.messages, messages) - self.messages);
        self.bytes += weight * (pace(status.bytes, bytes) - self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_is_told_as_it_is_and_silence_fades() {
        let (mut rates, start) = (Rates::default(), Instant::now());
        let mut note = |second: u64, messages: u64| {
            let status = ConnectorStatus {
                messages,
                bytes: messages * 100,
                ..ConnectorStatus::default()
            };
            rates.note(&status, start + Duration::from_secs(second));
            (rates.messages, rates.bytes)
        };
        let steady = (0..=60)
            .map(|second| note(second, second * 5))
            .last()
            .unwrap();
        assert!((steady.0 - 5.0).abs() < 0.1 && (steady.1 - 500.0).abs() < 10.0);
        let silent = (61..=120).map(|second| note(second, 300)).last().unwrap();
        assert!(silent.0 < 0.1, "{silent:?}");
    }
}
