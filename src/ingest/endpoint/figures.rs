//! What the endpoint counted, for `/metrics`; the meaning of each is in `docs/metrics.md`.

use super::Endpoint;
use metrics::{counter, gauge};
use std::sync::Weak;
use vigie_mqtt_endpoint::{MetricsSnapshot, SpaceSnapshot};

impl Endpoint {
    /// Brings the exported figures up to what the broker counted.
    pub fn record_figures(&self) {
        let Some(broker) = self.broker.get().and_then(Weak::upgrade) else {
            return;
        };
        let total = broker.metrics();
        gauge!("vigie_mqtt_open_connections").set(total.connections as f64);
        counter!("vigie_mqtt_accepted_total").absolute(total.accepted);
        counter!("vigie_mqtt_turned_away_total").absolute(total.turned_away);
        counter!("vigie_mqtt_refused_connects_total").absolute(total.refused_connects);
        counter!("vigie_mqtt_protocol_errors_total").absolute(total.protocol_errors);
        counter!("vigie_mqtt_timeouts_total").absolute(total.timeouts);
        for space in broker.spaces() {
            record(&space);
        }
    }
}

fn record(space: &SpaceSnapshot) {
    let slug = super::slug_of(&space.name);
    let counted = &space.counted;
    let gauges = [
        ("vigie_mqtt_clients", counted.clients),
        ("vigie_mqtt_sessions", space.sessions as u64),
        ("vigie_mqtt_retained_messages", space.retained as u64),
    ];
    for (name, value) in gauges {
        gauge!(name, "tenant" => slug.to_owned()).set(value as f64);
    }
    let counters = [
        ("vigie_mqtt_received_bytes_total", counted.received_bytes),
        ("vigie_mqtt_repeated_total", counted.repeated),
        ("vigie_mqtt_acknowledged_total", counted.acknowledged),
        ("vigie_mqtt_sent_bytes_total", counted.sent_bytes),
        ("vigie_mqtt_delivered_total", counted.delivered),
    ];
    for (name, value) in counters {
        counter!(name, "tenant" => slug.to_owned()).absolute(value);
    }
    for (name, label, value, n) in labelled(counted) {
        counter!(name, "tenant" => slug.to_owned(), label => value).absolute(n);
    }
}

/// Name, label, its value, count.
fn labelled(counted: &MetricsSnapshot) -> [(&'static str, &'static str, &'static str, u64); 16] {
    const RECEIVED: &str = "vigie_mqtt_received_total";
    const SENT: &str = "vigie_mqtt_sent_total";
    const REFUSED: &str = "vigie_mqtt_refused_total";
    const DROPPED: &str = "vigie_mqtt_dropped_total";
    [
        (RECEIVED, "qos", "0", counted.received_qos0),
        (RECEIVED, "qos", "1", counted.received_qos1),
        (RECEIVED, "qos", "2", counted.received_qos2),
        (SENT, "qos", "0", counted.sent_qos0),
        (SENT, "qos", "1", counted.sent_qos1),
        (SENT, "qos", "2", counted.sent_qos2),
        (REFUSED, "reason", "payload", counted.refused),
        (REFUSED, "reason", "topic", counted.refused_topic),
        (REFUSED, "reason", "not_stored", counted.not_stored),
        (REFUSED, "reason", "commit_timeout", counted.commit_timeouts),
        (DROPPED, "reason", "queue_full", counted.dropped_queue_full),
        (DROPPED, "reason", "offline", counted.dropped_offline),
        (DROPPED, "reason", "expired", counted.dropped_expired),
        (DROPPED, "reason", "too_large", counted.dropped_too_large),
        (
            DROPPED,
            "reason",
            "session_end",
            counted.dropped_session_end,
        ),
        (DROPPED, "reason", "retained_full", counted.dropped_retained),
    ]
}
