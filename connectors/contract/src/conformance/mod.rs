//! The promises of `SPEC.md` as tests that any connector can be held to.
//!
//! A protocol brings a [`Rig`]: a real peer that can be stopped and started, and a device
//! behind it. Each function is one promise; it panics when the promise is broken. Protocols
//! whose devices are asked, and send nothing by themselves, keep those in [`polled`].

pub mod polled;
mod promises;
mod run;
mod sink;

pub use promises::{
    a_closed_sink_ends_the_session, a_stop_settles_what_is_in_work, an_absent_sink_is_waited_for,
    garbage_is_refused_and_stops_nothing, nothing_is_acknowledged_before_it_is_settled,
    the_session_comes_back_after_the_peer,
};
pub use sink::{Mood, TestSink};

use crate::Connector;
use std::future::Future;
use std::ops::Range;

/// Equipment key of the device of a rig.
pub const EQUIPMENT: &str = "device";
/// Point key of the numbers it sends.
pub const POINT: &str = "number";

/// A peer and a device behind it.
pub trait Rig {
    /// A connector for the peer, each time with the same identity.
    fn connector(&self) -> Box<dyn Connector>;
    /// The device sends each number as one reading of [`EQUIPMENT`] and [`POINT`]; resolves once
    /// the peer has taken responsibility for all of them.
    fn send(&mut self, numbers: Range<u32>) -> impl Future<Output = ()>;
    /// The device sends `count` messages that mean nothing.
    fn send_garbage(&mut self, count: u32) -> impl Future<Output = ()>;
    /// The peer goes away.
    fn stop_peer(&mut self) -> impl Future<Output = ()>;
    /// The peer comes back with what it had promised.
    fn start_peer(&mut self) -> impl Future<Output = ()>;
}
