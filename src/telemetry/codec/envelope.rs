//! The twelve bytes every blob opens with.

use super::reader::Reader;

/// Why a blob was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The bytes end before the layout does, or go on after it.
    #[error("the blob is cut short or too long")]
    Length,
    /// The checksum does not fit.
    #[error("the checksum does not fit (stored {stored:08x}, computed {computed:08x})")]
    Checksum {
        /// What the blob says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
    /// Another codec, or a newer version of this one.
    #[error("codec {codec} version {version} is not readable here")]
    Unknown {
        /// The codec id found.
        codec: u8,
        /// The version found.
        version: u8,
    },
    /// More samples than a blob of this codec may hold.
    #[error("{0} samples are more than a blob may hold")]
    TooMany(usize),
    /// The compressed column does not decode to what the header promises.
    #[error("a column does not decode: {0}")]
    Column(String),
}

/// Bytes before the payload.
const HEADER: usize = 12;

/// The layouts a codec has had; the newest is written, all are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Layout {
    /// Every column compressed.
    First = 1,
    /// Integers say how they are packed.
    Second = 2,
}

/// Which layout follows the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Codec {
    Block = 1,
    Journal = 2,
    Hours = 3,
}

impl Codec {
    /// The layout that is written.
    const fn newest(self) -> Layout {
        match self {
            Self::Block | Self::Journal => Layout::Second,
            Self::Hours => Layout::First,
        }
    }

    fn layout(self, version: u8) -> Option<Layout> {
        [Layout::First, Layout::Second]
            .into_iter()
            .find(|&layout| layout as u8 == version && layout <= self.newest())
    }
}

/// Starts a blob; [`seal`] finishes it.
pub(super) fn open_blob(codec: Codec, count: usize, capacity: usize) -> Vec<u8> {
    let mut blob = Vec::with_capacity(HEADER + capacity);
    blob.extend([codec as u8, codec.newest() as u8, 0, 0]);
    blob.extend((count as u32).to_le_bytes());
    blob.extend([0; 4]);
    blob
}

/// Writes the checksum into a blob that is complete.
pub(super) fn seal(mut blob: Vec<u8>) -> Vec<u8> {
    let crc = checksum(&blob);
    blob[8..HEADER].copy_from_slice(&crc.to_le_bytes());
    blob
}

/// A blob that was checked.
pub(super) struct Opened<'a> {
    pub(super) layout: Layout,
    /// Within the cap.
    pub(super) count: usize,
    pub(super) payload: Reader<'a>,
}

/// Checks a blob and opens it.
pub(super) fn unseal(blob: &[u8], codec: Codec, cap: usize) -> Result<Opened<'_>, CodecError> {
    if blob.len() < HEADER {
        return Err(CodecError::Length);
    }
    let mut reader = Reader::new(blob);
    let (found, version) = (reader.u8()?, reader.u8()?);
    let _flags = reader.bytes(2)?;
    let count = reader.u32()? as usize;
    let stored = reader.u32()?;
    let computed = checksum(blob);
    if stored != computed {
        return Err(CodecError::Checksum { stored, computed });
    }
    let layout = codec.layout(version).filter(|_| found == codec as u8);
    let layout = layout.ok_or(CodecError::Unknown {
        codec: found,
        version,
    })?;
    if count > cap {
        return Err(CodecError::TooMany(count));
    }
    Ok(Opened {
        layout,
        count,
        payload: reader,
    })
}

fn checksum(blob: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&blob[..8]);
    crc.update(&blob[HEADER..]);
    crc.finalize()
}
