//! From one model to the next.

use super::{Block, Layout, model_of};
use crate::image::Answer;
use crate::link::{Fault, Link};
use crate::plan::Place;
use crate::register::Table;

/// Where `SunS` may stand, the usual place first.
const BASES: [u16; 3] = [40_000, 0, 50_000];
const SUNS: [u16; 2] = [0x5375, 0x6e53];
const COMMON: u16 = 1;
const END: u16 = 0xffff;
/// A chain without an end is cut.
const MOST_MODELS: usize = 64;
const MOST_PARTS: u16 = 64;

/// The places a device has not fallen silent at: some do not refuse an address, they say nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bases {
    silent: [bool; BASES.len()],
}

/// Asks a device for its models. An exception at one place only means: not here.
pub(crate) async fn walk(link: &mut Link, unit: u8, bases: &mut Bases) -> Result<Layout, Fault> {
    if bases.silent.iter().all(|is_silent| *is_silent) {
        *bases = Bases::default();
    }
    for (index, base) in BASES.into_iter().enumerate() {
        if bases.silent[index] {
            continue;
        }
        match words(link, unit, base, 2).await {
            Ok(marker) if marker == SUNS => return chain(link, unit, base + 2).await,
            Ok(_) => {}
            Err(Fault::Exception(exception)) if !exception.is_absence() => {}
            Err(fault) => {
                bases.silent[index] = matches!(fault, Fault::Lost(_));
                return Err(fault);
            }
        }
    }
    Ok(Layout::default())
}

async fn chain(link: &mut Link, unit: u8, first: u16) -> Result<Layout, Fault> {
    let mut layout = Layout {
        is_sunspec: true,
        ..Layout::default()
    };
    let mut start = first;
    for _ in 0..MOST_MODELS {
        let (id, length) = match words(link, unit, start, 2).await {
            Ok(head) => (head[0], head[1]),
            // The end is missing.
            Err(Fault::Exception(exception)) if !exception.is_absence() => break,
            Err(fault) => return Err(fault),
        };
        let Some(next) = start
            .checked_add(2)
            .and_then(|body| body.checked_add(length))
        else {
            break;
        };
        match id {
            END => break,
            COMMON => name(link, unit, start, length, &mut layout).await?,
            // A block that is shorter than its model is none.
            _ if model_of(id)
                .is_some_and(|model| u32::from(length) + 2 < u32::from(model.fixed)) => {}
            _ => {
                let parts = parts(link, unit, id, start, length).await?;
                layout.blocks.push(Block { id, start, parts });
            }
        }
        start = next;
    }
    Ok(layout)
}

/// How many repeating parts a block has, as far as it is long enough.
async fn parts(link: &mut Link, unit: u8, id: u16, start: u16, length: u16) -> Result<u16, Fault> {
    let Some(repeat) = model_of(id).and_then(|model| model.repeat.as_ref()) else {
        return Ok(0);
    };
    let room =
        (u32::from(length) + 2).saturating_sub(u32::from(repeat.start)) / u32::from(repeat.stride);
    if room == 0 {
        return Ok(0);
    }
    let told = words(link, unit, start + repeat.count, 1).await?[0];
    Ok(told.min(room as u16).min(MOST_PARTS))
}

/// Manufacturer, model and serial number of model 1.
async fn name(
    link: &mut Link,
    unit: u8,
    start: u16,
    length: u16,
    layout: &mut Layout,
) -> Result<(), Fault> {
    const LENGTH: u16 = 64;
    if length < LENGTH {
        return Ok(());
    }
    let words = words(link, unit, start + 2, LENGTH).await?;
    layout.vendor = text(&words[0..16]);
    layout.model = text(&words[16..32]);
    layout.serial = text(&words[48..64]);
    Ok(())
}

fn text(words: &[u16]) -> Option<String> {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

async fn words(link: &mut Link, unit: u8, start: u16, count: u16) -> Result<Vec<u16>, Fault> {
    let place = Place {
        table: Table::Holding,
        start,
        count,
    };
    match link.read(unit, place).await? {
        Answer::Words(words) => Ok(words),
        Answer::Bits(_) => Err(Fault::Lost(
            "bits where registers were asked for".to_owned(),
        )),
    }
}
