//! Sends what the outbox gathered: the newest values into the hash, the changes to the channel.

use super::outbox::{Letter, Outbox};
use super::wire::{self, Message, NodeId};
use super::{ANSWER_TIMEOUT, RelayError};
use crate::domain::{PointId, PointSample, TenantId};
use crate::live::channels::Channels;
use deadpool_redis::Pool;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Values in one message; what is more goes into the next.
const CHUNK: usize = 4_096;
const PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Publisher {
    pub(super) node: NodeId,
    pub(super) pool: Pool,
    pub(super) outbox: Arc<Outbox>,
    pub(super) channels: Arc<Channels>,
}

impl Publisher {
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut away = false;
        while let Some(letters) = stop.run_until_cancelled(self.outbox.next()).await {
            if let Err(error) = self.send(letters).await {
                tracing::warn!(%error, "redis is away; other nodes will catch up");
                away = true;
                self.outbox.suspend();
            }
            if away
                && stop
                    .run_until_cancelled(self.wait_for_redis())
                    .await
                    .is_some()
            {
                tracing::info!("redis is back");
                away = false;
            }
        }
    }

    async fn send(&self, letters: HashMap<TenantId, Letter>) -> Result<(), RelayError> {
        for (tenant, letter) in letters {
            let forgotten: Vec<_> = letter.forgotten.into_iter().collect();
            if !forgotten.is_empty() {
                self.forget(tenant, forgotten).await?;
            }
            let samples: Vec<_> = letter
                .changes
                .into_iter()
                .map(|(point, sample)| PointSample { point, sample })
                .collect();
            self.changes(tenant, &samples).await?;
            if !letter.commanded.is_empty() {
                let mut pipeline = redis::pipe();
                let commanded = Message::Commanded(letter.commanded.into_iter().collect());
                self.tell(&mut pipeline, tenant, &commanded);
                self.execute(&pipeline).await?;
            }
        }
        Ok(())
    }

    async fn changes(&self, tenant: TenantId, samples: &[PointSample]) -> Result<(), RelayError> {
        for chunk in samples.chunks(CHUNK) {
            let mut pipeline = redis::pipe();
            let newest: Vec<(i64, Vec<u8>)> = chunk
                .iter()
                .map(|each| (each.point.0, wire::encode_sample(each.sample).to_vec()))
                .collect();
            pipeline
                .hset_multiple(wire::latest_key(tenant), &newest)
                .ignore();
            self.tell(&mut pipeline, tenant, &Message::Changes(chunk.to_vec()));
            self.execute(&pipeline).await?;
        }
        Ok(())
    }

    async fn forget(&self, tenant: TenantId, points: Vec<PointId>) -> Result<(), RelayError> {
        let mut pipeline = redis::pipe();
        let fields: Vec<i64> = points.iter().map(|point| point.0).collect();
        pipeline.hdel(wire::latest_key(tenant), fields).ignore();
        self.tell(&mut pipeline, tenant, &Message::Forget(points));
        self.execute(&pipeline).await
    }

    /// Tries until Redis answers and knows everything again.
    async fn wait_for_redis(&self) {
        loop {
            tokio::time::sleep(PAUSE).await;
            self.outbox.resume();
            match self.refill().await {
                Ok(()) => return,
                Err(error) => tracing::debug!(%error, "redis is still away"),
            }
            self.outbox.suspend();
        }
    }

    async fn refill(&self) -> Result<(), RelayError> {
        for (tenant, channel) in self
            .channels
            .select(super::super::channel::Channel::is_written_here)
        {
            let mut pipeline = redis::pipe();
            pipeline.del(wire::latest_key(tenant)).ignore();
            self.tell(&mut pipeline, tenant, &Message::Reset);
            self.execute(&pipeline).await?;
            self.changes(tenant, &channel.all()).await?;
        }
        Ok(())
    }

    fn tell(&self, pipeline: &mut redis::Pipeline, tenant: TenantId, message: &Message) {
        let bytes = wire::encode(self.node, message);
        pipeline
            .publish(wire::changes_channel(tenant), bytes)
            .ignore();
    }

    async fn execute(&self, pipeline: &redis::Pipeline) -> Result<(), RelayError> {
        tokio::time::timeout(ANSWER_TIMEOUT, async {
            let mut connection = self.pool.get().await?;
            pipeline.exec_async(&mut connection).await?;
            Ok(())
        })
        .await?
    }
}
