//! Looking around: who is there, and what each device has.

use crate::ask::Line;
use crate::config::DeviceConfig;
use crate::find::{Place, all_within};
use crate::network::Network;
use crate::object::{self, Kind};
use crate::plan::Plan;
use crate::read::{Answer, Wanted, read_all};
use crate::value;
use crate::words;
use bacnet_client::discovery::DiscoveredDevice;
use bacnet_types::enums::{EngineeringUnits, ObjectType, PropertyIdentifier};
use bacnet_types::error::Error;
use bacnet_types::primitives::{ObjectIdentifier, PropertyValue};
use std::collections::HashSet;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigie_bacnet_link::mac_of;
use vigie_contract::{
    Addition, ConnectorError, Explorer, Exploring, Finding, Findings, FoundEquipment, FoundKind,
    FoundPoint, Reach,
};

mod keys;

/// How long answers to Who-Is are waited for.
const PATIENCE: Duration = Duration::from_secs(4);
/// Who-Is is asked so often in that time: a datagram may be lost.
const TIMES: u32 = 2;
/// Objects of one device that are looked at.
const MOST_OBJECTS: usize = 20_000;
/// Objects that are asked about in one go.
const PAGE: usize = 100;

/// What is asked of each object; what one does not have is an error of its own.
fn asked(kind: Kind) -> &'static [PropertyIdentifier] {
    use PropertyIdentifier as P;
    match kind {
        Kind::Binary => &[
            P::OBJECT_NAME,
            P::PRESENT_VALUE,
            P::INACTIVE_TEXT,
            P::ACTIVE_TEXT,
        ],
        Kind::MultiState => &[P::OBJECT_NAME, P::PRESENT_VALUE, P::STATE_TEXT],
        _ => &[P::OBJECT_NAME, P::PRESENT_VALUE, P::UNITS],
    }
}

/// Looks around with the address, the BBMD and the time-outs of a configuration.
#[derive(Debug)]
pub struct BacnetExplorer {
    plan: Plan,
    reach: Reach,
}

impl BacnetExplorer {
    pub(crate) fn new(plan: Plan, reach: Reach) -> Self {
        Self { plan, reach }
    }
}

impl Explorer for BacnetExplorer {
    fn explore(self: Box<Self>, findings: Findings, stop: CancellationToken) -> Exploring {
        Box::pin(async move {
            tokio::select! {
                () = stop.cancelled() => Ok(()),
                seen = look(&self.plan, &self.reach, &findings) => {
                    seen.map_err(|error| ConnectorError::Retry(words::sentence(&error)))
                }
            }
        })
    }
}

async fn look(plan: &Plan, reach: &Reach, findings: &Findings) -> Result<(), Error> {
    let network = Network::open(&plan.config, free_port(plan), reach, None).await?;
    let network = Arc::new(network);
    for _ in 0..TIMES {
        ask_everybody(plan, &network).await?;
        all_within(&network, PATIENCE / TIMES).await;
    }
    let devices = all_within(&network, Duration::ZERO).await;
    let total = devices.len() as u32;
    for (done, device) in devices.iter().enumerate() {
        let done = done as u32;
        if !findings.tell(Finding::Progress { done, total }).await {
            return Ok(());
        }
        let instance = device.object_identifier.instance_number();
        let mut known = plan.devices.iter().map(|planned| &planned.config);
        let known = known.find(|known| known.instance == instance);
        let found = match look_into(&network, device, known).await {
            Ok(found) => found,
            Err(error) => silent(device, &error),
        };
        if !findings.tell(Finding::Equipment(found)).await {
            return Ok(());
        }
    }
    findings
        .tell(Finding::Progress { done: total, total })
        .await;
    Ok(())
}

/// Who-Is, everywhere the connection asks; fails when nobody at all can be asked.
async fn ask_everybody(plan: &Plan, network: &Network) -> Result<(), Error> {
    let client = &network.client;
    let mut outcome = client.who_is(None).await;
    for device in &plan.devices {
        let asked = match (device.config.address, device.config.network) {
            (Some(address), None) => client.who_is_directed(&mac_of(address), None).await,
            (None, Some(number)) => client.who_is_network(number, None).await,
            _ => continue,
        };
        outcome = outcome.or(asked);
    }
    outcome
}

/// The port of the configuration hears broadcasts; while a session has it, any other will do.
fn free_port(plan: &Plan) -> u16 {
    let wanted = (plan.config.interface, plan.config.port);
    UdpSocket::bind(wanted).map_or(0, |_| plan.config.port)
}

/// A device that says it is there and nothing else.
fn silent(device: &DiscoveredDevice, error: &Error) -> FoundEquipment {
    let instance = device.object_identifier.instance_number();
    FoundEquipment {
        key: format!("device-{instance}"),
        name: format!("device {instance}: {}", words::sentence(error)),
        ..FoundEquipment::default()
    }
}

/// A device that the connection names already keeps its place there and its equipment.
async fn look_into(
    network: &Arc<Network>,
    device: &DiscoveredDevice,
    known: Option<&DeviceConfig>,
) -> Result<FoundEquipment, Error> {
    let line = Line::new(network.clone(), Place::of(device), 1, None);
    let own = device.object_identifier;
    let instance = own.instance_number();
    let about = [
        PropertyIdentifier::OBJECT_NAME,
        PropertyIdentifier::VENDOR_NAME,
        PropertyIdentifier::MODEL_NAME,
        PropertyIdentifier::SERIAL_NUMBER,
    ];
    let about = about.map(|property| Wanted::of(own, property));
    let about: Vec<_> = read_all(&line, &about).await?.iter().map(text_of).collect();
    let said = |place: usize| {
        about
            .get(place)
            .cloned()
            .flatten()
            .filter(|text| !text.is_empty())
    };
    let name = said(0).unwrap_or_else(|| format!("device {instance}"));
    let key = known.and_then(|known| known.equipment.clone());
    let key = key.unwrap_or_else(|| keys::device(instance));
    let objects = objects(&line, own).await?;
    let mut points = Vec::with_capacity(objects.len());
    let mut taken = HashSet::new();
    for page in objects.chunks(PAGE) {
        points.extend(points_of(&line, instance, page, &mut taken).await?);
    }
    let device = Addition {
        list: "/devices".to_owned(),
        item: serde_json::json!({ "instance": instance, "equipment": key }),
    };
    Ok(FoundEquipment {
        name,
        kind: None,
        vendor: said(1),
        model: said(2),
        serial: said(3),
        points,
        additions: known.is_none().then_some(device).into_iter().collect(),
        key,
    })
}

/// The object list as a whole, or by its numbers where a device cannot send it in segments.
async fn objects(line: &Line, device: ObjectIdentifier) -> Result<Vec<ObjectIdentifier>, Error> {
    let list = PropertyIdentifier::OBJECT_LIST;
    if line.place.segments
        && let Ok(bytes) = line.read(device, list, None).await
    {
        let objects = value::decode_all(&bytes);
        return Ok(objects
            .iter()
            .filter_map(readable)
            .take(MOST_OBJECTS)
            .collect());
    }
    let count = line.read(device, list, Some(0)).await?;
    let count = value::decode(&count)
        .as_ref()
        .and_then(value::unsigned)
        .unwrap_or(0);
    let count = count.min(MOST_OBJECTS as u64) as u32;
    let wanted: Vec<_> = (1..=count)
        .map(|number| Wanted {
            object: device,
            property: list,
            index: Some(number),
        })
        .collect();
    let answers = read_all(line, &wanted).await?;
    let object = |answer: &Answer| readable(&value::decode(answer.as_ref().ok()?)?);
    Ok(answers.iter().filter_map(object).collect())
}

/// Objects that hold something we read.
fn readable(value: &PropertyValue) -> Option<ObjectIdentifier> {
    match value {
        PropertyValue::ObjectIdentifier(object) => Kind::of(object.object_type()).map(|_| *object),
        _ => None,
    }
}

async fn points_of(
    line: &Line,
    instance: u32,
    objects: &[ObjectIdentifier],
    taken: &mut HashSet<String>,
) -> Result<Vec<FoundPoint>, Error> {
    let kinds = objects
        .iter()
        .filter_map(|object| Some((*object, Kind::of(object.object_type())?)));
    let wanted: Vec<_> = kinds
        .clone()
        .flat_map(|(object, kind)| asked(kind).iter().map(move |it| Wanted::of(object, *it)))
        .collect();
    let answers = read_all(line, &wanted).await?;
    let mut answers = &answers[..];
    let mut points = Vec::with_capacity(objects.len());
    for (object, kind) in kinds {
        let (own, others) = answers.split_at(asked(kind).len().min(answers.len()));
        answers = others;
        points.extend(point_of(instance, object, kind, own, taken));
    }
    Ok(points)
}

fn point_of(
    instance: u32,
    object: ObjectIdentifier,
    kind: Kind,
    answers: &[Answer],
    taken: &mut HashSet<String>,
) -> Option<FoundPoint> {
    let [name, present, more @ ..] = answers else {
        return None;
    };
    let present = present.as_ref().ok().and_then(|bytes| value::decode(bytes));
    let name = text_of(name).unwrap_or_else(|| object::name(object));
    let key = keys::point(&name, object, taken);
    let item = serde_json::json!({
        "device": instance, "object": object::name(object), "point": key,
    });
    let (found, unit) = match (kind, more) {
        (Kind::MultiState, [states]) => (FoundKind::State(states_of(states)), None),
        (Kind::Binary, [inactive, active]) => (binary(text_of(inactive), text_of(active)), None),
        (_, [unit, ..]) => (FoundKind::Number, unit_of(unit)),
        (_, []) => (FoundKind::Number, None),
    };
    Some(FoundPoint {
        kind: found,
        unit,
        writable: object::is_output(object.object_type()) || is_value(object),
        value: present
            .as_ref()
            .and_then(|present| value::reading(kind, present)),
        additions: vec![Addition {
            list: "/points".to_owned(),
            item,
        }],
        key,
        name,
    })
}

fn is_value(object: ObjectIdentifier) -> bool {
    matches!(
        object.object_type(),
        ObjectType::ANALOG_VALUE | ObjectType::BINARY_VALUE | ObjectType::MULTI_STATE_VALUE
    )
}

fn text_of(answer: &Answer) -> Option<String> {
    let value = value::decode(answer.as_ref().ok()?)?;
    value::text(&value).map(str::to_owned)
}

fn unit_of(answer: &Answer) -> Option<String> {
    let raw = value::unsigned(&value::decode(answer.as_ref().ok()?)?)?;
    let unit = EngineeringUnits::from_raw(u32::try_from(raw).ok()?);
    vigie_bacnet_link::symbol_of(unit).map(str::to_owned)
}

fn states_of(answer: &Answer) -> Vec<(String, i64)> {
    let Ok(bytes) = answer else { return Vec::new() };
    let texts = value::decode_all(bytes);
    let words = texts.iter().filter_map(value::text);
    words.map(str::to_owned).zip(1..).collect()
}

/// States with words of their own are states; without, it is a yes or no.
fn binary(inactive: Option<String>, active: Option<String>) -> FoundKind {
    match (inactive, active) {
        (Some(inactive), Some(active)) if !inactive.is_empty() && !active.is_empty() => {
            FoundKind::State(vec![(inactive, 0), (active, 1)])
        }
        _ => FoundKind::Boolean,
    }
}
