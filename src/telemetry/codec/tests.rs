//! What is packed comes back bit for bit, and damage is an error.

use super::*;
use crate::domain::{PointId, PointSample, Quality, Sample, Timestamp};
use proptest::prelude::*;

fn sample() -> impl Strategy<Value = Sample> {
    let value = prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        (-5_000_i32..5_000).prop_map(|n| f64::from(n) / 1_000.0),
        Just(-0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
    ];
    let at = prop_oneof![
        any::<i64>(),
        (0_i64..100_000).prop_map(|ms| 1_700_000_000_000_000 + ms * 1_000),
    ];
    (at, value, 0_u8..3).prop_map(|(at, value, code)| Sample {
        at: Timestamp(at),
        value,
        quality: Quality::from_code(code).unwrap(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_block_comes_back_bit_for_bit(samples in prop::collection::vec(sample(), 0..300)) {
        let columns: Columns = samples.iter().copied().collect();
        for packing in [Packing::Quick, Packing::Dense] {
            let blob = encode_block(&columns, 0..columns.len(), packing).unwrap();
            prop_assert_eq!(decode_block(&blob).unwrap().iter().collect::<Vec<_>>(), samples.as_slice());
        }
    }

    #[test]
    fn a_journal_blob_comes_back_bit_for_bit(
        samples in prop::collection::vec((any::<i64>(), sample()), 0..3_000),
    ) {
        let mut samples: Vec<_> = samples
            .into_iter()
            .map(|(point, sample)| PointSample { point: PointId(point), sample })
            .collect();
        samples.sort_by_key(|s| (s.point, s.sample.at));
        prop_assert_eq!(decode_journal(&encode_journal(&samples).unwrap()).unwrap(), samples);
    }

    #[test]
    fn a_flipped_bit_is_noticed(
        samples in prop::collection::vec(sample(), 1..50), at in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        let columns: Columns = samples.into_iter().collect();
        let mut blob = whole(&columns);
        let index = at.index(blob.len());
        blob[index] ^= 1_u8 << bit;
        prop_assert!(decode_block(&blob).is_err());
    }
}

fn whole(columns: &Columns) -> Vec<u8> {
    encode_block(columns, 0..columns.len(), Packing::Dense).unwrap()
}

fn ramp(n: usize) -> Columns {
    (0..n as i64)
        .map(|i| Sample {
            at: Timestamp(i * 10_000_000),
            value: i as f64 / 10.0,
            quality: Quality::Good,
        })
        .collect()
}

#[test]
fn good_quality_takes_no_room() {
    let good = ramp(1_000);
    let mut mixed = ramp(1_000);
    mixed.quality = vec![0; 1_000];
    mixed.quality[500] = Quality::Bad.code();
    let (good, mixed) = (whole(&good), whole(&mixed));
    assert_eq!(mixed.len() - good.len(), 3 * 5, "three runs of five bytes");
}

#[test]
fn a_cut_blob_is_refused() {
    let blob = whole(&ramp(100));
    for length in 0..blob.len() {
        assert!(decode_block(&blob[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_journal_blob_is_not_a_block() {
    let blob = encode_journal(&[]).unwrap();
    let expected = CodecError::Unknown {
        codec: 2,
        version: 2,
    };
    assert_eq!(decode_block(&blob), Err(expected));
}

#[test]
fn a_count_beyond_the_cap_is_refused_before_it_is_allocated() {
    assert_eq!(
        encode_block(
            &ramp(BLOCK_SAMPLES + 1),
            0..BLOCK_SAMPLES + 1,
            Packing::Dense
        ),
        Err(CodecError::TooMany(BLOCK_SAMPLES + 1))
    );
    let mut blob = whole(&ramp(1));
    blob[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut crc = crc32fast::Hasher::new();
    crc.update(&blob[..8]);
    crc.update(&blob[12..]);
    blob[8..12].copy_from_slice(&crc.finalize().to_le_bytes());
    assert_eq!(
        decode_block(&blob),
        Err(CodecError::TooMany(u32::MAX as usize))
    );
}

#[test]
fn a_flush_of_several_chunks_comes_back_in_its_order() {
    let samples: Vec<_> = (0..5_000)
        .map(|i| PointSample {
            point: PointId(i / 10),
            sample: ramp(10).get(i as usize % 10),
        })
        .collect();
    let blob = encode_journal(&samples).unwrap();
    assert_eq!(decode_journal(&blob).unwrap(), samples);
}
