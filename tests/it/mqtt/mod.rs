//! The MQTT connector against a real mosquitto.

mod conformance;
pub(crate) mod device;
mod dialects;
mod session;
mod tls;
