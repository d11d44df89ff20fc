//! Free ports.

use rand::RngExt;
use std::net::TcpListener;

/// A free port of the loopback, below the range outgoing connections take theirs from:
/// a server that is stopped and started again finds its port still free.
pub fn free_port() -> u16 {
    loop {
        let port = rand::rng().random_range(10_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
