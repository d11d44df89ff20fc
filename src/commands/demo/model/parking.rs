//! The modules of the car park, in the words of the smart parking protocol.

use super::calendar::Calendar;
use super::message::{Device, Message, Pace};
use super::noise::Seed;
use super::traffic::{self, BAYS, Move};
use crate::domain::{TimeRange, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

const PREFIX: &str = "smart_parking_2026/parking";
const THRESHOLD_CM: i64 = 120;
/// Longer than what a module says of one move lies from it: the cycle of a barrier.
const AROUND: i64 = 60 * Timestamp::SECOND;
/// Days that are remembered: of each pace, the two on both sides of midnight.
const KEPT: usize = 4;

/// Which barrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands::demo) enum BarrierSide {
    Entry,
    Exit,
}

impl BarrierSide {
    pub(in crate::commands::demo) const fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Exit => "exit",
        }
    }
}

/// Which day, at which pace.
type DayKey = (i64, Pace);

/// A day's traffic.
type Day = (DayKey, Arc<Vec<Move>>);

/// Computes a day's traffic once for all modules.
struct Days {
    calendar: Calendar,
    /// The newest last.
    known: Mutex<VecDeque<Day>>,
}

pub(super) fn modules(calendar: &Calendar) -> Vec<Device> {
    let days = Arc::new(Days {
        calendar: calendar.clone(),
        known: Mutex::default(),
    });
    vec![
        module(&days, "SmartPark2026_P1", bay_messages)
            .with_presence("smart_parking_2026/parking/modules/module-places/online"),
        barrier(&days, "SmartPark2026_P2", BarrierSide::Entry),
        barrier(&days, "SmartPark2026_P3", BarrierSide::Exit),
        module(&days, "SmartPark2026_P4", |days, moves| {
            sensor_messages(days, moves, BarrierSide::Entry)
        }),
        module(&days, "SmartPark2026_P5", |days, moves| {
            sensor_messages(days, moves, BarrierSide::Exit)
        }),
        display(&days),
    ]
}

fn module(
    days: &Arc<Days>,
    name: &'static str,
    tell: impl Fn(&Days, &[Move]) -> Vec<Message> + Send + Sync + 'static,
) -> Device {
    let days = Arc::clone(days);
    let mut device = Device::new(name, move |range, pace| days.tell(range, pace, &tell));
    device.on_change = true;
    device
}

fn barrier(days: &Arc<Days>, name: &'static str, side: BarrierSide) -> Device {
    let mut device = module(days, name, move |days, moves| {
        let passing = moves
            .iter()
            .filter(|each| each.inward == (side == BarrierSide::Entry));
        passing
            .flat_map(|each| cycle(&days.calendar, side, each.at_barrier))
            .collect()
    });
    device.obeys = Some(match side {
        BarrierSide::Entry => "smart_parking_2026/parking/barriers/entry/cmd",
        BarrierSide::Exit => "smart_parking_2026/parking/barriers/exit/cmd",
    });
    device
}

/// In the past it shows what the bays said; alive it shows what it is told.
fn display(days: &Arc<Days>) -> Device {
    let days = Arc::clone(days);
    let mut device = Device::new("SmartPark2026_P6", move |range, pace| match pace {
        Pace::History => days.tell_of(range, pace, &shown_messages),
        Pace::Live => Vec::new(),
    });
    device.obeys = Some("smart_parking_2026/parking/display/available");
    device
}

impl Days {
    /// What a module says in `range` of the moves around it; no other move is looked at, since this
    /// is asked several times a second.
    fn tell(
        &self,
        range: TimeRange,
        pace: Pace,
        tell: &dyn Fn(&Self, &[Move]) -> Vec<Message>,
    ) -> Vec<Message> {
        let (start, end) = (range.start.plus(-AROUND), range.end.plus(AROUND));
        let is_near = |at: Timestamp| start <= at && at <= end;
        self.tell_of(range, pace, &|days, moves| {
            let near = moves.iter().copied();
            let near = near.filter(|each| is_near(each.at_bay) || is_near(each.at_barrier));
            tell(days, &near.collect::<Vec<_>>())
        })
    }

    /// What a module says in `range` of all the moves of its days; looked up an hour around it, for
    /// vehicles on their way.
    fn tell_of(
        &self,
        range: TimeRange,
        pace: Pace,
        tell: &dyn Fn(&Self, &[Move]) -> Vec<Message>,
    ) -> Vec<Message> {
        let first = self.calendar.local(range.start.plus(-Timestamp::HOUR)).day;
        let last = self.calendar.local(range.end.plus(Timestamp::HOUR)).day;
        let mut messages: Vec<_> = (first..=last)
            .flat_map(|day| tell(self, &self.moves(day, pace)))
            .filter(|message| range.start <= message.at && message.at < range.end)
            .collect();
        messages.sort_by_key(|message| message.at);
        messages
    }

    fn moves(&self, day: i64, pace: Pace) -> Arc<Vec<Move>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, moves)) = known.iter().find(|(key, _)| *key == (day, pace)) {
            return Arc::clone(moves);
        }
        let moves = Arc::new(traffic::moves(&self.calendar, day, pace));
        if known.len() == KEPT {
            known.pop_front();
        }
        known.push_back(((day, pace), Arc::clone(&moves)));
        moves
    }
}

fn bay_messages(days: &Days, moves: &[Move]) -> Vec<Message> {
    moves
        .iter()
        .map(|each| bay_message(&days.calendar, each))
        .collect()
}

fn bay_message(calendar: &Calendar, each: &Move) -> Message {
    let id = format!("A{:02}", each.bay + 1);
    let seed = Seed::of(&id);
    let (status, distance) = if each.inward {
        ("OCCUPIED", seed.between(each.at_bay.0, 28.0, 64.0))
    } else {
        ("FREE", seed.between(each.at_bay.0, 228.0, 236.0))
    };
    let ts = calendar.without_zone(each.at_bay);
    Message {
        at: each.at_bay,
        topic: format!("{PREFIX}/spots/{id}/status"),
        payload: format!(
            r#"{{"id":"{id}","status":"{status}","distance_cm":{distance:.0},"threshold_cm":{THRESHOLD_CM},"debounce_n":3,"ts":"{ts}"}}"#
        ),
        retain: true,
    }
}

fn sensor_messages(days: &Days, moves: &[Move], side: BarrierSide) -> Vec<Message> {
    let passing = moves
        .iter()
        .filter(|each| each.inward == (side == BarrierSide::Entry));
    passing
        .flat_map(|each| [(-4, "OCCUPIED"), (7, "FREE")].map(|change| (each, change)))
        .map(|(each, (seconds, status))| {
            let at = each.at_barrier.plus(seconds * Timestamp::SECOND);
            let ts = days.calendar.without_zone(at);
            Message {
                at,
                topic: format!("{PREFIX}/{}_sensor/status", side.name()),
                payload: format!(r#"{{"status":"{status}","ts":"{ts}"}}"#),
                retain: true,
            }
        })
        .collect()
}

/// What a barrier that begins to open at `at` says until it is closed again.
pub(in crate::commands::demo) fn barrier_cycle(side: BarrierSide, at: Timestamp) -> Vec<Message> {
    cycle(&Calendar::paris(), side, at)
}

fn cycle(calendar: &Calendar, side: BarrierSide, at: Timestamp) -> Vec<Message> {
    [
        (0, "OPENING"),
        (3, "OPENED"),
        (9, "CLOSING"),
        (12, "CLOSED"),
    ]
    .map(|(seconds, state)| {
        let at = at.plus(seconds * Timestamp::SECOND);
        let ts = calendar.without_zone(at);
        Message {
            at,
            topic: format!("{PREFIX}/barriers/{}/state", side.name()),
            payload: format!(r#"{{"state":"{state}","ts":"{ts}"}}"#),
            retain: true,
        }
    })
    .into()
}

fn shown_messages(days: &Days, moves: &[Move]) -> Vec<Message> {
    let taken = (0..BAYS)
        .filter(|bay| traffic::is_taken_at_midnight(*bay))
        .count();
    let mut free = BAYS - taken;
    moves
        .iter()
        .map(|each| {
            free = if each.inward { free - 1 } else { free + 1 };
            status(
                &days.calendar,
                free as u64,
                each.at_bay.plus(Timestamp::SECOND),
            )
        })
        .collect()
}

/// What the display says it shows.
pub(in crate::commands::demo) fn display_status(shown: u64, at: Timestamp) -> Message {
    status(&Calendar::paris(), shown, at)
}

fn status(calendar: &Calendar, shown: u64, at: Timestamp) -> Message {
    let ts = calendar.without_zone(at);
    Message {
        at,
        topic: format!("{PREFIX}/display/status"),
        payload: format!(r#"{{"shown":{shown},"ts":"{ts}"}}"#),
        retain: true,
    }
}
