//! The live feed on `/ws`; what travels is in `docs/feed.md`.
//!
//! A socket belongs to somebody who signed in on the portal it was opened from;
//! what it may watch is decided in one place ([`permission`]).
//!
//! Invariant: a socket never waits for another one. Changes wait in its own mailbox,
//! newest value of each point; who does not take them in time is closed and counted.

mod end;
mod permission;
mod protocol;
mod seats;
mod session;
mod watch;

use crate::web::arrival::Arrival;
use crate::web::extract::{ClientAddress, host_of};
use crate::web::{AppState, WebError};
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, State};
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::response::Response;
use permission::Person;
use seats::{Seat, Seats};
use session::Session;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use watch::Watchers;

const SUBPROTOCOL: &str = "vigie.feed.v1";
const LARGEST_MESSAGE: usize = 512 * 1024;
/// What a page says is short; it is taken once for each open page, read or not.
const READ_BUFFER: usize = 4 * 1024;
/// Before a client that found no seat comes again.
const NO_SEAT_RETRY_S: u64 = 30;
const FAREWELL: Duration = Duration::from_secs(3);

/// All open sockets of this process.
#[derive(Default)]
pub struct Feeds {
    seats: Seats,
    sessions: TaskTracker,
    watchers: Watchers,
    stop: CancellationToken,
}

impl Feeds {
    /// Sockets that are served now.
    pub fn open(&self) -> usize {
        self.sessions.len()
    }

    /// Says goodbye to every socket and waits until they are gone, a few seconds at most.
    pub async fn close(&self) {
        self.stop.cancel();
        self.sessions.close();
        let gone = async { tokio::join!(self.sessions.wait(), self.watchers.wait()) };
        if tokio::time::timeout(FAREWELL, gone).await.is_err() {
            tracing::warn!(
                open = self.sessions.len(),
                "some feeds did not take their leave"
            );
        }
    }
}

/// The request comes from a page of the portal it asks.
pub(super) struct SameOrigin;

impl FromRequestParts<AppState> for SameOrigin {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, WebError> {
        let origin = parts
            .headers
            .get(ORIGIN)
            .and_then(|value| value.to_str().ok());
        let from = origin
            .and_then(|origin| origin.split_once("://"))
            .map(|(_, host)| host);
        if from.is_some() && from == host_of(parts) {
            Ok(Self)
        } else {
            Err(WebError::Forbidden(
                "the feed serves pages of this portal only",
            ))
        }
    }
}

/// `GET /ws`.
pub(super) async fn feed(
    State(state): State<AppState>,
    _: SameOrigin,
    arrival: Arrival,
    ClientAddress(address): ClientAddress,
    upgrade: WebSocketUpgrade,
) -> Result<Response, WebError> {
    let client = arrival.client.tenant().id;
    let person = arrival.identity.user().map(|user| user.id);
    let seat = state.feeds.seats.take(client, person, address);
    let seat = seat.ok_or(WebError::TooMany {
        retry_after_s: NO_SEAT_RETRY_S,
    })?;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(LARGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .max_frame_size(LARGEST_MESSAGE);
    let sessions = state.feeds.sessions.clone();
    let person = Person::new(&state, arrival);
    // The upgraded connection is a task of hyper's; `sessions` counts it and `stop` ends it.
    Ok(upgrade.on_upgrade(move |socket| sessions.track_future(serve(state, person, seat, socket))))
}

async fn serve(state: AppState, person: Person, seat: Seat, socket: WebSocket) {
    let stop = state.feeds.stop.clone();
    Session::open(state, person, socket).run(stop).await;
    drop(seat);
}
