//! Values that a device wrote with a few decimals, as the integers they stand for.
//!
//! They pack smaller and about twice as fast than as binary fractions. Only used
//! where every value comes back bit for bit.

/// Marks a column that is kept as binary fractions.
pub(super) const NOT_DECIMAL: u8 = 255;

/// Powers of ten by the number of decimals.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// A sum with this is rounded to an integer, ties to even, and shows it in its last bits (2^52 + 2^51).
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// Integers below here are exact as `f64`, and so is their sum with the rounder.
const EXACT: f64 = 2_251_799_813_685_248.0;

/// The least number of decimals all values have, and the integers; none when there is no such number.
pub(super) fn to_integers(values: &[f64]) -> Option<(u8, Vec<i64>)> {
    let mut integers = Vec::with_capacity(values.len());
    let mut digits = 0;
    while integers.len() < values.len() {
        let rest = &values[integers.len()..];
        let power = POWERS[digits];
        integers.extend(rest.iter().map_while(|&value| integer(value, power)));
        if let Some(&value) = values.get(integers.len()) {
            let more = more_digits(value, digits)?;
            rescale(&mut integers, more - digits)?;
            digits = more;
        }
    }
    Some((digits as u8, integers))
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

fn more_digits(value: f64, digits: usize) -> Option<usize> {
    (digits + 1..POWERS.len()).find(|&digits| integer(value, POWERS[digits]).is_some())
}

/// Gives integers more decimals. Their quotient stays the same number, so they still come back bit for bit.
fn rescale(integers: &mut [i64], digits: usize) -> Option<()> {
    let power = POWERS[digits] as i64;
    for integer in integers {
        *integer = integer.checked_mul(power)?;
        if integer.unsigned_abs() as f64 >= EXACT {
            return None;
        }
    }
    Some(())
}

fn integer(value: f64, power: f64) -> Option<i64> {
    let scaled = value * power;
    let sum = scaled + ROUNDER;
    let back = (sum - ROUNDER) / power;
    let whole = scaled.abs() < EXACT && back.to_bits() == value.to_bits();
    whole.then(|| (sum.to_bits() as i64).wrapping_sub(ROUNDER.to_bits() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_of_a_device_become_integers_and_come_back() {
        let values = [21.0, 3.3, 3.301, -0.007, 0.0];
        let (digits, integers) = to_integers(&values).unwrap();
        assert_eq!(
            (digits, integers.as_slice()),
            (3, &[21_000, 3_300, 3_301, -7, 0][..])
        );
        assert_eq!(from_integers(digits, &integers).unwrap(), values);
    }

    #[test]
    fn what_would_not_come_back_bit_for_bit_stays_binary() {
        for value in [-0.0, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e300, 9.1e15] {
            assert_eq!(to_integers(&[1.5, value]), None, "{value}");
        }
        assert_eq!(
            to_integers(&[2e15, 0.001]),
            None,
            "too large with three decimals"
        );
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back(whole in prop::collection::vec(any::<i32>(), 0..50), digits in 0..7_i32) {
            let values: Vec<f64> = whole.iter().map(|&n| f64::from(n) / 10_f64.powi(digits)).collect();
            let (digits, integers) = to_integers(&values).unwrap();
            let back = from_integers(digits, &integers).unwrap();
            prop_assert!(back.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }
}
