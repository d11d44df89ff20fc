//! The building: a chiller, an air handling unit, four rooms.

use super::calendar::Calendar;
use super::message::{Device, Message, Pace, Payload, ticks};
use super::noise::{Seed, ease};
use super::weather::Weather;
use crate::domain::Timestamp;

const HISTORY_PERIOD_S: i64 = 300;
const LIVE_PERIOD_S: i64 = 15;
/// The room whose sensor has an empty battery.
const SILENT_ROOM: &str = "room-4";

#[derive(Clone)]
struct Building {
    calendar: Calendar,
    weather: Weather,
}

/// Speaks for everything in the building that still works.
pub(super) fn gateway(calendar: &Calendar) -> Device {
    let building = Building::new(calendar);
    let device = Device::new("gateway-batiment-a", move |range, pace| {
        ticks(range, period(pace))
            .flat_map(|at| building.reports(at))
            .collect()
    });
    device.with_presence("energie/gateways/gateway-batiment-a/online")
}

/// A sensor that stopped a day before anybody looked.
pub(super) fn silent_room(calendar: &Calendar) -> Device {
    let building = Building::new(calendar);
    let mut device = Device::new("sensor-laboratoire", move |range, pace| {
        ticks(range, period(pace))
            .map(|at| building.room(SILENT_ROOM, at))
            .collect()
    });
    device.silent_for_hours = Some(26);
    device
}

fn period(pace: Pace) -> i64 {
    match pace {
        Pace::History => HISTORY_PERIOD_S,
        Pace::Live => LIVE_PERIOD_S,
    }
}

impl Building {
    fn new(calendar: &Calendar) -> Self {
        Self {
            calendar: calendar.clone(),
            weather: Weather::at(calendar, "grenoble", 45.195, 5.706),
        }
    }

    fn reports(&self, at: Timestamp) -> Vec<Message> {
        vec![
            self.chiller(at),
            self.air_handling_unit(at),
            self.room("room-1", at),
            self.room("room-2", at),
            self.room("room-3", at),
        ]
    }

    /// Between 0 (empty) and 1 (everybody at work).
    fn presence(&self, at: Timestamp) -> f64 {
        let local = self.calendar.local(at);
        let hour = local.hour;
        let at_work = ease((hour - 7.5) / 2.0) * (1.0 - ease((hour - 16.5) / 2.5));
        let lunch = 0.45 * ease((hour - 11.75) / 0.5) * (1.0 - ease((hour - 13.25) / 0.75));
        let share = if local.is_working_day() { 1.0 } else { 0.06 };
        (at_work - lunch).max(0.0) * share
    }

    fn chiller(&self, at: Timestamp) -> Message {
        let seed = Seed::of("chiller-a");
        let heat = (self.weather.air(at) - 4.0).clamp(0.0, 30.0);
        let load = 18.0 + 1.4 * heat + 22.0 * self.presence(at) + 3.0 * seed.wave(at, 1_500);
        let supply = 7.0 + 0.35 * seed.part(1).wave(at, 600);
        let payload = Payload::at(at)
            .number("supply_temperature", supply, 1)
            .number("return_temperature", supply + 2.4 + load * 0.045, 1)
            .number("power", 1.5 + load * 0.62, 1)
            .number("load", load.clamp(0.0, 100.0), 0)
            .flag("running", true)
            .flag("fault", false)
            .end();
        message(at, "energie/chillers/chiller-a/status", payload)
    }

    fn air_handling_unit(&self, at: Timestamp) -> Message {
        let seed = Seed::of("ahu-a");
        let local = self.calendar.local(at);
        let running = local.is_working_day() && (6.0..20.0).contains(&local.hour);
        let air = self.weather.air(at);
        let fan = if running {
            46.0 + 34.0 * self.presence(at) + 2.0 * seed.wave(at, 400)
        } else {
            0.0
        };
        let supply = if running {
            19.5 + 0.5 * seed.part(1).wave(at, 900)
        } else {
            16.0 + 0.15 * air
        };
        let clogging = 60.0 + 55.0 * local.season();
        let payload = Payload::at(at)
            .number("supply_temperature", supply, 1)
            .number("return_temperature", self.warmth("ahu-a", at) + 0.4, 1)
            .number("fan_speed", fan, 0)
            .number("filter_pressure", clogging * (fan / 80.0).powi(2), 0)
            .flag("running", running)
            .flag("fault", false)
            .end();
        message(at, "energie/ahus/ahu-a/status", payload)
    }

    fn room(&self, key: &str, at: Timestamp) -> Message {
        let seed = Seed::of(key);
        let people = self.presence(at) * seed.between(0, 0.5, 1.15);
        let meeting = (0.5 + 0.5 * seed.part(1).wave(at, 5_400)) * people;
        let co2 = 425.0 + 260.0 * people + 330.0 * meeting + 8.0 * seed.part(2).wave(at, 300);
        let humidity = 41.0 + 7.0 * seed.part(3).wave(at, 40_000) + 4.0 * people;
        let payload = Payload::at(at)
            .number("temperature", self.warmth(key, at), 1)
            .number("humidity", humidity, 0)
            .number("co2", co2, 0)
            .end();
        message(at, &format!("energie/rooms/{key}/status"), payload)
    }

    fn warmth(&self, key: &str, at: Timestamp) -> f64 {
        let seed = Seed::of(key).part(9);
        let local = self.calendar.local(at);
        let heated = ease((local.hour - 5.5) / 3.5) * (1.0 - ease((local.hour - 18.0) / 6.0));
        let day = if local.is_working_day() { 3.0 } else { 0.8 };
        let sun = self.weather.irradiance(at) * 0.002;
        18.2 + day * heated + sun + 0.5 * self.presence(at) + 0.3 * seed.wave(at, 2_400)
    }
}

fn message(at: Timestamp, topic: &str, payload: String) -> Message {
    Message {
        at,
        topic: topic.to_owned(),
        payload,
        retain: false,
    }
}
