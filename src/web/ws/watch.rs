//! Whether rights still stand: one watcher per client, however many sockets are open.
//!
//! It reads the versions of the client once a second and tells all sockets when they moved;
//! each then asks anew what its person may see. A socket that nobody may have is closed
//! within seconds of what ended it, in whatever process that was.

use crate::domain::TenantId;
use crate::runtime::Client;
use crate::store::tenant::{Versions, settings};
use crate::web::AppState;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const EVERY: Duration = Duration::from_secs(1);

/// How a client stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Served, at these versions.
    Served(Versions),
    /// Not served any more: suspended, removed, or opened anew.
    Closed,
}

/// The watchers of this process.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    by_tenant: Mutex<HashMap<TenantId, watch::Sender<Standing>>>,
    tasks: TaskTracker,
}

impl Watchers {
    /// Listens to the watcher of this client; starts it when nobody listens yet.
    pub(super) fn join(
        &self,
        state: &AppState,
        client: &Arc<Client>,
        now: Versions,
    ) -> watch::Receiver<Standing> {
        let mut all = self.lock();
        let tenant = client.tenant().id;
        if let Some(sender) = all.get(&tenant)
            && *sender.borrow() != Standing::Closed
        {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(Standing::Served(now));
        all.insert(tenant, sender.clone());
        let stop = state.feeds.stop.clone();
        let following = follow(state.clone(), Arc::clone(client), sender, stop);
        self.tasks.spawn(following);
        receiver
    }

    /// Waits for the watchers, which end with the token of the feeds.
    pub(super) async fn wait(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Forgets a watcher that nobody listens to; false while somebody does.
    fn leave(&self, tenant: TenantId, sender: &watch::Sender<Standing>) -> bool {
        let mut all = self.lock();
        if sender.receiver_count() > 0 {
            return false;
        }
        if all
            .get(&tenant)
            .is_some_and(|known| known.same_channel(sender))
        {
            all.remove(&tenant);
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, watch::Sender<Standing>>> {
        self.by_tenant
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until nobody listens, the client closes or the process stops.
async fn follow(
    state: AppState,
    client: Arc<Client>,
    sender: watch::Sender<Standing>,
    stop: CancellationToken,
) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        if state.feeds.watchers.leave(client.tenant().id, &sender) {
            return;
        }
        if !state.platform.is_running(&client) {
            sender.send_replace(Standing::Closed);
            return;
        }
        // A database that is away for a moment changes nobody's rights.
        if let Ok(versions) = settings::versions(client.scope().db()).await {
            sender.send_if_modified(|known| {
                let now = Standing::Served(versions);
                std::mem::replace(known, now) != now
            });
        }
    }
}
