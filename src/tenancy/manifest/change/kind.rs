//! Wishes for equipment types; the points of all their equipment follow.

use super::bench::Bench;
use super::fault::{Faults, Refused};
use super::point::PointWish;
use super::settle::{Settled, Settlement, settle_as};
use super::version::Version;
use super::wish::{Act, Thing, Wished};
use crate::store::tenant::{EquipmentType, PointSpec};
use crate::tenancy::manifest::current::arrange_points;
use crate::tenancy::manifest::library::Library;
use crate::tenancy::manifest::model::{Model, TypeSpec, number_points};
use crate::tenancy::manifest::noun::Renames;
use crate::tenancy::manifest::target::follow_type;
use crate::tenancy::manifest::{Noun, rename};
use crate::tenancy::{Reason, rules};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const DEFAULT_ICON: &str = "i-sensor";
const MOST_POINTS: usize = 500;
const MOST_TAGS: usize = 50;
const LONGEST_WORD: usize = 60;

/// What an equipment type is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TypeWish {
    /// Stable name, unique in the client. Alone, it takes the type of this key from the library.
    #[schema(example = "battery-pack")]
    pub key: String,
    /// What people call it, in English.
    #[schema(example = "Battery pack")]
    pub name: String,
    /// The same in French.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_fr: Option<String>,
    /// Symbol it is drawn with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "i-battery")]
    pub icon: Option<String>,
    /// Class of the Brick schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brick: Option<String>,
    /// Haystack tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub haystack: Vec<String>,
    /// Whether equipment of this type can be reserved.
    pub bookable: bool,
    /// Its points in their order. Equipment whose points are as the type made them follows.
    pub points: Vec<PointWish>,
}

impl Wished for TypeWish {
    const THING: Thing = Thing::Type;
    const READ_ONLY: &'static [&'static str] = &["id"];
}

impl Settled for TypeWish {
    type Spec = TypeSpec;
    const KEY: &'static str = "key";

    fn key(&self) -> &str {
        &self.key
    }

    fn of(_: &Bench, key: &str, spec: &TypeSpec) -> Self {
        let EquipmentType {
            key: _,
            name,
            name_fr,
            icon,
            brick_class,
            haystack_tags,
            bookable,
        } = spec.head.clone();
        Self {
            key: key.to_owned(),
            name,
            name_fr,
            icon: Some(icon),
            brick: brick_class,
            haystack: serde_json::from_str(&haystack_tags).unwrap_or_default(),
            bookable,
            points: spec.points.iter().map(PointWish::of).collect(),
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, TypeSpec> {
        &mut model.types
    }

    fn version(key: &str, spec: &TypeSpec, _: &Bench) -> Version {
        Version::of_all(key, spec)
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::key(key)
    }

    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&TypeSpec>,
        faults: &mut Faults,
    ) -> TypeSpec {
        let points = self.points(faults);
        let head = EquipmentType {
            key: key.to_owned(),
            name: faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME)),
            name_fr: faults.take("/name_fr", line(self.name_fr.as_deref())),
            icon: faults.take("/icon", icon(self.icon.as_deref())),
            brick_class: faults.take("/brick", line(self.brick.as_deref())),
            haystack_tags: self.tags(faults),
            bookable: self.bookable,
        };
        if former.is_some() && faults.is_empty() {
            self.rename_points(bench, key);
        }
        TypeSpec { head, points }
    }
}

impl TypeWish {
    fn points(&self, faults: &mut Faults) -> Vec<PointSpec> {
        if self.points.len() > MOST_POINTS {
            faults.push("/points", Reason::TooMany { most: MOST_POINTS });
            return Vec::new();
        }
        let mut points: Vec<PointSpec> = Vec::with_capacity(self.points.len());
        for (index, wish) in self.points.iter().enumerate() {
            let at = format!("/points/{index}");
            let spec = wish.spec(&at, faults);
            if points.iter().any(|other| other.key == spec.key) {
                let taken = Reason::Taken {
                    noun: "point".to_owned(),
                    key: spec.key.clone(),
                };
                faults.push(format!("{at}/key"), taken);
            }
            points.push(spec);
        }
        number_points(&mut points);
        points
    }

    fn tags(&self, faults: &mut Faults) -> String {
        if self.haystack.len() > MOST_TAGS {
            faults.push("/haystack", Reason::TooMany { most: MOST_TAGS });
        }
        let words = self.haystack.iter().enumerate().map(|(index, word)| {
            let word = rules::line(word, LONGEST_WORD);
            faults.take(&format!("/haystack/{index}"), word)
        });
        let words: Vec<String> = words.collect();
        serde_json::Value::from(words).to_string()
    }

    /// A point that says what it was keeps its samples under its new key.
    fn rename_points(&self, bench: &mut Bench, key: &str) {
        let mut renames = Renames::default();
        for point in &self.points {
            if let Some(was) = &point.was {
                renames.add_point(Noun::Type, key, &point.key, was);
            }
        }
        bench.rename_with(|current| rename::of_points(current, &renames));
    }
}

fn line(text: Option<&str>) -> Result<Option<String>, Reason> {
    rules::optional_line(text, rules::LONGEST_NAME)
}

/// The name of a symbol: it becomes part of an address inside the page.
fn icon(name: Option<&str>) -> Result<String, Reason> {
    let name = name.filter(|name| !name.is_empty()).unwrap_or(DEFAULT_ICON);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() <= LONGEST_WORD && name.bytes().all(plain) {
        return Ok(name.to_owned());
    }
    Err(Reason::Key)
}

/// Works a wish for a type in.
pub(super) fn settle(bench: &mut Bench, at: usize, act: &Act) -> Result<Settlement, Refused> {
    if let Some(lent) = lent(bench, act) {
        let key = lent.head.key.clone();
        bench.target.types.insert(key.clone(), lent);
        return Ok(Settlement::of(key));
    }
    let settlement = settle_as::<TypeWish>(bench, at, act)?;
    let key = &settlement.key;
    let (former, kind) = (
        bench.there.model.types.get(key),
        bench.target.types.get(key),
    );
    if let (Some(former), Some(kind)) = (former, kind) {
        let things = bench.target.equipment.values_mut();
        for thing in things.filter(|thing| thing.kind == *key) {
            thing.points = follow_type(&thing.points, former, kind);
            arrange_points(&mut thing.points, Some(kind));
        }
    }
    Ok(settlement)
}

/// A type that is made with nothing but a key the library has, and that is not there yet.
fn lent(bench: &Bench, act: &Act) -> Option<TypeSpec> {
    let Act::Create(body) = act else { return None };
    let body = body.as_object().filter(|body| body.len() == 1)?;
    let key = body.get("key")?.as_str()?;
    let lent = Library::embedded().ok()?.types.get(key)?;
    (!bench.target.types.contains_key(key)).then(|| lent.clone())
}
