//! Readings on their way to the sink.

use rand::random;
use std::sync::Arc;
use std::time::Duration;
use vigie_contract::{Backoff, Delivery, Session, SinkError};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long what is in work may take once the session shall end.
const LAST_WORD: Duration = Duration::from_secs(5);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is safe.
    Settled,
    /// The sink takes no more: the session is over.
    Closed,
    /// The session shall end and the store is still away: the values are polled again by the next.
    GivenUp,
}

/// Offers a delivery until it is settled.
pub(crate) async fn deliver(session: &Session, delivery: Delivery) -> Outcome {
    if delivery.readings.is_empty() && delivery.refusals.is_empty() {
        return Outcome::Settled;
    }
    tokio::select! {
        outcome = offer(session, Arc::new(delivery)) => outcome,
        () = long_after_the_stop(session) => Outcome::GivenUp,
    }
}

async fn offer(session: &Session, delivery: Arc<Delivery>) -> Outcome {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        match session.sink.clone().deliver(delivery.clone()).await {
            Ok(settlement) => {
                let refused = u64::from(settlement.refused);
                let was_away = backoff.attempts() > 0;
                session.status.update(|status| {
                    status.refused += refused;
                    if was_away {
                        status.last_error = None;
                    }
                });
                return Outcome::Settled;
            }
            Err(SinkError::Closed) => return Outcome::Closed,
            Err(SinkError::Unavailable(why)) => {
                let words = format!("not stored: {why}");
                session
                    .status
                    .update(|status| status.last_error = Some(words));
                tokio::time::sleep(backoff.next_pause(random())).await;
            }
        }
    }
}

async fn long_after_the_stop(session: &Session) {
    session.stop.cancelled().await;
    tokio::time::sleep(LAST_WORD).await;
}
