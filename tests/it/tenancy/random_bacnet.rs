//! A client as some BACnet device or other.

use super::round_trip::{maybe, pick, pick_key, some_keys, word};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use vigie::tenancy::bacnet::{BacnetSpec, Exposure};
use vigie::tenancy::manifest::{EquipmentSpec, TypeSpec};

pub(super) fn random_bacnet(
    rng: &mut StdRng,
    equipment: &BTreeMap<String, EquipmentSpec>,
    types: &BTreeMap<String, TypeSpec>,
) -> BacnetSpec {
    let expose = (0..rng.random_range(1..4)).map(|_| Exposure {
        kind: maybe(rng, |rng| pick_key(rng, types)).flatten(),
        equipment: maybe(rng, |rng| pick_key(rng, equipment)).flatten(),
        points: some_keys(rng, "p", 0),
        logged: rng.random_bool(0.5),
        writable: rng.random_bool(0.5),
        increment: maybe(rng, |rng| f64::from(rng.random_range(0..9)) / 4.0),
    });
    let expose = expose.collect();
    BacnetSpec {
        enabled: rng.random_bool(0.5),
        instance: rng.random_range(0..=4_194_302),
        name: maybe(rng, word),
        interface: [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST][rng.random_range(0..2)],
        port: rng.random_range(1..=u16::MAX),
        broadcast: [Ipv4Addr::BROADCAST, Ipv4Addr::LOCALHOST][rng.random_range(0..2)],
        bbmd: maybe(rng, |_| "192.0.2.1:47808".parse().unwrap()),
        peers: vec![pick(rng, &["192.0.2.0/24", "198.51.100.7/32"]).to_owned()],
        requests_per_s: rng.random_range(1..10_000),
        requests_per_s_in_all: rng.random_range(1..10_000),
        log_records: rng.random_range(1..10_000),
        expose,
    }
}
