//! What the demo's devices measure: every value is a function of time and of a seed.
//!
//! So history, the gap since the last stop and the live values are one curve, on
//! any machine, without anything to remember between two starts.

mod building;
mod calendar;
mod energy;
mod message;
mod noise;
mod pack;
mod parking;
#[cfg(test)]
mod tests;
mod traffic;
mod weather;

pub(super) use message::{Device, Message, Pace};
pub(super) use parking::{BarrierSide, barrier_cycle, display_status};

use calendar::Calendar;

/// The gateways of the client with batteries.
pub(super) fn energy_devices() -> Vec<Device> {
    let calendar = Calendar::paris();
    vec![
        energy::grenoble(&calendar),
        energy::lyon(&calendar),
        energy::nantes(&calendar),
        building::gateway(&calendar),
        building::silent_room(&calendar),
    ]
}

/// The modules of the car park.
pub(super) fn parking_devices() -> Vec<Device> {
    parking::modules(&Calendar::paris())
}
