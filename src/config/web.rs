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

impl Web {
    /// Where the portal of a client is, without a slash at the end: `https://acme.vigie.example`.
    /// Over plain http it has the port we listen on; behind https it has none.
    pub fn portal(&self, slug: &str) -> String {
        let base = &self.base_domain;
        match (self.https, self.listen.port()) {
            (true, _) => format!("https://{slug}.{base}"),
            (false, 80) => format!("http://{slug}.{base}"),
            (false, port) => format!("http://{slug}.{base}:{port}"),
        }
    }
}
