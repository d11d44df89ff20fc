//! What one part of a manifest says of another: references, circles, time zones.

use super::draft::{Draft, Reference};
use super::noun::Noun;
use super::source::did_you_mean;
use super::{check_commands, check_publish};
use std::collections::BTreeMap;

/// Checks references and circles, lends types from the library, settles time zones.
pub(super) fn complete(draft: &mut Draft<'_>) {
    for reference in std::mem::take(&mut draft.references) {
        resolve(draft, &reference);
    }
    check_publish::check(draft);
    check_commands::check(draft);
    let sites = parents(
        draft
            .model
            .sites
            .iter()
            .map(|(key, site)| (key, &site.parent)),
    );
    refuse_circles(draft, Noun::Site, &sites);
    let equipment = draft.model.equipment.iter();
    let equipment = parents(equipment.map(|(key, thing)| (key, &thing.parent)));
    refuse_circles(draft, Noun::Equipment, &equipment);
    settle_time_zones(draft, &sites);
}

fn resolve(draft: &mut Draft<'_>, reference: &Reference) {
    let key = &reference.to.text;
    if reference.noun == Noun::Type && has_type(draft, key) {
        return;
    }
    if draft.places.contains_key(&(reference.noun, key.clone())) {
        return;
    }
    let noun = reference.noun;
    let known = known_keys(draft, noun);
    let hint = did_you_mean(key, known.iter().map(String::as_str));
    let allowed = match known.len() {
        0 => format!("there is none; add a [[{}]]", section(noun)),
        1..=12 => format!("allowed: {}", known.join(", ")),
        n => format!("{n} others are known"),
    };
    draft.found.push(
        reference
            .to
            .fault(format!("there is no {noun} `{key}`{hint} ({allowed})")),
    );
}

/// Whether there is such a type; what the library has is lent.
fn has_type(draft: &mut Draft<'_>, key: &str) -> bool {
    let own = &mut draft.model.types;
    if let (false, Some(lent)) = (own.contains_key(key), draft.library.types.get(key)) {
        own.insert(key.to_owned(), lent.clone());
    }
    own.contains_key(key)
}

fn known_keys(draft: &Draft<'_>, noun: Noun) -> Vec<String> {
    let own = draft.places.keys().filter(|(kind, _)| *kind == noun);
    let mut known: Vec<String> = own.map(|(_, key)| key.clone()).collect();
    if noun == Noun::Type {
        known.extend(draft.library.types.keys().cloned());
    }
    known.sort();
    known.dedup();
    known
}

fn section(noun: Noun) -> &'static str {
    match noun {
        Noun::Client => "client",
        Noun::Field => "fields",
        Noun::Site => "sites",
        Noun::Type => "types",
        Noun::Equipment => "equipment",
        Noun::Connection => "connections",
        Noun::Bacnet => "bacnet",
        Noun::Device => "devices",
        Noun::User => "users",
    }
}

type Parents = BTreeMap<String, String>;

fn parents<'a>(all: impl Iterator<Item = (&'a String, &'a Option<String>)>) -> Parents {
    all.filter_map(|(key, parent)| Some((key.clone(), parent.clone()?)))
        .collect()
}

/// Refuses whatever lies in itself, once for each circle; cuts it so that later steps end.
fn refuse_circles(draft: &mut Draft<'_>, noun: Noun, parents: &Parents) {
    for key in parents.keys() {
        let circle = circle_of(key, parents);
        if circle.first() != Some(&key.as_str()) || circle.iter().min() != Some(&key.as_str()) {
            continue;
        }
        if let Some(place) = draft.places.get(&(noun, key.clone())) {
            let way = circle.join("` in `");
            let message = format!("{noun} lies in itself: `{way}` in `{key}`");
            draft.found.push(place.fault("parent", message));
        }
    }
}

/// The way from `key` through its parents back to itself; empty when there is none.
fn circle_of<'a>(key: &'a str, parents: &'a Parents) -> Vec<&'a str> {
    let mut way = vec![key];
    let mut at = key;
    while let Some(parent) = parents.get(at) {
        if parent == key {
            return way;
        }
        if way.contains(&parent.as_str()) {
            return Vec::new();
        }
        way.push(parent);
        at = parent;
    }
    Vec::new()
}

/// A site without a zone of its own has that of its parent, else that of the client.
fn settle_time_zones(draft: &mut Draft<'_>, parents: &Parents) {
    let zones: Vec<(String, String)> = draft
        .model
        .sites
        .keys()
        .map(|key| {
            let zone = inherited_zone(key, parents, |site| draft.own_zones.get(site).cloned());
            (
                key.clone(),
                zone.unwrap_or_else(|| draft.model.client.time_zone.clone()),
            )
        })
        .collect();
    for (key, zone) in zones {
        if let Some(site) = draft.model.sites.get_mut(&key) {
            site.time_zone = zone;
        }
    }
}

fn inherited_zone(
    key: &str,
    parents: &Parents,
    own: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut at = key;
    for _ in 0..=parents.len() {
        if let Some(zone) = own(at) {
            return Some(zone);
        }
        at = parents.get(at)?;
    }
    None
}
