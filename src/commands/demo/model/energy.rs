//! The sites with batteries: packs, a feeder meter, a solar roof.

use super::calendar::Calendar;
use super::message::{Device, Message, Pace, Payload, ticks};
use super::noise::{Seed, ease};
use super::pack::Pack;
use super::weather::Weather;
use crate::domain::{TimeRange, Timestamp};
use std::sync::{Mutex, PoisonError};

/// Hours since 1970 at which the meters of energy began to count.
const FIRST_HOUR: i64 = 20_454 * 24;
/// A gateway that is rebooted once a week: Tuesdays from 10:20 to 11:00.
const REBOOT: (i64, f64, f64) = (1, 10.0 + 20.0 / 60.0, 11.0);

/// Something on the field bus of a gateway.
struct Part {
    topic: String,
    live_period_s: i64,
    report: Box<dyn Fn(Timestamp) -> String + Send + Sync>,
}

pub(super) fn grenoble(calendar: &Calendar) -> Device {
    let weather = Weather::at(calendar, "grenoble", 45.195, 5.706);
    let mut parts = packs(calendar, &weather, &["pack-g1", "pack-g2", "pack-g3"]);
    parts.push(meter(calendar, &weather, "meter-grenoble", 140.0));
    Device::new("gateway-grenoble", teller(parts))
        .with_presence("energie/gateways/gateway-grenoble/online")
}

pub(super) fn lyon(calendar: &Calendar) -> Device {
    let weather = Weather::at(calendar, "lyon", 45.73, 4.832);
    let mut parts = packs(calendar, &weather, &["pack-l1", "pack-l2", "pack-l4"]);
    let weak = Pack::new(calendar, &weather, "pack-l3").with_weak_cell(11);
    parts.push(pack("pack-l3", weak));
    parts.push(meter(calendar, &weather, "meter-lyon", 65.0));
    parts.push(inverter(weather, "pv-lyon"));
    Device::new("gateway-lyon", teller(parts)).with_presence("energie/gateways/gateway-lyon/online")
}

pub(super) fn nantes(calendar: &Calendar) -> Device {
    let weather = Weather::at(calendar, "nantes", 47.249, -1.551);
    let mut parts = packs(calendar, &weather, &["pack-n1", "pack-n2", "pack-n3"]);
    parts.push(meter(calendar, &weather, "meter-nantes", 48.0));
    let tell = teller(parts);
    let calendar = calendar.clone();
    let device = Device::new("gateway-nantes", move |range, pace| {
        let mut messages = tell(range, pace);
        messages.retain(|message| !is_rebooting(&calendar, message.at));
        messages
    });
    device.with_presence("energie/gateways/gateway-nantes/online")
}

fn is_rebooting(calendar: &Calendar, at: Timestamp) -> bool {
    let local = calendar.local(at);
    local.weekday() == REBOOT.0 && (REBOOT.1..REBOOT.2).contains(&local.hour)
}

fn teller(parts: Vec<Part>) -> impl Fn(TimeRange, Pace) -> Vec<Message> + Send + Sync {
    const HISTORY_PERIOD_S: i64 = 300;
    move |range, pace| {
        let mut messages = Vec::new();
        for part in &parts {
            let period = match pace {
                Pace::History => HISTORY_PERIOD_S,
                Pace::Live => part.live_period_s,
            };
            messages.extend(ticks(range, period).map(|at| Message {
                at,
                topic: part.topic.clone(),
                payload: (part.report)(at),
                retain: false,
            }));
        }
        messages.sort_by_key(|message| message.at);
        messages
    }
}

fn packs(calendar: &Calendar, weather: &Weather, keys: &[&str]) -> Vec<Part> {
    keys.iter()
        .map(|key| pack(key, Pack::new(calendar, weather, key)))
        .collect()
}

fn pack(key: &str, pack: Pack) -> Part {
    Part {
        topic: format!("energie/packs/{key}/status"),
        live_period_s: 5,
        report: Box::new(move |at| pack.report(at)),
    }
}

fn meter(calendar: &Calendar, weather: &Weather, key: &str, peak_kw: f64) -> Part {
    let (calendar, weather, seed) = (calendar.clone(), weather.clone(), Seed::of(key));
    let base = move |at| {
        let local = calendar.local(at);
        let at_work = ease((local.hour - 6.5) / 2.5) * (1.0 - ease((local.hour - 17.0) / 3.0));
        let work = if local.is_working_day() {
            at_work
        } else {
            0.12 * at_work
        };
        let heating = (16.0 - weather.air(at)).max(0.0) * 0.012;
        peak_kw * (0.22 + 0.6 * work + heating) * (1.0 + 0.05 * seed.wave(at, 3_600))
    };
    let register = Register::new(base);
    Part {
        topic: format!("energie/meters/{key}/status"),
        live_period_s: 10,
        report: Box::new(move |at| {
            let power = (register.power)(at) * (1.0 + 0.04 * seed.part(1).wave(at, 90));
            Payload::at(at)
                .number("power", power, 1)
                .number("energy", register.energy(at), 0)
                .number("voltage", 231.5 + 3.0 * seed.part(2).wave(at, 1_200), 1)
                .number(
                    "frequency",
                    50.0 + 0.035 * Seed::of("grid").wave(at, 240),
                    2,
                )
                .number(
                    "power_factor",
                    0.955 + 0.03 * seed.part(3).wave(at, 1_800),
                    2,
                )
                .end()
        }),
    }
}

fn inverter(weather: Weather, key: &str) -> Part {
    const PEAK_KW: f64 = 62.0;
    let seed = Seed::of(key);
    let sun = weather.clone();
    let register = Register::new(move |at| PEAK_KW * sun.irradiance(at) / 1_000.0 * 0.86);
    Part {
        topic: format!("energie/inverters/{key}/status"),
        live_period_s: 10,
        report: Box::new(move |at| {
            let power = (register.power)(at);
            let producing = power > 0.1;
            let volts = if producing {
                618.0 + 22.0 * seed.wave(at, 300)
            } else {
                0.0
            };
            Payload::at(at)
                .number("power", power, 1)
                .number("energy", register.energy(at), 0)
                .number("dc_voltage", volts, 0)
                .number("irradiance", weather.irradiance(at), 0)
                .number("temperature", weather.air(at) + 9.0 + 0.55 * power, 1)
                .word("state", if producing { "PRODUCING" } else { "STANDBY" })
                .end()
        }),
    }
}

/// An energy register over a curve of power in kW.
struct Register<P> {
    power: P,
    /// kWh before each hour since [`FIRST_HOUR`].
    hours: Mutex<Vec<f64>>,
}

impl<P: Fn(Timestamp) -> f64> Register<P> {
    fn new(power: P) -> Self {
        let hours = Mutex::new(vec![0.0]);
        Self { power, hours }
    }

    fn energy(&self, at: Timestamp) -> f64 {
        let start = at.hour_start();
        let hour = usize::try_from(start.0 / Timestamp::HOUR - FIRST_HOUR).unwrap_or(0);
        let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        while hours.len() <= hour {
            let start = (FIRST_HOUR + hours.len() as i64 - 1) * Timestamp::HOUR;
            let before = hours[hours.len() - 1];
            hours.push(before + self.within_hour(Timestamp(start), 1.0));
        }
        hours[hour] + self.within_hour(start, at.since(start) as f64 / Timestamp::HOUR as f64)
    }

    /// kWh of the first part of an hour: quarter-hour steps, each at the power of its middle.
    fn within_hour(&self, start: Timestamp, part: f64) -> f64 {
        let quarter = Timestamp::HOUR / 4;
        (0..4)
            .map(|index| {
                let share = (part * 4.0 - f64::from(index)).clamp(0.0, 1.0);
                let middle = start.plus(i64::from(index) * quarter + quarter / 2);
                if share > 0.0 {
                    (self.power)(middle) * share / 4.0
                } else {
                    0.0
                }
            })
            .sum()
    }
}
