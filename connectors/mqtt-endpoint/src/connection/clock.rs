//! The deadlines of one connection, on one timer.

use super::{End, SHUTTING_DOWN, Step};
use crate::Config;
use crate::wire::{Moved, Wire};
use rmqtt_codec::v5::DisconnectReasonCode;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

/// A connection silent for so long gives its buffers back.
const TRIM_AFTER: Duration = Duration::from_secs(5);

pub(super) struct Clock {
    keep_alive: Duration,
    packet_timeout: Duration,
    write_timeout: Duration,
    drain_timeout: Duration,
    last_heard: Instant,
    /// Since when a packet is under way.
    packet_since: Option<Instant>,
    /// Since when the client has taken nothing of the output.
    stalled_since: Option<Instant>,
    drain_until: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Clock {
    /// `keep_alive` is the longest silence, the grace of one half included.
    pub(super) fn new(keep_alive: Duration, limits: &Config) -> Self {
        let now = Instant::now();
        Self {
            keep_alive,
            packet_timeout: limits.packet_timeout,
            write_timeout: limits.write_timeout,
            drain_timeout: limits.drain_timeout,
            last_heard: now,
            packet_since: None,
            stalled_since: None,
            drain_until: None,
            timer: Box::pin(sleep_until(now + keep_alive)),
        }
    }

    pub(super) fn start_draining(&mut self) {
        self.drain_until = Some(Instant::now() + self.drain_timeout);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.drain_until.is_some()
    }

    /// The client did something, or could not because the server was not reading.
    pub(super) fn heard(&mut self) {
        self.last_heard = Instant::now();
    }

    pub(super) fn packet_complete(&mut self) {
        self.packet_since = None;
    }

    pub(super) fn packet_under_way(&mut self) {
        self.packet_since.get_or_insert_with(Instant::now);
    }

    pub(super) fn moved<Io>(&mut self, moved: Moved, wire: &Wire<Io>)
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        if moved.read > 0 {
            self.heard();
        }
        if moved.written > 0 {
            self.stalled_since = wire.has_output().then(Instant::now);
        }
    }

    /// Sets the timer to the next deadline; it may ring early, never late.
    pub(super) fn arm<Io>(&mut self, wire: &Wire<Io>, may_read: bool)
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        if wire.has_output() {
            self.stalled_since.get_or_insert_with(Instant::now);
        }
        if !may_read {
            self.heard();
        }
        let next = [
            Some(self.last_heard + self.keep_alive),
            self.packet_since.map(|since| since + self.packet_timeout),
            self.stalled_since.map(|since| since + self.write_timeout),
            self.drain_until,
            wire.is_fat().then(|| self.last_heard + TRIM_AFTER),
        ];
        if let Some(next) = next.into_iter().flatten().min()
            && (next < self.timer.deadline() || self.timer.is_elapsed())
        {
            self.timer.as_mut().reset(next);
        }
    }

    /// Resolves when a deadline may have passed.
    pub(super) async fn rings(&mut self) {
        self.timer.as_mut().await;
    }

    /// Ends the connection when a deadline has passed; trims it when it is idle.
    pub(super) fn check<Io>(&mut self, wire: &mut Wire<Io>, may_read: bool) -> Step
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let now = Instant::now();
        let passed = |since: Option<Instant>, limit| since.is_some_and(|at| now >= at + limit);
        if self.drain_until.is_some_and(|until| now >= until) {
            return Err(SHUTTING_DOWN);
        }
        if passed(self.stalled_since, self.write_timeout) {
            return Err(End::Dropped("the client reads nothing"));
        }
        if passed(self.packet_since, self.packet_timeout) {
            return Err(End::Dropped("a packet that does not end"));
        }
        if may_read && passed(Some(self.last_heard), self.keep_alive) {
            let reason = DisconnectReasonCode::KeepAliveTimeout;
            return Err(End::Closed(reason, "no sign of life"));
        }
        if wire.is_fat() && passed(Some(self.last_heard), TRIM_AFTER) {
            wire.trim();
        }
        Ok(())
    }
}
