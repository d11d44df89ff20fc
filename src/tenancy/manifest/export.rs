//! A model as a manifest: what was read back, planned, has no difference.
//!
//! Secrets appear as their references. Equipment is written one by one, with what makes
//! its points differ from those of its type; types of the library by their key only.

use super::export_bacnet;
use super::library::Library;
use super::model::{
    ConnectionSpec, EquipmentSpec, Model, SecretSource, SiteSpec, TypeSpec, UserSpec,
};
use super::noun::Noun;
use super::period;
use crate::domain::CommandPolicy;
use crate::store::control::TenantSpec;
use crate::store::tenant::{Field, PointSpec};
use crate::tenancy::Brand;
use serde_json::Value as Json;
use toml::{Table, Value};

/// Prints a model as a manifest.
pub fn export(model: &Model, library: &Library) -> Result<String, toml::ser::Error> {
    let mut root = Table::new();
    root.insert("client".to_owned(), client(&model.client, model).into());
    let users = model
        .users
        .iter()
        .map(|(email, user)| user_table(email, user));
    put_all(&mut root, "users", users);
    let devices = model.devices.iter().map(|(name, device)| {
        let mut table = Table::new();
        put(&mut table, "name", name.as_str());
        put_secret(&mut table, "password", device.password.as_ref());
        if device.may_command {
            put(&mut table, "may_command", true);
        }
        table
    });
    put_all(&mut root, "devices", devices);
    let mut fields: Vec<_> = model.fields.values().collect();
    fields.sort_by_key(|field| (field.noun.as_str(), field.position));
    put_all(&mut root, "fields", fields.into_iter().map(field_table));
    let mut sites: Vec<_> = model.sites.iter().collect();
    sites.sort_by_key(|(_, site)| site.order);
    let sites = sites.into_iter().map(|(key, spec)| site(key, spec, model));
    put_all(&mut root, "sites", sites);
    let types = model.types.values().map(|kind| type_table(kind, library));
    put_all(&mut root, "types", types);
    let equipment = model.equipment.iter();
    let equipment = equipment.map(|(key, thing)| equipment_table(key, thing, model));
    put_all(&mut root, "equipment", equipment);
    let connections = model.connections.iter();
    let connections = connections.map(|(key, spec)| connection_table(key, spec));
    put_all(&mut root, "connections", connections);
    if let Some(spec) = &model.bacnet {
        root.insert("bacnet".to_owned(), export_bacnet::table(spec).into());
    }
    toml::to_string(&root)
}

fn client(spec: &TenantSpec, model: &Model) -> Table {
    let mut table = Table::new();
    put(&mut table, "slug", spec.slug.as_str());
    put(&mut table, "name", spec.name.as_str());
    put(&mut table, "locale", spec.locale.as_str());
    put(&mut table, "time_zone", spec.time_zone.as_str());
    put_some(&mut table, "retention_days", spec.retention_days);
    let quota: toml::Table = serde_json::from_str(&spec.quota).unwrap_or_default();
    if !quota.is_empty() {
        put(&mut table, "quota", quota);
    }
    let allow: Vec<String> = serde_json::from_str(&spec.allow_list).unwrap_or_default();
    if !allow.is_empty() {
        let allow: Vec<Value> = allow.into_iter().map(Value::from).collect();
        put(&mut table, "allow", allow);
    }
    if !model.hosts.is_empty() {
        let hosts: Vec<Value> = model
            .hosts
            .iter()
            .map(|host| host.as_str().into())
            .collect();
        put(&mut table, "hosts", hosts);
    }
    let brand: Brand = serde_json::from_str(&spec.brand).unwrap_or_default();
    if let Some(color) = brand.color {
        let mut brand = Table::new();
        put(&mut brand, "color", color);
        put(&mut table, "brand", brand);
    }
    table
}

fn user_table(email: &str, user: &UserSpec) -> Table {
    let mut table = Table::new();
    put(&mut table, "email", email);
    put(&mut table, "name", user.name.as_str());
    put(&mut table, "role", user.role.as_str());
    for (name, keys) in [("sites", &user.sites), ("types", &user.types)] {
        if !keys.is_empty() {
            let keys: Vec<Value> = keys.iter().map(|key| key.as_str().into()).collect();
            put(&mut table, name, keys);
        }
    }
    put_secret(&mut table, "password", user.password.as_ref());
    table
}

fn site(key: &str, site: &SiteSpec, model: &Model) -> Table {
    let mut table = Table::new();
    put(&mut table, "key", key);
    put(&mut table, "name", site.name.as_str());
    put_some(&mut table, "parent", site.parent.clone());
    put_some(&mut table, "address", site.address.clone());
    if let Some((latitude, longitude)) = site.position {
        let mut position = Table::new();
        put(&mut position, "lat", latitude);
        put(&mut position, "lon", longitude);
        put(&mut table, "position", position);
    }
    let parent = site.parent.as_ref().and_then(|key| model.sites.get(key));
    let inherited = parent.map_or(&model.client.time_zone, |parent| &parent.time_zone);
    if site.time_zone != *inherited {
        put(&mut table, "time_zone", site.time_zone.as_str());
    }
    put_custom(&mut table, Noun::Site, key, model);
    table
}

fn field_table(field: &Field) -> Table {
    let mut table = Table::new();
    put(&mut table, "noun", field.noun.as_str());
    put(&mut table, "key", field.key.as_str());
    put(&mut table, "name", field.name.as_str());
    put_some(&mut table, "name_fr", field.name_fr.clone());
    put(&mut table, "kind", field.kind.as_str());
    let options: Vec<String> = serde_json::from_str(&field.options).unwrap_or_default();
    if !options.is_empty() {
        let options: Vec<Value> = options.into_iter().map(Value::from).collect();
        put(&mut table, "options", options);
    }
    let flags = [
        ("required", field.required),
        ("searchable", field.searchable),
        ("listed", field.listed),
    ];
    for (name, _) in flags.into_iter().filter(|(_, flag)| *flag) {
        put(&mut table, name, true);
    }
    table
}

/// Values of custom fields, where there are some.
fn put_custom(table: &mut Table, noun: Noun, key: &str, model: &Model) {
    let values = model.custom.get(&(noun, key.to_owned()));
    let values = values.into_iter().flatten();
    let values: Table = values
        .filter_map(|(key, value)| Some((key.clone(), from_json(value)?)))
        .collect();
    if !values.is_empty() {
        put(table, "custom", values);
    }
}

fn type_table(kind: &TypeSpec, library: &Library) -> Table {
    let head = &kind.head;
    let mut table = Table::new();
    put(&mut table, "key", head.key.as_str());
    if library.types.get(&head.key) == Some(kind) {
        return table;
    }
    put(&mut table, "name", head.name.as_str());
    put_some(&mut table, "name_fr", head.name_fr.clone());
    put(&mut table, "icon", head.icon.as_str());
    put_some(&mut table, "brick", head.brick_class.clone());
    let tags: Vec<String> = serde_json::from_str(&head.haystack_tags).unwrap_or_default();
    if !tags.is_empty() {
        let tags: Vec<Value> = tags.into_iter().map(Value::from).collect();
        put(&mut table, "haystack", tags);
    }
    if head.bookable {
        put(&mut table, "bookable", true);
    }
    let points = kind.points.iter().map(|point| {
        let mut table = Table::new();
        put(&mut table, "key", point.key.as_str());
        let blank = super::read_points::blank(&point.key);
        put_differences(&mut table, &blank, point);
        table
    });
    put_all(&mut table, "points", points);
    table
}

fn equipment_table(key: &str, thing: &EquipmentSpec, model: &Model) -> Table {
    let mut table = Table::new();
    put(&mut table, "key", key);
    put(&mut table, "name", thing.name.as_str());
    put(&mut table, "site", thing.site.as_str());
    put(&mut table, "type", thing.kind.as_str());
    put_some(&mut table, "parent", thing.parent.clone());
    put_some(&mut table, "model", thing.model.clone());
    put_some(&mut table, "serial", thing.serial.clone());
    put_some(&mut table, "note", thing.note.clone());
    put_custom(&mut table, Noun::Equipment, key, model);
    let kind = model.types.get(&thing.kind);
    let mut points = Table::new();
    for point in &thing.points {
        let own = kind.and_then(|kind| kind.point(&point.key));
        let mut differences = Table::new();
        match own {
            Some(base) => put_differences(&mut differences, base, point),
            None => put_beyond(&mut differences, point),
        }
        if !differences.is_empty() {
            put(&mut points, &point.key, differences);
        }
    }
    if !points.is_empty() {
        put(&mut table, "points", points);
    }
    table
}

/// A point its type does not have: name and kind say that it is meant.
fn put_beyond(table: &mut Table, point: &PointSpec) {
    let blank = super::read_points::blank(&point.key);
    put(table, "name", point.name.as_str());
    put(table, "kind", point.kind.as_str());
    put_differences(table, &blank, point);
}

/// What a point has other than `base`; an empty value takes away what the base has.
fn put_differences(table: &mut Table, base: &PointSpec, point: &PointSpec) {
    if point.name != base.name {
        put(table, "name", point.name.as_str());
    }
    if point.name_fr != base.name_fr {
        put(table, "name_fr", point.name_fr.clone().unwrap_or_default());
    }
    if point.kind != base.kind {
        put(table, "kind", point.kind.as_str());
    }
    if point.unit != base.unit {
        put(
            table,
            "unit",
            point.unit.map_or("", crate::domain::Unit::symbol),
        );
    }
    if point.states != base.states {
        let states = point.states.0.iter();
        let states = states.map(|(code, word)| (word.clone(), i64::from(*code).into()));
        put(table, "states", states.collect::<Table>());
    }
    if point.decimals != base.decimals {
        put(table, "decimals", point.decimals);
    }
    let limits = |point: &PointSpec| {
        [
            (point.valid_min, point.valid_max),
            (point.normal_min, point.normal_max),
        ]
    };
    for (name, (own, inherited)) in ["valid", "normal"]
        .into_iter()
        .zip(limits(point).into_iter().zip(limits(base)))
    {
        if own != inherited {
            put(table, name, limit_list(own));
        }
    }
    if point.period_s != base.period_s {
        put(
            table,
            "period",
            point.period_s.map_or(String::new(), period::format),
        );
    }
    if point.command != base.command {
        let policy = point.command.as_ref();
        put(
            table,
            "command",
            policy.map_or(Value::from(false), |policy| command(policy).into()),
        );
    }
}

/// What of a policy is not as usual.
fn command(policy: &CommandPolicy) -> Table {
    let (mut table, usual) = (Table::new(), CommandPolicy::default());
    put(&mut table, "role", policy.role.as_str());
    if (policy.min, policy.max) != (None, None) {
        put(&mut table, "range", limit_list((policy.min, policy.max)));
    }
    if !policy.states.is_empty() {
        put(&mut table, "states", policy.states.clone());
    }
    if policy.per_minute != usual.per_minute {
        put(&mut table, "per_minute", policy.per_minute);
    }
    if policy.confirm {
        put(&mut table, "confirm", true);
    }
    if policy.timeout_s != usual.timeout_s {
        put(&mut table, "timeout", period::format(policy.timeout_s));
    }
    put_some(&mut table, "priority", policy.priority);
    table
}

fn limit_list((low, high): (Option<f64>, Option<f64>)) -> Vec<Value> {
    match (low, high) {
        (None, None) => Vec::new(),
        _ => vec![
            low.unwrap_or(f64::NEG_INFINITY).into(),
            high.unwrap_or(f64::INFINITY).into(),
        ],
    }
}

fn connection_table(key: &str, spec: &ConnectionSpec) -> Table {
    let mut table = Table::new();
    put(&mut table, "key", key);
    put(&mut table, "name", spec.name.as_str());
    put(&mut table, "protocol", spec.protocol.as_str());
    if !spec.enabled {
        put(&mut table, "enabled", false);
    }
    for (name, value) in spec.config.as_object().into_iter().flatten() {
        if let Some(value) = from_json(value) {
            put(&mut table, name, value);
        }
    }
    table
}

/// JSON as TOML; null, which TOML does not have, is left out.
fn from_json(value: &Json) -> Option<Value> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64()?.into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => items
            .iter()
            .filter_map(from_json)
            .collect::<Vec<_>>()
            .into(),
        Json::Object(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), from_json(value)?)))
            .collect::<Table>()
            .into(),
    })
}

pub(super) fn put(table: &mut Table, key: &str, value: impl Into<Value>) {
    table.insert(key.to_owned(), value.into());
}

pub(super) fn put_some(table: &mut Table, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(table, key, value);
    }
}

fn put_secret(table: &mut Table, key: &str, source: Option<&SecretSource>) {
    let reference = source.and_then(|source| from_json(&source.to_json()));
    put_some(table, key, reference);
}

pub(super) fn put_all(table: &mut Table, key: &str, rows: impl Iterator<Item = Table>) {
    let rows: Vec<Value> = rows.map(Value::from).collect();
    if !rows.is_empty() {
        put(table, key, rows);
    }
}
