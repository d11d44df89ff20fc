//! One command on its way: written once, read back, told.
//!
//! Invariant: a write leaves at most once. When its answer is lost, what the device holds is
//! read on the next connection, and decides.

use crate::device::Item;
use crate::encode::Wanted;
use crate::image::{Answer, Image};
use crate::link::{Fault, Link};
use crate::plan::Place;
use crate::register::{Form, Register, Table, WriteRule};
use std::borrow::Cow;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_modbus::Request;
use vigie_contract::{Command, CommandFault, ReadingValue};

/// How long a device may take to show what was written.
const SETTLING: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(150);

/// A value for one place of one unit.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) unit: u8,
    pub(crate) item: Item,
    pub(crate) wanted: Wanted,
}

/// A write whose answer was lost.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub(crate) write: Write,
    pub(crate) command: Command,
}

impl Doubt {
    /// Nobody will ever know.
    pub(crate) fn give_up(self) {
        self.command.failed(CommandFault::new(
            "no_answer",
            "it was sent, but the device did not answer; whether it was done is not known",
        ));
    }
}

impl Write {
    fn register(&self) -> &Register {
        &self.item.register
    }

    pub(crate) fn place(&self) -> Place {
        self.register().place
    }

    /// Whether other bits of the register must be known first.
    fn is_partial(&self) -> bool {
        self.wanted.mask != self.register().full_mask()
    }

    /// What to write: a part of a register is put between the bits that are there.
    pub(crate) async fn bits(&self, link: &mut Link) -> Result<u64, Fault> {
        if !self.is_partial() {
            return Ok(self.wanted.raw);
        }
        Ok(self.wanted.over(self.look(link).await?.0))
    }

    /// The request, and its bytes for who looks.
    pub(crate) fn request(&self, bits: u64) -> (Request<'static>, Vec<u8>) {
        let register = self.register();
        let (start, is_single) = (
            register.place.start,
            register.write != Some(WriteRule::Multiple),
        );
        if register.form == Form::Coil {
            let flag = bits == 1;
            let request = if is_single {
                Request::WriteSingleCoil(start, flag)
            } else {
                Request::WriteMultipleCoils(start, Cow::Owned(vec![flag]))
            };
            return (request, vec![u8::from(flag)]);
        }
        let words = register.words_of(bits);
        let bytes = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let request = match words.as_slice() {
            [word] if is_single => Request::WriteSingleRegister(start, *word),
            _ => Request::WriteMultipleRegisters(start, Cow::Owned(words)),
        };
        (request, bytes)
    }

    /// What the device holds: bits, and the value they mean.
    async fn look(&self, link: &mut Link) -> Result<(u64, Option<ReadingValue>), Fault> {
        let place = self.place();
        let answer = link.read(self.unit, place).await?;
        let bits = match &answer {
            Answer::Words(words) => self.register().raw(words),
            Answer::Bits(bits) => u64::from(bits.first().copied().unwrap_or(false)),
        };
        let mut image = Image::default();
        image.add(place, answer);
        Ok((bits, self.register().decode(&image).unwrap_or(None)))
    }

    /// Looks until the device shows what was written; `Ok(Err)` when it shows something else.
    pub(crate) async fn read_back(
        &self,
        link: &mut Link,
        expires: Instant,
    ) -> Result<Result<Option<ReadingValue>, CommandFault>, Fault> {
        let deadline = expires.min(Instant::now() + SETTLING);
        loop {
            let (bits, value) = self.look(link).await?;
            if self.wanted.is_in(bits) {
                return Ok(Ok(value));
            }
            if Instant::now() + BETWEEN_LOOKS >= deadline {
                let shown = value.map_or_else(|| format!("{bits:#x}"), |value| value.to_string());
                let detail = format!("the device took it and shows {shown} instead");
                return Ok(Err(CommandFault::new("read_back", detail)));
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Whether it can be read back at all.
    pub(crate) fn can_be_read_back(&self) -> bool {
        self.register().read_back && matches!(self.place().table, Table::Holding | Table::Coil)
    }
}
