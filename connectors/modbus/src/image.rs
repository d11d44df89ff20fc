//! What the reads of one tick brought.

use crate::plan::Place;

/// The answer to one read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Words(Vec<u16>),
    Bits(Vec<bool>),
}

impl Answer {
    /// Bytes it took on the wire.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Words(words) => 2 * words.len(),
            Self::Bits(bits) => bits.len().div_ceil(8),
        }
    }

    /// As it went over the wire.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Words(words) => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            Self::Bits(bits) => bits
                .chunks(8)
                .map(|eight| {
                    (0..)
                        .zip(eight)
                        .fold(0, |byte, (n, bit)| byte | (u8::from(*bit) << n))
                })
                .collect(),
        }
    }
}

/// Answers by where they were read.
#[derive(Debug, Default)]
pub(crate) struct Image(Vec<(Place, Answer)>);

impl Image {
    /// Adds the answer to a read of `place`; the link saw to its length.
    pub(crate) fn add(&mut self, place: Place, answer: Answer) {
        self.0.push((place, answer));
    }

    /// The registers of a place, if they were read.
    pub(crate) fn words(&self, place: Place) -> Option<&[u16]> {
        self.0.iter().find_map(|(read, answer)| match answer {
            Answer::Words(words) if read.holds(place) => {
                let first = usize::from(place.start - read.start);
                words.get(first..first + usize::from(place.count))
            }
            _ => None,
        })
    }

    /// The bit at a place, if it was read.
    pub(crate) fn bit(&self, place: Place) -> Option<bool> {
        self.0.iter().find_map(|(read, answer)| match answer {
            Answer::Bits(bits) if read.holds(place) => {
                bits.get(usize::from(place.start - read.start)).copied()
            }
            _ => None,
        })
    }
}
