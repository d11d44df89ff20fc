//! What a connector sees of ingest.

use super::Ingest;
use std::sync::Arc;
use vigie_contract::{Delivery, ReadingSink, Settling};

/// The sink of one connection: its deliveries are counted under the key of the connection.
#[derive(Clone)]
pub struct ConnectionSink {
    ingest: Arc<Ingest>,
    connection: Arc<str>,
}

impl ConnectionSink {
    /// A sink for the connection with this key.
    pub fn new(ingest: Arc<Ingest>, connection: impl Into<Arc<str>>) -> Self {
        Self {
            ingest,
            connection: connection.into(),
        }
    }
}

impl ReadingSink for ConnectionSink {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        Box::pin(async move { self.ingest.deliver(&self.connection, &delivery).await })
    }
}
