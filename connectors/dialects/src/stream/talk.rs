//! One connection after another, each until its end.

use super::settling::settle;
use super::{Received, Sent, Speaker, Wire};
use futures_util::{FutureExt, SinkExt, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};
use vigie_contract::{
    Backoff, ConnectorError, Delivery, Direction, Health, Refusal, Session, Settlement,
};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A connection that lasts so long was a success.
const PROVEN: Duration = Duration::from_secs(10);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Messages that are delivered as one.
const MAX_BATCH: u32 = 256;

type Unsettled = Pin<Box<dyn Future<Output = Option<Settlement>> + Send>>;

/// How a connection ended.
enum End {
    Stopped,
    Lost(String),
}

/// Runs until it is stopped; `Err` when only a person can mend it.
pub(crate) async fn keep_connected(
    mut speaker: impl Speaker,
    session: Session,
) -> Result<(), ConnectorError> {
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    let end = loop {
        let began = Instant::now();
        let reason = match one_connection(&mut speaker, &session).await {
            Ok(End::Stopped) => break Ok(()),
            Ok(End::Lost(reason)) => reason,
            Err(fatal) => break Err(fatal),
        };
        if began.elapsed() > PROVEN {
            backoff.reset();
        }
        let pause = backoff.next_pause(rand::random());
        tracing::info!(%reason, pause_ms = pause.as_millis() as u64, "connection lost");
        session.status.update(|status| {
            status.health = Health::Waiting;
            status.attempts = backoff.attempts();
            status.last_error = Some(reason);
            status.next_attempt = Some(Instant::now() + pause);
        });
        tokio::select! {
            () = session.stop.cancelled() => break Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    };
    session
        .status
        .update(|status| status.health = Health::Stopped);
    end
}

async fn one_connection(
    speaker: &mut impl Speaker,
    session: &Session,
) -> Result<End, ConnectorError> {
    session
        .status
        .update(|status| status.health = Health::Connecting);
    let wire = tokio::select! {
        () = session.stop.cancelled() => return Ok(End::Stopped),
        wire = speaker.dial(session.reach.clone()) => match wire {
            Ok(wire) => wire,
            Err(ConnectorError::Retry(reason)) => return Ok(End::Lost(reason)),
            Err(fatal) => return Err(fatal),
        },
    };
    session.status.update(|status| {
        status.health = Health::Connected;
        status.attempts = 0;
        status.last_error = None;
    });
    let mut turns = interval(speaker.period());
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    turns.reset();
    let first = speaker.opened();
    let mut conversation = Conversation {
        speaker,
        session,
        wire,
        turns,
        heard: Instant::now(),
        asked: None,
        unsettled: None,
    };
    Ok(match conversation.talk(first).await {
        Ok(()) => {
            conversation.end().await;
            End::Stopped
        }
        Err(reason) => {
            conversation.drain().await;
            End::Lost(reason)
        }
    })
}

struct Conversation<'a, S> {
    speaker: &'a mut S,
    session: &'a Session,
    wire: Wire,
    turns: Interval,
    heard: Instant,
    /// When a sign of life was asked for.
    asked: Option<Instant>,
    unsettled: Option<Unsettled>,
}

impl<S: Speaker> Conversation<'_, S> {
    /// `Ok` when asked to stop; `Err` why the connection is lost.
    async fn talk(&mut self, first: Vec<Sent>) -> Result<(), String> {
        self.say(first).await?;
        loop {
            let session = self.session;
            tokio::select! {
                biased;
                () = session.stop.cancelled() => return Ok(()),
                settled = settled(&mut self.unsettled), if self.unsettled.is_some() => {
                    self.unsettled = None;
                    if !self.count(settled) {
                        return Ok(());
                    }
                }
                _ = self.turns.tick() => self.turn().await?,
                received = self.wire.inbound.next(), if self.unsettled.is_none() => {
                    let received = received.ok_or("the peer closed the connection")?;
                    self.hear(received.map_err(|error| error.to_string())?)?;
                }
            }
        }
    }

    async fn turn(&mut self) -> Result<(), String> {
        // Only while we listen may silence be held against the peer.
        if self.unsettled.is_none() && self.heard.elapsed() > self.speaker.patience() {
            return Err("the peer is silent".to_owned());
        }
        let words = self.speaker.turn();
        self.say(words).await
    }

    async fn say(&mut self, words: Vec<Sent>) -> Result<(), String> {
        for word in words {
            match &word {
                Sent::AreYouThere => self.asked = Some(Instant::now()),
                Sent::Message(text) => {
                    let (source, at) = (self.speaker.source(), self.session.clock.stamp());
                    self.session.trace.note(at, Direction::Out, || {
                        (source, text.as_bytes(), String::new())
                    });
                }
            }
            timeout(WRITE_TIMEOUT, self.wire.outbound.send(word))
                .await
                .map_err(|_| "the peer takes nothing")?
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Takes what was received, and what else is there already, as one delivery.
    fn hear(&mut self, first: Received) -> Result<(), String> {
        let mut delivery = Delivery::default();
        let mut bytes = 0;
        let mut messages = 0;
        let mut next = Some(first);
        while let Some(received) = next.take() {
            self.heard = Instant::now();
            match received {
                Received::Message(message) => {
                    messages += 1;
                    bytes += message.len();
                    self.decode(&message, &mut delivery);
                }
                Received::TooLarge(size) => {
                    messages += 1;
                    bytes += size;
                    let detail = format!("a message of {size} bytes or more");
                    let source = self.speaker.source();
                    let refusal = Refusal::new("too_large", source, detail, &[]);
                    delivery.refusals.push(refusal);
                }
                Received::Sign => {
                    let latency = self.asked.take().map(|asked| asked.elapsed());
                    self.session.status.update(|status| {
                        status.latency = latency.or(status.latency);
                    });
                }
            }
            if messages < MAX_BATCH {
                // An end or error that is there already is met again, or waits, in the next turn.
                next = match self.wire.inbound.next().now_or_never() {
                    Some(Some(Ok(more))) => Some(more),
                    Some(Some(Err(error))) => {
                        self.offer(delivery);
                        return Err(error.to_string());
                    }
                    Some(None) => {
                        self.offer(delivery);
                        return Err("the peer closed the connection".to_owned());
                    }
                    None => None,
                };
            }
        }
        self.session.status.update(|status| {
            status.messages += u64::from(messages);
            status.bytes += bytes as u64;
        });
        self.offer(delivery);
        Ok(())
    }

    fn decode(&mut self, message: &[u8], delivery: &mut Delivery) {
        let at = self.session.clock.stamp();
        let before = (delivery.readings.len(), delivery.refusals.len());
        self.speaker.hear(message, at, delivery);
        let speaker = &self.speaker;
        let shown = speaker.presentable(message);
        self.session.trace.note(at, Direction::In, || {
            let readings = delivery.readings.len() - before.0;
            let refusals = delivery.refusals.len() - before.1;
            let decoded = format!("{readings} readings, {refusals} refusals");
            (speaker.source(), &shown, decoded)
        });
    }

    fn offer(&mut self, delivery: Delivery) {
        if delivery.readings.is_empty() && delivery.refusals.is_empty() {
            return;
        }
        let (sink, status) = (self.session.sink.clone(), self.session.status.clone());
        self.unsettled = Some(Box::pin(settle(Arc::new(delivery), sink, status)));
    }

    /// False when the sink is closed.
    fn count(&self, settled: Option<Settlement>) -> bool {
        let Some(settlement) = settled else {
            return false;
        };
        let refused = u64::from(settlement.refused);
        self.session
            .status
            .update(|status| status.refused += refused);
        true
    }

    /// What is in work is settled, within a time-out.
    async fn drain(&mut self) {
        if let Some(unsettled) = self.unsettled.take()
            && let Ok(settled) = timeout(DRAIN_TIMEOUT, unsettled).await
        {
            self.count(settled);
        }
    }

    async fn end(&mut self) {
        self.drain().await;
        if let Ok(Err(error)) = timeout(WRITE_TIMEOUT / 10, self.wire.outbound.close()).await {
            tracing::debug!(%error, "goodbye not sent");
        }
    }
}

/// Cancel-safe: what is not settled yet stays where it is.
async fn settled(unsettled: &mut Option<Unsettled>) -> Option<Settlement> {
    match unsettled {
        Some(unsettled) => unsettled.await,
        None => std::future::pending().await,
    }
}
