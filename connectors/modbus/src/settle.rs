//! What was read, on its way through the sink.
//!
//! One delivery is offered at a time; what is read meanwhile joins the next. While the store is
//! away the same delivery is offered again, and at the bound the lines stop asking.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;
use vigie_contract::{Backoff, Delivery, Session, Settlement, SinkError};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Ticks that wait at most.
const WAITING: usize = 256;
/// Values in one delivery, about.
const FULL: usize = 20_000;

/// Where lines put what a tick brought; bounded.
pub(crate) fn channel() -> (mpsc::Sender<Delivery>, mpsc::Receiver<Delivery>) {
    mpsc::channel(WAITING)
}

/// Settles until the lines are done, or the sink is closed.
pub(crate) async fn settle(mut fresh: mpsc::Receiver<Delivery>, session: &Session) {
    let out_of_time = async {
        session.stop.cancelled().await;
        sleep(DRAIN_TIMEOUT).await;
    };
    tokio::select! {
        () = settle_all(&mut fresh, session) => {}
        () = out_of_time => tracing::warn!("stopped with readings that were not stored"),
    }
}

async fn settle_all(fresh: &mut mpsc::Receiver<Delivery>, session: &Session) {
    while let Some(mut delivery) = fresh.recv().await {
        while delivery.readings.len() + delivery.refusals.len() < FULL
            && let Ok(more) = fresh.try_recv()
        {
            delivery.readings.extend(more.readings);
            delivery.refusals.extend(more.refusals);
        }
        match offer(Arc::new(delivery), session).await {
            Some(settlement) => {
                let refused = u64::from(settlement.refused);
                session.status.update(|status| status.refused += refused);
            }
            None => return,
        }
    }
}

/// `None`: the sink is closed.
async fn offer(delivery: Arc<Delivery>, session: &Session) -> Option<Settlement> {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        match session.sink.clone().deliver(delivery.clone()).await {
            Ok(settlement) => {
                if backoff.attempts() > 0 {
                    session.status.update(|status| status.last_error = None);
                }
                return Some(settlement);
            }
            Err(SinkError::Closed) => return None,
            Err(SinkError::Unavailable(why)) => {
                let reason = format!("not stored: {why}");
                session
                    .status
                    .update(|status| status.last_error = Some(reason));
                sleep(backoff.next_pause(rand::random())).await;
            }
        }
    }
}
