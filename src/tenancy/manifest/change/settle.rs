//! From acts to what will be: read, merged with what is there, checked, put in its place.

use super::bench::Bench;
use super::equipment::EquipmentWish;
use super::fault::{Faults, FieldFault, Refused};
use super::people::{self, UserWish};
use super::site::SiteWish;
use super::wish::{Act, Thing, Wish, Wished};
use super::{connection, kind, point, version::Version};
use crate::tenancy::Reason;
use crate::tenancy::manifest::ConnectionChecker;
use crate::tenancy::manifest::fields::Described;
use crate::tenancy::manifest::model::Model;
use serde_json::Value;
use std::collections::BTreeMap;

/// A noun of manifests that is wished for as a whole.
pub(super) trait Settled: Wished {
    /// What the model holds of it.
    type Spec: Described + Clone;

    /// The field that holds its key.
    const KEY: &'static str;

    fn key(&self) -> &str;
    /// What would have to be wished for it to be as it is.
    fn of(bench: &Bench, key: &str, spec: &Self::Spec) -> Self;
    fn map(model: &mut Model) -> &mut BTreeMap<String, Self::Spec>;
    fn version(key: &str, spec: &Self::Spec, bench: &Bench) -> Version;
    fn check_key(key: &str) -> Result<String, Reason>;
    /// What the wish makes of it; faults make the answer meaningless.
    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&Self::Spec>,
        faults: &mut Faults,
    ) -> Self::Spec;
    /// What is checked once it is in its place.
    fn placed(_bench: &mut Bench, _key: &str, _faults: &mut Faults) {}
}

/// What became of a wish: the key its thing has now; the equipment and the key for a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settlement {
    pub(super) key: String,
    pub(super) owner: Option<String>,
}

impl Settlement {
    pub(super) const fn of(key: String) -> Self {
        Self { key, owner: None }
    }
}

/// Works one wish in.
fn settle(
    bench: &mut Bench,
    at: usize,
    wish: &Wish,
    checker: &dyn ConnectionChecker,
) -> Result<Settlement, Refused> {
    match wish.thing {
        Thing::Site => settle_as::<SiteWish>(bench, at, &wish.act),
        Thing::Type => kind::settle(bench, at, &wish.act),
        Thing::Equipment => settle_as::<EquipmentWish>(bench, at, &wish.act),
        Thing::Point => point::settle(bench, at, &wish.act),
        Thing::Connection => connection::settle(bench, at, &wish.act, checker),
        Thing::Device => people::settle_device(bench, at, &wish.act),
        Thing::User => settle_as::<UserWish>(bench, at, &wish.act),
    }
}

/// Works a wish for a whole noun in.
pub(super) fn settle_as<W: Settled>(
    bench: &mut Bench,
    at: usize,
    act: &Act,
) -> Result<Settlement, Refused> {
    let mut faults = Faults::of(at);
    let Some(id) = act.id() else {
        let body = act.body().cloned().unwrap_or_default();
        let wish: W = read(body, W::READ_ONLY, &mut faults)?;
        let key = create(bench, &wish, &mut faults);
        return finish(faults, Settlement::of(key));
    };
    let key = bench
        .key_of(W::THING.noun(), id)
        .filter(|key| W::map(&mut bench.target).contains_key(key))
        .ok_or(Refused::Gone { wish: at })?;
    let former = W::map(&mut bench.there.model).get(&key).cloned();
    let former = former.ok_or(Refused::Gone { wish: at })?;
    let now = W::version(&key, &former, bench);
    if act.seen().is_some_and(|seen| *seen != now) {
        return Err(Refused::Changed { wish: at });
    }
    let wish: W = match act {
        Act::Remove { .. } => {
            W::map(&mut bench.target).remove(&key);
            return Ok(Settlement::of(key));
        }
        Act::Rotate { .. } => {
            bench.rotated.insert(key.clone());
            return Ok(Settlement::of(key));
        }
        Act::Patch { with, .. } => {
            let present = W::of(bench, &key, &former);
            let mut whole = serde_json::to_value(present).unwrap_or_default();
            merge(&mut whole, with);
            read(whole, W::READ_ONLY, &mut faults)?
        }
        _ => read(
            act.body().cloned().unwrap_or_default(),
            W::READ_ONLY,
            &mut faults,
        )?,
    };
    let key = change(bench, key, &wish, &former, &mut faults);
    finish(faults, Settlement::of(key))
}

fn create<W: Settled>(bench: &mut Bench, wish: &W, faults: &mut Faults) -> String {
    let key = key_field::<W>(wish, faults);
    refuse_taken::<W>(bench, &key, faults);
    let spec = wish.spec(bench, &key, None, faults);
    if faults.is_empty() {
        W::map(&mut bench.target).insert(key.clone(), spec);
        W::placed(bench, &key, faults);
    }
    key
}

fn change<W: Settled>(
    bench: &mut Bench,
    former_key: String,
    wish: &W,
    former: &W::Spec,
    faults: &mut Faults,
) -> String {
    let key = key_field::<W>(wish, faults);
    if key != former_key {
        refuse_taken::<W>(bench, &key, faults);
        if !faults.is_empty() {
            return former_key;
        }
        bench.rename(W::THING.noun(), &former_key, &key);
    }
    let spec = wish.spec(bench, &key, Some(former), faults);
    if faults.is_empty() {
        W::map(&mut bench.target).insert(key.clone(), spec);
        W::placed(bench, &key, faults);
    }
    key
}

fn key_field<W: Settled>(wish: &W, faults: &mut Faults) -> String {
    let pointer = format!("/{}", W::KEY);
    faults.take(&pointer, W::check_key(wish.key()))
}

fn refuse_taken<W: Settled>(bench: &mut Bench, key: &str, faults: &mut Faults) {
    if W::map(&mut bench.target).contains_key(key) {
        let taken = Reason::Taken {
            noun: W::THING.noun().to_string(),
            key: key.to_owned(),
        };
        faults.push(format!("/{}", W::KEY), taken);
    }
}

/// The settlement, or everything that is wrong.
pub(super) fn finish(faults: Faults, settlement: Settlement) -> Result<Settlement, Refused> {
    if faults.is_empty() {
        return Ok(settlement);
    }
    Err(Refused::Faults(faults.into_found()))
}

/// Fields of one wish that are looked into after the first that cannot be read.
const MOST_UNREADABLE: usize = 20;

/// Reads a body. A field that cannot be read is a fault and left out, so that the rules can be
/// asked about the others; refused at once where that does not help.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    mut body: Value,
    read_only: &[&str],
    faults: &mut Faults,
) -> Result<T, Refused> {
    if let Value::Object(fields) = &mut body {
        fields.retain(|name, value| !value.is_null() && !read_only.contains(&name.as_str()));
    }
    for _ in 0..MOST_UNREADABLE {
        let (pointer, reason) = match understood(&body) {
            Ok(wish) => return Ok(wish),
            Err(fault) => fault,
        };
        let field = leave_out(&mut body, &pointer);
        let is_left_out = field.is_some();
        faults.unreadable(pointer, field.unwrap_or_default(), reason);
        if !is_left_out {
            break;
        }
    }
    Err(Refused::Faults(
        std::mem::replace(faults, Faults::of(0)).into_found(),
    ))
}

/// A body as a value; else where its shape is wrong (JSON pointer), and why.
pub fn understood<T: serde::de::DeserializeOwned>(body: &Value) -> Result<T, (String, Reason)> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let detail = error.inner().to_string();
        (pointer_of(error.path()), Reason::Shape { detail })
    })
}

/// Takes the field out that a pointer leads to or into; where it was.
fn leave_out(body: &mut Value, pointer: &str) -> Option<String> {
    let mut rest = pointer;
    while let Some((parent, name)) = rest.rsplit_once('/') {
        let name = name.replace("~1", "/").replace("~0", "~");
        if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
            return fields.remove(&name).map(|_| rest.to_owned());
        }
        rest = parent;
    }
    None
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// JSON merge patch, RFC 7396.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        patch.clone_into(target);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// All faults of all wishes together; anything else ends at once.
pub(super) fn settle_all(
    bench: &mut Bench,
    wishes: &[Wish],
    checker: &dyn ConnectionChecker,
) -> Result<Vec<Settlement>, Refused> {
    let mut settled = Vec::with_capacity(wishes.len());
    let mut faults: Vec<FieldFault> = Vec::new();
    for (at, wish) in wishes.iter().enumerate() {
        match settle(bench, at, wish, checker) {
            Ok(settlement) => settled.push(settlement),
            Err(Refused::Faults(found)) => faults.extend(found),
            Err(refused) => return Err(refused),
        }
    }
    if faults.is_empty() {
        Ok(settled)
    } else {
        Err(Refused::Faults(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults_of(body: Value) -> Vec<String> {
        let mut faults = Faults::of(0);
        let read = read::<super::super::kind::TypeWish>(body, &[], &mut faults);
        let found = match read {
            Err(Refused::Faults(found)) => found,
            _ => faults.into_found(),
        };
        found.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let body = json!({ "key": 7, "name": "Meter", "wheels": 4,
            "points": [{ "key": "a", "decimals": "two" }, { "key": "b", "states": { "x": "OFF" } }] });
        let mut found = faults_of(body);
        found.sort();
        assert_eq!(
            found,
            ["/key", "/points/0/decimals", "/points/1/states", "/wheels"]
        );
        assert_eq!(faults_of(json!({ "haystack": ["a", 7] })), ["/haystack/1"]);
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_as_a_whole() {
        assert_eq!(faults_of(json!([1])).len(), 1);
        assert_eq!(faults_of(json!("all of it")), [""]);
        let many: serde_json::Map<_, _> = (0..500).map(|n| (format!("x{n}"), json!(n))).collect();
        assert_eq!(faults_of(Value::Object(many)).len(), MOST_UNREADABLE);
    }

    #[test]
    fn a_patch_merges_as_rfc_7396_says() {
        let mut target = json!({ "a": "b", "c": { "d": "e", "f": "g" } });
        merge(&mut target, &json!({ "a": "z", "c": { "f": null } }));
        assert_eq!(target, json!({ "a": "z", "c": { "d": "e" } }));
        merge(&mut target, &json!({ "c": [1] }));
        assert_eq!(target, json!({ "a": "z", "c": [1] }));
    }
}
