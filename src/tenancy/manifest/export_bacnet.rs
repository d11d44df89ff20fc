//! `[bacnet]` as a manifest says it: what is as usual is left out.

use super::export::{put, put_all, put_some};
use crate::tenancy::bacnet::{ANSWERED, BacnetSpec, Exposure, LOG_RECORDS, PORT};
use std::net::Ipv4Addr;
use toml::{Table, Value};

/// The section.
pub(super) fn table(spec: &BacnetSpec) -> Table {
    let mut table = Table::new();
    if !spec.enabled {
        put(&mut table, "enabled", false);
    }
    put(&mut table, "instance", i64::from(spec.instance));
    put_some(&mut table, "name", spec.name.clone());
    if spec.interface != Ipv4Addr::UNSPECIFIED {
        put(&mut table, "interface", spec.interface.to_string());
    }
    if spec.broadcast != Ipv4Addr::BROADCAST {
        put(&mut table, "broadcast", spec.broadcast.to_string());
    }
    put_some(&mut table, "bbmd", spec.bbmd.map(|bbmd| bbmd.to_string()));
    put(&mut table, "peers", words(&spec.peers));
    for (key, value, usual) in [
        ("port", i64::from(spec.port), i64::from(PORT)),
        ("requests_per_s", spec.requests_per_s, ANSWERED.0),
        (
            "requests_per_s_in_all",
            spec.requests_per_s_in_all,
            ANSWERED.1,
        ),
        ("log_records", spec.log_records, LOG_RECORDS),
    ] {
        if value != usual {
            put(&mut table, key, value);
        }
    }
    put_all(&mut table, "expose", spec.expose.iter().map(exposure));
    table
}

fn exposure(exposure: &Exposure) -> Table {
    let mut table = Table::new();
    put_some(&mut table, "type", exposure.kind.clone());
    put_some(&mut table, "equipment", exposure.equipment.clone());
    if !exposure.points.is_empty() {
        put(&mut table, "points", words(&exposure.points));
    }
    for (key, is_set) in [("logged", exposure.logged), ("writable", exposure.writable)] {
        if is_set {
            put(&mut table, key, true);
        }
    }
    put_some(&mut table, "increment", exposure.increment);
    table
}

fn words(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| text.as_str().into()).collect()
}
