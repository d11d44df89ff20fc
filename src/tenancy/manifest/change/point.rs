//! Wishes for points: those of a type, and those of one equipment.

use super::bench::Bench;
use super::fault::{Faults, Refused};
use super::settle::{Settlement, finish, merge, read};
use super::version::Version;
use super::wish::{Act, Ref, Thing, Wished};
use crate::domain::{CommandPolicy, PointKind, StateSet};
use crate::store::tenant::PointSpec;
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::current::arrange_points;
use crate::tenancy::manifest::rename::KeyChange;
use crate::tenancy::{Reason, rules};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest time between two readings that is expected: a leap year.
const LONGEST_PERIOD_S: i64 = 366 * 86_400;
/// The longest word of a state, and how many states a point may have.
const LONGEST_STATE: usize = 60;
const MOST_STATES: usize = 256;

/// What a point is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PointWish {
    /// Stable name, unique in its equipment or type.
    #[schema(example = "power")]
    pub key: String,
    /// What people call it, in English.
    #[schema(example = "Power")]
    pub name: String,
    /// The same in French.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_fr: Option<String>,
    /// The equipment it is a point of; for points of equipment only, and fixed once it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equipment: Option<Ref>,
    /// `number`, `boolean` or `state`.
    pub kind: String,
    /// What values are stored in; for numbers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kW")]
    pub unit: Option<String>,
    /// The words of a point of kind `state`, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub states: BTreeMap<i32, String>,
    /// Digits to show after the decimal point.
    #[schema(minimum = 0, maximum = 9)]
    pub decimals: i64,
    /// Least value that can be true; what lies below is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_min: Option<f64>,
    /// Greatest value that can be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_max: Option<f64>,
    /// Least value of ordinary operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_min: Option<f64>,
    /// Greatest value of ordinary operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_max: Option<f64>,
    /// Seconds between two readings; left out when it reports on change only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub period_s: Option<i64>,
    /// Who may command it, to what, how often; left out where it is only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"role": "operator", "min": 0, "max": 100, "states": [], "per_minute": 6, "confirm": true, "timeout_s": 10}))]
    pub command: Option<CommandPolicy>,
    /// Its former key, in a type: the points of all equipment of it are renamed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

impl Default for PointWish {
    fn default() -> Self {
        Self::of(&PointSpec {
            decimals: 1,
            ..PointSpec::default()
        })
    }
}

impl Wished for PointWish {
    const THING: Thing = Thing::Point;
    const READ_ONLY: &'static [&'static str] = &["id", "state", "value", "at", "created_at"];
}

impl PointWish {
    /// What would have to be wished for a point to be as it is.
    pub fn of(spec: &PointSpec) -> Self {
        Self {
            key: spec.key.clone(),
            name: spec.name.clone(),
            name_fr: spec.name_fr.clone(),
            equipment: None,
            kind: spec.kind.to_string(),
            unit: spec.unit.map(|unit| unit.to_string()),
            states: spec.states.0.clone(),
            decimals: spec.decimals,
            valid_min: spec.valid_min,
            valid_max: spec.valid_max,
            normal_min: spec.normal_min,
            normal_max: spec.normal_max,
            period_s: spec.period_s,
            command: spec.command.clone(),
            was: None,
        }
    }

    /// The point that is wished for; `at` is where it stands in the body.
    pub(super) fn spec(&self, at: &str, faults: &mut Faults) -> PointSpec {
        let mut take = PointFaults { at, faults };
        let spec = PointSpec {
            key: take.value("key", rules::key(&self.key)),
            name: take.value("name", rules::line(&self.name, rules::LONGEST_NAME)),
            name_fr: take.value(
                "name_fr",
                rules::optional_line(self.name_fr.as_deref(), rules::LONGEST_NAME),
            ),
            kind: take.value("kind", kind(&self.kind)),
            unit: take.value(
                "unit",
                rules::unit(self.unit.as_deref().unwrap_or_default()),
            ),
            states: self.state_set(&mut take),
            decimals: take.value("decimals", rules::whole(self.decimals, &rules::DECIMALS)),
            valid_min: self.valid_min.map(plus_zero),
            valid_max: self.valid_max.map(plus_zero),
            normal_min: self.normal_min.map(plus_zero),
            normal_max: self.normal_max.map(plus_zero),
            period_s: self.period_s,
            command: self.command.clone().map(plus_zeros),
            position: 0,
        };
        if let Some(seconds) = self.period_s {
            take.value("period_s", rules::whole(seconds, &(1..=LONGEST_PERIOD_S)));
        }
        for (field, reason) in rules::contradictions(&spec) {
            take.faults.push(format!("{at}/{field}"), reason);
        }
        spec
    }

    fn state_set(&self, take: &mut PointFaults<'_>) -> StateSet {
        let mut states = StateSet::default();
        if self.states.len() > MOST_STATES {
            take.value(
                "states",
                Err::<(), _>(Reason::TooMany { most: MOST_STATES }),
            );
            return states;
        }
        for (code, word) in &self.states {
            let pointer = format!("states/{code}");
            let word = take.value(&pointer, rules::line(word, LONGEST_STATE));
            if states.code_of(&word).is_some() {
                take.value(&pointer, Err::<(), _>(Reason::StateTwice { word }));
            } else {
                states.0.insert(*code, word);
            }
        }
        states
    }
}

/// Notes faults below a pointer.
struct PointFaults<'f> {
    at: &'f str,
    faults: &'f mut Faults,
}

impl PointFaults<'_> {
    fn value<T: Default>(&mut self, field: &str, value: Result<T, Reason>) -> T {
        self.faults.take(&format!("{}/{field}", self.at), value)
    }
}

fn kind(word: &str) -> Result<PointKind, Reason> {
    word.parse().map_err(|_| Reason::NotOneOf {
        word: word.to_owned(),
        allowed: "number, boolean, state".to_owned(),
    })
}

/// Both databases keep -0.0 and 0.0 apart from each other; limits do not.
fn plus_zero(number: f64) -> f64 {
    number + 0.0
}

fn plus_zeros(policy: CommandPolicy) -> CommandPolicy {
    CommandPolicy {
        min: policy.min.map(plus_zero),
        max: policy.max.map(plus_zero),
        ..policy
    }
}

/// Works a wish for a point of an equipment in.
pub(super) fn settle(bench: &mut Bench, at: usize, act: &Act) -> Result<Settlement, Refused> {
    let mut faults = Faults::of(at);
    let Some(id) = act.id() else {
        let body = act.body().cloned().unwrap_or_default();
        let wish: PointWish = read(body, PointWish::READ_ONLY, &mut faults)?;
        return create(bench, &wish, faults);
    };
    let gone = || Refused::Gone { wish: at };
    let (owner, key) = bench.point(id).ok_or_else(gone)?;
    let thing = bench.target.equipment.get(&owner).ok_or_else(gone)?;
    let former = thing.point(&key).ok_or_else(gone)?.clone();
    if act
        .seen()
        .is_some_and(|seen| *seen != Version::of_point(&former))
    {
        return Err(Refused::Changed { wish: at });
    }
    let body = match act {
        Act::Remove { .. } | Act::Rotate { .. } => {
            refuse_of_type(bench, &owner, &key, "", &mut faults);
            if faults.is_empty() {
                remove(bench, &owner, &key);
            }
            let owner = Some(owner);
            return finish(faults, Settlement { key, owner });
        }
        Act::Patch { with, .. } => {
            let mut whole = serde_json::to_value(PointWish::of(&former)).unwrap_or_default();
            merge(&mut whole, with);
            whole
        }
        _ => act.body().cloned().unwrap_or_default(),
    };
    let wish: PointWish = read(body, PointWish::READ_ONLY, &mut faults)?;
    let spec = wish.spec("", &mut faults);
    if spec.key != key {
        refuse_of_type(bench, &owner, &key, "/key", &mut faults);
        rename(bench, &owner, &key, &spec.key, &mut faults);
    }
    let settlement = Settlement {
        key: spec.key.clone(),
        owner: Some(owner.clone()),
    };
    if faults.is_empty() {
        put(bench, &owner, spec);
    }
    finish(faults, settlement)
}

fn create(bench: &mut Bench, wish: &PointWish, mut faults: Faults) -> Result<Settlement, Refused> {
    let spec = wish.spec("", &mut faults);
    let owner = if let Some(thing) = &wish.equipment {
        bench.resolve(Noun::Equipment, thing, "/equipment", &mut faults)
    } else {
        faults.push("/equipment", Reason::Missing);
        None
    };
    let owner = owner.unwrap_or_default();
    refuse_taken(bench, &owner, &spec.key, &mut faults);
    let settlement = Settlement {
        key: spec.key.clone(),
        owner: Some(owner.clone()),
    };
    if faults.is_empty() {
        put(bench, &owner, spec);
    }
    finish(faults, settlement)
}

fn refuse_taken(bench: &Bench, owner: &str, key: &str, faults: &mut Faults) {
    let owner = bench.target.equipment.get(owner);
    if owner.is_some_and(|thing| thing.point(key).is_some()) {
        let taken = Reason::Taken {
            noun: "point".to_owned(),
            key: key.to_owned(),
        };
        faults.push("/key", taken);
    }
}

/// A point of the type comes and goes with the type.
fn refuse_of_type(bench: &Bench, owner: &str, key: &str, pointer: &str, faults: &mut Faults) {
    let thing = bench.target.equipment.get(owner);
    let kind = thing.and_then(|thing| bench.target.types.get(&thing.kind));
    if let Some(kind) = kind.filter(|kind| kind.point(key).is_some()) {
        let kind = kind.head.key.clone();
        faults.push(pointer, Reason::OfType { kind });
    }
}

fn remove(bench: &mut Bench, owner: &str, key: &str) {
    if let Some(thing) = bench.target.equipment.get_mut(owner) {
        thing.points.retain(|point| point.key != key);
    }
    arrange(bench, owner);
}

/// A point keeps its samples under its new key.
fn rename(bench: &mut Bench, owner: &str, from: &str, to: &str, faults: &mut Faults) {
    refuse_taken(bench, owner, to, faults);
    if !faults.is_empty() {
        return;
    }
    for model in [&mut bench.there.model, &mut bench.target] {
        let thing = model.equipment.get_mut(owner);
        let points = thing.into_iter().flat_map(|thing| &mut thing.points);
        for point in points.filter(|point| point.key == from) {
            to.clone_into(&mut point.key);
        }
    }
    let ids = &mut bench.there.ids.points;
    if let Some(id) = ids.remove(&(owner.to_owned(), from.to_owned())) {
        ids.insert((owner.to_owned(), to.to_owned()), id);
    }
    bench.key_changes.push(KeyChange {
        noun: Noun::Equipment,
        owner: Some(owner.to_owned()),
        from: from.to_owned(),
        to: to.to_owned(),
    });
}

fn put(bench: &mut Bench, owner: &str, mut spec: PointSpec) {
    let Some(thing) = bench.target.equipment.get_mut(owner) else {
        return;
    };
    let known = thing.points.iter_mut().find(|point| point.key == spec.key);
    if let Some(point) = known {
        spec.position = point.position;
        *point = spec;
    } else {
        spec.position = thing.points.len() as i64;
        thing.points.push(spec);
    }
    arrange(bench, owner);
}

fn arrange(bench: &mut Bench, owner: &str) {
    if let Some(thing) = bench.target.equipment.get_mut(owner) {
        arrange_points(&mut thing.points, bench.target.types.get(&thing.kind));
    }
}
