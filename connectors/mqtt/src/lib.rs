//! MQTT 3.1.1 and 5: one session with a broker, and the routes that turn its messages into readings.
//!
//! Start with [`MqttConfig`], what a connection of a manifest says; [`RouteTable`]
//! decodes `(topic, payload)`, [`MqttConnector`] runs the session. The built-in
//! endpoint uses the same routes and publish rules without a session.
//!
//! Invariant: a message is acknowledged (PUBACK) only after the sink settled it,
//! in the order it came; nothing a peer sends can panic or stop the stream.

mod batch;
mod commands;
mod config;
mod connector;
mod explorer;
mod filters;
mod packets;
mod publish;
mod recent;
mod routes;
mod session;
mod skip;
mod transport;
mod wire;

pub use commands::{Awaited, CommandRule, CommandTable, ConfirmRule, Leaving};
pub use config::{CountRule, MqttConfig, PointRule, PublishRule, Route, Version};
pub use connector::MqttConnector;
pub use explorer::MqttExplorer;
pub use routes::{Limits, RouteTable};
