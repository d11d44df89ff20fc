//! Telling the server's own publisher what became of a message.

use bytestring::ByteString;
use futures_util::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// What became of a message at one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The subscriber's client id.
    pub client_id: ByteString,
    /// Acknowledged by it (QoS 0: handed to its connection), or given up.
    pub arrived: bool,
}

/// One [`Delivery`] for every subscriber matched, as they come; then the end.
///
/// A subscriber that is away may take as long as its session lasts.
#[derive(Debug)]
pub struct DeliveryStream(mpsc::Receiver<Delivery>);

impl DeliveryStream {
    /// The next one; `None` when every matched subscriber was reported.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.0.recv().await
    }
}

impl Stream for DeliveryStream {
    type Item = Delivery;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        self.0.poll_recv(cx)
    }
}

/// Gives out one [`Report`] for each of `count` subscribers.
#[derive(Debug, Clone)]
pub(crate) struct Reporter(mpsc::Sender<Delivery>);

impl Reporter {
    pub(crate) fn new(count: usize) -> (Self, DeliveryStream) {
        let (sender, receiver) = mpsc::channel(count.max(1));
        (Self(sender), DeliveryStream(receiver))
    }

    pub(crate) fn report_on(&self, client_id: ByteString) -> Report {
        Report {
            client_id,
            arrived: false,
            sender: self.0.clone(),
        }
    }
}

/// Travels with a message; tells "given up" when it is dropped without [`Report::arrived`].
#[derive(Debug)]
pub(crate) struct Report {
    client_id: ByteString,
    arrived: bool,
    sender: mpsc::Sender<Delivery>,
}

impl Report {
    pub(crate) fn arrived(mut self) {
        self.arrived = true;
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        let delivery = Delivery {
            client_id: std::mem::take(&mut self.client_id),
            arrived: self.arrived,
        };
        // The channel has room for every report; only a publisher that left makes this fail.
        drop(self.sender.try_send(delivery));
    }
}
