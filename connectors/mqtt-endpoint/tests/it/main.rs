//! The promises of the MQTT endpoint, held from outside: raw bytes for the edges of the
//! protocol, rumqttc as the ordinary client.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod clients;
mod garbage;
mod handshake;
mod limits;
mod mosquitto;
mod platform;
mod publishing;
mod repeats;
mod sessions;
mod spaces;
mod subscriptions;
mod support;
mod version_five;
mod wills;
