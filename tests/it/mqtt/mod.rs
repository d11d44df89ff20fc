//! The MQTT connector against a real mosquitto.

mod conformance;
mod device;
mod session;
