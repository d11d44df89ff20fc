//! Sessions over a stream of messages without acknowledgements: a TCP bridge, a WebSocket.
//!
//! One task: it reads while nothing is being stored, and stops reading while something is, so that
//! the peer's own buffers hold the rest. What was read is offered until it is settled.

mod settling;
mod talk;

pub(crate) use talk::keep_connected;

use futures_util::{Sink, Stream};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;
use vigie_contract::{ConnectorError, Delivery, Reach};

/// What a wire brings.
#[derive(Debug)]
pub(crate) enum Received {
    /// A message, or a line without its end.
    Message(Vec<u8>),
    /// A message that was thrown away because of its size, in bytes.
    TooLarge(usize),
    /// A sign of life.
    Sign,
}

/// What goes out on a wire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// A message.
    Message(String),
    /// A request for a sign of life, where the wire knows one.
    AreYouThere,
}

/// Both directions of an open connection.
pub(crate) struct Wire {
    pub(crate) inbound: Pin<Box<dyn Stream<Item = io::Result<Received>> + Send>>,
    pub(crate) outbound: Pin<Box<dyn Sink<Sent, Error = io::Error> + Send>>,
}

pub(crate) type Dialing = Pin<Box<dyn Future<Output = Result<Wire, ConnectorError>> + Send>>;

/// A peer, and what is said with it.
pub(crate) trait Speaker: Send {
    /// Opens a connection to what is in reach, within a time-out of its own.
    fn dial(&self, reach: Reach) -> Dialing;
    /// What is said first; the connection is new.
    fn opened(&mut self) -> Vec<Sent>;
    /// How often [`Self::turn`] is asked.
    fn period(&self) -> Duration;
    /// What is said now and then.
    fn turn(&mut self) -> Vec<Sent>;
    /// A peer that says nothing for so long is gone.
    fn patience(&self) -> Duration;
    /// Turns a message into readings and refusals.
    fn hear(&mut self, message: &[u8], arrival_us: i64, delivery: &mut Delivery);
    /// The message as it may be shown: without secrets.
    fn presentable(&self, message: &[u8]) -> Vec<u8> {
        message.to_vec()
    }
    /// Where messages come from, in words.
    fn source(&self) -> String;
}
