//! The health of all lines of a gateway as one status.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;
use vigie_contract::{ConnectorStatus, Health, StatusBoard};

/// What one line says of itself.
#[derive(Debug, Clone, Copy, Default)]
struct LineState {
    health: Health,
    attempts: u32,
    next_attempt: Option<Instant>,
}

/// The board of one line.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    status: StatusBoard,
    lines: Arc<Mutex<Vec<LineState>>>,
    line: usize,
}

impl Board {
    /// A board for each of `count` lines.
    pub(crate) fn of_lines(status: &StatusBoard, count: usize) -> Vec<Self> {
        let lines = Arc::new(Mutex::new(vec![LineState::default(); count]));
        let board = |line| Self {
            status: status.clone(),
            lines: lines.clone(),
            line,
        };
        (0..count).map(board).collect()
    }

    /// Dialling.
    pub(crate) fn connecting(&self) {
        self.change(|state| state.health = Health::Connecting, |_| {});
    }

    /// Answers come.
    pub(crate) fn connected(&self) {
        self.change(
            |state| {
                *state = LineState {
                    health: Health::Connected,
                    ..LineState::default()
                }
            },
            |status| status.last_error = None,
        );
    }

    /// Between two attempts.
    pub(crate) fn waiting(&self, attempts: u32, until: Instant, reason: &str) {
        let state = LineState {
            health: Health::Waiting,
            attempts,
            next_attempt: Some(until),
        };
        self.change(
            |old| *old = state,
            |status| status.last_error = Some(reason.to_owned()),
        );
    }

    /// Something that does not end the session.
    pub(crate) fn trouble(&self, reason: impl Into<String>) {
        let reason = reason.into();
        self.status
            .update(|status| status.last_error = Some(reason));
    }

    /// An answer came.
    pub(crate) fn answered(&self, bytes: usize, latency: std::time::Duration) {
        self.status.update(|status| {
            status.messages += 1;
            status.bytes += bytes as u64;
            status.latency = Some(latency);
        });
    }

    /// The worst of all lines is what is shown.
    fn change(&self, line: impl FnOnce(&mut LineState), and: impl FnOnce(&mut ConnectorStatus)) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = lines.get_mut(self.line) {
            line(state);
        }
        let worst = |health| lines.iter().any(|state| state.health == health);
        let health = [Health::Waiting, Health::Connecting]
            .into_iter()
            .find(|health| worst(*health))
            .unwrap_or(Health::Connected);
        let attempts = lines.iter().map(|state| state.attempts).max();
        let next_attempt = lines.iter().filter_map(|state| state.next_attempt).min();
        self.status.update(|status| {
            status.health = health;
            status.attempts = attempts.unwrap_or(0);
            status.next_attempt = next_attempt;
            and(status);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_gateway_is_connected_when_all_its_lines_are() {
        let status = StatusBoard::default();
        let lines = Board::of_lines(&status, 2);
        lines[0].connected();
        assert_eq!(status.snapshot().health, Health::Connecting);
        lines[1].waiting(3, Instant::now(), "no path");
        let seen = status.snapshot();
        assert_eq!((seen.health, seen.attempts), (Health::Waiting, 3));
        assert_eq!(seen.last_error.as_deref(), Some("no path"));
        lines[1].connected();
        let seen = status.snapshot();
        assert_eq!((seen.health, seen.last_error), (Health::Connected, None));
    }
}
