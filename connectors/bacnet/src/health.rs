//! The health of a session: that of its devices taken together.

use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;
use vigie_contract::{Health, StatusBoard};

/// How one device is.
#[derive(Debug, Clone, Default)]
struct State {
    is_up: bool,
    attempts: u32,
    next_attempt: Option<Instant>,
    error: Option<String>,
}

/// Connected while any device answers; waiting when none does.
#[derive(Debug)]
pub(crate) struct Ward {
    devices: Mutex<Vec<State>>,
    board: StatusBoard,
}

impl Ward {
    pub(crate) fn new(devices: usize, board: StatusBoard) -> Self {
        let ward = Self {
            devices: Mutex::new(vec![State::default(); devices]),
            board,
        };
        ward.show(&ward.lock());
        ward
    }

    /// A device answers.
    pub(crate) fn up(&self, device: usize) {
        let mut devices = self.lock();
        devices[device] = State {
            is_up: true,
            ..State::default()
        };
        self.show(&devices);
    }

    /// A device does not; `error` says so in words.
    pub(crate) fn down(&self, device: usize, attempts: u32, next: Instant, error: String) {
        let mut devices = self.lock();
        devices[device] = State {
            is_up: false,
            attempts,
            next_attempt: Some(next),
            error: Some(error),
        };
        self.show(&devices);
    }

    /// Whether any device answers.
    pub(crate) fn any_up(&self) -> bool {
        self.lock().iter().any(|device| device.is_up)
    }

    fn show(&self, devices: &[State]) {
        let error = devices.iter().find_map(|device| device.error.clone());
        let is_up = devices.is_empty() || devices.iter().any(|device| device.is_up);
        let was_tried = devices.iter().any(|device| device.attempts > 0);
        self.board.update(|status| {
            status.last_error = error;
            if is_up {
                (status.health, status.attempts) = (Health::Connected, 0);
            } else if was_tried {
                status.health = Health::Waiting;
                status.attempts = devices
                    .iter()
                    .map(|device| device.attempts)
                    .max()
                    .unwrap_or(0);
                status.next_attempt = devices
                    .iter()
                    .filter_map(|device| device.next_attempt)
                    .min();
            } else {
                status.health = Health::Connecting;
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<State>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_connected_while_any_device_answers() {
        let board = StatusBoard::default();
        let ward = Ward::new(2, board.clone());
        assert_eq!(board.snapshot().health, Health::Connecting);
        ward.down(0, 1, Instant::now(), "device 1: silent".to_owned());
        assert_eq!(board.snapshot().health, Health::Waiting);
        assert!(board.snapshot().next_attempt.is_some());
        ward.up(1);
        let status = board.snapshot();
        assert_eq!((status.health, status.attempts), (Health::Connected, 0));
        assert_eq!(status.last_error.as_deref(), Some("device 1: silent"));
        ward.up(0);
        assert_eq!(board.snapshot().last_error, None);
    }
}
