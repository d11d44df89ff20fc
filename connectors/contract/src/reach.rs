//! Which addresses a session may be opened to.
//!
//! A host is chosen by a client; where it leads is decided by the platform. The address is
//! checked after the name was resolved, and that very address is dialled: a name that leads
//! elsewhere a moment later gains nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpStream, lookup_host};

/// Which addresses a session may be opened to. Cheap to clone.
#[derive(Clone)]
pub struct Reach(Arc<dyn Fn(IpAddr) -> bool + Send + Sync>);

impl Reach {
    /// All of them: for whoever alone decides where their sessions lead.
    pub fn anywhere() -> Self {
        Self::to(|_| true)
    }

    /// Those for which `allows` says so. An IPv4 address never comes in its mapped form.
    pub fn to(allows: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(allows))
    }

    /// Whether this address may be dialled or sent to.
    pub fn allows(&self, address: IpAddr) -> bool {
        (self.0)(address.to_canonical())
    }

    /// The addresses of a host that may be dialled, in the order they are to be tried.
    ///
    /// Fails with [`io::ErrorKind::PermissionDenied`] when the host leads to others only.
    pub async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let found: Vec<_> = lookup_host((host, port)).await?.collect();
        let is_known = !found.is_empty();
        let mut allowed = found;
        allowed.retain(|address| self.allows(address.ip()));
        if allowed.is_empty() && is_known {
            let message = format!("this server opens no connections to where `{host}` leads");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        Ok(allowed)
    }

    /// Opens a TCP connection to the first address of a host that may be dialled and answers.
    pub async fn connect(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in self.resolve(host, port).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reach")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_loopback() -> Reach {
        Reach::to(|address| !address.is_loopback())
    }

    #[tokio::test]
    async fn a_name_is_refused_by_where_it_leads() {
        for host in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost"] {
            let refused = no_loopback().connect(host, 1).await;
            let kind = refused.err().map(|error| error.kind());
            assert_eq!(kind, Some(io::ErrorKind::PermissionDenied), "{host}");
        }
    }

    #[tokio::test]
    async fn what_is_allowed_is_dialled() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Reach::anywhere().connect("127.0.0.1", port).await.unwrap();
    }
}
