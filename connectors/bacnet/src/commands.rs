//! Commands: written at a priority, or released, and read back.

use crate::ask::Line;
use crate::object::Kind;
use crate::plan::PointPlan;
use crate::session::Shared;
use crate::value;
use crate::words::{self, Trouble, trouble};
use bacnet_types::enums::PropertyIdentifier;
use bacnet_types::primitives::PropertyValue;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout_at};
use vigie_contract::{Command, CommandFault, ReadingValue};

/// Commands in work at once; each device has its own budget on top.
const AT_ONCE: usize = 16;
/// How often a session without a device looks for one.
const LOOK: Duration = Duration::from_millis(200);

/// A fault with its stable name.
fn fault(reason: &'static str, detail: impl Into<String>) -> CommandFault {
    CommandFault::new(reason, detail)
}

type Fate = Result<Option<ReadingValue>, CommandFault>;

/// Takes commands while any device answers, until the session ends.
pub(crate) async fn obey(shared: Arc<Shared>) {
    let mut tasks = JoinSet::new();
    loop {
        let can = shared.ward.any_up() && tasks.len() < AT_ONCE;
        tokio::select! {
            () = shared.ending.cancelled() => break,
            command = shared.session.commands.next(), if can => {
                tasks.spawn(carry_out(shared.clone(), command));
            }
            Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
            () = sleep(LOOK), if !can => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn carry_out(shared: Arc<Shared>, command: Command) {
    let fate = timeout_at(command.expires, attempt(&shared, &command)).await;
    let late = || CommandFault::new("no_answer", "the device did not answer in time");
    match fate.unwrap_or_else(|_| Err(late())) {
        Ok(read_back) => command.confirmed(read_back),
        Err(fault) => command.failed(fault),
    }
}

async fn attempt(shared: &Shared, command: &Command) -> Fate {
    let (device, place) = shared
        .plan
        .find(&command.address)
        .ok_or_else(|| fault("no_such_point", "this connection has no such point"))?;
    let point = &shared.plan.devices[device].points[place];
    if !point.writable {
        return Err(fault(
            "not_writable",
            "the manifest does not let this point be written",
        ));
    }
    let line = shared.devices[device]
        .line()
        .ok_or_else(|| fault("not_connected", "the device does not answer"))?;
    let texts = texts_for(&line, point, command.value.as_ref()).await;
    let bytes = value::encode(point.kind, command.value.as_ref(), &texts)
        .map_err(|why| fault("refused", why))?;
    let priority = command.priority.or(point.priority);
    command.sent();
    let written = line.write(point.object, bytes.clone(), priority).await;
    shared.devices[device].poll_now.notify_one();
    match written {
        Ok(()) => read_back(&line, point, &bytes, priority).await,
        Err(error) if trouble(&error) == Trouble::Silent => {
            // It may have arrived: what it says now tells.
            let seen = read_back(&line, point, &bytes, priority).await;
            seen.map_err(|_| fault("no_answer", words::sentence(&error)))
        }
        Err(error) => Err(fault("refused", words::sentence(&error))),
    }
}

/// The words of the states, where the command speaks in words.
async fn texts_for(line: &Line, point: &PointPlan, wanted: Option<&ReadingValue>) -> Vec<String> {
    if !matches!(wanted, Some(ReadingValue::State(_))) {
        return Vec::new();
    }
    let mut texts = Vec::new();
    let properties: &[_] = match point.kind {
        Kind::MultiState => &[PropertyIdentifier::STATE_TEXT],
        Kind::Binary => &[
            PropertyIdentifier::INACTIVE_TEXT,
            PropertyIdentifier::ACTIVE_TEXT,
        ],
        _ => &[],
    };
    for property in properties {
        if let Ok(bytes) = line.read(point.object, *property, None).await {
            let words = value::decode_all(&bytes);
            texts.extend(words.iter().filter_map(value::text).map(str::to_owned));
        }
    }
    texts
}

/// What the device says now must be what was written; after a release, anything.
async fn read_back(line: &Line, point: &PointPlan, written: &[u8], priority: Option<u8>) -> Fate {
    let present = line
        .read(point.object, PropertyIdentifier::PRESENT_VALUE, None)
        .await
        .map_err(|error| CommandFault::new("read_back", words::sentence(&error)))?;
    let now = value::decode(&present);
    let reading = now.as_ref().and_then(|now| value::reading(point.kind, now));
    let wanted = value::decode(written);
    let is_release = wanted == Some(PropertyValue::Null);
    let is_so = wanted.as_ref().and_then(value::number) == now.as_ref().and_then(value::number);
    if is_release || is_so {
        return Ok(reading);
    }
    let holder = holder(line, point, priority).await;
    let says = reading.map_or("nothing that can be read".to_owned(), |now| now.to_string());
    let detail = match holder {
        Some(first) => format!("priority {first} holds it at {says}"),
        None => format!("the device says {says}"),
    };
    Err(CommandFault::new("read_back", detail))
}

/// The priority that decides, when it is another than ours.
async fn holder(line: &Line, point: &PointPlan, priority: Option<u8>) -> Option<usize> {
    let array = PropertyIdentifier::PRIORITY_ARRAY;
    let array = line.read(point.object, array, None).await.ok()?;
    let slots = value::decode_all(&array);
    let first = slots.iter().position(|slot| *slot != PropertyValue::Null)? + 1;
    (first < usize::from(priority.unwrap_or(16))).then_some(first)
}
