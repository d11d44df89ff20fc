//! What a thing is, field by field and in words; what a plan compares and shows.
//!
//! Every struct is taken apart in full, so that a new field cannot be forgotten.

use super::model::{
    ConnectionSpec, DeviceSpec, EquipmentSpec, SecretSource, SiteSpec, TypeSpec, UserSpec,
};
use crate::domain::CommandPolicy;
use crate::store::control::TenantSpec;
use crate::store::tenant::{EquipmentType, Field, PointSpec};
use crate::tenancy::bacnet::BacnetSpec;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that have a value, by name.
pub(super) type Fields = BTreeMap<String, String>;

/// One field that has another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Which.
    pub field: String,
    /// What it was; none when it had no value.
    pub from: Option<String>,
    /// What it will be; none when it will have no value.
    pub to: Option<String>,
}

/// Something that can be compared field by field.
pub(super) trait Described {
    fn fields(&self) -> Fields;

    /// Its points, for things that have some.
    fn points(&self) -> &[PointSpec] {
        &[]
    }
}

/// The fields that differ.
pub(super) fn changes(from: &Fields, to: &Fields) -> Vec<FieldChange> {
    let mut names: Vec<&String> = from.keys().chain(to.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| from.get(*name) != to.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            from: from.get(name).cloned(),
            to: to.get(name).cloned(),
        })
        .collect()
}

impl Described for Field {
    fn fields(&self) -> Fields {
        let Self {
            noun: _,
            key: _,
            name,
            name_fr,
            kind,
            options,
            required,
            searchable,
            listed,
            position,
        } = self;
        let yes = |flag: &bool| flag.then(|| "true".to_owned());
        collect([
            ("name", text(name)),
            ("name_fr", shown(name_fr.as_ref())),
            ("kind", text(kind)),
            ("options", text(options).filter(|options| options != "[]")),
            ("required", yes(required)),
            ("searchable", yes(searchable)),
            ("listed", yes(listed)),
            ("position", text(position)),
        ])
    }
}

/// Collects fields; those without a value are left out.
fn collect<const N: usize>(fields: [(&str, Option<String>); N]) -> Fields {
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "stands beside fields that may have no value"
)]
fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn shown<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// Keys in one line; none when there are none.
fn words(keys: &BTreeSet<String>) -> Option<String> {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

impl Described for TenantSpec {
    fn fields(&self) -> Fields {
        let Self {
            slug: _,
            name,
            locale,
            time_zone,
            brand,
            retention_days,
            quota,
            allow_list,
        } = self;
        collect([
            ("name", text(name)),
            ("locale", text(locale)),
            ("time_zone", text(time_zone)),
            ("brand", text(brand)),
            ("retention_days", shown(retention_days.as_ref())),
            ("quota", (quota != "{}").then(|| quota.clone())),
            ("allow", (allow_list != "[]").then(|| allow_list.clone())),
        ])
    }
}

impl Described for SiteSpec {
    fn fields(&self) -> Fields {
        let Self {
            parent,
            name,
            address,
            position,
            time_zone,
            order,
        } = self;
        collect([
            ("parent", parent.clone()),
            ("name", text(name)),
            ("address", address.clone()),
            (
                "position",
                position.map(|(lat, lon)| format!("{lat}, {lon}")),
            ),
            ("time_zone", text(time_zone)),
            ("order", text(order)),
        ])
    }
}

impl Described for TypeSpec {
    fn fields(&self) -> Fields {
        let EquipmentType {
            key: _,
            name,
            name_fr,
            icon,
            brick_class,
            haystack_tags,
            bookable,
        } = &self.head;
        collect([
            ("name", text(name)),
            ("name_fr", name_fr.clone()),
            ("icon", text(icon)),
            ("brick", brick_class.clone()),
            ("haystack", text(haystack_tags)),
            ("bookable", text(bookable)),
        ])
    }

    fn points(&self) -> &[PointSpec] {
        &self.points
    }
}

impl Described for EquipmentSpec {
    fn fields(&self) -> Fields {
        let Self {
            site,
            parent,
            kind,
            name,
            model,
            serial,
            note,
            points: _,
        } = self;
        collect([
            ("site", text(site)),
            ("parent", parent.clone()),
            ("type", text(kind)),
            ("name", text(name)),
            ("model", model.clone()),
            ("serial", serial.clone()),
            ("note", note.clone()),
        ])
    }

    fn points(&self) -> &[PointSpec] {
        &self.points
    }
}

impl Described for PointSpec {
    fn fields(&self) -> Fields {
        let Self {
            key: _,
            name,
            name_fr,
            kind,
            unit,
            states,
            decimals,
            valid_min,
            valid_max,
            normal_min,
            normal_max,
            period_s,
            command,
            position,
        } = self;
        let named = |(code, word): (&i32, &String)| format!("{word}={code}");
        let states: Vec<String> = states.0.iter().map(named).collect();
        collect([
            ("name", text(name)),
            ("name_fr", name_fr.clone()),
            ("kind", text(kind)),
            ("unit", shown(unit.as_ref())),
            ("states", (!states.is_empty()).then(|| states.join(" "))),
            ("decimals", text(decimals)),
            ("valid from", shown(valid_min.as_ref())),
            ("valid to", shown(valid_max.as_ref())),
            ("normal from", shown(normal_min.as_ref())),
            ("normal to", shown(normal_max.as_ref())),
            ("period", period_s.map(super::period::format)),
            ("command", command.as_ref().map(in_words)),
            ("order", text(position)),
        ])
    }
}

impl Described for ConnectionSpec {
    fn fields(&self) -> Fields {
        let Self {
            name,
            protocol,
            enabled,
            config,
        } = self;
        let mut fields = collect([
            ("name", text(name)),
            ("protocol", text(protocol)),
            ("enabled", text(enabled)),
        ]);
        flatten(config, "", &mut fields);
        fields
    }
}

impl Described for BacnetSpec {
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        let told = serde_json::to_value(self).unwrap_or_default();
        flatten(&told, "", &mut fields);
        fields.retain(|_, value| !["null", "[]"].contains(&value.as_str()));
        fields
    }
}

impl Described for DeviceSpec {
    fn fields(&self) -> Fields {
        let Self {
            password,
            may_command,
        } = self;
        collect([
            ("password", shown(password.as_ref())),
            ("may_command", may_command.then(|| "true".to_owned())),
        ])
    }
}

impl Described for UserSpec {
    fn fields(&self) -> Fields {
        let Self {
            name,
            role,
            sites,
            types,
            password,
        } = self;
        collect([
            ("name", text(name)),
            ("role", text(role)),
            ("sees sites", words(sites)),
            ("sees types", words(types)),
            ("first password", shown(password.as_ref())),
        ])
    }
}

/// A policy as the databases keep it: every field of it counts.
fn in_words(policy: &CommandPolicy) -> String {
    serde_json::to_string(policy).unwrap_or_default()
}

/// `routes[0].topic = …`: the leaves of a configuration, secrets as their references.
fn flatten(value: &Value, path: &str, into: &mut Fields) {
    let inner = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    if let Some(source) = SecretSource::from_json(value) {
        into.insert(path.to_owned(), source.to_string());
        return;
    }
    match value {
        Value::Object(table) if !table.is_empty() => {
            for (key, value) in table {
                flatten(value, &inner(key), into);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                flatten(value, &format!("{path}[{index}]"), into);
            }
        }
        Value::String(text) => {
            into.insert(path.to_owned(), text.clone());
        }
        Value::Object(_) if path.is_empty() => {}
        other => {
            into.insert(path.to_owned(), other.to_string());
        }
    }
}
