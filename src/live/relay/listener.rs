//! Hears the other nodes: subscribed to each tenant that somebody listens to here.

use super::wire::{self, Message, NodeId};
use super::{ANSWER_TIMEOUT, RelayError};
use crate::domain::TenantId;
use crate::live::channel::Channel;
use crate::live::channels::Channels;
use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_millis(500);
/// How soon a connection that died silently is noticed.
const PROOF_OF_LIFE: Duration = Duration::from_secs(5);

pub(super) struct Listener {
    pub(super) node: NodeId,
    pub(super) client: redis::Client,
    pub(super) channels: Arc<Channels>,
    pub(super) audience: Arc<Notify>,
}

impl Listener {
    pub(super) async fn run(self, stop: CancellationToken) {
        stop.run_until_cancelled(self.listen_for_ever()).await;
    }

    async fn listen_for_ever(&self) {
        loop {
            let Err(error) = self.session().await;
            tracing::debug!(%error, "redis subscription ended");
            // A tenth of jitter keeps many nodes from coming back as one.
            tokio::time::sleep(PAUSE.mul_f64(1.0 + 0.1 * rand::random::<f64>())).await;
        }
    }

    async fn session(&self) -> Result<std::convert::Infallible, RelayError> {
        let connecting = self.client.get_async_pubsub();
        let (sink, mut stream) = timeout(ANSWER_TIMEOUT, connecting).await??.split();
        let heard = Heard {
            sink,
            tenants: HashSet::new(),
        };
        // The queue of the stream has no bound, so nothing else holds up who empties it:
        // what Redis owes us an answer for is awaited beside it.
        tokio::select! {
            ended = self.take_messages(&mut stream) => ended,
            ended = self.follow_audience(heard) => ended,
        }
    }

    async fn follow_audience(
        &self,
        mut heard: Heard,
    ) -> Result<std::convert::Infallible, RelayError> {
        let mut proof_of_life = tokio::time::interval(PROOF_OF_LIFE);
        loop {
            heard.follow(&self.channels).await?;
            tokio::select! {
                () = self.audience.notified() => {}
                _ = proof_of_life.tick() => heard.ping().await?,
            }
        }
    }

    async fn take_messages(
        &self,
        stream: &mut PubSubStream,
    ) -> Result<std::convert::Infallible, RelayError> {
        loop {
            let message = stream.next().await.ok_or(RelayError::Closed)?;
            let tenant = wire::tenant_of(message.get_channel_name());
            let decoded = wire::decode(message.get_payload_bytes());
            let (Some(tenant), Some((node, message))) = (tenant, decoded) else {
                tracing::debug!("a message on redis that no node of this version sends");
                continue;
            };
            if node != self.node {
                apply(&self.channels.of(tenant), message);
            }
        }
    }
}

fn apply(channel: &Channel, message: Message) {
    match message {
        Message::Changes(samples) => channel.deliver(&channel.advance(&samples)),
        Message::Forget(points) => channel.forget(&points),
        Message::Commanded(points) => channel.deliver_commanded(&points),
        Message::Reset => channel.reset(),
    }
}

/// The tenants this connection is subscribed to.
struct Heard {
    sink: PubSubSink,
    tenants: HashSet<TenantId>,
}

impl Heard {
    /// Makes them those that have listeners. Who begins to be heard may have
    /// missed values, unless they are written here.
    async fn follow(&mut self, channels: &Channels) -> Result<(), RelayError> {
        let wanted = channels.select(Channel::has_listeners);
        for (tenant, channel) in &wanted {
            if self.tenants.insert(*tenant) {
                let name = wire::changes_channel(*tenant);
                timeout(ANSWER_TIMEOUT, self.sink.subscribe(name)).await??;
                if !channel.is_written_here() {
                    channel.ask_for_resync();
                }
            }
        }
        let wanted: HashSet<_> = wanted.into_iter().map(|(tenant, _)| tenant).collect();
        let unwanted: Vec<_> = self.tenants.difference(&wanted).copied().collect();
        for tenant in unwanted {
            let name = wire::changes_channel(tenant);
            timeout(ANSWER_TIMEOUT, self.sink.unsubscribe(name)).await??;
            self.tenants.remove(&tenant);
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), RelayError> {
        timeout(ANSWER_TIMEOUT, self.sink.ping::<redis::Value>()).await??;
        Ok(())
    }
}
