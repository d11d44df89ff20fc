//! Wishes for equipment; its points are wished for one by one.

use super::bench::Bench;
use super::custom::Custom;
use super::fault::Faults;
use super::settle::Settled;
use super::version::Version;
use super::wish::{Ref, Thing, Wished};
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::current::arrange_points;
use crate::tenancy::manifest::model::{EquipmentSpec, Model};
use crate::tenancy::manifest::target::keep_points;
use crate::tenancy::{Reason, rules};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What an equipment is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EquipmentWish {
    /// Stable name, unique in the client; devices, routes and manifests name it.
    #[schema(example = "pack-g3")]
    pub key: String,
    /// What people call it.
    #[schema(example = "Pack G3")]
    pub name: String,
    /// Where it stands.
    pub site: Option<Ref>,
    /// Its template; it has every point of it.
    #[serde(rename = "type")]
    pub kind: Option<Ref>,
    /// The equipment it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// Maker and model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Anything else people want to remember; may have several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Values of custom fields, by key of the field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub custom: Custom,
}

impl Wished for EquipmentWish {
    const THING: Thing = Thing::Equipment;
    const READ_ONLY: &'static [&'static str] =
        &["id", "state", "points", "created_at", "created_by"];
}

impl Settled for EquipmentWish {
    type Spec = EquipmentSpec;
    const KEY: &'static str = "key";

    fn key(&self) -> &str {
        &self.key
    }

    fn of(bench: &Bench, key: &str, spec: &EquipmentSpec) -> Self {
        Self {
            key: key.to_owned(),
            name: spec.name.clone(),
            site: Some(Ref::from(spec.site.as_str())),
            kind: Some(Ref::from(spec.kind.as_str())),
            parent: spec.parent.as_deref().map(Ref::from),
            model: spec.model.clone(),
            serial: spec.serial.clone(),
            note: spec.note.clone(),
            custom: bench.custom_of(Noun::Equipment, key),
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, EquipmentSpec> {
        &mut model.equipment
    }

    fn version(key: &str, spec: &EquipmentSpec, bench: &Bench) -> Version {
        Version::of(key, spec).and(&bench.custom_of(Noun::Equipment, key))
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::key(key)
    }

    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&EquipmentSpec>,
        faults: &mut Faults,
    ) -> EquipmentSpec {
        bench.settle_custom(Noun::Equipment, key, &self.custom, former.is_none(), faults);
        let name = faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME));
        let parent = self.parent.as_ref();
        let line =
            |text: &Option<String>| rules::optional_line(text.as_deref(), rules::LONGEST_LINE);
        let kind = needed(bench, Noun::Type, self.kind.as_ref(), "/type", faults);
        let mut points = former.map_or_else(Vec::new, |former| former.points.clone());
        let template = bench.target.types.get(&kind);
        keep_points(&mut points, template.map_or(&[], |kind| &kind.points));
        arrange_points(&mut points, template);
        EquipmentSpec {
            site: needed(bench, Noun::Site, self.site.as_ref(), "/site", faults),
            parent: parent
                .and_then(|thing| bench.resolve(Noun::Equipment, thing, "/parent", faults)),
            kind,
            name,
            model: faults.take("/model", line(&self.model)),
            serial: faults.take("/serial", line(&self.serial)),
            note: faults.take("/note", rules::note(self.note.as_deref())),
            points,
        }
    }

    fn placed(bench: &mut Bench, key: &str, faults: &mut Faults) {
        bench.refuse_circle(Noun::Equipment, key, faults);
    }
}

fn needed(
    bench: &Bench,
    noun: Noun,
    reference: Option<&Ref>,
    pointer: &str,
    faults: &mut Faults,
) -> String {
    let given = reference.filter(|reference| **reference != Ref::Key(String::new()));
    let Some(reference) = given else {
        faults.push(pointer, Reason::Missing);
        return String::new();
    };
    let found = bench.resolve(noun, reference, pointer, faults);
    found.unwrap_or_default()
}
