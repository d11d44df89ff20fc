//! Values that a device wrote with a few decimals, as the integers they stand for.
//!
//! They pack smaller and about twice as fast than as binary fractions. Only used
//! where every value comes back bit for bit.

/// Marks a column that is kept as binary fractions.
pub(super) const NOT_DECIMAL: u8 = 255;

/// Powers of ten by the number of decimals.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// Integers up to here are exact as `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The least number of decimals all values have, and the integers; none when there is no such number.
pub(super) fn to_integers(values: &[f64]) -> Option<(u8, Vec<i64>)> {
    let mut digits = 0;
    for &value in values {
        while integer(value, digits).is_none() {
            digits += 1;
            if digits == POWERS.len() {
                return None;
            }
        }
    }
    let integers: Option<Vec<i64>> = values.iter().map(|&value| integer(value, digits)).collect();
    Some((digits as u8, integers?))
}

/// Back to values; none for a number of decimals that is never written.
pub(super) fn from_integers(digits: u8, integers: &[i64]) -> Option<Vec<f64>> {
    let power = *POWERS.get(usize::from(digits))?;
    Some(
        integers
            .iter()
            .map(|&integer| integer as f64 / power)
            .collect(),
    )
}

fn integer(value: f64, digits: usize) -> Option<i64> {
    let scaled = (value * POWERS[digits]).round_ties_even();
    if scaled.is_nan() || scaled.abs() > EXACT {
        return None;
    }
    let back = scaled as i64 as f64 / POWERS[digits];
    (back.to_bits() == value.to_bits()).then_some(scaled as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_a_device_become_integers_and_come_back() {
        let values = [3.301, 3.3, -0.007, 21.0];
        let (digits, integers) = to_integers(&values).unwrap();
        assert_eq!(
            (digits, integers.as_slice()),
            (3, &[3_301, 3_300, -7, 21_000][..])
        );
        assert_eq!(from_integers(digits, &integers).unwrap(), values);
    }

    #[test]
    fn what_would_not_come_back_bit_for_bit_stays_binary() {
        for value in [-0.0, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e300, 9.1e15] {
            assert_eq!(to_integers(&[1.5, value]), None, "{value}");
        }
    }
}
