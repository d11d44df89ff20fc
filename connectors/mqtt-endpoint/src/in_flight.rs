//! All batches of one connection that are with the handler.

use crate::settle::{Batch, Settled};
use crate::{BoxFuture, Handler, Principal};
use futures_util::future::FutureExt;
use futures_util::stream::{FuturesOrdered, StreamExt};
use std::sync::Arc;
use std::time::Duration;

/// The batches of one connection that are with the handler: all run at once, and come out
/// in the order they went in.
pub(crate) struct InFlight {
    batches: FuturesOrdered<BoxFuture<Settled>>,
    messages: usize,
    bytes: usize,
}

impl InFlight {
    pub(crate) fn new() -> Self {
        Self {
            batches: FuturesOrdered::new(),
            messages: 0,
            bytes: 0,
        }
    }

    pub(crate) fn push(
        &mut self,
        batch: Batch,
        handler: Arc<dyn Handler>,
        principal: Arc<Principal>,
        patience: Duration,
    ) {
        self.messages += batch.len();
        self.bytes += batch.bytes();
        let settling = batch.settle(handler, principal, patience);
        self.batches.push_back(settling.boxed());
    }

    /// The oldest batch once it is settled; `None` when there is none. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<Settled> {
        let settled = self.batches.next().await?;
        self.messages -= settled.verdicts.len();
        self.bytes -= settled.bytes;
        Some(settled)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(crate) fn messages(&self) -> usize {
        self.messages
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}
