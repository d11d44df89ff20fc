//! An MQTT 3.1.1 and 5.0 server for many organisations in one process.
//!
//! Devices connect over any byte stream; [`Handler`] says who they are and makes
//! their messages durable; the server does the rest: sessions, wills, retained
//! messages, subscriptions, flow control. Start at [`Broker`].
//!
//! Invariants:
//! - A publish is acknowledged, and shown to subscribers, only after
//!   [`Handler::commit`] said it is safe.
//! - A topic space is one router object. Nothing of one space (topics, client ids,
//!   wills, retained messages) can be reached from another, whatever it is called.
//! - Every queue, buffer and wait has a bound in [`Config`].
//! - A session belongs to the device that opened it, whatever client id another one takes.
//! - Sessions and retained messages live in memory: a restart forgets them, and
//!   says so to the client (`session present = 0`). What was acknowledged is with the handler.
//!
//! Absent on purpose: bridges, `$SYS` topics, enhanced authentication (AUTH), and
//! any knowledge of what a space or a payload means.

mod aliases;
mod broker;
mod codec;
mod config;
mod connection;
mod handler;
mod in_flight;
mod listener;
mod message;
mod metrics;
mod outbox;
mod packet;
mod recent;
mod report;
mod retained;
mod routing;
mod seldom;
mod session;
mod sessions;
mod settle;
mod space;
mod subscriptions;
mod tls;
mod topic;
mod tree;
mod will;
mod wire;
mod words;

pub use broker::{BadTopic, Broker};
pub use bytestring::ByteString;
pub use config::Config;
pub use handler::{
    BoxFuture, CommitError, ConnectRequest, Handler, Outcome, Principal, Protocol, Refusal,
    RefuseReason,
};
pub use message::{Message, Packet, Properties};
pub use metrics::{Metrics, MetricsSnapshot, SpaceSnapshot};
pub use report::{Delivery, DeliveryStream};
pub use rmqtt_codec::types::QoS;
pub use tls::{TlsError, server_config};
pub use tokio_rustls::rustls::ServerConfig;
