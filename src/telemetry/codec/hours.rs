//! The hours of one point and UTC day, as plain columns.
//!
//! At most 24 rows: general compression would cost more than it saves.

use super::envelope::{Codec, CodecError, Opened, open_blob, seal, unseal};
use super::reader::Reader;
use crate::domain::{PointId, Timestamp};
use crate::store::tenant::rollups::RollupRow;

/// The most hours of a day.
const HOURS: usize = 24;
/// Bytes of one hour: its number, five integers and six figures.
const RECORD: usize = 1 + 5 * 4 + 6 * 8;

/// Packs the hours of one UTC day, at most 24, in ascending order.
pub fn encode_hours(day: i64, rows: &[RollupRow]) -> Result<Vec<u8>, CodecError> {
    if rows.len() > HOURS {
        return Err(CodecError::TooMany(rows.len()));
    }
    let mut blob = open_blob(Codec::Hours, rows.len(), rows.len() * RECORD);
    for row in rows {
        push_hour(&mut blob, day.saturating_mul(Timestamp::DAY), row)?;
    }
    Ok(seal(blob))
}

/// Unpacks the hours of a day.
pub fn decode_hours(point: PointId, day: i64, blob: &[u8]) -> Result<Vec<RollupRow>, CodecError> {
    let Opened {
        count,
        payload: mut reader,
        ..
    } = unseal(blob, Codec::Hours, HOURS)?;
    let midnight = day.saturating_mul(Timestamp::DAY);
    let rows: Result<Vec<_>, _> = (0..count)
        .map(|_| read_hour(&mut reader, point, midnight))
        .collect();
    reader.finish()?;
    rows
}

fn push_hour(blob: &mut Vec<u8>, midnight: i64, row: &RollupRow) -> Result<(), CodecError> {
    let hour = row
        .start_at
        .wrapping_sub(midnight)
        .div_euclid(Timestamp::HOUR);
    blob.push(u8::try_from(hour).map_err(|_| CodecError::Length)?);
    let offset = |at: i64| at.wrapping_sub(row.start_at);
    for integer in [
        row.n,
        row.nan_n,
        row.covered,
        offset(row.first_at),
        offset(row.last_at),
    ] {
        let integer = u32::try_from(integer).map_err(|_| CodecError::Length)?;
        blob.extend(integer.to_le_bytes());
    }
    for figure in [row.min, row.max, row.sum, row.mean, row.first, row.last] {
        blob.extend(figure.unwrap_or(f64::NAN).to_le_bytes());
    }
    Ok(())
}

fn read_hour(
    reader: &mut Reader<'_>,
    point: PointId,
    midnight: i64,
) -> Result<RollupRow, CodecError> {
    let start_at = midnight.saturating_add(i64::from(reader.u8()?) * Timestamp::HOUR);
    let mut integer = || reader.u32().map(i64::from);
    let (n, nan_n, covered) = (integer()?, integer()?, integer()?);
    let (first_at, last_at) = (start_at + integer()?, start_at + integer()?);
    let mut figure = || -> Result<Option<f64>, CodecError> {
        let figure = reader.f64()?;
        Ok((!figure.is_nan()).then_some(figure))
    };
    Ok(RollupRow {
        point_id: point,
        start_at,
        end_at: start_at.saturating_add(Timestamp::HOUR),
        n,
        nan_n,
        min: figure()?,
        max: figure()?,
        sum: figure()?,
        mean: figure()?,
        covered,
        first: figure()?,
        last: figure()?,
        first_at,
        last_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(day: i64, hour: i64) -> RollupRow {
        let start_at = day * Timestamp::DAY + hour * Timestamp::HOUR;
        RollupRow {
            point_id: PointId(7),
            start_at,
            end_at: start_at + Timestamp::HOUR,
            n: 360,
            nan_n: 1,
            min: Some(-0.0),
            max: Some(f64::INFINITY),
            sum: None,
            mean: Some(1.0 / 3.0),
            covered: Timestamp::HOUR,
            first: None,
            last: Some(3.301),
            first_at: start_at,
            last_at: start_at + Timestamp::HOUR - 1,
        }
    }

    #[test]
    fn hours_come_back_as_the_rows_they_were_also_before_1970() {
        for day in [20_000, -3] {
            let rows: Vec<_> = (0..24)
                .filter(|n| n % 5 != 0)
                .map(|n| hour(day, n))
                .collect();
            let blob = encode_hours(day, &rows).unwrap();
            assert_eq!(decode_hours(PointId(7), day, &blob).unwrap(), rows);
        }
    }

    #[test]
    fn an_hour_of_another_day_is_refused() {
        assert_eq!(encode_hours(4, &[hour(3, 23)]), Err(CodecError::Length));
    }

    #[test]
    fn a_damaged_blob_is_an_error() {
        let blob = encode_hours(1, &[hour(1, 4)]).unwrap();
        for byte in 0..blob.len() {
            let mut damaged = blob.clone();
            damaged[byte] ^= 0x40;
            assert!(
                decode_hours(PointId(7), 1, &damaged).is_err(),
                "byte {byte}"
            );
        }
        assert!(decode_hours(PointId(7), 1, &blob[..blob.len() - 1]).is_err());
    }
}
