//! Random clients: what is exported reads back equal, and what is applied plans to nothing,
//! whatever was there before.

use super::home::{at_home, environment, plan_with, read};
use super::random_bacnet::random_bacnet;
use crate::support::Seed;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vigie::domain::{CommandPolicy, FieldKind, PointKind, Role, StateSet, Unit};
use vigie::store::control::TenantSpec;
use vigie::store::tenant::{EquipmentType, Field, PointSpec};
use vigie::tenancy::manifest::{
    ConnectionSpec, DeviceSpec, EquipmentSpec, Library, Model, Noun, Prune, SecretSource, SiteSpec,
    TypeSpec, UserSpec, apply, export, read_current,
};

const ROUNDS: usize = 12;
const VARIABLES: [(&str, &str); 2] = [("ONE", "first secret"), ("TWO", "second secret")];

#[test]
fn an_exported_model_reads_back_equal() {
    let seed = Seed::new();
    let mut rng = seed.rng();
    for _ in 0..300 {
        let model = random_model(&mut rng);
        let text = export(&model, Library::embedded().unwrap()).unwrap();
        assert_eq!(read(&text).model, model, "\n{text}");
    }
}

at_home! {
    async fn any_client_becomes_any_other(home: Home) {
        let seed = Seed::new();
        let mut rng = seed.rng();
        let directory = home.open().await;
        for _ in 0..ROUNDS {
            let text = export(&random_model(&mut rng), Library::embedded().unwrap()).unwrap();
            let manifest = read(&text);
            let prune = if rng.random_bool(0.5) { Prune::Keep } else { Prune::Remove };
            let plan = plan_with(&directory, &manifest, prune, &VARIABLES).await.unwrap();
            apply(&directory, &plan).await.unwrap_or_else(|error| panic!("{error:?}\n{plan}"));
            let again = plan_with(&directory, &manifest, prune, &VARIABLES).await.unwrap();
            assert!(again.is_empty(), "a second time:\n{again}");
            let current = read_current(&directory, "acme").await.unwrap();
            let exported = export(&current.model, Library::embedded().unwrap()).unwrap();
            assert!(!exported.contains("secret\""));
            let exported = plan_with(&directory, &read(&exported), Prune::Remove, &VARIABLES).await.unwrap();
            assert!(exported.is_empty(), "of the export:\n{exported}");
        }
    }
}

/// Some of these; the kind of a key is always the same, as it is fixed.
fn random_fields(rng: &mut StdRng) -> BTreeMap<String, Field> {
    let mut fields = BTreeMap::new();
    for noun in ["equipment", "site"] {
        let mut position = 0;
        for kind in FieldKind::ALL {
            if rng.random_bool(0.4) {
                continue;
            }
            let options = if kind.has_options() {
                "[\"red\",\"green\"]"
            } else {
                "[]"
            };
            let field = Field {
                noun: noun.to_owned(),
                key: format!("f-{kind}"),
                name: pick(rng, &["Use", "Größe", "«Étage»"]).to_owned(),
                name_fr: maybe(rng, |rng| pick(rng, &["Usage", "L\"étage\""]).to_owned()),
                kind,
                options: options.to_owned(),
                required: false,
                searchable: rng.random_bool(0.5),
                listed: rng.random_bool(0.5),
                position,
            };
            position += 1;
            fields.insert(format!("{noun}/{}", field.key), field);
        }
    }
    fields
}

fn random_values(
    rng: &mut StdRng,
    noun: Noun,
    fields: &BTreeMap<String, Field>,
) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for field in fields
        .values()
        .filter(|field| field.noun == noun.to_string())
    {
        let value = match field.kind {
            FieldKind::Text => json!(pick(rng, &["\"A\"", "é — 7"])),
            FieldKind::LongText => json!(pick(rng, &["one\ntwo", "# three"])),
            FieldKind::Number => json!(f64::from(rng.random_range(-9..9)) / 4.0),
            FieldKind::Date => json!("2026-11-20"),
            FieldKind::Boolean => json!(rng.random_bool(0.5)),
            FieldKind::Select => json!(pick(rng, &["red", "green"])),
            FieldKind::MultiSelect => json!(["green", "red"]),
        };
        if rng.random_bool(0.5) {
            values.insert(field.key.clone(), value);
        }
    }
    values
}

fn random_model(rng: &mut StdRng) -> Model {
    assert!(environment(&VARIABLES)("ONE").is_some());
    let client = TenantSpec {
        slug: "acme".to_owned(),
        name: word(rng),
        locale: pick(rng, &["en", "fr"]).to_owned(),
        time_zone: zone(rng),
        brand: pick(rng, &["{}", "{\"color\":\"#1e5b46\"}"]).to_owned(),
        retention_days: maybe(rng, |rng| rng.random_range(1..4_000)),
        quota: pick(rng, &["{}", "{\"users\":3,\"points\":5000}"]).to_owned(),
        allow_list: pick(rng, &["[]", "[\"192.0.2.0/24\",\"2001:db8::/32\"]"]).to_owned(),
    };
    let sites = random_sites(rng, &client.time_zone);
    let types = some_keys(rng, "t", 1).into_iter().map(|key| {
        let kind = random_type(rng, &key);
        (key, kind)
    });
    let types: BTreeMap<_, _> = types.collect();
    let equipment = random_equipment(rng, &sites, &types);
    let fields = random_fields(rng);
    let things = sites.keys().map(|key| (Noun::Site, key));
    let things = things.chain(equipment.keys().map(|key| (Noun::Equipment, key)));
    let custom = things.filter_map(|(noun, key)| {
        let values = random_values(rng, noun, &fields);
        (!values.is_empty()).then(|| ((noun, key.clone()), values))
    });
    let custom = custom.collect();
    Model {
        hosts: some_keys(rng, "host", 0)
            .into_iter()
            .map(|key| format!("{key}.example"))
            .collect(),
        users: random_users(rng, &sites, &types),
        devices: keyed(rng, "d", |rng| DeviceSpec {
            password: secret(rng),
            may_command: rng.random_bool(0.3),
        }),
        connections: keyed(rng, "c", |rng| random_connection(rng, &sites)),
        bacnet: maybe(rng, |rng| random_bacnet(rng, &equipment, &types)),
        equipment,
        client,
        sites,
        types,
        fields,
        custom,
    }
}

fn random_users(
    rng: &mut StdRng,
    sites: &BTreeMap<String, SiteSpec>,
    types: &BTreeMap<String, TypeSpec>,
) -> BTreeMap<String, UserSpec> {
    keyed(rng, "u", |rng| UserSpec {
        name: word(rng),
        role: Role::ALL[rng.random_range(0..4)],
        sites: maybe(rng, |rng| pick_key(rng, sites))
            .into_iter()
            .flatten()
            .collect(),
        types: maybe(rng, |rng| pick_key(rng, types))
            .into_iter()
            .flatten()
            .collect(),
        password: secret(rng),
    })
    .into_iter()
    .map(|(key, user)| (format!("{key}@example.org"), user))
    .collect()
}

fn random_sites(rng: &mut StdRng, client_zone: &str) -> BTreeMap<String, SiteSpec> {
    let mut sites: BTreeMap<String, SiteSpec> = BTreeMap::new();
    for (order, key) in some_keys(rng, "s", 1).into_iter().enumerate() {
        let parent = maybe(rng, |_| ()).and_then(|()| pick_key(rng, &sites));
        let inherited = parent.as_ref().map_or(client_zone.to_owned(), |parent| {
            sites[parent].time_zone.clone()
        });
        let site = SiteSpec {
            parent,
            name: word(rng),
            address: maybe(rng, word),
            position: maybe(rng, |rng| {
                (
                    rng.random_range(-90.0..90.0),
                    rng.random_range(-180.0..180.0),
                )
            }),
            time_zone: if rng.random_bool(0.7) {
                inherited
            } else {
                zone(rng)
            },
            order: order as i64,
        };
        sites.insert(key, site);
    }
    sites
}

fn random_type(rng: &mut StdRng, key: &str) -> TypeSpec {
    let head = EquipmentType {
        key: key.to_owned(),
        name: word(rng),
        name_fr: maybe(rng, word),
        icon: pick(rng, &["i-meter", "i-batt"]).to_owned(),
        brick_class: maybe(rng, word),
        haystack_tags: pick(rng, &["[]", "[\"elec\",\"meter\"]"]).to_owned(),
        bookable: rng.random_bool(0.3),
    };
    let keys = some_keys(rng, "p", 0);
    let points = keys.iter().enumerate();
    let points = points
        .map(|(index, key)| random_point(rng, key, index))
        .collect();
    TypeSpec { head, points }
}

fn random_point(rng: &mut StdRng, key: &str, index: usize) -> PointSpec {
    let kind = PointKind::ALL[rng.random_range(0..3)];
    let mut states = StateSet::default();
    if kind == PointKind::State {
        states.0 = BTreeMap::from([
            (0, "FREE".to_owned()),
            (rng.random_range(1..9), "TAKEN".to_owned()),
        ]);
    }
    let unit = pick(rng, &["V", "kWh", "°C", "µg/m³"]);
    PointSpec {
        key: key.to_owned(),
        name: word(rng),
        name_fr: maybe(rng, word),
        kind,
        unit: (kind == PointKind::Number && rng.random_bool(0.7))
            .then(|| Unit::parse(unit).unwrap()),
        states,
        decimals: rng.random_range(0..=9),
        valid_min: maybe(rng, |rng| rng.random_range(-1e6..0.0)),
        valid_max: maybe(rng, |rng| rng.random_range(0.0..1e6)),
        normal_min: maybe(rng, |rng| rng.random_range(-9.0..0.0)),
        normal_max: None,
        period_s: maybe(rng, |rng| rng.random_range(1..100_000)),
        command: maybe(rng, |rng| policy(rng, kind)),
        position: index as i64,
    }
}

fn policy(rng: &mut StdRng, kind: PointKind) -> CommandPolicy {
    let is_number = kind == PointKind::Number;
    CommandPolicy {
        role: if rng.random_bool(0.5) {
            Role::Operator
        } else {
            Role::Admin
        },
        min: maybe(rng, |rng| rng.random_range(-9.0..0.0)).filter(|_| is_number),
        max: maybe(rng, |rng| rng.random_range(0.0..9.0)).filter(|_| is_number),
        states: Vec::new(),
        per_minute: rng.random_range(1..=600),
        confirm: rng.random_bool(0.5),
        timeout_s: rng.random_range(1..=300),
        priority: maybe(rng, |rng| rng.random_range(1..=16)),
    }
}

fn random_equipment(
    rng: &mut StdRng,
    sites: &BTreeMap<String, SiteSpec>,
    types: &BTreeMap<String, TypeSpec>,
) -> BTreeMap<String, EquipmentSpec> {
    let mut equipment = BTreeMap::new();
    for key in some_keys(rng, "e", 0) {
        let kind = pick_key(rng, types).unwrap();
        let mut points = types[&kind].points.clone();
        for point in &mut points {
            if rng.random_bool(0.3) {
                *point = random_point(rng, &point.key.clone(), point.position as usize);
            }
        }
        for extra in some_keys(rng, "x", 0) {
            let index = points.len();
            points.push(random_point(rng, &extra, index));
        }
        let thing = EquipmentSpec {
            site: pick_key(rng, sites).unwrap(),
            parent: maybe(rng, |_| ()).and_then(|()| pick_key(rng, &equipment)),
            kind,
            name: word(rng),
            model: maybe(rng, word),
            serial: maybe(rng, word),
            note: maybe(rng, word),
            points,
        };
        equipment.insert(key, thing);
    }
    equipment
}

fn random_connection(rng: &mut StdRng, sites: &BTreeMap<String, SiteSpec>) -> ConnectionSpec {
    let mut config =
        json!({ "url": "mqtt://broker:1883", "deep": { "scale": rng.random_range(0.0..9.0) } });
    if let Some(source) = secret(rng) {
        config["password"] = source.to_json();
    }
    if rng.random_bool(0.5) {
        let site = pick_key(rng, sites);
        config["routes"] = json!([{ "topic": "a/{equipment}", "site": site, "points": { "p0": {} } }, { "topic": "b" }]);
    }
    ConnectionSpec {
        name: word(rng),
        protocol: "mqtt".to_owned(),
        enabled: rng.random_bool(0.8),
        config,
    }
}

fn secret(rng: &mut StdRng) -> Option<SecretSource> {
    maybe(rng, |rng| {
        SecretSource::Env(pick(rng, &["ONE", "TWO"]).to_owned())
    })
}

fn zone(rng: &mut StdRng) -> String {
    pick(
        rng,
        &["Europe/Paris", "UTC", "Asia/Tokyo", "America/New_York"],
    )
    .to_owned()
}

/// Text with what quoting could get wrong.
pub(super) fn word(rng: &mut StdRng) -> String {
    let parts = [
        "Pack", "é", "\"", "\\", "'''", "{key}", "€ 3", "\n", "#", "日本", "x = 1",
    ];
    let count = rng.random_range(1..4);
    let text: Vec<_> = (0..count).map(|_| pick(rng, &parts)).collect();
    format!("W{}", text.join(" ")).replace("{key}", "key")
}

pub(super) fn some_keys(rng: &mut StdRng, prefix: &str, least: usize) -> Vec<String> {
    let mut keys: Vec<String> = (0..6).map(|n| format!("{prefix}{n}")).collect();
    for at in 0..keys.len() {
        let with = rng.random_range(0..keys.len());
        keys.swap(at, with);
    }
    keys.truncate(rng.random_range(least..=5));
    keys
}

fn keyed<T>(
    rng: &mut StdRng,
    prefix: &str,
    make: impl Fn(&mut StdRng) -> T,
) -> BTreeMap<String, T> {
    let keys = some_keys(rng, prefix, 0);
    keys.into_iter().map(|key| (key, make(rng))).collect()
}

pub(super) fn maybe<T>(rng: &mut StdRng, make: impl Fn(&mut StdRng) -> T) -> Option<T> {
    rng.random_bool(0.5).then(|| make(rng))
}

pub(super) fn pick<'a>(rng: &mut impl Rng, from: &[&'a str]) -> &'a str {
    from[rng.random_range(0..from.len())]
}

pub(super) fn pick_key<T>(rng: &mut StdRng, from: &BTreeMap<String, T>) -> Option<String> {
    let keys: Vec<_> = from.keys().collect();
    (!keys.is_empty()).then(|| keys[rng.random_range(0..keys.len())].clone())
}
