//! The device against clients written by others: BACpypes3, BAC0 and @bacnet-js/client.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod building;
mod clients;
mod garbage;
mod limits;
