//! One connection to a broker, from CONNECT to its end.
//!
//! A single task: it decodes what has arrived, hands it to the sink as one batch,
//! and goes on reading while batches settle. Acknowledgements leave in the order
//! the messages came (MQTT 5.0, 4.6). At its bound it stops reading, so the
//! broker keeps the rest; it still says that it is alive.

mod commanding;
mod settling;
mod speaking;
mod subscribing;

use crate::batch::{Batch, Settled};
use crate::filters::Filters;
use crate::packets::Incoming;
use crate::recent::Recent;
use crate::wire::Wire;
use crate::{Awaited, CommandTable, MqttConfig, RouteTable};
use commanding::until;
use futures_util::stream::{FuturesOrdered, StreamExt};
use settling::Sink;
use std::future::Future;
use std::io;
use std::num::NonZeroU16;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, Interval, interval, timeout};
use vigie_contract::{OutboxReader, Refusal, Session};

const WELCOME_TIMEOUT: Duration = Duration::from_secs(10);
const SAY_PERIOD: Duration = Duration::from_secs(1);
/// Readings in work at once; bounds memory when messages are large.
const MAX_READINGS: usize = 200_000;

/// What lasts longer than a connection.
pub(crate) struct Lasting<'a> {
    pub(crate) config: &'a MqttConfig,
    pub(crate) routes: &'a RouteTable,
    pub(crate) commands: &'a CommandTable,
    pub(crate) session: &'a Session,
    /// Messages that may come again.
    pub(crate) recent: &'a mut Recent,
    /// Commands that left and are not confirmed.
    pub(crate) awaited: &'a mut Awaited,
}

/// How a connection ended.
pub(crate) enum End {
    /// Because it was asked to.
    Stopped,
    /// Because of the broker or the network.
    Lost(String),
}

/// A connection in session.
pub(crate) struct Conversation<'a> {
    wire: Wire,
    config: &'a MqttConfig,
    routes: &'a RouteTable,
    commands: &'a CommandTable,
    session: &'a Session,
    recent: &'a mut Recent,
    awaited: &'a mut Awaited,
    filters: Filters,
    outbox: OutboxReader,
    unsettled: FuturesOrdered<Pin<Box<dyn Future<Output = Settled> + Send>>>,
    messages_in_work: usize,
    readings_in_work: usize,
    last_id: u16,
    /// SUBACKs that have not come yet.
    subscribing: usize,
    /// UNSUBACKs that have not come yet.
    unsubscribing: usize,
    heard: Instant,
    pings: Interval,
    /// When dialects are asked what they have to say; `None` where none has a say.
    says: Option<Interval>,
}

impl<'a> Conversation<'a> {
    /// Says hello and subscribes.
    pub(crate) async fn open(mut wire: Wire, lasting: Lasting<'a>) -> io::Result<Self> {
        let Lasting {
            config,
            routes,
            commands,
            session,
            recent,
            awaited,
        } = lasting;
        let will = routes.will(session.clock.stamp());
        wire.put(config.version.connect(config, will))?;
        wire.flush().await?;
        let is_kept = timeout(WELCOME_TIMEOUT, welcome(&mut wire))
            .await
            .unwrap_or_else(|_| {
                Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the broker sends no CONNACK",
                ))
            })?;
        if !is_kept {
            recent.clear();
        }
        let filters = config.filters(routes);
        let filters = if config.persistent {
            Filters::compare(filters, &session.memory).await
        } else {
            Filters {
                wanted: filters,
                ..Filters::default()
            }
        };
        let mut conversation = Self {
            wire,
            config,
            routes,
            commands,
            session,
            recent,
            awaited,
            filters,
            outbox: session.outbox.reader(),
            unsettled: FuturesOrdered::new(),
            messages_in_work: 0,
            readings_in_work: 0,
            last_id: 0,
            subscribing: 0,
            unsubscribing: 0,
            heard: Instant::now(),
            pings: interval(Duration::from_secs(config.keep_alive_s.into()) / 2),
            says: routes.has_a_say().then(|| interval(SAY_PERIOD)),
        };
        conversation.subscribe()?;
        conversation.say_first()?;
        Ok(conversation)
    }

    /// Talks until the end.
    pub(crate) async fn run(mut self) -> End {
        match self.talk().await {
            Ok(()) => {
                self.drain().await;
                End::Stopped
            }
            Err(error) => {
                self.awaited.disconnected();
                self.settle_unacknowledged().await;
                End::Lost(error.to_string())
            }
        }
    }

    /// `Ok` when asked to stop.
    async fn talk(&mut self) -> io::Result<()> {
        loop {
            let was_unsubscribing = self.unsubscribing > 0;
            self.read_turn()?;
            self.say()?;
            if was_unsubscribing && self.unsubscribing == 0 {
                self.filters.are_all(&self.session.memory).await;
            }
            self.wire.flush().await?;
            let has_room = self.has_room(0);
            let expiry = self.awaited.next_expiry();
            tokio::select! {
                biased;
                () = self.session.stop.cancelled() => return Ok(()),
                Some(settled) = self.unsettled.next(), if !self.unsettled.is_empty() => {
                    if self.acknowledge(&settled)? == Sink::Closed {
                        return Ok(());
                    }
                }
                fresh = self.outbox.next() => {
                    for message in fresh {
                        let id = self.next_id();
                        self.note_out(&message);
                        self.wire.put(self.config.version.publish(id, &message))?;
                    }
                }
                command = self.session.commands.next(), if self.takes_commands() => self.command(command)?,
                () = until(expiry) => self.awaited.expire(),
                _ = self.pings.tick() => self.ping(has_room)?,
                () = speaking::turn(&mut self.says) => {}
                filled = self.wire.fill(), if has_room => {
                    filled?;
                    self.heard = Instant::now();
                }
            }
        }
    }

    /// Decodes what is there and hands it over as one batch.
    fn read_turn(&mut self) -> io::Result<()> {
        let mut batch = Batch::default();
        while self.has_room(batch.messages)
            && let Some(incoming) = self.wire.take()?
        {
            self.take(incoming, &mut batch)?;
        }
        if batch.messages == 0 {
            return Ok(());
        }
        batch.announce(&self.session.status);
        self.messages_in_work += batch.messages;
        self.readings_in_work += batch.delivery.readings.len();
        let settling = batch.settle(self.session.sink.clone(), self.session.status.clone());
        self.unsettled.push_back(Box::pin(settling));
        Ok(())
    }

    fn take(&mut self, incoming: Incoming, batch: &mut Batch) -> io::Result<()> {
        match incoming {
            Incoming::Message {
                topic,
                payload,
                id: Some(id),
                is_again,
            } if self.recent.is_known(id, &topic, &payload, is_again) => batch.repeat(id),
            Incoming::Message {
                topic, payload, id, ..
            } => {
                let arrival = self.session.clock.stamp();
                let before = batch.delivery.mark();
                batch.add(self.routes, &topic, &payload, arrival);
                batch.ids.extend(id);
                self.awaited.heard(&batch.delivery.readings[before.0..]);
                self.note_in(arrival, &topic, &payload, &batch.delivery, before);
            }
            Incoming::TooLarge {
                topic,
                size,
                excerpt,
                id,
            } => {
                let detail = format!(
                    "a message of {size} bytes where {} are allowed",
                    self.config.max_payload
                );
                let excerpt = self.routes.presentable(&topic, &excerpt).into_owned();
                batch.refuse(
                    Refusal::new("too_large", topic, detail, &excerpt),
                    size as usize,
                );
                batch.ids.extend(id);
            }
            Incoming::Subscribed { refused } => self.subscribed(refused),
            Incoming::Unsubscribed => self.unsubscribing = self.unsubscribing.saturating_sub(1),
            Incoming::Goodbye(reason) => {
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, reason));
            }
            Incoming::Delivered { id, refusal } => {
                self.awaited.acknowledged(id, refusal.as_deref());
            }
            Incoming::Quiet | Incoming::Welcome(_) => {}
        }
        Ok(())
    }

    fn has_room(&self, batch: usize) -> bool {
        self.messages_in_work + batch < usize::from(self.config.inflight)
            && self.readings_in_work < MAX_READINGS
    }

    /// The broker must hear from us, and we from it while we listen.
    fn ping(&mut self, listening: bool) -> io::Result<()> {
        let patience = Duration::from_secs(self.config.keep_alive_s.into()) * 3 / 2;
        if listening && self.heard.elapsed() > patience {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the broker is silent",
            ));
        }
        self.wire.put(self.config.version.ping())
    }

    /// Packet ids of our own packets: 1 to 65,535, over and over.
    fn next_id(&mut self) -> NonZeroU16 {
        self.last_id = self.last_id.wrapping_add(1);
        NonZeroU16::new(self.last_id).unwrap_or_else(|| self.next_id())
    }
}

/// Whether the broker kept the session.
async fn welcome(wire: &mut Wire) -> io::Result<bool> {
    loop {
        if let Some(incoming) = wire.take()? {
            return match incoming {
                Incoming::Welcome(Ok(is_kept)) => Ok(is_kept),
                Incoming::Welcome(Err(reason)) => {
                    Err(io::Error::new(io::ErrorKind::ConnectionRefused, reason))
                }
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the broker's first packet is no CONNACK",
                )),
            };
        }
        wire.fill().await?;
    }
}
