//! The body of a request that writes: unpacked and bounded, with the room it takes.

use super::room::Booking;
use crate::web::extract::Portal;
use crate::web::{AppState, WebError};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_LENGTH;
use bytes::BytesMut;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Bytes of one request, after unpacking.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The whole body of a request.
pub struct Payload {
    pub body: Bytes,
    /// To be kept as long as the body and what is made of it.
    pub _room: Booking,
}

impl FromRequest<AppState> for Payload {
    type Rejection = WebError;

    /// Takes room before it reads: for what is announced, then for what comes.
    async fn from_request(request: Request, state: &AppState) -> Result<Self, WebError> {
        let announced = announced(&request);
        if announced > MOST_BYTES {
            return Err(WebError::TooLarge(MOST_BYTES));
        }
        let (parts, body) = request.into_parts();
        let Portal(client) = Portal::of(&parts, state)?;
        let mut room = state.writes.enter(client.tenant().id);
        room.grow(announced, announced)?;
        let mut whole = BytesMut::with_capacity(announced);
        let mut body = Limited::new(body, MOST_BYTES);
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame.map_err(unread)?.into_data() {
                make_room(&mut whole, data.len(), &mut room)?;
                whole.extend_from_slice(&data);
            }
        }
        Ok(Self {
            body: whole.freeze(),
            _room: room,
        })
    }
}

/// Room for `more`: what grows doubles, and lies twice in memory while it moves.
fn make_room(whole: &mut BytesMut, more: usize, room: &mut Booking) -> Result<(), WebError> {
    let length = whole.len() + more;
    if length <= whole.capacity() {
        return room.grow(length, whole.capacity());
    }
    let former = whole.capacity();
    let larger = (2 * former).clamp(length, MOST_BYTES.max(length));
    room.grow(length, former + larger)?;
    whole.reserve(larger - whole.len());
    Ok(())
}

fn announced(request: &Request) -> usize {
    let length = request.headers().get(CONTENT_LENGTH);
    length
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

fn unread(error: Box<dyn std::error::Error + Send + Sync>) -> WebError {
    if error.is::<LengthLimitError>() {
        return WebError::TooLarge(MOST_BYTES);
    }
    WebError::invalid("body", format!("cannot be read: {error}"))
}
