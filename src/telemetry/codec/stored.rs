//! Blobs that stand in somebody's database stay readable: `stored/` holds one of each layout that was ever written.

use super::*;
use crate::domain::{PointId, PointSample, Quality, Sample, Timestamp};

/// What the stored blobs hold: polled every ten seconds with jitter, values with two decimals, one bad.
fn polled(index: i64) -> Sample {
    let at = 1_793_491_200_000_000 + index * 10_000_000 + index * 37 % 100 * 1_000;
    Sample {
        at: Timestamp(at),
        value: (2_100 + index * index % 17) as f64 / 100.0,
        quality: if index == 9 {
            Quality::Bad
        } else {
            Quality::Good
        },
    }
}

/// The same with values that no power of ten makes whole.
fn odd(index: i64) -> Sample {
    let values = [1.0 / 3.0, f64::NAN, -0.0, f64::INFINITY];
    Sample {
        value: values[index as usize % values.len()],
        ..polled(index)
    }
}

fn block(samples: i64) -> Vec<Sample> {
    (0..samples).map(polled).collect()
}

fn journal() -> Vec<PointSample> {
    let series = |(point, sample): (i64, fn(i64) -> Sample)| {
        (0..40).map(move |index| PointSample {
            point: PointId(point),
            sample: sample(index),
        })
    };
    [(3, polled as fn(i64) -> Sample), (4, odd), (900, polled)]
        .into_iter()
        .flat_map(series)
        .collect()
}

#[test]
fn blocks_of_every_layout_that_was_written_are_read() {
    let stored: [(&[u8], u8, i64); 3] = [
        (include_bytes!("stored/block.v1"), 1, 150),
        (include_bytes!("stored/block-quick.v2"), 2, 150),
        (include_bytes!("stored/block-dense.v2"), 2, 600),
    ];
    for (blob, version, samples) in stored {
        assert_eq!(blob[1], version);
        let found = decode_block(blob).unwrap();
        assert_eq!(
            found.iter().collect::<Vec<_>>(),
            block(samples),
            "version {version}"
        );
    }
}

#[test]
fn journals_of_every_layout_that_was_written_are_read() {
    let stored: [&[u8]; 2] = [
        include_bytes!("stored/journal.v1"),
        include_bytes!("stored/journal.v2"),
    ];
    for (blob, version) in stored.into_iter().zip(1..) {
        assert_eq!(blob[1], version);
        assert_eq!(
            decode_journal(blob).unwrap(),
            journal(),
            "version {version}"
        );
    }
}
