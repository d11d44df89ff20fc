//! What the device of a client is to be, from its model.

use super::shown::{Shown, YesNo};
use crate::domain::{Clock, EquipmentId, PointId};
use crate::ingest::Reach;
use crate::store::tenant::{
    self, EquipmentRow, PointRow, PointSpec, bacnet as numbers, equipment, equipment_types, points,
};
use crate::store::{Db, StoreError};
use crate::tenancy::bacnet::{self, BacnetSpec, Exposure};
use crate::tenancy::{Tenant, TenantScope};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use vigie_bacnet_server::{AllowList, BadNetwork, Outlet, Rates, Settings};

/// Records of all trend logs together: 16 bytes each, in memory.
const MOST_RECORDS: usize = 2_000_000;

/// The device and what it shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) spec: BacnetSpec,
    /// What it is called.
    pub(super) name: String,
    pub(super) zone: TimeZone,
    /// In the order of their numbers.
    pub(super) shown: Vec<Shown>,
    /// Points that are meant and cannot be shown: states without words.
    pub(super) left_out: usize,
}

impl Plan {
    /// Reads what is wanted; none when the client is no device. Points that are new get a number.
    pub(super) async fn read(
        scope: &TenantScope,
        clock: &dyn Clock,
    ) -> Result<Option<Self>, StoreError> {
        let (db, tenant) = (scope.db(), scope.tenant());
        let Some(spec) = bacnet::find(db).await? else {
            return Ok(None);
        };
        let model = Rows::read(db).await?;
        let meant: Vec<_> = model.meant(&spec.expose).collect();
        let numbers = give_numbers(db, clock, meant.iter().map(|one| one.point.id)).await?;
        let words = yes_no(tenant);
        let mut shown: Vec<_> = meant
            .iter()
            .filter_map(|one| one.shown(&numbers, tenant, words))
            .collect();
        shown.sort_by_key(|one| one.object.instance);
        Ok(Some(Self {
            name: spec.name.clone().unwrap_or_else(|| tenant.name.clone()),
            zone: TimeZone::get(&tenant.time_zone).unwrap_or(TimeZone::UTC),
            left_out: meant.len() - shown.len(),
            shown,
            spec,
        }))
    }

    /// The same as the server's crate takes it.
    pub(super) fn settings(&self, reach: &Reach) -> Result<Settings, BadNetwork> {
        let spec = &self.spec;
        let reach = reach.clone();
        let leads_to = spec.bbmd.map_or(spec.broadcast, |bbmd| *bbmd.ip());
        let outlet = Outlet::new(leads_to, move |address| reach.allows(address.into()));
        Ok(Settings {
            instance: spec.instance,
            name: self.name.clone(),
            description: String::new(),
            interface: spec.interface,
            port: spec.port,
            broadcast: spec.broadcast,
            allow: AllowList::parse(&spec.peers)?,
            rates: Rates {
                per_peer: spec.requests_per_s as f64,
                in_all: spec.requests_per_s_in_all as f64,
            },
            outlet: Some(outlet),
            bbmd: spec.bbmd,
            zone: self.zone.clone(),
            log_records: self.log_records(),
        })
    }

    fn log_records(&self) -> usize {
        let logs = self.shown.iter().filter(|one| one.object.logged).count();
        let wanted = usize::try_from(self.spec.log_records).unwrap_or(1);
        wanted.min(MOST_RECORDS / logs.max(1)).max(1)
    }
}

/// What of the model decides what is shown.
struct Rows {
    equipment: HashMap<EquipmentId, EquipmentRow>,
    types: HashMap<i64, String>,
    points: Vec<PointRow>,
}

/// A point that is meant, and by what.
struct Meant<'a> {
    point: &'a PointRow,
    equipment: &'a EquipmentRow,
    exposure: &'a Exposure,
}

impl Rows {
    async fn read(db: &Db) -> Result<Self, StoreError> {
        let equipment = equipment::list(db).await?;
        let types = equipment_types::list(db).await?;
        let types = types.into_iter();
        Ok(Self {
            equipment: equipment.into_iter().map(|row| (row.id, row)).collect(),
            types: types
                .map(|row| (row.id.0, row.equipment_type.key))
                .collect(),
            points: points::list(db).await?,
        })
    }

    fn meant<'a>(&'a self, expose: &'a [Exposure]) -> impl Iterator<Item = Meant<'a>> {
        self.points.iter().filter_map(move |point| {
            let equipment = self.equipment.get(&point.equipment_id)?;
            let kind = self.types.get(&equipment.equipment.type_id.0)?;
            let fits = |one: &&Exposure| one.fits(&point.spec.key, &equipment.equipment.key, kind);
            let exposure = expose.iter().find(fits)?;
            Some(Meant {
                point,
                equipment,
                exposure,
            })
        })
    }
}

impl Meant<'_> {
    fn shown(
        &self,
        numbers: &BTreeMap<PointId, u32>,
        tenant: &Tenant,
        words: YesNo,
    ) -> Option<Shown> {
        let equipment = &self.equipment.equipment;
        let name = name_of(&self.point.spec, tenant);
        let description = format!("{}, {name}", equipment.name);
        Shown::new(
            (self.point.id, &self.point.spec),
            (&equipment.key, description),
            self.exposure,
            *numbers.get(&self.point.id)?,
            words,
        )
    }
}

/// The numbers of points; those without one get the next.
async fn give_numbers(
    db: &Db,
    clock: &dyn Clock,
    wanted: impl Iterator<Item = PointId>,
) -> Result<BTreeMap<PointId, u32>, StoreError> {
    let known: HashMap<_, _> = numbers::instances(db).await?.into_iter().collect();
    let new: Vec<_> = wanted.filter(|point| !known.contains_key(point)).collect();
    if !new.is_empty() {
        let mut tx = db.begin().await?;
        for point in new {
            tenant::bacnet::give_instance(&mut tx, point, clock.now()).await?;
        }
        tx.commit().await?;
    }
    let all = numbers::instances(db).await?.into_iter();
    Ok(all
        .filter_map(|(point, number)| Some((point, u32::try_from(number).ok()?)))
        .collect())
}

fn name_of<'a>(spec: &'a PointSpec, tenant: &Tenant) -> &'a str {
    let french = spec.name_fr.as_deref().filter(|_| tenant.locale == "fr");
    french.unwrap_or(&spec.name)
}

fn yes_no(tenant: &Tenant) -> YesNo {
    if tenant.locale == "fr" {
        ["Non", "Oui"]
    } else {
        ["No", "Yes"]
    }
}
