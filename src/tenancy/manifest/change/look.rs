//! A thing as it is, in the words of a wish, and its version.

use super::bench::Bench;
use super::connection::ConnectionWish;
use super::equipment::EquipmentWish;
use super::fault::Refused;
use super::gather::Gathered;
use super::kind::TypeWish;
use super::make::{Office, spec_of};
use super::people::{DeviceWish, UserWish, device_version};
use super::point::PointWish;
use super::settle::Settled;
use super::site::SiteWish;
use super::version::Version;
use super::wish::{Ref, Thing, Wish};
use crate::store::tenant::settings;
use crate::tenancy::manifest::Noun;
use serde_json::Value;

/// A thing as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Its key.
    pub key: String,
    /// What would have to be wished for it to be as it is; forms are filled with it.
    pub wish: Value,
    /// What an `ETag` says of it.
    pub version: Version,
}

/// A thing as it is now; none when it is not there.
pub async fn look(office: &Office<'_>, thing: Thing, id: i64) -> Result<Option<Looked>, Refused> {
    let (tenant, db) = (office.scope.tenant(), office.scope.db());
    let version = settings::model_version(db).await?;
    let subject = Wish::remove(thing, id, None);
    let gathered = Gathered::around(db, &[subject]).await?;
    let vault = office.directory.vault();
    let mut bench = Bench::of(gathered, tenant, spec_of(tenant), vault, version);
    Ok(match thing {
        Thing::Site => look_as::<SiteWish>(&mut bench, id),
        Thing::Type => look_as::<TypeWish>(&mut bench, id),
        Thing::Equipment => look_as::<EquipmentWish>(&mut bench, id),
        Thing::Point => look_at_point(&bench, id),
        Thing::Connection => look_as::<ConnectionWish>(&mut bench, id),
        Thing::Device => look_at_device(&mut bench, id),
        Thing::User => look_as::<UserWish>(&mut bench, id),
    })
}

fn look_as<W: Settled>(bench: &mut Bench, id: i64) -> Option<Looked> {
    let key = bench.key_of(W::THING.noun(), id)?;
    let spec = W::map(&mut bench.target).get(&key)?.clone();
    Some(Looked {
        wish: serde_json::to_value(W::of(bench, &key, &spec)).unwrap_or_default(),
        version: W::version(&key, &spec, bench),
        key,
    })
}

fn look_at_point(bench: &Bench, id: i64) -> Option<Looked> {
    let (owner, key) = bench.point(id)?;
    let spec = bench.target.equipment.get(&owner)?.point(&key)?;
    let wish = PointWish {
        equipment: Some(Ref::Key(owner.clone())),
        ..PointWish::of(spec)
    };
    Some(Looked {
        wish: serde_json::to_value(wish).unwrap_or_default(),
        version: Version::of_point(spec),
        key,
    })
}

/// A device that was revoked is there too.
fn look_at_device(bench: &mut Bench, id: i64) -> Option<Looked> {
    let key = bench.key_of(Noun::Device, id)?;
    let spec = bench.target.devices.get(&key);
    let may_command = spec.is_some_and(|spec| spec.may_command);
    let wish = DeviceWish {
        name: key.clone(),
        may_command,
    };
    Some(Looked {
        wish: serde_json::to_value(wish).unwrap_or_default(),
        version: device_version(&key, may_command),
        key,
    })
}
