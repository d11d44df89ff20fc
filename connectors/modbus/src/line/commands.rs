//! Commands for the devices of a line.

use super::Line;
use crate::device::Item;
use crate::link::{Fault, Link};
use crate::trace;
use crate::write::{Doubt, Write};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use vigie_contract::{Command, CommandFault, Delivery, ReadingValue};

/// How long a stop waits for a command that is on its way.
const LAST_COMMAND: Duration = Duration::from_secs(4);

impl Line {
    /// Those that wait for a connection that is gone.
    pub(super) fn refuse_commands(&mut self) {
        self.ends.is_connected.send_replace(false);
        while let Ok(command) = self.ends.commands.try_recv() {
            command.failed(CommandFault::new(
                "not_connected",
                "the connection to the gateway is lost",
            ));
        }
    }

    /// Carries out a command, or says why not. Err: the connection is lost. A stop gives it some
    /// seconds more; dropped then, its fate is unknown.
    pub(super) async fn obey(&mut self, link: &mut Link, command: Command) -> Result<(), String> {
        if command.expires <= Instant::now() {
            command.failed(CommandFault::new(
                "expired",
                "the gateway was busy for too long",
            ));
            return Ok(());
        }
        let stop = self.ends.session.stop.clone();
        let out_of_time = async {
            stop.cancelled().await;
            sleep(LAST_COMMAND).await;
        };
        match self.prepare(&command) {
            Ok(write) => tokio::select! {
                done = self.write(link, write, command) => done,
                () = out_of_time => Ok(()),
            },
            Err(fault) => {
                command.failed(fault);
                Ok(())
            }
        }
    }

    fn prepare(&self, command: &Command) -> Result<Write, CommandFault> {
        let found = self.devices.iter().find_map(|device| {
            let item = device.writable(&command.address)?;
            Some((device.setup.unit, item.clone()))
        });
        let (unit, item): (u8, Item) = found.ok_or_else(|| {
            CommandFault::new("not_writable", "no register of this point can be written")
        })?;
        let value = command.value.as_ref().ok_or_else(|| {
            CommandFault::new("not_writable", "Modbus knows no release; say a value")
        })?;
        let encoded = item.register.encode(value);
        let wanted = encoded.map_err(|why| CommandFault::new("refused", why))?;
        Ok(Write { unit, item, wanted })
    }

    async fn write(
        &mut self,
        link: &mut Link,
        write: Write,
        command: Command,
    ) -> Result<(), String> {
        let before = timeout_at(command.expires, write.bits(link)).await;
        let bits = match before {
            Ok(Ok(bits)) => bits,
            Ok(Err(Fault::Exception(exception))) => {
                self.answered(link, 0);
                command.failed(CommandFault::new("refused", exception.to_string()));
                return Ok(());
            }
            Ok(Err(Fault::Lost(reason))) => {
                command.failed(CommandFault::new("no_answer", reason.clone()));
                return Err(reason);
            }
            Err(_) => {
                command.failed(CommandFault::new("expired", "the device was too slow"));
                return Err("a command ran out of time".to_owned());
            }
        };
        let (request, bytes) = write.request(bits);
        let meaning = command
            .value
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        trace::note_write(
            &self.ends.session,
            write.unit,
            write.place(),
            &bytes,
            &meaning,
        );
        command.sent();
        match link.ask(write.unit, request).await {
            Ok(_) => {
                self.answered(link, bytes.len());
                self.confirm(link, write, command).await
            }
            Err(Fault::Exception(exception)) => {
                self.answered(link, 0);
                command.failed(CommandFault::new("refused", exception.to_string()));
                Ok(())
            }
            Err(Fault::Lost(reason)) => {
                self.doubt(write, command);
                Err(reason)
            }
        }
    }

    async fn confirm(
        &mut self,
        link: &mut Link,
        write: Write,
        command: Command,
    ) -> Result<(), String> {
        if !write.can_be_read_back() {
            command.confirmed(None);
            return Ok(());
        }
        match write.read_back(link, command.expires).await {
            Ok(Ok(value)) => {
                self.show(&write.item, value.clone()).await;
                command.confirmed(value);
                Ok(())
            }
            Ok(Err(fault)) => {
                command.failed(fault);
                Ok(())
            }
            Err(Fault::Exception(exception)) => {
                let detail = format!("the device took it, but cannot show it: {exception}");
                command.failed(CommandFault::new("read_back", detail));
                Ok(())
            }
            Err(Fault::Lost(reason)) => {
                self.doubt(write, command);
                Err(reason)
            }
        }
    }

    /// What the point is now; the next tick would say it later.
    async fn show(&self, item: &Item, value: Option<ReadingValue>) {
        let at_us = self.now_us();
        let readings = value.map(|value| item.reading(value, at_us));
        let readings = readings.into_iter().collect();
        self.deliver(Delivery {
            readings,
            ..Delivery::default()
        })
        .await;
    }

    fn doubt(&mut self, write: Write, command: Command) {
        let doubt = Doubt { write, command };
        if doubt.write.can_be_read_back() {
            self.doubtful = Some(doubt);
        } else {
            doubt.give_up();
        }
    }

    /// Reads what became of a write whose answer was lost.
    pub(super) async fn resolve_doubt(&mut self, link: &mut Link) -> Result<(), String> {
        let Some(doubt) = self.doubtful.take() else {
            return Ok(());
        };
        if doubt.command.expires <= Instant::now() {
            doubt.give_up();
            return Ok(());
        }
        match doubt.write.read_back(link, doubt.command.expires).await {
            Ok(Ok(value)) => {
                self.show(&doubt.write.item, value.clone()).await;
                doubt.command.confirmed(value);
                Ok(())
            }
            Ok(Err(_)) | Err(Fault::Exception(_)) => {
                doubt.give_up();
                Ok(())
            }
            Err(Fault::Lost(reason)) => {
                self.doubtful = Some(doubt);
                Err(reason)
            }
        }
    }
}
