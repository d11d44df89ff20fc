//! `value = raw * scale + offset`, and back.

/// A linear scale. A scale of 0.1 divides by ten, so that 2305 becomes 230.5 and nothing beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    factor: Factor,
    offset: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Factor {
    Times(f64),
    Over(f64),
}

impl Scale {
    /// `None` when the scale is zero or one of the two is no number.
    pub(crate) fn new(scale: f64, offset: f64) -> Option<Self> {
        if !scale.is_normal() || !offset.is_finite() {
            return None;
        }
        let inverse = (1.0 / scale).round();
        let factor = if scale.abs() < 1.0 && (1.0 / inverse).to_bits() == scale.to_bits() {
            Factor::Over(inverse)
        } else {
            Factor::Times(scale)
        };
        Some(Self { factor, offset })
    }

    /// Ten to this power.
    pub(crate) fn power_of_ten(exponent: i16) -> f64 {
        10_f64.powi(i32::from(exponent.unsigned_abs()))
    }

    /// What a raw number means; `exponent` is a further power of ten.
    pub(crate) fn apply(&self, raw: f64, exponent: i16) -> f64 {
        let scaled = match self.factor {
            Factor::Times(factor) => raw * factor,
            Factor::Over(factor) => raw / factor,
        };
        let power = Self::power_of_ten(exponent);
        let scaled = if exponent < 0 {
            scaled / power
        } else {
            scaled * power
        };
        scaled + self.offset
    }

    /// The raw number that means `value`.
    pub(crate) fn invert(&self, value: f64) -> f64 {
        let value = value - self.offset;
        match self.factor {
            Factor::Times(factor) => value / factor,
            Factor::Over(factor) => value * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_exact_both_ways() {
        let scale = Scale::new(0.1, 0.0).unwrap();
        for raw in 0..100_000_i32 {
            let value = scale.apply(f64::from(raw), 0);
            let exact: f64 = format!("{}.{}", raw / 10, raw % 10).parse().unwrap();
            assert_eq!(value.to_bits(), exact.to_bits());
            assert_eq!(scale.invert(value).round() as i32, raw);
        }
    }

    #[test]
    fn powers_of_ten_come_on_top() {
        let scale = Scale::new(1.0, -40.0).unwrap();
        assert!((scale.apply(652.0, -1) - 25.2).abs() < 1e-9);
        assert!((scale.apply(6.0, 2) - 560.0).abs() < 1e-9);
    }

    #[test]
    fn a_scale_that_says_nothing_is_refused() {
        for (scale, offset) in [(0.0, 0.0), (f64::NAN, 0.0), (1.0, f64::INFINITY)] {
            assert_eq!(Scale::new(scale, offset), None);
        }
    }
}
