//! `[bacnet]`: the client as a BACnet/IP device.

use super::draft::Draft;
use super::noun::Noun;
use super::reader::{Node, TableReader, Word};
use crate::tenancy::Network;
use crate::tenancy::bacnet::{
    ANSWERED, BacnetSpec, Exposure, GREATEST_INSTANCE, LOG_RECORDS, MOST_LOG_RECORDS, PORT,
};
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The key of the one device of a client.
pub(super) const DEVICE: &str = "device";
const LONGEST_NAME: usize = 64;
const RATES: RangeInclusive<i64> = 1..=10_000;

/// Reads `[bacnet]`, if it is there.
pub(super) fn read(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    let Some(table) = root.get("bacnet").and_then(|node| node.table()) else {
        return;
    };
    draft
        .places
        .insert((Noun::Bacnet, DEVICE.to_owned()), table.place());
    let enabled = table.get("enabled").and_then(|node| node.boolean());
    let instance = required_number(&table, "instance", 0..=GREATEST_INSTANCE);
    let name = table.optional("name");
    if let Some(word) = name.as_ref().filter(|word| !is_name(&word.text)) {
        draft.found.push(word.fault("wants 1 to 64 characters"));
    }
    let interface = address(draft, table.optional("interface"), Ipv4Addr::UNSPECIFIED);
    let port = number(&table, "port", 1..=i64::from(u16::MAX), i64::from(PORT));
    let broadcast = address(draft, table.optional("broadcast"), Ipv4Addr::BROADCAST);
    let bbmd = table.optional("bbmd");
    let bbmd = bbmd.and_then(|word| parsed(draft, &word, "192.0.2.1:47808"));
    let spec = BacnetSpec {
        enabled: enabled.unwrap_or(true),
        instance: u32::try_from(instance).unwrap_or_default(),
        name: name.map(|word| word.text),
        interface,
        port: u16::try_from(port).unwrap_or(PORT),
        broadcast,
        bbmd,
        peers: read_peers(draft, &table),
        requests_per_s: number(&table, "requests_per_s", RATES, ANSWERED.0),
        requests_per_s_in_all: number(&table, "requests_per_s_in_all", RATES, ANSWERED.1),
        log_records: number(&table, "log_records", 1..=MOST_LOG_RECORDS, LOG_RECORDS),
        expose: read_exposures(draft, &table),
    };
    draft.model.bacnet = Some(spec);
    table.finish();
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME
}

/// Who is heard must be said: an open device answers strangers, for others too.
fn read_peers(draft: &Draft<'_>, table: &TableReader<'_>) -> Vec<String> {
    let Some(node) = table.get("peers") else {
        table.fault("`peers` is missing: the addresses that are heard, as [\"192.0.2.0/24\"]");
        return Vec::new();
    };
    let items = node.items().unwrap_or_default();
    if items.is_empty() {
        node.fault("nobody is heard; name addresses or networks, as [\"192.0.2.0/24\"]");
    }
    let words = items.iter().filter_map(Node::text);
    words.filter_map(|word| peer(draft, &word)).collect()
}

/// A network of IPv4, as it is written by its first address.
fn peer(draft: &Draft<'_>, word: &Word) -> Option<String> {
    let network = Network::parse(&word.text).ok();
    let network = network.map(|network| network.to_string());
    let found = network.filter(|text| !text.contains(':'));
    if found.is_none() {
        let message = "is no IPv4 address or network; write 192.0.2.7 or 192.0.2.0/24";
        draft.found.push(word.fault(message));
    }
    found
}

fn read_exposures(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<Exposure> {
    let tables = table.tables("expose");
    if tables.is_empty() {
        table.fault("nothing is shown; add a [[bacnet.expose]], as { type = \"meter\" }");
    }
    tables
        .into_iter()
        .map(|table| read_exposure(draft, table))
        .collect()
}

fn read_exposure(draft: &mut Draft<'_>, table: TableReader<'_>) -> Exposure {
    let points = table.get("points").and_then(|node| node.items());
    let points = points.unwrap_or_default();
    let flag = |node: Option<Node<'_>>| node.and_then(|node| node.boolean()).unwrap_or_default();
    let exposure = Exposure {
        kind: draft.reference(Noun::Type, &table, "type"),
        equipment: draft.reference(Noun::Equipment, &table, "equipment"),
        points: points
            .iter()
            .filter_map(Node::text)
            .map(|word| word.text)
            .collect(),
        logged: flag(table.get("logged")),
        writable: flag(table.get("writable")),
        increment: increment(&table),
    };
    table.finish();
    exposure
}

fn increment(table: &TableReader<'_>) -> Option<f64> {
    let node = table.get("increment")?;
    let number = node.number()?;
    if number.is_finite() && number >= 0.0 {
        return Some(number);
    }
    node.fault("wants a number from 0 on");
    None
}

fn address(draft: &Draft<'_>, word: Option<Word>, usual: Ipv4Addr) -> Ipv4Addr {
    word.and_then(|word| parsed(draft, &word, "192.0.2.10"))
        .unwrap_or(usual)
}

fn parsed<T: FromStr>(draft: &Draft<'_>, word: &Word, example: &str) -> Option<T> {
    let value = word.text.parse().ok();
    if value.is_none() {
        let message = format!("is no IPv4 address; write it as {example}");
        draft.found.push(word.fault(message));
    }
    value
}

fn required_number(
    table: &TableReader<'_>,
    key: &'static str,
    allowed: RangeInclusive<i64>,
) -> i64 {
    let least = *allowed.start();
    if let Some(node) = table.get(key) {
        return within(&node, allowed, least);
    }
    table.fault(format!("`{key}` is missing"));
    least
}

fn number(
    table: &TableReader<'_>,
    key: &'static str,
    allowed: RangeInclusive<i64>,
    usual: i64,
) -> i64 {
    table
        .get(key)
        .map_or(usual, |node| within(&node, allowed, usual))
}

fn within(node: &Node<'_>, allowed: RangeInclusive<i64>, usual: i64) -> i64 {
    let Some(number) = node.integer() else {
        return usual;
    };
    if allowed.contains(&number) {
        return number;
    }
    let (least, most) = allowed.into_inner();
    node.fault(format!("wants a whole number from {least} to {most}"));
    usual
}
