//! The transport that both roles use.

use crate::door::{Counts, Door, keep_the_door};
use crate::{AllowList, Outlet, Rates};
use bacnet_npdu::NpduLimits;
use bacnet_transport::bip::BipTransport;
use bacnet_transport::port::{Bip6Port, BipPort, GroupDestinations, ReceivedNpdu, TransportPort};
use bacnet_types::error::Error;
use std::net::SocketAddrV4;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From a peer.
    In,
    /// To a peer, or to all.
    Out,
}

/// Sees every message that passes: which way, the peer's BACnet/IP address (empty for a broadcast)
/// and the NPDU. Called on the way of the message: keep it short.
pub type Tap = Arc<dyn Fn(Way, &[u8], &[u8]) + Send + Sync>;

/// What a [`Guarded`] transport watches over.
#[derive(Clone, Default)]
pub struct Guard {
    /// Who is heard; everybody when absent.
    pub allow: Option<AllowList>,
    /// How often; without bound when absent.
    pub rates: Option<Rates>,
    /// Where messages may go; everywhere when absent.
    pub outlet: Option<Outlet>,
    /// Whether a server needs to hear from itself.
    pub heartbeat: bool,
    /// Who looks on.
    pub tap: Option<Tap>,
}

/// BACnet/IP, watched over.
pub struct Guarded {
    inner: BipTransport,
    guard: Guard,
    counts: Counts,
    task: Option<JoinHandle<()>>,
}

impl Guarded {
    /// Puts `guard` around a transport that has not started.
    pub fn new(inner: BipTransport, guard: Guard) -> Self {
        Self {
            inner,
            guard,
            counts: Counts::default(),
            task: None,
        }
    }

    /// What it counts.
    pub fn counts(&self) -> Counts {
        self.counts.clone()
    }

    fn tap(&self, way: Way, mac: &[u8], npdu: &[u8]) {
        if let Some(tap) = &self.guard.tap {
            tap(way, mac, npdu);
        }
    }
}

impl TransportPort for Guarded {
    async fn start(&mut self) -> Result<mpsc::Receiver<ReceivedNpdu>, Error> {
        let arriving = self.inner.start().await?;
        let (inside, out) = mpsc::channel(arriving.max_capacity().max(1));
        let door = Door::new(self.guard.clone(), self.counts.clone());
        self.task = Some(tokio::spawn(keep_the_door(door, arriving, inside)));
        Ok(out)
    }

    async fn stop(&mut self) -> Result<(), Error> {
        let stopped = self.inner.stop().await;
        if let Some(task) = self.task.take() {
            task.abort();
        }
        stopped
    }

    fn abort(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.inner.abort();
    }

    async fn send_unicast(&self, npdu: &[u8], mac: &[u8]) -> Result<(), Error> {
        if let Some(outlet) = &self.guard.outlet {
            outlet.lets_to(mac)?;
        }
        self.tap(Way::Out, mac, npdu);
        self.inner.send_unicast(npdu, mac).await
    }

    async fn send_broadcast(&self, npdu: &[u8]) -> Result<(), Error> {
        if let Some(outlet) = &self.guard.outlet {
            outlet.lets_broadcast()?;
        }
        self.tap(Way::Out, &[], npdu);
        self.inner.send_broadcast(npdu).await
    }

    fn bip_broadcast_endpoint(&self) -> Option<SocketAddrV4> {
        self.inner.bip_broadcast_endpoint()
    }

    fn supports_local_nonrouter_number_controls(&self) -> bool {
        self.inner.supports_local_nonrouter_number_controls()
    }

    fn bip_port(&self) -> Option<BipPort> {
        self.inner.bip_port()
    }

    fn bip6_port(&self) -> Option<Bip6Port> {
        self.inner.bip6_port()
    }

    fn retain_network_port_lease_internal(&mut self, lease: Arc<()>) -> Result<(), Error> {
        self.inner.retain_network_port_lease_internal(lease)
    }

    fn prepare_for_routing(&mut self) {
        self.inner.prepare_for_routing();
    }

    fn local_mac(&self) -> &[u8] {
        self.inner.local_mac()
    }

    fn local_receive_apdu_capacity(&self) -> u16 {
        self.inner.local_receive_apdu_capacity()
    }

    fn egress_apdu_limit(&self) -> u16 {
        self.inner.egress_apdu_limit()
    }

    fn max_npdu(&self) -> NpduLimits {
        self.inner.max_npdu()
    }

    fn max_npdu_changes(&self) -> Option<watch::Receiver<NpduLimits>> {
        self.inner.max_npdu_changes()
    }

    fn is_broadcast_mac(&self, mac: &[u8]) -> bool {
        self.inner.is_broadcast_mac(mac)
    }

    fn is_group_destination(&self, mac: &[u8]) -> bool {
        self.inner.is_group_destination(mac)
    }

    fn group_destinations(&self) -> GroupDestinations {
        self.inner.group_destinations()
    }

    fn local_broadcast_destinations(&self) -> GroupDestinations {
        self.inner.local_broadcast_destinations()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}
