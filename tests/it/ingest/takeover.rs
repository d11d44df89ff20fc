//! Two processes on one client: the older one notices, says so, and comes back.

use super::workshop::{PLANT, Workshop, reading};
use crate::tenancy::home::at_home;
use std::sync::Arc;
use std::time::Duration;
use vigie::runtime::PlatformConfig;
use vigie_contract::{Delivery, ReadingValue, SinkError};

fn pausing(taken_over_pause: Duration) -> PlatformConfig {
    PlatformConfig {
        // Only the test reconciles.
        follow_every: Duration::from_secs(3_600),
        taken_over_pause,
        ..PlatformConfig::default()
    }
}

async fn try_to_store(shop: &Workshop) -> Result<u32, SinkError> {
    let delivery = Delivery {
        readings: vec![reading("voltage", ReadingValue::Number(50.0))],
        refusals: Vec::new(),
    };
    let client = shop.platform.clients().remove(0);
    let settled = client.ingest().deliver(&Arc::from("test"), &delivery).await;
    settled.map(|settled| settled.stored)
}

at_home! {
    async fn a_client_that_was_taken_over_is_named_as_not_served(home: Home) {
        let older = Workshop::open_with(&home, PLANT, pausing(Duration::from_secs(3_600))).await;
        let newer = Workshop::open(&home, PLANT).await;
        assert!(try_to_store(&older).await.is_err(), "fenced");
        assert_eq!(try_to_store(&newer).await, Ok(1));
        older.platform.reconcile().await.unwrap();
        assert!(older.platform.clients().is_empty());
        let unserved = older.platform.unserved();
        assert_eq!(unserved[0].slug, "plant");
        assert!(unserved[0].reason.contains("another process"), "{}", unserved[0].reason);
        newer.close().await;
        older.close().await;
    }

    async fn a_client_that_was_taken_over_serves_again_after_a_pause(home: Home) {
        let older = Workshop::open_with(&home, PLANT, pausing(Duration::ZERO)).await;
        let newer = Workshop::open(&home, PLANT).await;
        assert!(try_to_store(&older).await.is_err(), "fenced");
        newer.close().await;
        older.platform.reconcile().await.unwrap();
        assert_eq!(try_to_store(&older).await, Ok(1));
        older.close().await;
    }
}
