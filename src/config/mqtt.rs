//! The built-in MQTT endpoint.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where devices connect; off unless an address is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MqttEndpoint {
    /// Plain TCP; bind it to a trusted network.
    pub listen: Option<SocketAddr>,
    /// TLS (MQTT over TLS, usually port 8883); wants `certificate` and `private_key`.
    pub listen_tls: Option<SocketAddr>,
    /// PEM file with the chain of the server's certificate.
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key.
    pub private_key: Option<PathBuf>,
}
