//! Tries a connection before anybody relies on it: whether its peer answers and lets us in.
//!
//! Invariant: a trial takes no messages from the session that runs. It asks for none, has an id
//! of its own, leaves nothing at the peer, and is over within seconds.

use super::registry::{self, Prepared};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ArrivalClock, Commands, ConnectorError, Delivery, Health, Outbox, Reach, ReadingSink, Session,
    Settlement, Settling, ShortMemory, StatusBoard, Trace,
};

/// A peer that did not let us in by then is told as silent.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
const LOOKED_EVERY: Duration = Duration::from_millis(50);

/// Connects once with this configuration, secrets in clear; why it did not work, in words.
/// What waits for others to connect is fine once its configuration is.
pub async fn try_connection(
    protocol: &str,
    mut config: Value,
    reach: &Reach,
) -> Result<(), String> {
    if let Value::Object(table) = &mut config {
        for kept_for_real_sessions in ["routes", "publish", "client_id", "share_group"] {
            table.remove(kept_for_real_sessions);
        }
        if protocol == registry::MQTT {
            table.insert("persistent".to_owned(), false.into());
        }
    }
    let client_id = format!("vigie-trial-{:016x}", rand::random::<u64>());
    let prepared = registry::prepare(protocol, "trial", &client_id, TimeZone::UTC, config);
    let connector = match prepared.map_err(|fault| fault.to_string())? {
        Prepared::Session { connector, .. } => connector,
        Prepared::Endpoint { .. } | Prepared::Http(_) => return Ok(()),
    };
    let (board, stop) = (StatusBoard::default(), CancellationToken::new());
    let session = Session {
        sink: Arc::new(Nowhere),
        status: board.clone(),
        clock: ArrivalClock::new(|| 0),
        outbox: Outbox::default(),
        commands: Commands::default(),
        trace: Trace::default(),
        memory: Arc::new(ShortMemory::default()),
        reach: reach.clone(),
        stop: stop.clone(),
    };
    // Owned here: dropped with this function, the session is aborted.
    let mut task = JoinSet::new();
    task.spawn(connector.run(session));
    let outcome = tokio::select! {
        ended = task.join_next() => Err(why(ended)),
        outcome = settled(&board) => outcome,
        () = tokio::time::sleep(ANSWERED_WITHIN) => Err(silent()),
    };
    stop.cancel();
    outcome
}

/// Once the session is there, or has met its first error.
async fn settled(board: &StatusBoard) -> Result<(), String> {
    loop {
        let status = board.snapshot();
        match (status.health, status.last_error) {
            (Health::Connected, _) => return Ok(()),
            (_, Some(error)) => return Err(error),
            _ => tokio::time::sleep(LOOKED_EVERY).await,
        }
    }
}

fn why(ended: Option<Result<Result<(), ConnectorError>, tokio::task::JoinError>>) -> String {
    match ended {
        Some(Ok(Err(error))) => error.to_string(),
        Some(Err(panic)) => format!("the connector failed: {panic}"),
        Some(Ok(Ok(()))) | None => "the session ended by itself".to_owned(),
    }
}

fn silent() -> String {
    format!("no answer within {} seconds", ANSWERED_WITHIN.as_secs())
}

/// Where readings go that nobody asked for.
struct Nowhere;

impl ReadingSink for Nowhere {
    fn deliver(self: Arc<Self>, _: Arc<Delivery>) -> Settling {
        Box::pin(async { Ok(Settlement::default()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_told_in_words() {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let config = json!({ "url": format!("mqtt://127.0.0.1:{port}") });
        let why = try_connection("mqtt", config, &Reach::anywhere())
            .await
            .unwrap_err();
        assert!(why.to_lowercase().contains("refused"), "{why}");
    }

    #[tokio::test]
    async fn what_is_out_of_reach_is_not_dialled() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = json!({ "url": format!("mqtt://localhost:{port}") });
        let reach = crate::ingest::outward(Vec::new());
        let why = try_connection("mqtt", config, &reach).await.unwrap_err();
        assert!(why.contains("opens no connections"), "{why}");
        let knock = listener.accept();
        let knock = tokio::time::timeout(Duration::from_millis(50), knock).await;
        assert!(knock.is_err(), "it was dialled");
    }

    #[tokio::test]
    async fn what_others_connect_to_only_wants_a_right_configuration() {
        let reach = Reach::anywhere();
        let endpoint = try_connection("mqtt-endpoint", json!({}), &reach).await;
        assert_eq!(endpoint, Ok(()));
        assert!(try_connection("opc", json!({}), &reach).await.is_err());
    }
}
