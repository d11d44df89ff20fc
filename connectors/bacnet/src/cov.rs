//! Changes of value: subscribed to, renewed, checked against a poll, and polled when that fails.
//!
//! A subscription can die without a word. It is renewed at half its life, and every whole life of
//! it the objects are polled all the same: a value that changed without a notification ends the
//! trust in it, and the object is polled until a new subscription holds.

use crate::ask::Line;
use crate::config::{Cov, DeviceConfig};
use crate::deliver::{Outcome, deliver};
use crate::device::{End, Worker};
use crate::plan::PointPlan;
use crate::poll;
use crate::session::Shared;
use crate::value;
use crate::words::{self, Trouble, trouble};
use bacnet_client::client::ReceivedCOVNotification;
use bacnet_types::enums::PropertyIdentifier;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use vigie_contract::{Delivery, Reading, ReadingQuality, Refusal};

/// Notifications that are delivered as one.
const BATCH: usize = 1_000;
/// How long an object that could not be subscribed to is polled before the next try.
const REST: Duration = Duration::from_secs(600);

/// When the subscriptions of a device are renewed.
pub(crate) struct Renewal {
    half_life: Duration,
    due: Instant,
    /// Counts halves: every second one, all is polled.
    halves: u32,
}

impl Renewal {
    pub(crate) fn new(config: &DeviceConfig, now: Instant) -> Self {
        let life = Duration::from_secs(config.cov_lifetime_s.into());
        Self {
            half_life: life / 2,
            due: now,
            halves: 0,
        }
    }

    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    /// Subscribes to what wants it, or again.
    pub(crate) async fn renew(
        &mut self,
        worker: &Worker,
        line: &Line,
        now: Instant,
    ) -> Result<(), End> {
        if self.halves == 0 {
            worker.contact().watch.forget();
        }
        for (place, point) in worker.plan().points.iter().enumerate() {
            if point.cov != Cov::Off && !worker.contact().watch.rests(place, now) {
                subscribe(worker, line, place, point).await?;
            }
        }
        self.halves += 1;
        self.due = now + self.half_life;
        let has_any = worker
            .plan()
            .points
            .iter()
            .any(|point| point.cov != Cov::Off);
        if has_any && self.halves.is_multiple_of(2) {
            worker.contact().poll_now.notify_one();
        }
        Ok(())
    }
}

async fn subscribe(
    worker: &Worker,
    line: &Line,
    place: usize,
    point: &PointPlan,
) -> Result<(), End> {
    let lifetime_s = worker.plan().config.cov_lifetime_s;
    let confirmed = point.cov == Cov::Confirmed;
    let asked = tokio::select! {
        () = worker.shared.ending.cancelled() => return Err(End::Over),
        asked = line.subscribe(worker.shared.process, point.object, confirmed, lifetime_s) => asked,
    };
    let watch = &worker.contact().watch;
    match asked {
        Ok(()) => watch.subscribed(place, None),
        Err(error) if trouble(&error) == Trouble::Silent => {
            return Err(End::Lost(words::sentence(&error)));
        }
        Err(error) => {
            let object = crate::object::name(point.object);
            let reason = words::sentence(&error);
            tracing::debug!(%object, %reason, "not subscribed to, polled instead");
            watch.subscribed(place, Some(Instant::now() + REST));
        }
    }
    Ok(())
}

/// Tells a device that nobody listens any more.
pub(crate) async fn unsubscribe(worker: &Worker, line: &Line) {
    for (place, point) in worker.plan().points.iter().enumerate() {
        if !worker.contact().watch.is_polled(place) {
            let process = worker.shared.process;
            if line.unsubscribe(process, point.object).await.is_err() {
                return;
            }
        }
    }
}

/// Takes what devices tell, until the session ends.
pub(crate) async fn listen(shared: Arc<Shared>) {
    let mut told = shared.network.client.cov_notifications();
    loop {
        let first = tokio::select! {
            () = shared.ending.cancelled() => return,
            first = told.recv() => first,
        };
        let mut delivery = Delivery::default();
        match first {
            Ok(notification) => take(&shared, &notification, &mut delivery),
            Err(RecvError::Lagged(_)) => poll_all(&shared),
            Err(RecvError::Closed) => return shared.ending.cancelled().await,
        }
        while delivery.readings.len() < BATCH
            && let Ok(notification) = told.try_recv()
        {
            take(&shared, &notification, &mut delivery);
        }
        match deliver(&shared.session, delivery).await {
            Outcome::Settled => {}
            Outcome::Closed => return shared.ending.cancel(),
            Outcome::GivenUp => return,
        }
    }
}

/// Notifications were lost: the values are read instead.
fn poll_all(shared: &Shared) {
    for contact in &shared.devices {
        contact.poll_now.notify_one();
    }
}

/// A notification counts when it is to a subscription of ours and from where the device is.
fn take(shared: &Shared, told: &ReceivedCOVNotification, delivery: &mut Delivery) {
    let notification = &told.notification;
    let instance = notification.initiating_device_identifier.instance_number();
    let mut devices = shared.plan.devices.iter();
    let Some(device) = devices.position(|device| device.config.instance == instance) else {
        return;
    };
    let contact = &shared.devices[device];
    let station = told.source_address.as_ref();
    let is_from_there = contact.line().is_some_and(|line| {
        line.place
            .is_from(&told.source_mac, told.source_network, station)
    });
    if notification.subscriber_process_identifier != shared.process || !is_from_there {
        return;
    }
    let value_of = |wanted: PropertyIdentifier| {
        let mut values = notification.list_of_values.iter();
        values.find(|value| value.property_identifier == wanted)
    };
    let flags =
        value_of(PropertyIdentifier::STATUS_FLAGS).and_then(|flags| value::decode(&flags.value));
    let quality = flags.map_or(ReadingQuality::Good, |flags| value::quality(&flags));
    let Some(present) = value_of(PropertyIdentifier::PRESENT_VALUE) else {
        return;
    };
    let object = notification.monitored_object_identifier;
    for (place, point) in shared.plan.devices[device].points.iter().enumerate() {
        if point.object != object {
            continue;
        }
        match poll::reading(point, &present.value, quality) {
            Some((reading, number)) => {
                contact.watch.told(place, number);
                delivery.readings.push(Reading {
                    unit: contact.unit(place),
                    observed_at_us: Some(shared.session.clock.stamp()),
                    ..reading
                });
            }
            None => delivery.refusals.push(Refusal::new(
                "bad_value",
                poll::source(point),
                "this is no value of such an object",
                &present.value,
            )),
        }
    }
}
