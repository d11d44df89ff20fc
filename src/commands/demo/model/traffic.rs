//! Who parks where and when, for one day of the car park.
//!
//! Residents leave in the morning and are back at night, workers stay for the
//! day, visitors come and go by the hour, and the last bays are for setting down:
//! somebody stops there for some minutes at any time of the day. Everybody passes a
//! barrier, one vehicle at a time, a minute before the bay fills and a minute after it empties.

use super::calendar::{Calendar, Local};
use super::message::Pace;
use super::noise::Seed;
use crate::domain::Timestamp;
use std::collections::VecDeque;

pub(super) const BAYS: usize = 20;
const RESIDENTS: usize = 4;
const WORKERS: usize = 11;
/// From this bay on one stops for minutes only.
const STOPS: usize = 14;
/// Bays among them that are taken when one more vehicle comes.
const STOPPED: usize = 3;
/// A barrier needs this long before the next vehicle.
const BARRIER_BUSY: i64 = 22 * Timestamp::SECOND;
const MINUTE: i64 = 60 * Timestamp::SECOND;

/// One vehicle on its way in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    /// The bay, from 0.
    pub(super) bay: usize,
    pub(super) inward: bool,
    /// When its bay sensor changes.
    pub(super) at_bay: Timestamp,
    /// When its barrier begins to open.
    pub(super) at_barrier: Timestamp,
}

/// All moves of a local day, ascending by the bay's time.
pub(super) fn moves(calendar: &Calendar, day: i64, pace: Pace) -> Vec<Move> {
    let mut moves: Vec<Move> = (0..STOPS)
        .flat_map(|bay| wishes(calendar, day, bay))
        .collect();
    moves.extend(stops(calendar, day, pace));
    queue_at_barrier(&mut moves, true);
    queue_at_barrier(&mut moves, false);
    moves.sort_by_key(|each| (each.at_bay, each.bay));
    moves
}

/// Whether a bay is taken at midnight, before the first move of a day.
pub(super) const fn is_taken_at_midnight(bay: usize) -> bool {
    bay < RESIDENTS
}

fn wishes(calendar: &Calendar, day: i64, bay: usize) -> Vec<Move> {
    let seed = Seed::of("bay").part(bay as u64).part(day as u64);
    let working_day = Local { day, hour: 0.0 }.is_working_day();
    let mut hours = match bay {
        0..RESIDENTS => resident(seed, working_day),
        RESIDENTS..WORKERS if working_day => worker(seed),
        _ => Vec::new(),
    };
    if bay >= RESIDENTS {
        visitors(seed, working_day, &mut hours);
    }
    let mut inward = !is_taken_at_midnight(bay);
    hours
        .into_iter()
        .map(|hour| {
            let at_bay = whole_second(calendar.instant(Local { day, hour }));
            let each = travel(seed, bay, inward, at_bay);
            inward = !inward;
            each
        })
        .collect()
}

/// Vehicles that set somebody down: one comes, one goes, day and night, and none stays over
/// midnight. Who came first leaves first.
fn stops(calendar: &Calendar, day: i64, pace: Pace) -> Vec<Move> {
    const LAST_HOUR: f64 = 23.8;
    let seed = Seed::of("stops").part(day as u64);
    let (shortest, longest) = match pace {
        Pace::Live => (20.0, 40.0),
        Pace::History => (600.0, 1200.0),
    };
    let mut free: VecDeque<usize> = (STOPS..BAYS).collect();
    let mut taken: VecDeque<usize> = VecDeque::new();
    let (mut moves, mut hour) = (Vec::new(), 0.01);
    for turn in 0.. {
        let inward = hour < LAST_HOUR && taken.len() < STOPPED;
        let (from, to) = if inward {
            (&mut free, &mut taken)
        } else {
            (&mut taken, &mut free)
        };
        let Some(bay) = from.pop_front() else { break };
        to.push_back(bay);
        let at_bay = whole_second(calendar.instant(Local { day, hour }));
        moves.push(travel(seed.part(turn as u64), bay, inward, at_bay));
        let pause = if hour < LAST_HOUR {
            seed.between(turn, shortest, longest)
        } else {
            60.0
        };
        hour += pause / 3600.0;
    }
    moves
}

/// The modules know no fractions, so nothing happens between two seconds.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.0.div_euclid(Timestamp::SECOND))
}

fn travel(seed: Seed, bay: usize, inward: bool, at_bay: Timestamp) -> Move {
    let drive = seed.between(at_bay.0, 50.0, 85.0) as i64 * Timestamp::SECOND;
    let at_barrier = at_bay.plus(if inward { -drive } else { drive });
    Move {
        bay,
        inward,
        at_bay,
        at_barrier,
    }
}

/// Out and in again.
fn resident(seed: Seed, working_day: bool) -> Vec<f64> {
    if working_day {
        vec![seed.between(0, 7.2, 8.6), seed.between(1, 17.4, 19.6)]
    } else {
        let out = seed.between(0, 9.5, 15.0);
        vec![out, out + seed.between(1, 0.7, 4.0)]
    }
}

fn worker(seed: Seed) -> Vec<f64> {
    vec![seed.between(0, 7.6, 9.3), seed.between(1, 16.4, 18.2)]
}

/// Fills what the day leaves free between seven and half past ten in the evening.
fn visitors(seed: Seed, working_day: bool, hours: &mut Vec<f64>) {
    let mut hour = hours.last().copied().unwrap_or(7.0);
    for turn in 10.. {
        let pause = -seed.uniform(turn).max(1e-3).ln() / wanted(hour, working_day);
        let arrival = hour + 0.1 + pause.min(6.0);
        let stay = 0.35 + 1.6 * seed.part(1).uniform(turn).powi(2) + seed.part(2).uniform(turn);
        hour = arrival + stay;
        if hour > 22.5 {
            return;
        }
        hours.extend([arrival, hour]);
    }
}

/// How many drivers an hour look for this bay.
fn wanted(hour: f64, working_day: bool) -> f64 {
    let near = |peak: f64, width: f64| (-((hour - peak) / width).powi(2)).exp();
    if working_day {
        0.25 + 0.9 * near(10.5, 1.8) + 0.7 * near(13.0, 1.2) + 1.3 * near(18.5, 1.6)
    } else {
        0.2 + 1.5 * near(11.0, 1.5) + 1.2 * near(16.0, 2.2)
    }
}

/// Lets vehicles pass one after the other; who had to wait reaches the bay later.
fn queue_at_barrier(moves: &mut [Move], inward: bool) {
    let mut queue: Vec<&mut Move> = moves
        .iter_mut()
        .filter(|each| each.inward == inward)
        .collect();
    queue.sort_by_key(|each| (each.at_barrier, each.bay));
    let mut free_from = Timestamp(i64::MIN);
    for each in queue {
        let waited = free_from.since(each.at_barrier).clamp(0, 10 * MINUTE);
        each.at_barrier = each.at_barrier.plus(waited);
        if inward {
            each.at_bay = each.at_bay.plus(waited);
        }
        free_from = each.at_barrier.plus(BARRIER_BUSY);
    }
}
