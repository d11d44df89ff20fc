//! The portal and the API.

use super::RequestLimits;
use secrecy::SecretString;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};

/// How the portal is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Portals are `<client>.<base_domain>`; browsers resolve `*.localhost` by themselves.
    pub base_domain: String,
    /// Whether people reach us over https (a reverse proxy ends TLS): cookies become
    /// `Secure` with the `__Host-` prefix.
    pub https: bool,
    /// Bearer token for `/metrics`; without one only loopback may read them.
    pub metrics_token: Option<SecretString>,
    /// Whether the address of a client is taken from `X-Forwarded-For`: only behind a
    /// reverse proxy that sets it.
    pub trust_forwarded: bool,
    /// How many requests are answered.
    pub limits: RequestLimits,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            base_domain: "localhost".to_owned(),
            https: false,
            metrics_token: None,
            trust_forwarded: false,
            limits: RequestLimits::default(),
        }
    }
}
