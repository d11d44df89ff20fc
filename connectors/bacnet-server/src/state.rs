//! What an object shows right now, shared by the object and whoever updates it.

use crate::point::{Doubt, Point, Update};
use crate::priorities::Priorities;
use bacnet_types::enums::{EventState, Reliability};
use bacnet_types::primitives::StatusFlags;
use std::sync::{Mutex, PoisonError};

/// The state of one point.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) point: Point,
    shown: Mutex<Shown>,
}

#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// What the field says.
    measured: f64,
    pub(crate) reliability: Reliability,
    pub(crate) event: EventState,
    pub(crate) priorities: Priorities,
}

impl Shown {
    /// What is commanded; what the field says when nothing is.
    pub(crate) fn present(&self) -> f64 {
        self.priorities
            .winner()
            .map_or(self.measured, |(value, _)| value)
    }

    pub(crate) fn measured(&self) -> f64 {
        self.measured
    }

    pub(crate) fn flags(&self) -> StatusFlags {
        let mut flags = StatusFlags::empty();
        flags.set(StatusFlags::IN_ALARM, self.event != EventState::NORMAL);
        flags.set(
            StatusFlags::FAULT,
            self.reliability != Reliability::NO_FAULT_DETECTED,
        );
        flags
    }
}

impl State {
    pub(crate) fn new(point: Point) -> Self {
        let shown = Shown {
            measured: point.kind.nothing(),
            reliability: Doubt::reliability(Some(Doubt::NoValue)),
            event: EventState::NORMAL,
            priorities: Priorities::default(),
        };
        Self {
            point,
            shown: Mutex::new(shown),
        }
    }

    pub(crate) fn shown(&self) -> Shown {
        self.lock().clone()
    }

    /// Takes what is new; a value that such a point cannot have is a doubt. What it shows then.
    pub(crate) fn take(&self, update: Update) -> f64 {
        let mut shown = self.lock();
        let number = update.value.map(|value| self.point.kind.number(value));
        let doubt = match number {
            Some(None) => Some(Doubt::Bad),
            _ => update.doubt,
        };
        if let Some(Some(number)) = number {
            shown.measured = number;
        }
        shown.reliability = Doubt::reliability(doubt);
        shown.event = update.event.state();
        shown.present()
    }

    /// Takes or leaves a slot of the priority array.
    pub(crate) fn command(&self, priority: u8, value: Option<f64>) {
        self.lock().priorities.set(priority, value);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
