//! The device against clients written by others: BACpypes3, BAC0 and @bacnet-js/client.

mod building;
mod clients;
mod garbage;
mod limits;
