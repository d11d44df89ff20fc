//! Wishes for sites.

use super::bench::Bench;
use super::custom::Custom;
use super::fault::Faults;
use super::settle::Settled;
use super::version::Version;
use super::wish::{Ref, Thing, Wished};
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::model::{Model, SiteSpec};
use crate::tenancy::{Reason, rules};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a site is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteWish {
    /// Stable name, unique in the client; manifests and routes name it.
    #[schema(example = "centre")]
    pub key: String,
    /// What people call it.
    #[schema(example = "Parking Centre")]
    pub name: String,
    /// The site it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Degrees north, WGS 84; together with `longitude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// IANA name; left out when a site is made, it has that of its parent, else of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Europe/Paris")]
    pub time_zone: Option<String>,
    /// Place in the order of all sites; left out, a new site comes last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Values of custom fields, by key of the field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub custom: Custom,
}

impl Wished for SiteWish {
    const THING: Thing = Thing::Site;
    const READ_ONLY: &'static [&'static str] = &["id", "created_at"];
}

impl Settled for SiteWish {
    type Spec = SiteSpec;
    const KEY: &'static str = "key";

    fn key(&self) -> &str {
        &self.key
    }

    fn of(bench: &Bench, key: &str, spec: &SiteSpec) -> Self {
        Self {
            key: key.to_owned(),
            name: spec.name.clone(),
            parent: spec.parent.as_deref().map(Ref::from),
            address: spec.address.clone(),
            latitude: spec.position.map(|(latitude, _)| latitude),
            longitude: spec.position.map(|(_, longitude)| longitude),
            time_zone: Some(spec.time_zone.clone()),
            position: Some(spec.order),
            custom: bench.custom_of(Noun::Site, key),
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, SiteSpec> {
        &mut model.sites
    }

    fn version(key: &str, spec: &SiteSpec, bench: &Bench) -> Version {
        Version::of(key, spec).and(&bench.custom_of(Noun::Site, key))
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::key(key)
    }

    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&SiteSpec>,
        faults: &mut Faults,
    ) -> SiteSpec {
        bench.settle_custom(Noun::Site, key, &self.custom, former.is_none(), faults);
        let parent = self.parent.as_ref();
        let parent = parent.and_then(|site| bench.resolve(Noun::Site, site, "/parent", faults));
        let name = faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME));
        let address = rules::optional_line(self.address.as_deref(), rules::LONGEST_LINE);
        SiteSpec {
            name,
            address: faults.take("/address", address),
            position: self.place(faults),
            time_zone: self.zone(bench, parent.as_deref(), former, faults),
            order: match (self.position, former) {
                (Some(order), _) => order,
                (None, Some(former)) => former.order,
                (None, None) => bench.next_site(),
            },
            parent,
        }
    }

    fn placed(bench: &mut Bench, key: &str, faults: &mut Faults) {
        bench.refuse_circle(Noun::Site, key, faults);
    }
}

impl SiteWish {
    fn place(&self, faults: &mut Faults) -> Option<(f64, f64)> {
        match (self.latitude, self.longitude) {
            (None, None) => None,
            (Some(latitude), Some(longitude)) => Some((
                faults.take("/latitude", rules::degrees(latitude, 90)),
                faults.take("/longitude", rules::degrees(longitude, 180)),
            )),
            (None, Some(_)) => {
                faults.push("/latitude", Reason::HalfPosition);
                None
            }
            (Some(_), None) => {
                faults.push("/longitude", Reason::HalfPosition);
                None
            }
        }
    }

    fn zone(
        &self,
        bench: &Bench,
        parent: Option<&str>,
        former: Option<&SiteSpec>,
        faults: &mut Faults,
    ) -> String {
        if let Some(zone) = self.time_zone.as_deref().filter(|zone| !zone.is_empty()) {
            return faults.take("/time_zone", rules::time_zone(zone));
        }
        let parent = parent.and_then(|key| bench.target.sites.get(key));
        former
            .or(parent)
            .map_or(&bench.target.client.time_zone, |site| &site.time_zone)
            .clone()
    }
}
