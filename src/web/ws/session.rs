//! One socket, from its first word to its last.

use super::end::{End, broken};
use super::permission::{self, MAX_POINTS, Person};
use super::protocol::{Entry, Event, Request, Resume, Selection, millis};
use crate::domain::{PointId, PointSample};
use crate::live::{Subscription, Update};
use crate::web::AppState;
use crate::web::model::Model;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use metrics::{counter, histogram};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// Changes are gathered this long: at most five messages a second.
const BETWEEN_CHANGES: Duration = Duration::from_millis(200);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Three heartbeats without a sign of life.
const SILENCE: Duration = Duration::from_secs(45);
/// A message that is not taken in this time has a reader that is too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// Values in one message, so that a large snapshot does not hold up everything else.
const ENTRIES: usize = 2_000;

pub(super) struct Session {
    state: AppState,
    person: Person,
    socket: WebSocket,
    subscription: Subscription,
    heard: Instant,
    next_changes: Instant,
}

impl Session {
    pub(super) fn open(state: AppState, person: Person, socket: WebSocket) -> Self {
        let subscription = person.client().hub().subscribe(person.client().tenant().id);
        Self {
            state,
            person,
            socket,
            subscription,
            heard: Instant::now(),
            next_changes: Instant::now(),
        }
    }

    /// Serves until one of both sides ends it.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let end = tokio::select! {
            end = self.serve() => end,
            () = stop.cancelled() => End::Stopped,
        };
        let (name, code, words) = end.farewell();
        counter!("vigie_feed_closed_total", "reason" => name).increment(1);
        if let End::Failed(error) = &end {
            tracing::warn!(error, "a feed failed");
        }
        let reason: String = words.chars().take(120).collect();
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        let _ = timeout(
            SEND_TIMEOUT / 5,
            self.socket.send(Message::Close(Some(frame))),
        )
        .await;
    }

    async fn serve(&mut self) -> End {
        match self.converse().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn converse(&mut self) -> Result<std::convert::Infallible, End> {
        let heartbeat_ms = HEARTBEAT.as_millis() as u64;
        self.say(&Event::Hello {
            max_points: MAX_POINTS,
            heartbeat_ms,
        })
        .await?;
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        loop {
            tokio::select! {
                message = self.socket.recv() => self.hear(message).await?,
                update = changes(&mut self.subscription, self.next_changes) => self.tell(update).await?,
                _ = heartbeat.tick() => self.beat().await?,
                () = self.person.moved() => self.recheck().await?,
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(error)) => Err(broken(error)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => {
                Err(End::Nonsense("messages are JSON texts".to_owned()))
            }
            Some(Ok(Message::Text(text))) => {
                let request = serde_json::from_str(&text);
                self.answer(request.map_err(|error| End::Nonsense(error.to_string()))?)
                    .await
            }
        }
    }

    async fn answer(&mut self, request: Request) -> Result<(), End> {
        match request {
            Request::Subscribe(wanted) => self.subscribe(&wanted, &HashMap::new()).await,
            Request::Resume(Resume {
                points,
                equipment,
                seen,
            }) => {
                self.subscribe(&Selection { points, equipment }, &seen)
                    .await
            }
            Request::Unsubscribe(unwanted) => {
                let model = self.look().await?;
                let verdict = permission::decide(&model, &unwanted, 0);
                self.subscription.unwatch(&verdict.allowed);
                Ok(())
            }
        }
    }

    async fn subscribe(
        &mut self,
        wanted: &Selection,
        seen: &HashMap<PointId, f64>,
    ) -> Result<(), End> {
        let watched = self.subscription.watched().len();
        let model = self.look().await?;
        let verdict = permission::decide(&model, wanted, watched);
        if !verdict.refused.is_empty() {
            self.say(&Event::Refused(&verdict.refused)).await?;
        }
        // First watch, then look: what is committed in between comes as a change.
        self.subscription.watch(&verdict.allowed);
        self.snapshot(&verdict.allowed, seen).await
    }

    /// The newest values from the engine, but for those the client holds already.
    async fn snapshot(
        &mut self,
        points: &[PointId],
        seen: &HashMap<PointId, f64>,
    ) -> Result<(), End> {
        let latest = self.person.client().engine().latest(points);
        let entries: Vec<Entry> = latest
            .into_iter()
            .filter_map(|(point, sample)| {
                Some(PointSample {
                    point,
                    sample: sample?,
                })
            })
            .filter(|entry| seen.get(&entry.point) != Some(&millis(entry.sample.at)))
            .map(Entry::from)
            .collect();
        if entries.is_empty() {
            return self.say(&Event::Snapshot(&[])).await;
        }
        for entries in entries.chunks(ENTRIES) {
            self.say(&Event::Snapshot(entries)).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, update: Update) -> Result<(), End> {
        self.next_changes = Instant::now() + BETWEEN_CHANGES;
        if update.resync {
            let watched: Vec<_> = self.subscription.watched().iter().copied().collect();
            return self.snapshot(&watched, &HashMap::new()).await;
        }
        let entries: Vec<_> = update.changes.iter().copied().map(Entry::from).collect();
        for entries in entries.chunks(ENTRIES) {
            self.say(&Event::Changes(entries)).await?;
        }
        if !update.commanded.is_empty() {
            self.say(&Event::Commands(&update.commanded)).await?;
        }
        self.measure(&update);
        Ok(())
    }

    /// From the oldest commit among them, and from the newest time stamp.
    fn measure(&self, update: &Update) {
        if let Some(since) = update.since {
            histogram!("vigie_feed_latency_seconds", "from" => "commit").record(since.elapsed());
        }
        if let Some(newest) = update.changes.iter().map(|change| change.sample.at).max() {
            let micros = self.state.clock.now().since(newest).max(0);
            histogram!("vigie_feed_latency_seconds", "from" => "source")
                .record(micros as f64 / 1e6);
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > SILENCE {
            return Err(End::Silent);
        }
        // A database that is away for a moment signs nobody out.
        if let Ok(Err(lost)) = self.person.check(&self.state).await {
            return Err(lost.into());
        }
        self.send(Message::Ping(Vec::new().into())).await?;
        self.say(&Event::Heartbeat(true)).await
    }

    /// What this person may not see any more is watched no longer, and they are told.
    async fn recheck(&mut self) -> Result<(), End> {
        let model = self.look().await?;
        let watched = self.subscription.watched().iter().copied();
        let taken = permission::taken_away(&model, watched);
        if taken.is_empty() {
            return Ok(());
        }
        self.subscription.unwatch(&taken.points);
        self.say(&Event::Refused(&taken)).await
    }

    /// What this person sees of the client now; the end for who may not have the socket.
    async fn look(&mut self) -> Result<Arc<Model>, End> {
        let looked = self.person.look(&self.state).await;
        looked
            .map_err(|error| End::Failed(error.to_string()))?
            .map_err(End::from)
    }

    async fn say(&mut self, event: &Event<'_>) -> Result<(), End> {
        let text = event.encode(self.state.clock.now());
        let text = text.map_err(|error| End::Failed(error.to_string()))?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Slow),
        }
    }
}

/// The next changes, not before their time. Cancel-safe.
async fn changes(subscription: &mut Subscription, not_before: Instant) -> Update {
    sleep_until(not_before).await;
    subscription.next().await
}
