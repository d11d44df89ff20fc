//! Where messages may go.

use crate::socket_of;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// Where messages may go: asked before each of them, for whatever reason it is sent.
#[derive(Clone)]
pub struct Outlet {
    allows: Arc<dyn Fn(Ipv4Addr) -> bool + Send + Sync>,
    broadcasts_to: Ipv4Addr,
}

impl Outlet {
    /// Those for which `allows` says so. A broadcast goes to `broadcasts_to`: the address of a
    /// subnet, or the BBMD that carries it on.
    pub fn new(
        broadcasts_to: Ipv4Addr,
        allows: impl Fn(Ipv4Addr) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            allows: Arc::new(allows),
            broadcasts_to,
        }
    }

    /// Whether broadcasts may go where they lead.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] when they may not.
    pub fn lets_broadcast(&self) -> io::Result<()> {
        self.lets(self.broadcasts_to)
    }

    /// Whether a message may go to a BACnet/IP address.
    pub(crate) fn lets_to(&self, mac: &[u8]) -> io::Result<()> {
        match socket_of(mac) {
            Some(socket) => self.lets(*socket.ip()),
            None => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    fn lets(&self, address: Ipv4Addr) -> io::Result<()> {
        if (self.allows)(address) {
            return Ok(());
        }
        let message = format!("this server sends nothing to {address}");
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outlet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac_of;
    use std::net::SocketAddrV4;

    #[test]
    fn peers_and_broadcasts_are_refused_by_where_they_are() {
        let outlet = |to| Outlet::new(to, |address| !address.is_loopback());
        let kind = |answer: io::Result<()>| answer.err().map(|error| error.kind());
        let denied = Some(io::ErrorKind::PermissionDenied);
        let elsewhere = Ipv4Addr::new(192, 0, 2, 7);
        assert_eq!(kind(outlet(elsewhere).lets_broadcast()), None);
        assert_eq!(kind(outlet(Ipv4Addr::LOCALHOST).lets_broadcast()), denied);
        let to = |ip| {
            let mac = mac_of(SocketAddrV4::new(ip, 47_808));
            kind(outlet(elsewhere).lets_to(&mac))
        };
        assert_eq!((to(elsewhere), to(Ipv4Addr::LOCALHOST)), (None, denied));
        assert!(outlet(elsewhere).lets_to(&[1, 2, 3]).is_err());
    }
}
