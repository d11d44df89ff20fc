//! From what callers hand in to what one commit stores.

use super::EngineError;
use super::codec::encode_journal;
use crate::domain::PointSample;
use std::sync::Arc;

/// Batches beyond this are sorted and packed on the blocking pool.
const INLINE_SAMPLES: usize = 2_048;

/// A batch as it is stored: sorted by point and time, one sample per instant.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) samples: Arc<[PointSample]>,
    pub(super) data: Vec<u8>,
    pub(super) t_min: i64,
    pub(super) t_max: i64,
}

/// Sorts and packs samples given in the order they were written.
pub(super) async fn pack(samples: Vec<PointSample>) -> Result<Batch, EngineError> {
    if samples.len() <= INLINE_SAMPLES {
        return pack_now(samples);
    }
    super::read::off_the_loop(move || pack_now(samples)).await
}

fn pack_now(mut samples: Vec<PointSample>) -> Result<Batch, EngineError> {
    sort_last_wins(&mut samples);
    let data =
        encode_journal(&samples).map_err(|error| EngineError::Internal(error.to_string()))?;
    let times = || samples.iter().map(|sample| sample.sample.at.0);
    Ok(Batch {
        t_min: times().min().unwrap_or_default(),
        t_max: times().max().unwrap_or_default(),
        data,
        samples: samples.into(),
    })
}

/// Sorts by point and time; of several samples at one instant the last written stays.
fn sort_last_wins(samples: &mut Vec<PointSample>) {
    let key = |sample: &PointSample| (sample.point, sample.sample.at);
    if samples.is_sorted_by(|a, b| key(a) < key(b)) {
        return;
    }
    samples.sort_by_key(key);
    samples.dedup_by(|later, kept| {
        let same = key(later) == key(kept);
        if same {
            *kept = *later;
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PointId, Quality, Sample, Timestamp};

    #[test]
    fn of_two_samples_at_one_instant_the_later_written_stays() {
        let sample = |point, at, value| PointSample {
            point: PointId(point),
            sample: Sample {
                at: Timestamp(at),
                value,
                quality: Quality::Good,
            },
        };
        let batch = pack_now(vec![
            sample(2, 5, 1.0),
            sample(1, 9, 1.0),
            sample(2, 5, 2.0),
            sample(2, 4, 1.0),
            sample(2, 5, 3.0),
        ])
        .unwrap();
        let expected = [sample(1, 9, 1.0), sample(2, 4, 1.0), sample(2, 5, 3.0)];
        assert_eq!(*batch.samples, expected);
        assert_eq!((batch.t_min, batch.t_max), (4, 9));
    }
}
