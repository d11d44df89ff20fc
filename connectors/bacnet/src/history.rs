//! Trend logs: what a device recorded while nobody asked, and logs that are read record by record.

use crate::ask::Line;
use crate::device::{End, Worker};
use crate::plan::{LogPlan, PointPlan};
use crate::poll::source;
use crate::value;
use crate::words::{self, Trouble, trouble};
use bacnet_client::log_reader::{LogCursor, LogPage, read_log_page};
use bacnet_services::read_range::LogRecords;
use bacnet_types::constructed::{BACnetLogRecord, LogDatum};
use bacnet_types::primitives::{Date, PropertyValue, Time};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::{Delivery, Reading, ReadingQuality, Refusal};

/// About how many bytes a record takes.
const RECORD_BYTES: usize = 24;
/// Records of one page of a device that answers in segments.
const LARGE_PAGE: u16 = 500;
/// Pages of one log in one go; the rest waits for the next.
const PAGES: usize = 2_000;

/// Reads what was logged since the device last answered, or all of it the first time.
pub(crate) async fn after_an_outage(worker: &Worker, line: &Line) -> Result<(), End> {
    let instance = worker.plan().config.instance;
    let since = worker.shared.memory.seen_us(instance);
    let zone = &worker.plan().zone;
    let cursor = since.and_then(|at_us| time_of(at_us, zone));
    let cursor = cursor.map_or(LogCursor::Oldest, |(date, time)| {
        LogCursor::Time(date, time)
    });
    for point in &worker.plan().points {
        let log = point.log.filter(|log| log.every.is_none());
        if let Some(log) = log {
            read_from(worker, line, point, log, cursor).await?;
        }
    }
    Ok(())
}

/// When the logs are due that are read regularly.
pub(crate) struct Rounds(Vec<(usize, Duration, Instant)>);

impl Rounds {
    pub(crate) fn new(points: &[PointPlan], now: Instant) -> Self {
        let every = |(place, point): (usize, &PointPlan)| {
            let every = point.log?.every?;
            Some((place, every, now))
        };
        Self(points.iter().enumerate().filter_map(every).collect())
    }

    pub(crate) fn due(&self) -> Instant {
        let far = Instant::now() + Duration::from_secs(86_400);
        self.0.iter().map(|(_, _, due)| *due).min().unwrap_or(far)
    }

    /// Reads those that are due, from where the last reading ended.
    pub(crate) async fn read(
        &mut self,
        worker: &Worker,
        line: &Line,
        now: Instant,
    ) -> Result<(), End> {
        for (place, every, due) in &mut self.0 {
            let point = &worker.plan().points[*place];
            if let (true, Some(log)) = (*due <= now, point.log) {
                let next = worker.shared.memory.next_record(&name_of(worker, log));
                let cursor = next.map_or(LogCursor::Oldest, LogCursor::Sequence);
                read_from(worker, line, point, log, cursor).await?;
                *due = now + *every;
            }
        }
        Ok(())
    }
}

fn name_of(worker: &Worker, log: LogPlan) -> String {
    let instance = worker.plan().config.instance;
    format!("{instance}/{}", crate::object::name(log.object))
}

/// Reads page after page; a log that cannot be read is a refusal, not the end.
async fn read_from(
    worker: &Worker,
    line: &Line,
    point: &PointPlan,
    log: LogPlan,
    mut cursor: LogCursor,
) -> Result<(), End> {
    let page_size = page_size(line);
    for _ in 0..PAGES {
        let page = tokio::select! {
            () = worker.shared.ending.cancelled() => return Err(End::Over),
            page = read_log_page(line, &[], log.object, cursor, page_size) => page,
        };
        let page = match page {
            Ok(page) => page,
            Err(error) if trouble(&error) == Trouble::Silent => {
                return Err(End::Lost(words::sentence(&error)));
            }
            Err(error) => {
                let delivery = Delivery {
                    readings: Vec::new(),
                    refusals: vec![refusal(point, "bad_log", &words::sentence(&error))],
                };
                return worker.settle(delivery).await;
            }
        };
        worker.settle(delivery_of(worker, point, &page)).await?;
        cursor = page.next;
        if let (true, LogCursor::Sequence(next)) = (log.every.is_some(), cursor) {
            let name = name_of(worker, log);
            worker.shared.memory.read_up_to(&name, next).await;
        }
        if page.done {
            break;
        }
    }
    Ok(())
}

fn page_size(line: &Line) -> u16 {
    if line.place.segments {
        return LARGE_PAGE;
    }
    let fits = crate::read::budget(line.place.largest) / RECORD_BYTES;
    fits.clamp(1, usize::from(LARGE_PAGE)) as u16
}

fn refusal(point: &PointPlan, reason: &'static str, detail: &str) -> Refusal {
    Refusal::new(reason, source(point), detail, &[])
}

fn delivery_of(worker: &Worker, point: &PointPlan, page: &LogPage) -> Delivery {
    let mut delivery = Delivery::default();
    let LogRecords::TrendLog(records) = &page.records else {
        return delivery;
    };
    let unit = worker.plan().points.iter();
    let place = unit
        .clone()
        .position(|other| other.address == point.address);
    let unit = place.and_then(|place| worker.contact().unit(place));
    for record in records {
        match understand(point, record, &worker.plan().zone) {
            Ok(Some(reading)) => delivery.readings.push(Reading {
                unit: unit.clone(),
                ..reading
            }),
            Ok(None) => {}
            Err((reason, detail)) => delivery.refusals.push(refusal(point, reason, &detail)),
        }
    }
    delivery
}

/// `None` for records about the log itself.
fn understand(
    point: &PointPlan,
    record: &BACnetLogRecord,
    zone: &TimeZone,
) -> Result<Option<Reading>, (&'static str, String)> {
    let value = match &record.log_datum {
        LogDatum::LogStatus(_) | LogDatum::TimeChange(_) | LogDatum::NullValue => return Ok(None),
        LogDatum::Failure { error_code, .. } => {
            return Err(("device_error", words::fault(*error_code)));
        }
        datum => number_of(datum).and_then(|number| value::reading(point.kind, &number)),
    };
    let value = value.ok_or(("bad_value", "a record that holds no number".to_owned()))?;
    let at_us = instant_of(record.date, record.time, zone).ok_or((
        "bad_time",
        "a record without a whole date and time".to_owned(),
    ))?;
    Ok(Some(Reading {
        address: point.address.clone(),
        hint: point.hint.clone(),
        value,
        unit: None,
        quality: record
            .status_flags
            .map_or(ReadingQuality::Good, value::quality_of),
        observed_at_us: Some(at_us),
    }))
}

fn number_of(datum: &LogDatum) -> Option<PropertyValue> {
    Some(match datum {
        LogDatum::BooleanValue(is) => PropertyValue::Boolean(*is),
        LogDatum::RealValue(number) => PropertyValue::Real(*number),
        LogDatum::EnumValue(number) | LogDatum::UnsignedValue(number) => {
            PropertyValue::Unsigned(*number)
        }
        LogDatum::SignedValue(number) => PropertyValue::Double(*number as f64),
        LogDatum::AnyValue(bytes) => value::decode(bytes)?,
        _ => return None,
    })
}

/// A device's date and time as an instant; `None` unless every part is said.
fn instant_of(date: Date, time: Time, zone: &TimeZone) -> Option<i64> {
    let year = i16::try_from(date.actual_year()?).ok()?;
    let small = |value: u8| i8::try_from(value).ok();
    let nanoseconds = i32::from(time.hundredths) * 10_000_000;
    let wall = DateTime::new(
        year,
        small(date.month)?,
        small(date.day)?,
        small(time.hour)?,
        small(time.minute)?,
        small(time.second)?,
        nanoseconds,
    )
    .ok()?;
    let instant = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
    Some(instant.as_microsecond())
}

/// An instant as a device's clock shows it.
fn time_of(at_us: i64, zone: &TimeZone) -> Option<(Date, Time)> {
    let instant = jiff::Timestamp::from_microsecond(at_us).ok()?;
    let wall = zone.to_datetime(instant);
    let date = Date {
        year: u8::try_from(wall.year() - 1_900).ok()?,
        month: wall.month() as u8,
        day: wall.day() as u8,
        day_of_week: wall.weekday().to_monday_one_offset() as u8,
    };
    let time = Time {
        hour: wall.hour() as u8,
        minute: wall.minute() as u8,
        second: wall.second() as u8,
        hundredths: (wall.subsec_nanosecond() / 10_000_000) as u8,
    };
    Some((date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_US: i64 = 1_763_640_000_120_000; // 2025-11-20T12:00:00.12Z

    #[test]
    fn a_devices_clock_is_read_in_its_zone() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let (date, time) = time_of(NOON_US, &zone).unwrap();
        assert_eq!(
            (date.year, date.month, date.day, date.day_of_week),
            (125, 11, 20, 4)
        );
        assert_eq!((time.hour, time.minute, time.hundredths), (13, 0, 12));
        assert_eq!(instant_of(date, time, &zone), Some(NOON_US));
    }

    #[test]
    fn half_a_time_is_no_time() {
        let (date, time) = time_of(NOON_US, &TimeZone::UTC).unwrap();
        let any = Date { day: 0xff, ..date };
        assert_eq!(instant_of(any, time, &TimeZone::UTC), None);
        let never = Time { hour: 24, ..time };
        assert_eq!(instant_of(date, never, &TimeZone::UTC), None);
    }
}
