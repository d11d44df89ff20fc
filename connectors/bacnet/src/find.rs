//! Where a device is: Who-Is and I-Am, to one address, one network or all.

use crate::network::Network;
use crate::plan::DevicePlan;
use bacnet_client::discovery::DiscoveredDevice;
use bacnet_services::who_is::DeviceInstanceRange;
use bacnet_types::MacAddr;
use bacnet_types::enums::Segmentation;
use bacnet_types::error::Error;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};
use vigie_bacnet_link::mac_of;

/// How long an I-Am is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// What a device takes of which nothing is known (clause 6.1: the least of the common links).
const MODEST_APDU: u32 = 480;

/// Where a device is and what it takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) route: Route,
    /// Bytes of the longest message it takes.
    pub(crate) largest: u32,
    /// Whether it answers in segments.
    pub(crate) segments: bool,
}

/// The way to a device.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Route {
    /// On our network.
    Local(MacAddr),
    /// On another, behind a router.
    Routed {
        router: MacAddr,
        network: u16,
        station: MacAddr,
    },
}

impl Place {
    /// What an I-Am said.
    pub(crate) fn of(device: &DiscoveredDevice) -> Self {
        let route = match (device.source_network, &device.source_address) {
            (Some(network), Some(station)) => Route::Routed {
                router: device.mac_address.clone(),
                network,
                station: station.clone(),
            },
            _ => Route::Local(device.mac_address.clone()),
        };
        let segments = device.segmentation_supported;
        Self {
            route,
            largest: device.max_apdu_length,
            segments: segments == Segmentation::BOTH || segments == Segmentation::TRANSMIT,
        }
    }

    fn modest(route: Route) -> Self {
        Self {
            route,
            largest: MODEST_APDU,
            segments: false,
        }
    }

    /// Whether a message from there is from this device.
    pub(crate) fn is_from(
        &self,
        mac: &MacAddr,
        network: Option<u16>,
        station: Option<&MacAddr>,
    ) -> bool {
        match &self.route {
            Route::Local(own) => own == mac && network.is_none(),
            Route::Routed {
                network: own,
                station: its,
                ..
            } => network == Some(*own) && station == Some(its),
        }
    }
}

/// Finds a device. One at a configured address is taken to be there even when it does not say so.
pub(crate) async fn find(network: &Network, plan: &DevicePlan) -> Result<Place, String> {
    let config = &plan.config;
    if let (Some(router), Some(number), Some(station)) =
        (config.address, config.network, &plan.station)
    {
        return Ok(Place::modest(Route::Routed {
            router: mac_of(router),
            network: number,
            station: MacAddr::from_slice(station),
        }));
    }
    let known = config.address.map(mac_of);
    let heard = ask_for(network, plan, known.as_ref()).await;
    match (heard, known) {
        (Ok(Some(place)), _) => Ok(place),
        (Ok(None), Some(mac)) => Ok(Place::modest(Route::Local(mac))),
        (Ok(None), None) if network.lacks_registration() => {
            Err("the BBMD has not registered us".to_owned())
        }
        (Ok(None), None) => Err("no device with this instance number answers".to_owned()),
        (Err(error), _) => Err(crate::words::sentence(&error)),
    }
}

async fn ask_for(
    network: &Network,
    plan: &DevicePlan,
    known: Option<&MacAddr>,
) -> Result<Option<Place>, Error> {
    let client = &network.client;
    let instance = plan.config.instance;
    let range = Some(DeviceInstanceRange::new(instance, instance)?);
    let mut seen = client.device_events();
    let mut moved = client.device_collision_events();
    match (known, plan.config.network) {
        (Some(mac), _) => client.who_is_directed(mac, range).await?,
        (None, Some(number)) => client.who_is_network(number, range).await?,
        (None, None) => client.who_is(range).await?,
    }
    let deadline = Instant::now() + PATIENCE;
    // A device that moved claims an instance that the table has at its old place.
    let fits = |device: &DiscoveredDevice| {
        let is_it = device.object_identifier.instance_number() == instance;
        let is_there = known.is_none_or(|mac| *mac == device.mac_address);
        (is_it && is_there).then(|| Place::of(device))
    };
    loop {
        let heard = tokio::select! {
            event = next(&mut seen) => event.and_then(|event| fits(&event.device)),
            event = next(&mut moved) => event.and_then(|event| fits(&event.incoming)),
            () = tokio::time::sleep_until(deadline) => return Ok(None),
        };
        if heard.is_some() {
            return Ok(heard);
        }
    }
}

/// The next event; what was missed is asked for again later.
async fn next<T: Clone>(events: &mut Receiver<T>) -> Option<T> {
    match events.recv().await {
        Ok(event) => Some(event),
        Err(RecvError::Lagged(_)) => None,
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

/// Everybody who answers until `patience` is over.
pub(crate) async fn all_within(network: &Network, patience: Duration) -> Vec<DiscoveredDevice> {
    let deadline = Instant::now() + patience;
    let mut seen = network.client.device_events();
    while timeout_at(deadline, next(&mut seen)).await.is_ok() {}
    let mut devices = network.client.discovered_devices().await;
    devices.sort_by_key(|device| device.object_identifier.instance_number());
    devices
}
