use super::*;
use crate::domain::{EquipmentId, Quality};
use crate::store::tenant::PointSpec;

fn row(period_s: Option<i64>) -> PointRow {
    PointRow {
        id: PointId(1),
        equipment_id: EquipmentId(1),
        spec: PointSpec {
            period_s,
            ..PointSpec::default()
        },
        created_at: Timestamp(0),
    }
}

fn at(seconds: i64, value: f64) -> Sample {
    Sample {
        at: Timestamp::from_seconds(seconds),
        value,
        quality: Quality::Good,
    }
}

fn range(start: i64, end: i64) -> TimeRange {
    TimeRange {
        start: Timestamp::from_seconds(start),
        end: Timestamp::from_seconds(end),
    }
}

#[test]
fn a_gap_in_data_breaks_the_line_and_is_told() {
    let samples = [at(0, 1.0), at(10, 2.0), at(100, 3.0)];
    let series = Series::of_samples(
        &row(Some(10)),
        &samples,
        range(0, 110),
        100,
        Timestamp::from_seconds(110),
    );
    assert_eq!(series.mean, [Some(1.0), Some(2.0), None, Some(3.0)]);
    assert_eq!(series.gaps, [(10_000, 100_000)]);
    assert_eq!(series.min, None, "single samples have no band");
}

#[test]
fn a_point_that_reports_changes_has_no_gaps() {
    let samples = [at(0, 1.0), at(9_000, 2.0)];
    let series = Series::of_samples(
        &row(None),
        &samples,
        range(0, 10_000),
        100,
        Timestamp::from_seconds(10_000),
    );
    assert_eq!((series.mean.len(), series.gaps.len()), (2, 0));
}

#[test]
fn what_is_missing_at_the_end_is_a_gap_up_to_now_only() {
    let series = Series::of_samples(
        &row(Some(10)),
        &[at(0, 1.0)],
        range(0, 1_000),
        100,
        Timestamp::from_seconds(600),
    );
    assert_eq!(series.gaps, [(0, 600_000)]);
}

#[test]
fn many_samples_are_gathered_and_keep_their_extremes() {
    let samples: Vec<_> = (0..10_000)
        .map(|n| at(n, if n == 5_555 { 99.0 } else { 1.0 }))
        .collect();
    let series = Series::of_samples(
        &row(Some(1)),
        &samples,
        range(0, 10_000),
        100,
        Timestamp::from_seconds(10_000),
    );
    assert_eq!(series.at.len(), 100);
    let most = series
        .max
        .unwrap()
        .into_iter()
        .flatten()
        .fold(0.0, f64::max);
    assert!(
        (most - 99.0).abs() < f64::EPSILON,
        "a spike is never smoothed away"
    );
}

#[test]
fn states_become_spans_and_silence_is_no_data() {
    let samples = [at(10, 0.0), at(20, 0.0), at(30, 1.0)];
    let until = Timestamp::from_seconds(100);
    let states = States::of_samples(&row(Some(10)), None, &samples, Timestamp(0), until, 1_000);
    let expected = [
        (0, 10_000, None),
        (10_000, 30_000, Some(0)),
        (30_000, 60_000, Some(1)),
        (60_000, 100_000, None),
    ];
    assert_eq!(states.spans, expected);
}

#[test]
fn a_state_reported_on_change_stands_from_before_the_range_until_now() {
    let until = Timestamp::from_seconds(100);
    let states = States::of_samples(
        &row(None),
        Some(1.0),
        &[at(60, 0.0)],
        Timestamp(0),
        until,
        1_000,
    );
    assert_eq!(
        states.spans,
        [(0, 60_000, Some(1)), (60_000, 100_000, Some(0))]
    );
}

#[test]
fn coarse_history_is_not_one_long_gap() {
    let samples: Vec<_> = (0..100)
        .filter(|n| *n != 50 && *n != 51)
        .map(|n| at(n * 300, 1.0))
        .collect();
    let range = range(0, 30_000);
    let series = Series::of_samples(&row(Some(10)), &samples, range, 1_000, range.end);
    assert_eq!(series.gaps, [(49 * 300_000, 52 * 300_000)]);
}
