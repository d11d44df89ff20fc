//! What every integration test stands on: fresh databases on both backends,
//! private servers that may be stopped or killed, the real binary, ordinary clients.
//!
//! Invariant: nothing here sleeps for readiness; [`wait::until`] awaits a condition with a deadline.
//! Invariant: a missing server fails the test and names the command that starts it.

mod authority;
mod browser;
mod database;
pub mod device;
mod mosquitto;
mod peer;
mod ports;
mod postbox;
mod postgres;
mod process;
mod redis;
mod seed;
mod small_disk;
mod vigie;
pub mod wait;

pub use authority::Authority;
pub use browser::{Browser, Page};
pub(crate) use database::on_each_backend;
pub use database::{Backend, TestDatabase};
pub use mosquitto::Mosquitto;
pub use peer::Peer;
pub use ports::free_port;
pub use postbox::Postbox;
pub use postgres::Postgres;
pub use process::Process;
pub use redis::Redis;
pub use seed::Seed;
pub use small_disk::SmallDisk;
pub use vigie::{READY_WITHIN, Vigie};

use ::vigie::domain::{Clock, SystemClock};

/// What `tests/run` told us about the servers it started.
///
/// Panics with the command to run when it did not.
pub fn required(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run this test with `tests/run NAME`, which starts the servers it needs")
    })
}

/// The clock of this machine, in milliseconds since 1970: tests send what devices send today.
pub fn now_ms() -> i64 {
    SystemClock.now().as_millis()
}

/// A folder of its own that servers running as another user may enter; removed on drop.
pub fn scratch() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix("vigie-test-")
        .permissions(std::fs::Permissions::from_mode(0o755))
        .tempdir()
        .expect("a temporary folder")
}
