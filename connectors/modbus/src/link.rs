//! One TCP connection to a gateway.
//!
//! Invariant: once a request was not answered in time, or wrongly, nothing is asked on this
//! connection any more: a late answer would be taken for the next one's.

use crate::image::Answer;
use crate::plan::Place;
use crate::register::Table;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_modbus::client::{Client, Context, tcp};
use tokio_modbus::slave::{Slave, SlaveContext};
use tokio_modbus::{Error, ExceptionCode, ProtocolError, Request, Response};
use vigie_contract::Reach;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How to talk.
#[derive(Debug, Clone)]
pub(crate) struct Manners {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) answer_timeout: Duration,
    /// Rest after an answer.
    pub(crate) pause: Duration,
}

/// Why there is no answer to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The device or its gateway says no; the connection is fine.
    Exception(Exception),
    /// The connection is of no more use.
    Lost(String),
}

/// A Modbus exception code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exception(pub(crate) u8);

impl Exception {
    /// The gateway is there, the device behind it is not.
    pub(crate) const fn is_absence(self) -> bool {
        matches!(self.0, 0x0a | 0x0b)
    }

    /// A part of what was asked for may still be had.
    pub(crate) const fn is_about_addresses(self) -> bool {
        matches!(self.0, 0x02..=0x04)
    }
}

impl std::fmt::Display for Exception {
    /// In the words of the Modbus Application Protocol 1.1b3, 7.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = match self.0 {
            0x01 => "the device does not know this function",
            0x02 => "the device has no such address",
            0x03 => "the device does not take this value or count",
            0x04 => "the device failed while it did it",
            0x05 => "the device accepted it and needs more time",
            0x06 => "the device is busy",
            0x08 => "the memory of the device is damaged",
            0x0a => "the gateway has no path to the device",
            0x0b => "the device behind the gateway does not answer",
            _ => "the device says no",
        };
        write!(f, "{words} (exception {})", self.0)
    }
}

/// A connection; refuses to be used after a fault of its own.
pub(crate) struct Link {
    context: Option<Context>,
    manners: Manners,
    rested: Instant,
    answers: u64,
    latency: Duration,
    fell_silent: bool,
}

impl Link {
    /// Dials.
    pub(crate) async fn open(manners: &Manners, reach: &Reach) -> Result<Self, String> {
        let Manners { host, port, .. } = manners;
        let stream = timeout(CONNECT_TIMEOUT, reach.connect(host, *port))
            .await
            .map_err(|_| format!("{host}:{port} does not answer"))?
            .map_err(|error| format!("cannot connect to {host}:{port}: {error}"))?;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "requests may wait for company");
        }
        Ok(Self {
            context: Some(tcp::attach_slave(stream, Slave(0))),
            manners: manners.clone(),
            rested: Instant::now(),
            answers: 0,
            latency: Duration::ZERO,
            fell_silent: false,
        })
    }

    /// Answers on this connection, exceptions included.
    pub(crate) const fn answers(&self) -> u64 {
        self.answers
    }

    /// Whether it can still be used.
    pub(crate) const fn is_open(&self) -> bool {
        self.context.is_some()
    }

    /// Whether it ended because an answer did not come in time.
    pub(crate) const fn fell_silent(&self) -> bool {
        self.fell_silent
    }

    /// How long the last answer took.
    pub(crate) const fn latency(&self) -> Duration {
        self.latency
    }

    /// Reads a place; the answer is exactly as long.
    pub(crate) async fn read(&mut self, unit: u8, place: Place) -> Result<Answer, Fault> {
        let (start, count) = (place.start, place.count);
        let request = match place.table {
            Table::Holding => Request::ReadHoldingRegisters(start, count),
            Table::Input => Request::ReadInputRegisters(start, count),
            Table::Coil => Request::ReadCoils(start, count),
            Table::Discrete => Request::ReadDiscreteInputs(start, count),
        };
        let wanted = usize::from(count);
        match self.ask(unit, request).await? {
            Response::ReadHoldingRegisters(words) | Response::ReadInputRegisters(words)
                if words.len() == wanted =>
            {
                Ok(Answer::Words(words))
            }
            // The last byte is filled up with bits that mean nothing.
            Response::ReadCoils(mut bits) | Response::ReadDiscreteInputs(mut bits)
                if bits.len() == wanted.next_multiple_of(8) =>
            {
                bits.truncate(wanted);
                Ok(Answer::Bits(bits))
            }
            other => Err(self.lose(format!("the answer has another length: {other:?}"))),
        }
    }

    /// Asks; the answer is of the same unit and function.
    pub(crate) async fn ask(&mut self, unit: u8, request: Request<'_>) -> Result<Response, Fault> {
        sleep_until(self.rested).await;
        let Some(mut context) = self.context.take() else {
            return Err(Fault::Lost("the connection is closed".to_owned()));
        };
        context.set_slave(Slave(unit));
        let asked = Instant::now();
        // Taken out before and put back only after an answer: dropping this future closes it too.
        let answer = timeout(self.manners.answer_timeout, context.call(request)).await;
        let answer = match answer {
            Err(_) => {
                self.fell_silent = true;
                return Err(Fault::Lost(self.silence(unit)));
            }
            Ok(Err(error)) => return Err(Fault::Lost(words_of(error))),
            Ok(Ok(answer)) => answer,
        };
        let now = Instant::now();
        self.context = Some(context);
        self.answers += 1;
        self.latency = now - asked;
        self.rested = now + self.manners.pause;
        answer.map_err(|code: ExceptionCode| Fault::Exception(Exception(code.into())))
    }

    fn lose(&mut self, reason: String) -> Fault {
        self.context = None;
        Fault::Lost(reason)
    }

    fn silence(&self, unit: u8) -> String {
        let millis = self.manners.answer_timeout.as_millis();
        format!("unit {unit} does not answer within {millis} ms")
    }
}

fn words_of(error: Error) -> String {
    match error {
        Error::Protocol(ProtocolError::HeaderMismatch { .. }) => {
            "an answer to another request".to_owned()
        }
        Error::Protocol(ProtocolError::FunctionCodeMismatch { .. }) => {
            "an answer to another function".to_owned()
        }
        Error::Transport(error) if error.kind() == ErrorKind::InvalidData => {
            format!("the answer is no Modbus: {error}")
        }
        Error::Transport(error) if is_break(error.kind()) => {
            format!("the connection broke: {error}")
        }
        // The crate tells an orderly end as the last error of the system, whatever that was.
        Error::Transport(_) => "the peer closed the connection".to_owned(),
    }
}

const fn is_break(kind: ErrorKind) -> bool {
    use ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, HostUnreachable, NetworkUnreachable,
        TimedOut,
    };
    matches!(
        kind,
        BrokenPipe
            | ConnectionAborted
            | ConnectionReset
            | HostUnreachable
            | NetworkUnreachable
            | TimedOut
    )
}

#[cfg(test)]
mod tests;
