//! The client and its sites.

use super::draft::Draft;
use super::keys;
use super::model::SiteSpec;
use super::noun::Noun;
use super::read_fields::read_custom;
use super::read_points::given;
use super::reader::{Node, TableReader, Word};
use crate::store::control::TenantSpec;
use crate::tenancy::{Brand, Network, Quota, Reason, rules};

/// Reads `[client]`.
pub(super) fn read_client(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    let Some(node) = root.get("client") else {
        root.fault("`[client]` is missing: a manifest is of one client, with slug, name, locale and time_zone");
        return;
    };
    let Some(table) = node.table() else { return };
    let client = TenantSpec {
        slug: read_slug(draft, &table).unwrap_or_default(),
        name: text_of(table.required("name")),
        locale: read_locale(draft, &table),
        time_zone: read_time_zone(draft, table.required("time_zone")).unwrap_or_default(),
        brand: read_brand(draft, &table),
        retention_days: read_retention(&table),
        quota: read_quota(&table),
        allow_list: read_allow_list(draft, &table),
    };
    read_hosts(draft, &table);
    draft.model.client = client;
    table.finish();
}

/// Reads all `[[sites]]`.
pub(super) fn read_sites(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for (order, table) in root.tables("sites").into_iter().enumerate() {
        let key = draft.key(Noun::Site, &table, "key");
        let site = SiteSpec {
            parent: draft.reference(Noun::Site, &table, "parent"),
            name: text_of(table.required("name")),
            address: table.optional("address").and_then(|word| given(word.text)),
            position: read_position(&table),
            time_zone: String::new(),
            order: order as i64,
        };
        let custom = read_custom(&table);
        let zone = table.optional("time_zone");
        let zone = zone.and_then(|word| read_time_zone(draft, Some(word)));
        if let Some(key) = key {
            if let Some(zone) = zone {
                draft.own_zones.insert(key.clone(), zone);
            }
            if let Some(custom) = custom {
                draft.model.custom.insert((Noun::Site, key.clone()), custom);
            }
            draft.model.sites.insert(key, site);
        }
        table.finish();
    }
}

/// The text, or nothing where a fault was noted already.
pub(super) fn text_of(word: Option<Word>) -> String {
    word.map(|word| word.text).unwrap_or_default()
}

fn read_slug(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Option<String> {
    let word = table.required("slug")?;
    if let Some(was) = table.optional("was") {
        draft.renames.add(Noun::Client, &word.text, &was.text);
    }
    if !keys::is_slug(&word.text) {
        draft.found.push(word.fault(keys::SLUG_RULE));
        return None;
    }
    draft
        .places
        .insert((Noun::Client, word.text.clone()), word.place);
    Some(word.text)
}

fn read_locale(draft: &Draft<'_>, table: &TableReader<'_>) -> String {
    settle(draft, table.required("locale"), rules::locale).unwrap_or_default()
}

fn read_time_zone(draft: &Draft<'_>, word: Option<Word>) -> Option<String> {
    settle(draft, word, rules::time_zone)
}

/// What a rule makes of a word; where it refuses it, a fault at the word.
pub(super) fn settle<T>(
    draft: &Draft<'_>,
    word: Option<Word>,
    rule: impl Fn(&str) -> Result<T, Reason>,
) -> Option<T> {
    let word = word?;
    let settled = rule(&word.text);
    if let Err(reason) = &settled {
        draft.found.push(word.fault(reason.to_string()));
    }
    settled.ok()
}

fn read_brand(draft: &Draft<'_>, table: &TableReader<'_>) -> String {
    let mut brand = Brand::default();
    if let Some(inner) = table.get("brand").and_then(|node| node.table()) {
        brand.color = settle(draft, inner.optional("color"), rules::colour);
        inner.finish();
    }
    serde_json::to_string(&brand).unwrap_or_default()
}

fn read_retention(table: &TableReader<'_>) -> Option<i64> {
    let node = table.get("retention_days")?;
    let days = node.integer()?;
    if days < 1 {
        node.fault("wants a whole number of days from 1; leave it out to keep samples for ever");
    }
    Some(days)
}

/// `quota = { users = 20, points = 5000 }`
fn read_quota(table: &TableReader<'_>) -> String {
    let mut quota = Quota::default();
    if let Some(inner) = table.get("quota").and_then(|node| node.table()) {
        let read = |key: &'static str| {
            let node = inner.get(key)?;
            let most = node.integer()?;
            if most < 0 {
                node.fault("wants a whole number from 0; leave it out for no limit");
            }
            Some(most)
        };
        quota = Quota {
            users: read("users"),
            devices: read("devices"),
            points: read("points"),
            storage_mb: read("storage_mb"),
            samples_per_s: read("samples_per_s"),
        };
        inner.finish();
    }
    serde_json::to_string(&quota).unwrap_or_default()
}

/// `allow = ["192.0.2.0/24", "2001:db8::/32"]`
fn read_allow_list(draft: &Draft<'_>, table: &TableReader<'_>) -> String {
    let items = table.get("allow").and_then(|node| node.items());
    let words = items
        .unwrap_or_default()
        .into_iter()
        .map(|node| node.text());
    let networks: Vec<String> = words
        .filter_map(|word| settle(draft, word, Network::parse))
        .map(|network| network.to_string())
        .collect();
    serde_json::Value::from(networks).to_string()
}

fn read_hosts(draft: &mut Draft<'_>, table: &TableReader<'_>) {
    let items = table.get("hosts").and_then(|node| node.items());
    for word in items.unwrap_or_default().iter().filter_map(Node::text) {
        let host = word.text.to_lowercase();
        if !keys::is_host(&host) {
            draft.found.push(word.fault(
                "wants a host name like portal.example.com: no port, no address, not localhost",
            ));
        }
        draft.model.hosts.insert(host);
    }
}

fn read_position(table: &TableReader<'_>) -> Option<(f64, f64)> {
    let inner = table.get("position")?.table()?;
    let read = |key: &'static str, most: f64| {
        let Some(node) = inner.get(key) else {
            inner.fault(format!("`{key}` is missing"));
            return None;
        };
        let degrees = node.number()?;
        if degrees.abs() > most {
            node.fault(format!("wants degrees from -{most} to {most}"));
        }
        Some(degrees + 0.0)
    };
    let position = (read("lat", 90.0), read("lon", 180.0));
    inner.finish();
    Some((position.0?, position.1?))
}
