//! The device: started with its points, told what is new, stopped.

use crate::log::LogObject;
use crate::object::PointObject;
use crate::point::{Point, Update};
use crate::priorities::SLOTS;
use crate::revision::{self, Revision, Revisions};
use crate::settings::Settings;
use crate::state::State;
use crate::window::{History, Record, Window};
use crate::writes::{Gate, Writes};
use bacnet_objects::database::ObjectDatabase;
use bacnet_objects::device::{DeviceConfig, DeviceObject};
use bacnet_objects::device_identity::{DeviceIdentity, build_database_with_extra};
use bacnet_objects::traits::BACnetObject;
use bacnet_server::FnPolicy;
use bacnet_server::server::{
    BACnetServer, CovPolicy, ReadPropertyMultipleBudget, ReadRangeBudget, RequestAdmissionPolicy,
    TimeSyncPolicy,
};
use bacnet_transport::bip::{BipMode, BipTransport, ForeignDeviceConfig};
use bacnet_types::enums::{Segmentation, ServiceSupported};
use bacnet_types::error::Error;
use bacnet_types::primitives::ObjectIdentifier;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use vigie_bacnet_link::{Counts, Guard, Guarded, socket_of};

/// No vendor of ours is registered with ASHRAE: 999 is what many stacks without one say.
const VENDOR: u16 = 999;
const REGISTRATION_S: u16 = 300;

/// Records of one answer: what fits into 16 segments of 480 bytes, so that a client that takes no
/// more gets a page and asks on, instead of an abort.
const LOG_PAGE_BYTES: usize = 7_500;

/// What this device does for others, as it says so itself.
const SERVICES: [ServiceSupported; 8] = [
    ServiceSupported::SUBSCRIBE_COV,
    ServiceSupported::READ_PROPERTY,
    ServiceSupported::READ_PROPERTY_MULTIPLE,
    ServiceSupported::WRITE_PROPERTY,
    ServiceSupported::WRITE_PROPERTY_MULTIPLE,
    ServiceSupported::READ_RANGE,
    ServiceSupported::WHO_IS,
    ServiceSupported::WHO_HAS,
];

/// Why a device does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Two points have one name, or one number and type; or a number is out of range.
    #[error("point `{0}`: its name or its number is taken or out of range")]
    Point(String),
    /// The settings, the address or the port.
    #[error("the BACnet device does not start: {0}")]
    Start(#[from] Error),
}

/// A device that runs. Dropped, it ends at once; [`stop`](Self::stop) ends it in order.
pub struct Server {
    inner: BACnetServer<Guarded>,
    points: HashMap<String, Served>,
    counts: Counts,
    revision: Revision,
}

struct Served {
    object: ObjectIdentifier,
    state: Arc<State>,
    window: Option<Arc<Window>>,
}

impl Server {
    /// Starts a device with these points. Its revision is the next when they are others than
    /// last time.
    pub async fn start(
        settings: Settings,
        points: Vec<Point>,
        history: Arc<dyn History>,
        writes: Arc<dyn Writes>,
        revisions: Arc<dyn Revisions>,
    ) -> Result<Self, ServerError> {
        let revision = revision::of(&points, &revisions).await;
        let (points, objects) = serve(&settings, points, history).await?;
        let gate = gate(&points, writes);
        let identity = DeviceIdentity::new(settings.instance, VENDOR)?
            .with_name(settings.name.clone())
            .with_segmentation(Segmentation::BOTH)
            .with_services(&SERVICES);
        let database = database(&settings, &identity, objects, revision)?;
        if let (Some(outlet), Some(_)) = (&settings.outlet, settings.bbmd) {
            // The transport registers by itself.
            outlet.lets_broadcast().map_err(Error::Transport)?;
        }
        let transport = transport(&settings);
        let counts = transport.counts();
        let inner = BACnetServer::generic_builder()
            .device(identity)
            .database(database)
            .transport(transport)
            .policy(FnPolicy::new().mutation(move |asked| gate.lets(asked)))
            .cov_policy(cov_policy())
            .read_property_multiple_budget(ReadPropertyMultipleBudget {
                max_result_elements: 4_096,
                max_service_ack_bytes: 65_536,
            })
            .read_range_budget(ReadRangeBudget {
                max_returned_items: 1_000,
                max_service_ack_bytes: LOG_PAGE_BYTES,
            })
            .request_admission_policy(RequestAdmissionPolicy {
                max_confirmed_in_flight: 256,
                max_confirmed_in_flight_per_peer: 64,
                ..RequestAdmissionPolicy::default()
            })
            .time_sync_policy(TimeSyncPolicy {
                enabled: false,
                ..TimeSyncPolicy::default()
            })
            .build()
            .await?;
        Ok(Self {
            inner,
            points,
            counts,
            revision,
        })
    }

    /// Shows what is new about a point and tells its subscribers; `false` when there is no such
    /// point.
    pub async fn update(&self, point: &str, update: Update) -> bool {
        let Some(served) = self.points.get(point) else {
            return false;
        };
        let shown = served.state.take(update);
        if let (Some(window), Some(value), None) = (&served.window, update.value, update.doubt) {
            let at_us = update.at_us;
            window.add(Record { at_us, value });
        }
        self.tell(served, shown).await;
        true
    }

    /// Empties a slot of a point's priority array, since what was written there did not come about;
    /// tells its subscribers. `false` when there is no such point or slot.
    pub async fn relinquish(&self, point: &str, priority: u8) -> bool {
        let Some(served) = self.points.get(point) else {
            return false;
        };
        if !(1..=SLOTS).contains(&usize::from(priority)) {
            return false;
        }
        served.state.command(priority, None);
        self.tell(served, served.state.shown().present()).await;
        true
    }

    async fn tell(&self, served: &Served, shown: f64) {
        let present = served.state.point.kind.property(shown);
        let told = self
            .inner
            .set_present_value_local(&served.object, present)
            .await;
        if let Err(error) = told {
            tracing::debug!(point = served.state.point.name, %error, "subscribers not told");
        }
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddrV4> {
        socket_of(self.inner.local_mac())
    }

    /// Messages since the start.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// `Database_Revision` and what it stands for.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Ends in order: requests in work are answered.
    pub async fn stop(mut self) {
        if let Err(error) = self.inner.stop().await {
            tracing::debug!(%error, "BACnet device ended out of order");
        }
    }
}

type Objects = Vec<Box<dyn BACnetObject>>;

/// The points as objects, logs included, in the order they are listed.
async fn serve(
    settings: &Settings,
    points: Vec<Point>,
    history: Arc<dyn History>,
) -> Result<(HashMap<String, Served>, Objects), ServerError> {
    let mut served = HashMap::with_capacity(points.len());
    let mut objects: Objects = Vec::with_capacity(points.len());
    let mut taken = HashSet::new();
    for point in points {
        let wrong = || ServerError::Point(point.name.clone());
        let object = point.object().ok_or_else(wrong)?;
        if !taken.insert(object) || served.contains_key(&point.name) {
            return Err(wrong());
        }
        let window = if point.logged {
            let window = Arc::new(filled(settings, &point, &history).await);
            let log = LogObject::new(&point, window.clone()).ok_or_else(wrong)?;
            if !taken.insert(log.object_identifier()) {
                return Err(wrong());
            }
            objects.push(Box::new(log));
            Some(window)
        } else {
            None
        };
        let name = point.name.clone();
        let state = Arc::new(State::new(point));
        objects.push(Box::new(PointObject::new(object, state.clone())));
        let one = Served {
            object,
            state,
            window,
        };
        served.insert(name, one);
    }
    Ok((served, objects))
}

async fn filled(settings: &Settings, point: &Point, history: &Arc<dyn History>) -> Window {
    let most = settings.log_records.clamp(1, 100_000);
    let window = Window::new(point.kind.clone(), settings.zone.clone(), most);
    for record in history.clone().newest(point, most).await {
        window.add(record);
    }
    window
}

fn gate(points: &HashMap<String, Served>, writes: Arc<dyn Writes>) -> Gate {
    let states = points
        .values()
        .map(|served| (served.object, served.state.clone()))
        .collect();
    Gate {
        states,
        writes,
        runtime: Handle::current(),
    }
}

/// All objects, and a device object that says what it is and how often they changed.
fn database(
    settings: &Settings,
    identity: &DeviceIdentity,
    objects: Objects,
    revision: Revision,
) -> Result<ObjectDatabase, Error> {
    let mut database = build_database_with_extra(identity, objects)?;
    let mut device = DeviceObject::new(DeviceConfig {
        identity: identity.clone(),
        vendor_name: "Vigie".to_owned(),
        model_name: "Vigie".to_owned(),
        firmware_revision: env!("CARGO_PKG_VERSION").to_owned(),
        application_software_version: env!("CARGO_PKG_VERSION").to_owned(),
        ..DeviceConfig::default()
    })?;
    device.set_services_supported(&SERVICES);
    device.set_description(settings.description.clone());
    device.set_object_list(database.list_objects());
    device.set_database_revision(revision.number);
    database.add(Box::new(device))?;
    Ok(database)
}

fn transport(settings: &Settings) -> Guarded {
    let (interface, port) = (settings.interface, settings.port);
    let mut transport = BipTransport::new(interface, port, settings.broadcast);
    transport.set_share_port_by_address(!interface.is_unspecified() && port != 0);
    if let Some(bbmd) = settings.bbmd {
        transport.set_mode(BipMode::Foreign(ForeignDeviceConfig {
            bbmd_ip: *bbmd.ip(),
            bbmd_port: bbmd.port(),
            ttl: REGISTRATION_S,
            renewal_interval: Some(Duration::from_secs(u64::from(REGISTRATION_S) / 3)),
        }));
    }
    let guard = Guard {
        allow: Some(settings.allow.clone()),
        rates: Some(settings.rates),
        outlet: settings.outlet.clone(),
        heartbeat: true,
        tap: None,
    };
    Guarded::new(transport, guard)
}

fn cov_policy() -> CovPolicy {
    CovPolicy {
        max_subscriptions_global: 20_000,
        max_subscriptions_per_peer: 10_000,
        max_indefinite_per_peer: 10_000,
        reserved_capacity: 0,
        ..CovPolicy::default()
    }
}
