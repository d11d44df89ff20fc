//! BACnet both ways through the platform, with BACpypes3 at the other end: devices that are read and
//! written, and the device that a client is itself.

mod adoption;
mod device;
mod field;
mod peers;
mod served;
mod shown;
