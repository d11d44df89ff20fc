//! Sun and air at a site.

use super::calendar::Calendar;
use super::noise::Seed;
use crate::domain::Timestamp;
use std::f64::consts::TAU;

/// The weather of one place.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    calendar: Calendar,
    latitude: f64,
    longitude: f64,
    seed: Seed,
}

impl Weather {
    pub(super) fn at(calendar: &Calendar, place: &str, latitude: f64, longitude: f64) -> Self {
        Self {
            calendar: calendar.clone(),
            latitude: latitude.to_radians(),
            longitude,
            seed: Seed::of(place),
        }
    }

    /// W/m² on the ground: a clear sky, less the clouds of the day and those that pass.
    pub(super) fn irradiance(&self, at: Timestamp) -> f64 {
        let clear = 1_050.0 * self.sine_of_elevation(at).max(0.0).powf(1.15);
        let passing = 0.5 + 0.5 * self.seed.part(1).wave(at, 540);
        let cloudy = self.cloudiness(self.calendar.local(at).day);
        clear * (1.0 - 0.75 * cloudy * (0.55 + 0.45 * passing))
    }

    /// Between 0 (clear) and 1 (overcast), for a whole day.
    pub(super) fn cloudiness(&self, day: i64) -> f64 {
        self.seed.part(2).uniform(day).powf(0.8)
    }

    /// °C in the shade.
    pub(super) fn air(&self, at: Timestamp) -> f64 {
        let local = self.calendar.local(at);
        let year = 11.5 - 8.5 * (TAU * (local.season() - 0.055)).cos();
        let day = 3.5 * (TAU * (local.hour - 9.5) / 24.0).sin();
        year + day
            + 3.0 * self.seed.part(3).wave(at, 2 * 86_400)
            + 0.4 * self.seed.part(4).wave(at, 1_800)
    }

    /// Cooper's declination and the hour angle from mean solar time.
    fn sine_of_elevation(&self, at: Timestamp) -> f64 {
        let season = self.calendar.local(at).season();
        let declination = 23.45_f64.to_radians() * (TAU * (season + 284.0 / 365.0)).sin();
        let utc_hour = at.0.rem_euclid(Timestamp::DAY) as f64 / Timestamp::HOUR as f64;
        let hour_angle = TAU * (utc_hour + self.longitude / 15.0 - 12.0) / 24.0;
        self.latitude.sin() * declination.sin()
            + self.latitude.cos() * declination.cos() * hour_angle.cos()
    }
}
