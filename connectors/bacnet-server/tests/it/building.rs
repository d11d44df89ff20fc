//! A device with a thousand points, and what happens to it.

use jiff::tz::TimeZone;
use std::future::{Future, ready};
use std::net::{Ipv4Addr, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use vigie_bacnet_server::{
    AllowList, Event, History, Kind, Point, Rates, Record, Revision, Revisions, Server, Settings,
    Update, Value, Write, Writes, Writing,
};

/// Instance number of the device.
pub const DEVICE: u32 = 5_001;
/// Analog inputs that it has.
pub const INPUTS: u32 = 990;
/// Records that the platform stored of the first.
pub const STORED: usize = 1_000;

/// A device, and the writes it let through.
pub struct Building {
    pub server: Server,
    pub writes: Arc<Ledger>,
}

/// Lets through what is at most 100.
#[derive(Default)]
pub struct Ledger(Mutex<Vec<Write>>);

impl Ledger {
    pub fn all(&self) -> Vec<Write> {
        self.0.lock().unwrap().clone()
    }
}

impl Writes for Ledger {
    fn write(self: Arc<Self>, write: Write) -> Writing {
        let fits = |value| matches!(value, Value::Number(number) if number <= 100.0);
        let lets = write.value.is_none_or(fits);
        self.0.lock().unwrap().push(write);
        Box::pin(ready(lets))
    }
}

struct Stored;

impl History for Stored {
    fn newest(
        self: Arc<Self>,
        _: &Point,
        most: usize,
    ) -> Pin<Box<dyn Future<Output = Vec<Record>> + Send>> {
        let record = |n: usize| Record {
            at_us: 1_763_596_800_000_000 + n as i64 * 10_000_000,
            value: Value::Number(n as f64),
        };
        Box::pin(ready((0..STORED.min(most)).map(record).collect()))
    }
}

/// Remembers the revision.
#[derive(Default)]
pub struct Kept(Mutex<Revision>);

impl Revisions for Kept {
    fn recall(self: Arc<Self>) -> Pin<Box<dyn Future<Output = Revision> + Send>> {
        let kept = *self.0.lock().unwrap();
        Box::pin(ready(kept))
    }

    fn keep(self: Arc<Self>, revision: Revision) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        *self.0.lock().unwrap() = revision;
        Box::pin(ready(()))
    }
}

pub fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("the loopback has free ports");
    socket
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

pub fn settings(allow: &str) -> Settings {
    Settings {
        instance: DEVICE,
        name: "Town hall".to_owned(),
        description: "Everything in the town hall".to_owned(),
        interface: Ipv4Addr::LOCALHOST,
        port: free_port(),
        broadcast: Ipv4Addr::LOCALHOST,
        allow: AllowList::parse(&[allow]).expect("a network"),
        rates: Rates::default(),
        outlet: None,
        bbmd: None,
        zone: TimeZone::UTC,
        log_records: 2_000,
    }
}

fn point(instance: u32, name: String, kind: Kind, writable: bool) -> Point {
    Point {
        description: format!("What {name} measures"),
        logged: name == "Sensor 1",
        instance,
        name,
        kind,
        writable,
    }
}

/// 1,000 objects with the device, a log and a port of the network.
fn points() -> Vec<Point> {
    let analog = || Kind::Analog {
        unit: Some("°C".to_owned()),
        increment: 0.5,
    };
    let texts = ["Off", "Heat", "Cool"].map(str::to_owned).to_vec();
    let binary = || Kind::Binary {
        inactive: "Closed".to_owned(),
        active: "Open".to_owned(),
    };
    let mut points: Vec<_> = (1..=INPUTS)
        .map(|n| point(n, format!("Sensor {n}"), analog(), false))
        .collect();
    points.push(point(1, "Setpoint".to_owned(), analog(), true));
    points.push(point(
        1,
        "Mode".to_owned(),
        Kind::MultiState {
            texts: texts.clone(),
        },
        false,
    ));
    points.push(point(
        1,
        "Wanted mode".to_owned(),
        Kind::MultiState { texts },
        true,
    ));
    points.push(point(1, "Door".to_owned(), binary(), false));
    points.push(point(1, "Lock".to_owned(), binary(), true));
    points
}

impl Building {
    pub async fn start(settings: Settings) -> Self {
        let writes: Arc<Ledger> = Arc::default();
        let kept: Arc<Kept> = Arc::default();
        let server = Server::start(settings, points(), Arc::new(Stored), writes.clone(), kept);
        let server = server.await.expect("the device starts");
        let building = Self { server, writes };
        for n in 1..=INPUTS {
            building.show(&format!("Sensor {n}"), f64::from(n)).await;
        }
        building.show("Setpoint", 20.0).await;
        building
    }

    /// A trusted value.
    pub async fn show(&self, point: &str, number: f64) {
        let update = Update {
            value: Some(Value::Number(number)),
            doubt: None,
            event: Event::Normal,
            at_us: 1_763_700_000_000_000,
        };
        assert!(self.server.update(point, update).await, "{point} is there");
    }

    pub fn port(&self) -> u16 {
        self.server.address().expect("it listens").port()
    }
}
