//! Networks: lists of addresses that may come in.

use super::Reason;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The addresses whose first bits are these (RFC 4632, RFC 4291).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: Ipv6Addr,
    /// Bits of the mapped IPv6 address that count.
    bits: u32,
    is_v4: bool,
}

/// How far an IPv4 address is moved to lie among those of IPv6.
const MAPPED_BITS: u32 = 96;

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| Reason::Network)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| Reason::Network))?;
        if bits > most {
            return Err(Reason::Network);
        }
        let is_v4 = address.is_ipv4();
        let bits = bits + if is_v4 { MAPPED_BITS } else { 0 };
        let first = Ipv6Addr::from_bits(mapped(address).to_bits() & mask(bits));
        Ok(Self { first, bits, is_v4 })
    }

    /// Whether an address is of this network; an IPv4 address may come in its mapped form.
    pub fn contains(&self, address: IpAddr) -> bool {
        mapped(address).to_bits() & mask(self.bits) == self.first.to_bits()
    }
}

/// Whether somebody from there may come in; an empty list lets everybody in.
pub fn admits(list: &[Network], address: Option<IpAddr>) -> bool {
    let is_of = |address| list.iter().any(|network| network.contains(address));
    list.is_empty() || address.is_some_and(is_of)
}

fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

const fn mask(bits: u32) -> u128 {
    match bits {
        0 => 0,
        bits => u128::MAX << (128 - bits),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_v4, self.first.to_ipv4_mapped()) {
            (true, Some(first)) => write!(f, "{first}/{}", self.bits - MAPPED_BITS),
            _ => write!(f, "{}/{}", self.first, self.bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Vec<Network> {
        let read = |text: &&str| Network::parse(text).unwrap();
        texts.iter().map(read).collect()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let office = list(&["192.0.2.64/26", "2001:db8::/32", "198.51.100.7"]);
        for (address, inside) in [
            ("192.0.2.64", true),
            ("192.0.2.127", true),
            ("::ffff:192.0.2.100", true),
            ("192.0.2.128", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
        ] {
            assert_eq!(admits(&office, address.parse().ok()), inside, "{address}");
        }
        assert!(!admits(&office, None), "nobody knows where it comes from");
        assert!(admits(&[], None), "no list lets everybody in");
    }

    #[test]
    fn a_network_is_written_by_its_first_address() {
        let shown: Vec<_> = ["192.0.2.77/26", "10.0.0.1", "2001:DB8::1/32", "0.0.0.0/0"]
            .iter()
            .map(|text| Network::parse(text).unwrap().to_string())
            .collect();
        assert_eq!(
            shown,
            ["192.0.2.64/26", "10.0.0.1/32", "2001:db8::/32", "0.0.0.0/0"]
        );
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "office",
            "192.0.2.0/33",
            "192.0.2/24",
            "::/129",
            "1.2.3.4/-1",
            "/8",
        ] {
            assert_eq!(Network::parse(text), Err(Reason::Network), "{text}");
        }
    }
}
