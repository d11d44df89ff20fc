//! What one node commits, told to the listeners of the others over Redis.
//!
//! For each tenant one channel (`vigie:{id}:changes`) and one hash of the newest
//! values (`vigie:{id}:latest`). Two tasks: the *publisher* sends what the outbox
//! gathered, the *listener* hears the tenants that somebody watches here.
//!
//! Invariant: Redis is a cache. While it is away local listeners are served as
//! ever; when it is back, writers send all they know and listeners resync.

mod listener;
mod outbox;
mod publisher;
mod wire;

use super::channels::Channels;
use crate::domain::{PointId, Sample, TenantId};
use deadpool_redis::{Pool, PoolConfig, Runtime};
use outbox::Outbox;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// No answer within this time means that Redis is away.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// A page waits no longer than this for a value it can also read from the engine.
const LOOKUP_TIMEOUT: Duration = Duration::from_millis(500);
const CONNECTIONS: usize = 4;

/// Why Redis could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The address is not one.
    #[error("wrong Redis URL: {0}; it reads redis://user:password@host:port/db")]
    Url(#[source] redis::RedisError),
    /// No pool can be made of it.
    #[error("cannot prepare connections to Redis: {0}")]
    Pool(#[from] deadpool_redis::CreatePoolError),
    /// No connection.
    #[error("cannot connect to Redis: {0}")]
    Connect(#[from] deadpool_redis::PoolError),
    /// A command failed.
    #[error("Redis: {0}")]
    Command(#[from] redis::RedisError),
    /// No answer in time.
    #[error("Redis does not answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout(#[from] tokio::time::error::Elapsed),
    /// The subscribed connection ended.
    #[error("Redis closed the connection")]
    Closed,
}

/// The connection of one hub to Redis; dropped, it stops its tasks.
#[derive(Debug)]
pub(super) struct Relay {
    pool: Pool,
    outbox: Arc<Outbox>,
    audience: Arc<Notify>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Relay {
    pub(super) fn start(url: &str, channels: Arc<Channels>) -> Result<Self, RelayError> {
        let client = redis::Client::open(url).map_err(RelayError::Url)?;
        let relay = Self {
            pool: pool(url)?,
            outbox: Arc::default(),
            audience: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        let node = rand::random();
        let publisher = publisher::Publisher {
            node,
            pool: relay.pool.clone(),
            outbox: Arc::clone(&relay.outbox),
            channels: Arc::clone(&channels),
        };
        let listener = listener::Listener {
            node,
            client,
            channels,
            audience: Arc::clone(&relay.audience),
        };
        // Both are owned by `tasks` and end with `stop`.
        relay.tasks.spawn(publisher.run(relay.stop.clone()));
        relay.tasks.spawn(listener.run(relay.stop.clone()));
        relay.tasks.close();
        Ok(relay)
    }

    pub(super) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Somebody began, or nobody goes on, to listen to a tenant.
    pub(super) fn audience_changed(&self) {
        self.audience.notify_one();
    }

    /// What the writers of this tenant told Redis; nothing when Redis is away.
    pub(super) async fn latest(
        &self,
        tenant: TenantId,
        points: &[PointId],
    ) -> Vec<(PointId, Option<Sample>)> {
        let found = tokio::time::timeout(LOOKUP_TIMEOUT, self.look_up(tenant, points)).await;
        let values = match found {
            Ok(Ok(values)) => values,
            Ok(Err(error)) => {
                tracing::debug!(%error, "newest values not read from redis");
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
        let mut values = values.into_iter();
        points
            .iter()
            .map(|point| (*point, values.next().flatten()))
            .collect()
    }

    async fn look_up(
        &self,
        tenant: TenantId,
        points: &[PointId],
    ) -> Result<Vec<Option<Sample>>, RelayError> {
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.pool.get().await?;
        let values: Vec<Option<Vec<u8>>> = redis::cmd("HMGET")
            .arg(wire::latest_key(tenant))
            .arg(points.iter().map(|point| point.0).collect::<Vec<_>>())
            .query_async(&mut connection)
            .await?;
        Ok(values
            .into_iter()
            .map(|value| value.as_deref().and_then(wire::sample))
            .collect())
    }

    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn pool(url: &str) -> Result<Pool, RelayError> {
    let mut config = deadpool_redis::Config::from_url(url);
    let mut limits = PoolConfig::new(CONNECTIONS);
    limits.timeouts.wait = Some(ANSWER_TIMEOUT);
    limits.timeouts.create = Some(ANSWER_TIMEOUT);
    limits.timeouts.recycle = Some(ANSWER_TIMEOUT);
    config.pool = Some(limits);
    Ok(config.create_pool(Some(Runtime::Tokio1))?)
}
