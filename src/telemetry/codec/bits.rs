//! Whole numbers in as many bits as the widest needs: ten times faster than compression, and not much larger.
//!
//! For what is soon written again. Either the numbers above the least of them, or their steps
//! above the least step, whichever is narrower.

use super::CodecError;
use super::reader::Reader;

/// Numbers above the least.
const NUMBERS: u8 = 0;
/// The first number, then steps above the least step.
const STEPS: u8 = 1;

/// Appends numbers to a section: what they are, the first (steps only), the least, their width, the bits.
pub(super) fn push(section: &mut Vec<u8>, numbers: &[i64]) {
    let (steps, all) = (Span::of(steps(numbers)), Span::of(numbers.iter().copied()));
    section.reserve(numbers.len() * usize::from(all.width().min(steps.width())) / 8 + 32);
    if steps.width() < all.width() {
        section.push(STEPS);
        section.extend(numbers[0].to_le_bytes());
        push_span(section, steps, self::steps(numbers));
    } else {
        section.push(NUMBERS);
        push_span(section, all, numbers.iter().copied());
    }
}

/// Reads `count` numbers; `count` is already checked against a cap.
pub(super) fn read(section: &[u8], count: usize) -> Result<Vec<i64>, CodecError> {
    let mut reader = Reader::new(section);
    match reader.u8()? {
        NUMBERS => read_span(&mut reader, count),
        STEPS if count > 0 => {
            let mut at = reader.i64()?;
            let mut numbers = read_span(&mut reader, count - 1)?;
            for number in &mut numbers {
                at = std::mem::replace(number, at).wrapping_add(at);
            }
            numbers.push(at);
            Ok(numbers)
        }
        _ => Err(CodecError::Length),
    }
}

fn steps(numbers: &[i64]) -> impl Iterator<Item = i64> {
    numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]))
}

/// The least and the greatest of some numbers.
#[derive(Debug, Clone, Copy)]
struct Span {
    least: i64,
    greatest: i64,
}

impl Span {
    fn of(numbers: impl Iterator<Item = i64>) -> Self {
        let empty = Self {
            least: i64::MAX,
            greatest: i64::MIN,
        };
        let found = numbers.fold(empty, |span, number| Self {
            least: span.least.min(number),
            greatest: span.greatest.max(number),
        });
        if found.least > found.greatest {
            Self {
                least: 0,
                greatest: 0,
            }
        } else {
            found
        }
    }

    /// Bits for each number above the least.
    const fn width(self) -> u8 {
        (u64::BITS - (self.greatest.wrapping_sub(self.least) as u64).leading_zeros()) as u8
    }
}

fn push_span(section: &mut Vec<u8>, span: Span, numbers: impl Iterator<Item = i64>) {
    let width = u32::from(span.width());
    section.extend(span.least.to_le_bytes());
    section.push(span.width());
    if width == 0 {
        return;
    }
    let (mut word, mut filled) = (0_u64, 0);
    for number in numbers {
        let bits = number.wrapping_sub(span.least) as u64;
        word |= bits << filled;
        filled += width;
        if filled >= u64::BITS {
            section.extend(word.to_le_bytes());
            filled -= u64::BITS;
            word = bits.checked_shr(width - filled).unwrap_or(0);
        }
    }
    section.extend(&word.to_le_bytes()[..filled.div_ceil(8) as usize]);
}

fn read_span(reader: &mut Reader<'_>, count: usize) -> Result<Vec<i64>, CodecError> {
    let (least, width) = (reader.i64()?, u32::from(reader.u8()?));
    if width > u64::BITS {
        return Err(CodecError::Length);
    }
    let bytes = reader.bytes((count * width as usize).div_ceil(8))?;
    reader.finish()?;
    if width == 0 {
        return Ok(vec![least; count]);
    }
    let mask = u64::MAX >> (u64::BITS - width);
    let mut words = bytes.chunks(8).map(word);
    let (mut rest, mut left) = (0_u64, 0);
    let number = |_| {
        let mut bits = rest;
        if left >= width {
            rest = rest.checked_shr(width).unwrap_or(0);
            left -= width;
        } else {
            let next = words.next().unwrap_or(0);
            bits |= next << left;
            let taken = width - left;
            rest = next.checked_shr(taken).unwrap_or(0);
            left = u64::BITS - taken;
        }
        least.wrapping_add((bits & mask) as i64)
    };
    Ok((0..count).map(number).collect())
}

/// Up to eight bytes as a word.
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn back(numbers: &[i64]) -> Vec<i64> {
        let mut section = Vec::new();
        push(&mut section, numbers);
        read(&section, numbers.len()).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_of_any_width_come_back(
            width in 0_u32..64, numbers in prop::collection::vec(any::<i64>(), 0..200),
        ) {
            let numbers: Vec<i64> = numbers.into_iter().map(|number| number >> width).collect();
            prop_assert_eq!(back(&numbers), numbers);
        }
    }

    #[test]
    fn the_ends_of_the_range_come_back() {
        for numbers in [
            vec![i64::MIN, i64::MAX],
            vec![i64::MAX, i64::MIN, 0],
            vec![7; 9],
            vec![i64::MIN],
            vec![],
        ] {
            assert_eq!(back(&numbers), numbers);
        }
    }

    #[test]
    fn even_steps_take_no_bits() {
        let mut section = Vec::new();
        push(
            &mut section,
            &(0..1_000).map(|n| n * 10_000).collect::<Vec<_>>(),
        );
        assert_eq!(section.len(), 1 + 8 + 8 + 1);
    }

    #[test]
    fn a_section_that_is_cut_or_too_long_is_refused() {
        let mut section = Vec::new();
        push(&mut section, &[3, 9, -4, 1_000]);
        for length in 0..section.len() {
            assert!(read(&section[..length], 4).is_err(), "{length} bytes");
        }
        section.push(0);
        assert!(read(&section, 4).is_err());
    }
}
