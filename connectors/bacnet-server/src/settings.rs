//! What a device is called, where it listens and whom it hears.

use crate::{AllowList, Outlet, Rates};
use jiff::tz::TimeZone;
use std::net::{Ipv4Addr, SocketAddrV4};

/// One device.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Instance number, unique on the whole internetwork: 0 to 4194302.
    pub instance: u32,
    /// Its name, unique on the whole internetwork.
    pub name: String,
    /// What a person should know of it.
    pub description: String,
    /// Address of ours to listen on. Named, several devices can share a port.
    pub interface: Ipv4Addr,
    /// UDP port; 0 takes a free one.
    pub port: u16,
    /// Where its broadcasts go: that of the subnet, or 255.255.255.255.
    pub broadcast: Ipv4Addr,
    /// Who is heard. Empty: nobody.
    pub allow: AllowList,
    /// How often.
    pub rates: Rates,
    /// Where its messages may go; everywhere when absent.
    pub outlet: Option<Outlet>,
    /// Registers as a foreign device with this BBMD. The device is never a BBMD itself.
    pub bbmd: Option<SocketAddrV4>,
    /// Zone of the device's clock.
    pub zone: TimeZone,
    /// Records that each trend log keeps: 1 to 100000.
    pub log_records: usize,
}
