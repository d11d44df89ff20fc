//! Samples in: 204 means durable; what is refused is answered by its place, what is good is stored.

use super::body::Payload;
use crate::ingest::http::line_protocol::Precision;
use crate::ingest::http::{WriteReport, write_json, write_lines, write_message};
use crate::web::WebError;
use crate::web::extract::{Caller, Query};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

/// What `/write` may be asked; what other servers know beside it (`db`, `bucket`, `org`) is ignored.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct WriteQuery {
    /// `ns` (if not given), `us`, `ms` or `s`.
    #[param(required = false)]
    precision: String,
}

/// Samples as JSON; the shapes are in docs/ingest.md.
#[utoipa::path(
    post, path = "/telemetry", tag = "samples",
    request_body(content = Object, content_type = "application/json"),
    responses((status = 204, description = "All of it is durable"))
)]
pub async fn telemetry(caller: Caller, payload: Payload) -> Result<StatusCode, WebError> {
    let Payload { body, _room } = payload;
    answer(write_json(caller.client.ingest(), body).await)
}

/// Samples as InfluxDB line protocol.
#[utoipa::path(
    post, path = "/write", tag = "samples", params(WriteQuery),
    request_body(content = Option<String>, content_type = "text/plain"),
    responses((status = 204, description = "All of it is durable"))
)]
pub async fn line_protocol(
    caller: Caller,
    Query(asked): Query<WriteQuery>,
    payload: Payload,
) -> Result<StatusCode, WebError> {
    let precision = Precision::parse(&asked.precision)
        .ok_or_else(|| WebError::invalid("precision", "must be ns, us, ms or s"))?;
    let Payload { body, _room } = payload;
    answer(write_lines(caller.client.ingest(), body, precision).await)
}

/// Characters of a topic.
const LONGEST_TOPIC: usize = 1_024;

/// Where a message would have been published.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// The topic that the routes of the client's `http` connection know.
    #[param(required = true, min_length = 1, max_length = 1024)]
    topic: String,
}

/// One message as a device would publish it, read by the routes of the client's `http` connection.
#[utoipa::path(
    post, path = "/messages", tag = "samples", params(MessageQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "All of it is durable"))
)]
pub async fn message(
    caller: Caller,
    Query(asked): Query<MessageQuery>,
    payload: Payload,
) -> Result<StatusCode, WebError> {
    if !(1..=LONGEST_TOPIC).contains(&asked.topic.chars().count()) {
        return Err(WebError::invalid(
            "topic",
            "must say where the message belongs, in 1 to 1024 characters",
        ));
    }
    let Payload { body, _room } = payload;
    answer(write_message(caller.client.ingest(), &asked.topic, &body).await)
}

fn answer(outcome: Result<WriteReport, impl std::fmt::Display>) -> Result<StatusCode, WebError> {
    match outcome {
        Ok(report) if report.refused == 0 && report.faults.is_empty() => Ok(StatusCode::NO_CONTENT),
        Ok(report) => Err(WebError::PartlyRefused(report)),
        Err(error) => Err(WebError::Unavailable(error.to_string())),
    }
}
