//! Our end of the network: one socket, one set of invoke ids for all devices.

use crate::BacnetConfig;
use bacnet_client::client::{BACnetClient, ClientConfig, ClientOptions};
use bacnet_transport::bip::{BipMode, BipTransport, BvlcClientStatus, ForeignDeviceConfig};
use bacnet_types::error::Error;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use vigie_bacnet_link::{Counts, Guard, Guarded, Outlet, Tap};
use vigie_contract::{Reach, StatusBoard};

/// Of the 256 invoke ids, so many are in use at once.
const IN_FLIGHT: usize = 200;
/// Change notifications that wait for us; those beyond are lost, which the next poll mends.
const WAITING: usize = 4_096;
/// 64 segments are what most devices can take; each is asked for on its own.
const SEGMENTS: u8 = 64;

/// An open socket and everything that is asked over it.
pub(crate) struct Network {
    pub(crate) client: BACnetClient<Guarded>,
    turns: Semaphore,
    counts: Counts,
    registration: Option<BvlcClientStatus>,
}

impl Network {
    /// Opens our end at `port`; nothing leaves it to where `reach` does not allow.
    pub(crate) async fn open(
        config: &BacnetConfig,
        port: u16,
        reach: &Reach,
        tap: Option<Tap>,
    ) -> Result<Self, Error> {
        let outlet = outlet(config, reach);
        if config.bbmd.is_some() {
            // The transport registers by itself.
            outlet.lets_broadcast()?;
        }
        let transport = transport(config, port);
        let registration = config.bbmd.map(|_| transport.bvlc_client_status());
        let guard = Guard {
            tap,
            outlet: Some(outlet),
            ..Guard::default()
        };
        let guarded = Guarded::new(transport, guard);
        let counts = guarded.counts();
        let settings = ClientConfig {
            apdu_timeout_ms: config.timeout_ms.into(),
            apdu_retries: config.retries,
            max_segments: Some(SEGMENTS),
            ..ClientConfig::default()
        };
        let options = ClientOptions::default().with_cov_channel_capacity(WAITING);
        let client = BACnetClient::start_with_options(settings, guarded, options).await?;
        Ok(Self {
            client,
            turns: Semaphore::new(IN_FLIGHT),
            counts,
            registration,
        })
    }

    /// Waits for an invoke id.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Shows what came over the network so far.
    pub(crate) fn show(&self, board: &StatusBoard, latency: Option<Duration>) {
        let (messages, bytes) = (self.counts.taken(), self.counts.bytes());
        board.update(|status| {
            (status.messages, status.bytes) = (messages, bytes);
            status.latency = latency.or(status.latency);
        });
    }

    /// Whether a BBMD was asked to register us and has not.
    pub(crate) fn lacks_registration(&self) -> bool {
        let registration = self.registration.as_ref();
        registration.is_some_and(|status| !status.snapshot().foreign_registration.registered)
    }
}

fn outlet(config: &BacnetConfig, reach: &Reach) -> Outlet {
    let broadcasts_to = config.bbmd.map_or(config.broadcast, |bbmd| *bbmd.ip());
    let reach = reach.clone();
    Outlet::new(broadcasts_to, move |address| reach.allows(address.into()))
}

fn transport(config: &BacnetConfig, port: u16) -> BipTransport {
    let mut transport = BipTransport::new(config.interface, port, config.broadcast);
    // Without it, a machine with several addresses drops the answers that come to another of them.
    transport.set_share_port_by_address(!config.interface.is_unspecified() && port != 0);
    if let Some(bbmd) = config.bbmd {
        transport.set_mode(BipMode::Foreign(ForeignDeviceConfig {
            bbmd_ip: *bbmd.ip(),
            bbmd_port: bbmd.port(),
            ttl: config.bbmd_ttl_s,
            renewal_interval: Some(Duration::from_secs(u64::from(config.bbmd_ttl_s) / 3)),
        }));
    }
    transport
}
