//! A battery pack behind a solar roof: charged by the sun, emptied in the evening.

use super::calendar::{Calendar, Local};
use super::message::Payload;
use super::noise::{Seed, ease, ease_slope};
use super::weather::Weather;
use crate::domain::Timestamp;
use std::sync::{Mutex, PoisonError};

const CELLS: usize = 16;
const CAPACITY_KWH: f64 = 14.3;
/// Where the meters of energy began to count, in days since 1970.
const FIRST_DAY: i64 = 20_454;

/// Open-circuit voltage of a lithium iron phosphate cell at rest, by state of charge in %.
const OPEN_CIRCUIT: [(f64, f64); 12] = [
    (0.0, 2.80),
    (5.0, 3.05),
    (10.0, 3.18),
    (20.0, 3.24),
    (30.0, 3.27),
    (40.0, 3.285),
    (60.0, 3.30),
    (70.0, 3.325),
    (80.0, 3.335),
    (90.0, 3.345),
    (97.0, 3.37),
    (100.0, 3.45),
];

pub(super) struct Pack {
    calendar: Calendar,
    weather: Weather,
    seed: Seed,
    /// Index of the cell that lost capacity, if there is one.
    weak_cell: Option<usize>,
    /// kWh in and out before each day since [`FIRST_DAY`].
    ledger: Mutex<Vec<(f64, f64)>>,
}

/// What a day brings, in % of the capacity.
struct Day {
    midnight: f64,
    morning: f64,
    sun: f64,
    evening: f64,
}

/// A use of the pack between two hours of the day.
struct Phase {
    from: f64,
    to: f64,
}

const MORNING: Phase = Phase { from: 6.0, to: 8.4 };
const SUN: Phase = Phase {
    from: 8.6,
    to: 15.8,
};
const EVENING: Phase = Phase {
    from: 17.2,
    to: 22.6,
};

impl Phase {
    fn done(&self, hour: f64) -> f64 {
        ease((hour - self.from) / (self.to - self.from))
    }

    /// Per hour.
    fn rate(&self, hour: f64) -> f64 {
        ease_slope((hour - self.from) / (self.to - self.from)) / (self.to - self.from)
    }
}

impl Pack {
    pub(super) fn new(calendar: &Calendar, weather: &Weather, key: &str) -> Self {
        Self {
            calendar: calendar.clone(),
            weather: weather.clone(),
            seed: Seed::of(key),
            weak_cell: None,
            ledger: Mutex::new(vec![(0.0, 0.0)]),
        }
    }

    pub(super) fn with_weak_cell(mut self, number: usize) -> Self {
        self.weak_cell = Some(number - 1);
        self
    }

    /// What its management unit reports.
    pub(super) fn report(&self, at: Timestamp) -> String {
        let local = self.shifted(self.calendar.local(at));
        let day = self.day(local.day);
        let charge = day.midnight - day.morning * MORNING.done(local.hour)
            + day.sun * SUN.done(local.hour)
            - day.evening * EVENING.done(local.hour);
        let power = self.power(at, &day, local.hour);
        let cells = self.cells(at, charge, power);
        let voltage: f64 = cells.iter().sum();
        let (low, high) = cells.iter().fold((f64::MAX, f64::MIN), |(low, high), v| {
            (low.min(*v), high.max(*v))
        });
        let (energy_in, energy_out) = self.energy(local);
        let cycles = 180.0 + energy_out / CAPACITY_KWH;
        let millivolts: Vec<_> = cells.iter().map(|volts| volts * 1e3).collect();
        Payload::at(at)
            .number("voltage", voltage, 2)
            .number("current", power * 1e3 / voltage, 1)
            .number("power", power, 2)
            .number("soc", charge.clamp(0.0, 100.0), 1)
            .number(
                "soh",
                99.0 - cycles * 0.004 - 2.0 * self.seed.uniform(-1),
                1,
            )
            .number("cycles", cycles.floor(), 0)
            .number("energy_in", energy_in, 1)
            .number("energy_out", energy_out, 1)
            .numbers("cells", &millivolts, 0)
            .numbers("temperatures", &self.temperatures(at, power), 1)
            .number("cell_min", low * 1e3, 0)
            .number("cell_max", high * 1e3, 0)
            .number("cell_spread", (high - low) * 1e3, 0)
            .word("state", state(power))
            .flag("fault", false)
            .end()
    }

    /// Each pack lives a little earlier or later than the others.
    fn shifted(&self, local: Local) -> Local {
        let hour = local.hour + self.seed.between(-2, -0.4, 0.4);
        Local {
            hour: hour.clamp(0.0, 24.0),
            ..local
        }
    }

    fn day(&self, day: i64) -> Day {
        let midnight = |day| self.seed.part(1).between(day, 22.0, 34.0);
        let morning = self.seed.part(2).between(day, 4.0, 9.0);
        let sunny = 1.0 - self.weather.cloudiness(day);
        let full = (60.0 + 38.0 * sunny + self.seed.part(3).between(day, -4.0, 4.0)).min(98.5);
        Day {
            midnight: midnight(day),
            morning,
            sun: full - midnight(day) + morning,
            evening: full - midnight(day + 1),
        }
    }

    /// kW; charging is positive.
    fn power(&self, at: Timestamp, day: &Day, hour: f64) -> f64 {
        let percent_per_hour = day.sun * SUN.rate(hour)
            - day.morning * MORNING.rate(hour)
            - day.evening * EVENING.rate(hour);
        let flicker = 1.0 + 0.10 * self.seed.part(4).wave(at, 150);
        let own_use = -0.015 * (1.0 + 0.3 * self.seed.part(5).wave(at, 60));
        percent_per_hour * CAPACITY_KWH / 100.0 * flicker + own_use
    }

    fn cells(&self, at: Timestamp, charge: f64, power: f64) -> [f64; CELLS] {
        let amperes = power * 1e3 / 52.8;
        std::array::from_fn(|index| {
            let seed = self.seed.part(100 + index as u64);
            let drift = seed.between(0, -0.9, 0.9) + 0.4 * seed.wave(at, 9 * 86_400);
            let weak = self.weak_cell == Some(index);
            let missing = if weak { 0.12 * (100.0 - charge) } else { 0.0 };
            let milliohms = seed.between(1, 0.8, 1.0) * if weak { 2.6 } else { 1.0 };
            open_circuit(charge + drift - missing)
                + amperes * milliohms * 1e-3
                + 0.000_6 * seed.wave(at, 45)
        })
    }

    fn temperatures(&self, at: Timestamp, power: f64) -> [f64; 4] {
        let room = 17.0 + 0.35 * self.weather.air(at);
        std::array::from_fn(|index| {
            let seed = self.seed.part(200 + index as u64);
            room + seed.between(0, 0.0, 1.6) + 1.7 * power.abs() + 0.3 * seed.wave(at, 900)
        })
    }

    /// kWh charged and discharged since the pack was new.
    fn energy(&self, local: Local) -> (f64, f64) {
        let (before_in, before_out) = self.energy_before(local.day);
        let day = self.day(local.day);
        let charged = day.sun * SUN.done(local.hour);
        let discharged =
            day.morning * MORNING.done(local.hour) + day.evening * EVENING.done(local.hour);
        let kwh = CAPACITY_KWH / 100.0;
        // Charging costs a little more than what comes back.
        (
            before_in + charged * kwh * 1.03,
            before_out + discharged * kwh,
        )
    }

    fn energy_before(&self, day: i64) -> (f64, f64) {
        let days = usize::try_from(day - FIRST_DAY).unwrap_or(0);
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        while ledger.len() <= days {
            let (energy_in, energy_out) = ledger[ledger.len() - 1];
            let day = self.day(FIRST_DAY + ledger.len() as i64 - 1);
            let kwh = CAPACITY_KWH / 100.0;
            ledger.push((
                energy_in + day.sun * kwh * 1.03,
                energy_out + (day.morning + day.evening) * kwh,
            ));
        }
        ledger[days]
    }
}

fn state(power: f64) -> &'static str {
    match power {
        p if p > 0.05 => "CHARGING",
        p if p < -0.05 => "DISCHARGING",
        _ => "IDLE",
    }
}

fn open_circuit(charge: f64) -> f64 {
    let charge = charge.clamp(0.0, 100.0);
    let above = OPEN_CIRCUIT
        .iter()
        .position(|(known, _)| *known >= charge)
        .unwrap_or(OPEN_CIRCUIT.len() - 1)
        .max(1);
    let ((x0, y0), (x1, y1)) = (OPEN_CIRCUIT[above - 1], OPEN_CIRCUIT[above]);
    y0 + (y1 - y0) * (charge - x0) / (x1 - x0)
}
