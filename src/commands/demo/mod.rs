//! The demo's world: thirty days of history, then devices that speak real MQTT.

mod model;
