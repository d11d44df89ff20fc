//! One poll of a device: present values and status flags of what is due.

use crate::ask::Line;
use crate::device::Worker;
use crate::plan::PointPlan;
use crate::read::{Answer, Wanted, read_all};
use crate::value;
use bacnet_types::enums::PropertyIdentifier;
use bacnet_types::error::Error;
use vigie_contract::{Delivery, Reading, ReadingQuality, Refusal};

/// Reads the points that are due and makes readings of them, all with the stamp `at_us`. With
/// `everything`, points that are subscribed to as well.
///
/// # Errors
/// When the device does not answer.
pub(crate) async fn poll(
    worker: &Worker,
    line: &Line,
    at_us: i64,
    everything: bool,
) -> Result<Delivery, Error> {
    let points = &worker.plan().points;
    let watch = &worker.contact().watch;
    let is_due = |place: &usize| everything || watch.is_polled(*place);
    // A log that is read record by record brings the values itself.
    let is_read = |point: &PointPlan| point.log.is_none_or(|log| log.every.is_none());
    let due: Vec<usize> = (0..points.len())
        .filter(is_due)
        .filter(|place| is_read(&points[*place]))
        .collect();
    let value_and_flags = |place: &usize| {
        let object = points[*place].object;
        [
            Wanted::of(object, PropertyIdentifier::PRESENT_VALUE),
            Wanted::of(object, PropertyIdentifier::STATUS_FLAGS),
        ]
    };
    let wanted: Vec<_> = due.iter().flat_map(value_and_flags).collect();
    let answers = if wanted.is_empty() {
        // Proof of life where nothing is to be polled.
        worker.is_alive(line).await?;
        Vec::new()
    } else {
        read_all(line, &wanted).await?
    };
    let mut delivery = Delivery::default();
    for (place, pair) in due.iter().zip(answers.chunks(2)) {
        let [present, flags] = pair else { break };
        match understand(&points[*place], present, flags) {
            Ok((reading, number)) => {
                watch.polled(*place, number);
                delivery.readings.push(Reading {
                    unit: worker.contact().unit(*place),
                    observed_at_us: Some(at_us),
                    ..reading
                });
            }
            Err(refusal) => delivery.refusals.push(refusal),
        }
    }
    Ok(delivery)
}

impl Worker {
    async fn is_alive(&self, line: &Line) -> Result<(), Error> {
        let Some(device) = crate::object::device(self.plan().config.instance) else {
            return Ok(());
        };
        let status = PropertyIdentifier::SYSTEM_STATUS;
        line.read(device, status, None).await.map(drop)
    }
}

fn understand(
    point: &PointPlan,
    present: &Answer,
    flags: &Answer,
) -> Result<(Reading, f64), Refusal> {
    let refusal =
        |reason, detail: String, raw: &[u8]| Refusal::new(reason, source(point), detail, raw);
    let bytes = present
        .as_ref()
        .map_err(|why| refusal("device_error", why.clone(), &[]))?;
    let quality = match flags {
        Ok(flags) => {
            value::decode(flags).map_or(ReadingQuality::Good, |flags| value::quality(&flags))
        }
        Err(_) => ReadingQuality::Good,
    };
    reading(point, bytes, quality).ok_or_else(|| {
        refusal(
            "bad_value",
            "this is no value of such an object".to_owned(),
            bytes,
        )
    })
}

/// A present value as a reading without unit and stamp, and as a number.
pub(crate) fn reading(
    point: &PointPlan,
    bytes: &[u8],
    quality: ReadingQuality,
) -> Option<(Reading, f64)> {
    let present = value::decode(bytes)?;
    let number = value::number(&present)?;
    let reading = Reading {
        address: point.address.clone(),
        hint: point.hint.clone(),
        value: value::reading(point.kind, &present)?,
        unit: None,
        quality,
        observed_at_us: None,
    };
    Some((reading, number))
}

/// What a refusal about a point calls it.
pub(crate) fn source(point: &PointPlan) -> String {
    format!(
        "{} {}",
        point.address.equipment,
        crate::object::name(point.object)
    )
}
