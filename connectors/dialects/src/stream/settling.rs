//! A delivery's way through the sink.

use std::sync::Arc;
use std::time::Duration;
use vigie_contract::{Backoff, Delivery, ReadingSink, Settlement, SinkError, StatusBoard};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Offers until it is settled; `None`: the sink is closed.
pub(super) async fn settle(
    delivery: Arc<Delivery>,
    sink: Arc<dyn ReadingSink>,
    status: StatusBoard,
) -> Option<Settlement> {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        match sink.clone().deliver(delivery.clone()).await {
            Ok(settlement) => {
                if backoff.attempts() > 0 {
                    status.update(|status| status.last_error = None);
                }
                return Some(settlement);
            }
            Err(SinkError::Closed) => return None,
            Err(SinkError::Unavailable(why)) => {
                status.update(|status| status.last_error = Some(format!("not stored: {why}")));
                tokio::time::sleep(backoff.next_pause(rand::random())).await;
            }
        }
    }
}
