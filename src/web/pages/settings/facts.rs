//! What is known of a thing besides what its form says.

use super::lines::{key_state, scopes};
use super::noun::Noun;
use crate::domain::{ApiKeyId, ConnectionId, DeviceId, UserId};
use crate::store::tenant::{api_keys, connections, devices, users};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::format;
use crate::web::pages::connection_words::state;
use crate::web::pages::people;
use crate::web::value::Reader;

/// A term and a text.
type Fact = (String, String);

/// What is known of the thing with this id.
pub async fn of(desk: &Desk, noun: Noun, id: i64, reader: &Reader) -> Result<Vec<Fact>, WebError> {
    match noun {
        Noun::Connections => connection(desk, ConnectionId(id), reader).await,
        Noun::Devices => device(desk, DeviceId(id), reader).await,
        Noun::Keys => key(desk, ApiKeyId(id), reader).await,
        Noun::People => person(desk, UserId(id), reader).await,
        Noun::Sites | Noun::Types | Noun::Equipment | Noun::Fields => Ok(Vec::new()),
    }
}

async fn connection(desk: &Desk, id: ConnectionId, reader: &Reader) -> Result<Vec<Fact>, WebError> {
    let row = connections::find(desk.caller.client.scope().db(), id).await?;
    let connection = row.ok_or(WebError::NotFound)?.connection;
    let running = desk.caller.client.connections();
    let mut running = running.iter();
    let view = running.find(|view| view.connection.key == connection.key);
    let status = view.map(|view| &view.status);
    let (_, word) = state(connection.enabled, status);
    let error = status.and_then(|status| status.last_error.clone());
    let words = reader.words;
    Ok(vec![
        (words.get("state"), words.get(word)),
        (
            words.get("last-error"),
            error.unwrap_or_else(|| words.get("no-error")),
        ),
    ])
}

async fn device(desk: &Desk, id: DeviceId, reader: &Reader) -> Result<Vec<Fact>, WebError> {
    let row = devices::find(desk.caller.client.scope().db(), id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let (words, slug) = (reader.words, &desk.caller.client.tenant().slug);
    Ok(vec![
        (
            words.get("device-user-name"),
            format!("{slug}/{}", row.name),
        ),
        (
            words.get("last-seen"),
            format::age_or_never(row.last_seen_at, reader),
        ),
    ])
}

async fn key(desk: &Desk, id: ApiKeyId, reader: &Reader) -> Result<Vec<Fact>, WebError> {
    let row = api_keys::find(desk.caller.client.scope().db(), id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let words = reader.words;
    Ok(vec![
        (words.get("state"), key_state(&row, reader).1),
        (words.get("field-scopes"), scopes(&row, reader)),
        (words.get("key-begins"), format!("{}…", row.api_key.prefix)),
        (
            words.get("key-last-use"),
            format::age_or_never(row.last_used_at, reader),
        ),
    ])
}

async fn person(desk: &Desk, id: UserId, reader: &Reader) -> Result<Vec<Fact>, WebError> {
    let row = users::find(desk.caller.client.scope().db(), id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let words = reader.words;
    let since = format::moment(row.created_at, reader.now, &reader.zone, words);
    Ok(vec![
        (words.get("state"), people::state_of(&row, words)),
        (words.get("people-since"), since),
    ])
}
