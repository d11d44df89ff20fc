//! What stands between the BACnet crates and the network, for the client and the server alike.
//!
//! [`Guarded`] is a `TransportPort` around BACnet/IP that mends what version 0.15 of the crates gets
//! wrong, without a fork, and keeps out who has no business here:
//!
//! - a segmented message is taken one segment at a time: the crates do not acknowledge the first
//!   of several when the peer proposes a larger window;
//! - an I-Am that says the device takes fewer than 50 bytes is dropped: one forged I-Am would
//!   make a device unreachable;
//! - only peers of the [`AllowList`] are heard, each only as often as [`Rates`] says;
//! - messages leave only to where the [`Outlet`] lets them;
//! - a server on a quiet network hears from itself now and then ([`Guard::heartbeat`]): it frees
//!   what it keeps for each local write only when a datagram comes.
//!
//! Invariant: no bytes of a peer panic or grow memory without bound.

mod allow;
mod door;
mod frame;
mod guarded;
mod outlet;
mod rates;
mod unit;

pub use allow::{AllowList, BadNetwork};
pub use door::Counts;
pub use frame::{describe, mac_of, socket_of};
pub use guarded::{Guard, Guarded, Tap, Way};
pub use outlet::Outlet;
pub use rates::Rates;
pub use unit::{symbol_of, unit_of};
