//! The simulated devices at work: each a real MQTT session over TCP, QoS 1.

use super::model::{BarrierSide, Device, Message, Pace, barrier_cycle, display_status};
use crate::domain::{Clock, TimeRange, Timestamp};
use rumqttc::{
    AsyncClient, ClientError, Event, EventLoop, Incoming, LastWill, MqttOptions, Publish, QoS,
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_millis(250);
const PAUSE: Duration = Duration::from_secs(1);
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Messages that may wait while the endpoint is away; beyond it the device waits.
const QUEUE: usize = 64;

/// Runs the devices of one client until stopped.
pub(super) async fn run(
    slug: String,
    devices: Arc<Vec<Device>>,
    mut secrets: HashMap<&'static str, SecretString>,
    endpoint: SocketAddr,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    // Each device is a task of this set; dropping the set ends them.
    let mut sessions = JoinSet::new();
    for index in 0..devices.len() {
        let Some(secret) = secrets.remove(devices[index].name) else {
            continue;
        };
        let (client, events) =
            AsyncClient::new(options(&slug, &devices[index], &secret, endpoint), QUEUE);
        let session = Session {
            devices: Arc::clone(&devices),
            index,
            client,
            clock: Arc::clone(&clock),
            planned: BTreeMap::new(),
        };
        sessions.spawn(session.run(events));
    }
    stop.cancelled().await;
    sessions.shutdown().await;
}

fn options(
    slug: &str,
    device: &Device,
    secret: &SecretString,
    endpoint: SocketAddr,
) -> MqttOptions {
    let mut options = MqttOptions::new(device.name, endpoint.ip().to_string(), endpoint.port());
    options
        .set_credentials(format!("{slug}/{}", device.name), secret.expose_secret())
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(true);
    if let Some(topic) = device.presence {
        options.set_last_will(LastWill::new(topic, "false", QoS::AtLeastOnce, true));
    }
    options
}

/// One device on its connection.
struct Session {
    devices: Arc<Vec<Device>>,
    index: usize,
    client: AsyncClient,
    clock: Arc<dyn Clock>,
    /// What it will say because it was told to do something.
    planned: BTreeMap<(Timestamp, usize), Message>,
}

/// What the connection tells the device.
enum Heard {
    Connected,
    Told(Publish),
}

impl Session {
    async fn run(self, events: EventLoop) {
        let (tell, heard) = mpsc::channel(QUEUE);
        // Either ends only with the task: the connection mends itself.
        tokio::select! {
            () = listen(events, tell) => {}
            outcome = self.speak(heard) => {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "a simulated device stopped");
                }
            }
        }
    }

    async fn speak(mut self, mut heard: mpsc::Receiver<Heard>) -> Result<(), ClientError> {
        let mut spoken = self.clock.now();
        let mut tick = tokio::time::interval(TICK);
        // What a late tick says covers what was missed.
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                told = heard.recv() => match told {
                    Some(Heard::Connected) => self.greet().await?,
                    Some(Heard::Told(publish)) => self.obey(&publish),
                    None => return Ok(()),
                },
            }
            let now = self.clock.now();
            let range = TimeRange {
                start: spoken,
                end: now.max(spoken),
            };
            for message in self.device().messages(range, Pace::Live) {
                self.publish(message).await?;
            }
            spoken = range.end;
            while let Some(entry) = self.planned.first_entry()
                && entry.key().0 <= now
            {
                let message = entry.remove();
                self.publish(message).await?;
            }
        }
    }

    /// After each connect: says that it is there, what it last saw, and listens.
    async fn greet(&self) -> Result<(), ClientError> {
        let device = self.device();
        if let Some(topic) = device.presence {
            self.client
                .publish(topic, QoS::AtLeastOnce, true, "true")
                .await?;
        }
        if let Some(topic) = device.obeys {
            self.client.subscribe(topic, QoS::AtLeastOnce).await?;
        }
        for message in self.retained() {
            self.publish(message).await?;
        }
        Ok(())
    }

    /// The newest retained message of each topic.
    fn retained(&self) -> impl Iterator<Item = Message> {
        const LOOK_BACK: i64 = 3 * Timestamp::DAY;
        let now = self.clock.now();
        let range = TimeRange {
            start: now.plus(-LOOK_BACK),
            end: now,
        };
        let mut newest = BTreeMap::new();
        if self.device().on_change || self.device().presence.is_none() {
            for message in self.device().messages(range, Pace::Live) {
                newest.insert(message.topic.clone(), message);
            }
        }
        newest.into_values().filter(|message| message.retain)
    }

    fn obey(&mut self, told: &Publish) {
        let now = self.clock.now();
        let Ok(command) = serde_json::from_slice::<serde_json::Value>(&told.payload) else {
            return;
        };
        let side = match told.topic.as_str() {
            topic if topic.ends_with("barriers/entry/cmd") => Some(BarrierSide::Entry),
            topic if topic.ends_with("barriers/exit/cmd") => Some(BarrierSide::Exit),
            _ => None,
        };
        match side {
            Some(side) if command["action"] == "OPEN" => self.plan(barrier_cycle(side, now)),
            Some(_) => {}
            None => {
                let shown = command["count"].as_u64();
                self.plan(shown.map(|count| display_status(count, now)));
            }
        }
    }

    fn plan(&mut self, messages: impl IntoIterator<Item = Message>) {
        for message in messages {
            let turn = self.planned.len();
            self.planned.insert((message.at, turn), message);
        }
    }

    async fn publish(&self, message: Message) -> Result<(), ClientError> {
        self.client
            .publish(
                message.topic,
                QoS::AtLeastOnce,
                message.retain,
                message.payload,
            )
            .await
    }

    fn device(&self) -> &Device {
        &self.devices[self.index]
    }
}

/// Drives the connection; never waits for the device, which may wait for it.
async fn listen(mut events: EventLoop, tell: mpsc::Sender<Heard>) {
    loop {
        let heard = match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => Heard::Connected,
            Ok(Event::Incoming(Incoming::Publish(publish))) => Heard::Told(publish),
            Ok(_) => continue,
            Err(error) => {
                tracing::debug!(%error, "a simulated device lost its connection");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        if tell.try_send(heard).is_err() {
            tracing::debug!("a simulated device is told more than it can do");
        }
    }
}
