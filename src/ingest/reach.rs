//! Where the connections of clients may lead.
//!
//! Whoever administers a client names hosts, on a server that is not theirs. What only this
//! machine should reach (its own services, its link, the metadata of its cloud) is no place for
//! them, unless the operator says so.

use crate::tenancy::Network;
use std::net::IpAddr;
use vigie_contract::Reach;

/// Where clouds tell a machine its secrets, beside the link-local 169.254.169.254.
const METADATA: [&str; 3] = ["100.100.100.200", "192.0.0.192", "fd00:ec2::254"];

/// Every address but those of this machine and its link, and those of `refused`.
pub fn outward(refused: Vec<Network>) -> Reach {
    Reach::to(move |address| !is_inside(address) && !is_of(&refused, address))
}

/// This machine and its link too: for who runs Vigie for themselves alone.
pub fn inward(refused: Vec<Network>) -> Reach {
    Reach::to(move |address| !is_of(&refused, address))
}

fn is_of(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// Whether an address is of this machine, of its link, of nobody, or of everybody.
fn is_inside(address: IpAddr) -> bool {
    let is_metadata = METADATA.iter().any(|known| *known == address.to_string());
    is_metadata
        || match address {
            IpAddr::V4(address) => {
                address.is_loopback()
                    || address.is_link_local()
                    || address.is_broadcast()
                    || address.is_multicast()
                    || address.octets()[0] == 0
            }
            IpAddr::V6(address) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unicast_link_local()
                    || address.is_multicast()
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link_are_out_of_reach_and_networks_of_sites_are_not() {
        let reach = outward(Vec::new());
        let allows = |text: &str| reach.allows(text.parse().unwrap());
        for inside in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "100.100.100.200",
            "fd00:ec2::254",
            "fe80::1",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
        ] {
            assert!(!allows(inside), "{inside}");
        }
        for outside in [
            "192.0.2.7",
            "10.0.0.7",
            "192.168.1.7",
            "2001:db8::7",
            "fd12::7",
        ] {
            assert!(allows(outside), "{outside}");
        }
    }

    #[test]
    fn an_operator_opens_this_machine_and_closes_other_networks() {
        let refused = || vec![Network::parse("10.0.0.0/8").unwrap()];
        let allows = |reach: &Reach, text: &str| reach.allows(text.parse().unwrap());
        assert!(allows(&inward(refused()), "127.0.0.1"));
        assert!(!allows(&inward(refused()), "10.1.2.3"));
        assert!(!allows(&outward(refused()), "::ffff:10.1.2.3"));
    }
}
