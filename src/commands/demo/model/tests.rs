use super::message::{Device, Message, Pace};
use super::traffic::{self, BAYS, Move};
use super::{Calendar, energy_devices, parking_devices};
use crate::domain::{TimeRange, Timestamp};
use serde_json::Value;
use std::collections::HashMap;

/// 2026-09-20, so that 40 days hold the end of summer time.
const START: Timestamp = Timestamp::from_seconds(1_789_862_400);
const DAYS: i64 = 40;

fn days(from: i64, to: i64) -> TimeRange {
    TimeRange {
        start: START.plus(from * Timestamp::DAY),
        end: START.plus(to * Timestamp::DAY),
    }
}

fn history(devices: &[Device], range: TimeRange) -> Vec<Message> {
    devices
        .iter()
        .flat_map(|device| device.messages(range, Pace::History))
        .collect()
}

/// The payloads of each topic in the order of time.
fn by_topic(messages: Vec<Message>) -> HashMap<String, Vec<Value>> {
    let mut topics: HashMap<String, Vec<Value>> = HashMap::new();
    for message in messages {
        let payload = serde_json::from_str(&message.payload).unwrap();
        topics.entry(message.topic).or_default().push(payload);
    }
    topics
}

fn number(payload: &Value, key: &str) -> f64 {
    payload[key].as_f64().unwrap()
}

fn instant(payload: &Value) -> Timestamp {
    Timestamp::from_jiff(payload["ts"].as_str().unwrap().parse().unwrap())
}

#[test]
fn a_stop_in_between_changes_nothing() {
    for devices in [energy_devices(), parking_devices()] {
        let whole = history(&devices, days(0, 3));
        for device in &devices {
            let middle = START.plus(Timestamp::DAY * 5 / 4 + 7);
            let (before, after) = (
                TimeRange {
                    end: middle,
                    ..days(0, 3)
                },
                TimeRange {
                    start: middle,
                    ..days(0, 3)
                },
            );
            let mut parts = device.messages(before, Pace::History);
            parts.extend(device.messages(after, Pace::History));
            let alone: Vec<_> = device.messages(days(0, 3), Pace::History);
            assert_eq!(parts, alone, "{}", device.name);
            assert!(alone.iter().all(|message| whole.contains(message)));
        }
    }
}

#[test]
fn packs_charge_and_discharge_without_jumps_and_their_registers_only_grow() {
    let topics = by_topic(history(&energy_devices(), days(0, DAYS)));
    let packs: Vec<_> = topics
        .iter()
        .filter(|(topic, _)| topic.contains("packs"))
        .collect();
    assert_eq!(packs.len(), 10);
    for (topic, reports) in packs {
        for pair in reports.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            let minutes = instant(b).since(instant(a)) as f64 / (60 * Timestamp::SECOND) as f64;
            let step = (number(b, "soc") - number(a, "soc")).abs();
            assert!(step < 0.4 * minutes, "{topic}: {a} then {b}");
            assert!(
                number(b, "energy_in") >= number(a, "energy_in"),
                "{topic}: {b}"
            );
            assert!(
                number(b, "energy_out") >= number(a, "energy_out"),
                "{topic}: {b}"
            );
            assert!((10.0..=100.0).contains(&number(b, "soc")), "{topic}: {b}");
            assert!(
                (44.0..=57.0).contains(&number(b, "voltage")),
                "{topic}: {b}"
            );
        }
    }
}

#[test]
fn only_the_pack_with_the_weak_cell_leaves_its_normal_spread() {
    const NORMAL_SPREAD_MV: f64 = 80.0;
    let topics = by_topic(history(&energy_devices(), days(30, DAYS)));
    for (topic, reports) in topics.iter().filter(|(topic, _)| topic.contains("packs")) {
        let widest = reports
            .iter()
            .map(|each| number(each, "cell_spread"))
            .fold(0.0, f64::max);
        assert_eq!(
            widest > NORMAL_SPREAD_MV,
            topic.contains("pack-l3"),
            "{topic}: {widest} mV"
        );
    }
}

#[test]
fn meters_and_inverters_count_what_they_show() {
    let topics = by_topic(history(&energy_devices(), days(0, DAYS)));
    for (topic, reports) in topics
        .iter()
        .filter(|(topic, _)| topic.contains("meters") || topic.contains("inverters"))
    {
        for pair in reports.windows(2) {
            assert!(
                number(&pair[1], "energy") >= number(&pair[0], "energy"),
                "{topic}: {}",
                pair[1]
            );
        }
        let (first, last) = (&reports[0], &reports[reports.len() - 1]);
        let counted = number(last, "energy") - number(first, "energy");
        let mean = reports
            .iter()
            .map(|each| number(each, "power"))
            .sum::<f64>()
            / reports.len() as f64;
        let shown = mean * (DAYS * 24) as f64;
        assert!(
            (counted - shown).abs() < 0.03 * shown,
            "{topic}: {counted} kWh, {shown} kWh"
        );
    }
}

#[test]
fn a_bay_fills_and_empties_in_turn_and_every_vehicle_passes_its_barrier() {
    let calendar = Calendar::paris();
    let first = calendar.local(START).day;
    let days = (first..first + DAYS).flat_map(|day| [(day, Pace::History), (day, Pace::Live)]);
    for (day, pace) in days {
        let moves = traffic::moves(&calendar, day, pace);
        for bay in 0..BAYS {
            let of_bay: Vec<&Move> = moves.iter().filter(|each| each.bay == bay).collect();
            assert!(
                of_bay.len().is_multiple_of(2),
                "bay {bay} on day {day} ends as it began"
            );
            for (turn, each) in of_bay.iter().enumerate() {
                let leaves_first = traffic::is_taken_at_midnight(bay);
                assert_eq!(
                    each.inward,
                    (turn % 2 == 0) != leaves_first,
                    "bay {bay} on day {day}"
                );
                let order = each.at_bay.since(each.at_barrier) > 0;
                assert_eq!(
                    order, each.inward,
                    "in by the barrier first, out by it last"
                );
            }
        }
        for inward in [true, false] {
            let mut passes: Vec<_> = moves
                .iter()
                .filter(|each| each.inward == inward)
                .map(|each| each.at_barrier)
                .collect();
            passes.sort_unstable();
            assert!(
                passes
                    .windows(2)
                    .all(|pair| pair[1].since(pair[0]) >= 20 * Timestamp::SECOND)
            );
        }
    }
}

#[test]
fn somewhere_in_the_park_a_vehicle_moves_every_half_minute_day_and_night() {
    let calendar = Calendar::paris();
    let day = calendar.local(START).day;
    let moves = traffic::moves(&calendar, day, Pace::Live);
    let longest = moves
        .windows(2)
        .map(|pair| pair[1].at_bay.since(pair[0].at_bay))
        .max();
    assert!(longest < Some(150 * Timestamp::SECOND), "{longest:?} µs");
    let mean = Timestamp::DAY / moves.len() as i64;
    assert!(
        (20..=40).contains(&(mean / Timestamp::SECOND)),
        "one every {mean} µs"
    );
    let most = (0..BAYS).map(|bay| moves.iter().filter(|each| each.bay == bay).count());
    assert!(most.max() < Some(24 * 30), "a stop lasts some minutes");
}

#[test]
fn every_message_finds_its_route_in_the_manifest() {
    let clients = [
        (
            include_str!("../../../../tenants/demo-energie.toml"),
            energy_devices(),
        ),
        (
            include_str!("../../../../tenants/demo-parking.toml"),
            parking_devices(),
        ),
    ];
    for (manifest, devices) in clients {
        let manifest: toml::Table = manifest.parse().unwrap();
        let routes = manifest["connections"][0]["routes"]
            .clone()
            .try_into::<Vec<vigie_mqtt::Route>>()
            .unwrap();
        let table = vigie_mqtt::RouteTable::compile(&routes).unwrap();
        for message in history(&devices, days(0, 1)) {
            let arrival = message.at.0;
            let delivery = table.decode(&message.topic, message.payload.as_bytes(), arrival);
            assert!(
                delivery.refusals.is_empty(),
                "{message:?}: {:?}",
                delivery.refusals
            );
            assert!(!delivery.readings.is_empty(), "{message:?}");
        }
    }
}
