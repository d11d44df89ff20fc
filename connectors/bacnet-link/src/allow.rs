//! Who may talk to us.

use std::net::Ipv4Addr;
use std::str::FromStr;

/// IPv4 networks whose members are heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: u32,
    mask: u32,
}

/// A text that names no IPv4 network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no IPv4 address or network; write 192.0.2.7 or 192.0.2.0/24")]
pub struct BadNetwork(String);

impl AllowList {
    /// The networks that the texts name.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, BadNetwork> {
        let networks = texts.iter().map(|text| text.as_ref().parse());
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether a peer at `address` is heard.
    pub fn has(&self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        self.0
            .iter()
            .any(|network| address & network.mask == network.address)
    }

    /// Whether nobody is heard.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
        let address: Ipv4Addr = address.parse().map_err(|_| bad())?;
        let bits: u32 = bits.parse().map_err(|_| bad())?;
        let mask = match bits {
            0 => 0,
            1..=32 => u32::MAX << (32 - bits),
            _ => return Err(bad()),
        };
        let address = u32::from(address) & mask;
        Ok(Self { address, mask })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_are_heard() {
        let list = AllowList::parse(&["192.0.2.0/24", "198.51.100.7"]).unwrap();
        let has = |text: &str| list.has(text.parse().unwrap());
        assert!(has("192.0.2.200") && has("198.51.100.7"));
        assert!(!has("192.0.3.1") && !has("198.51.100.8"));
        assert!(!AllowList::default().has(Ipv4Addr::LOCALHOST));
        let all = AllowList::parse(&["0.0.0.0/0"]).unwrap();
        assert!(all.has(Ipv4Addr::BROADCAST));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "host", "192.0.2.0/33", "192.0.2/24", "::1", "1.2.3.4/"] {
            assert!(AllowList::parse(&[wrong]).is_err(), "{wrong}");
        }
    }
}
