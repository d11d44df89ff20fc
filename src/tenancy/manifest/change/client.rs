//! Wishes for the client itself: what its administrators may decide. Quotas are the platform's.

use super::fault::{Faults, Refused};
use super::look::Looked;
use super::make::Office;
use super::settle::{merge, read};
use super::version::Version;
use crate::domain::audit::{Action, Deed, Fields as Told, Subject};
use crate::domain::{parse_colour, writing_on};
use crate::store::audit;
use crate::store::control::{TenantSpec, tenants};
use crate::tenancy::manifest::fields::{Described, changes};
use crate::tenancy::{Brand, Network, Reason, admits, rules};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;
use utoipa::ToSchema;

/// Networks in one list.
const MOST_NETWORKS: usize = 200;

/// What the client is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClientWish {
    /// What people call it.
    #[schema(example = "Acme")]
    pub name: String,
    /// Language of those who have not chosen one: `en` or `fr`.
    #[schema(example = "fr")]
    pub locale: String,
    /// IANA name; that of new sites too.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// The accent of their portal; white or dark text must be readable on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#1e5b46")]
    pub colour: Option<String>,
    /// How many days samples are kept; left out, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub retention_days: Option<i64>,
    /// The addresses and networks people and keys may come from; empty lets everybody in.
    #[schema(max_items = 200)]
    pub allow: Vec<String>,
}

impl ClientWish {
    const READ_ONLY: &'static [&'static str] = &["slug", "quota", "hosts"];

    fn of(spec: &TenantSpec) -> Self {
        let brand: Brand = serde_json::from_str(&spec.brand).unwrap_or_default();
        Self {
            name: spec.name.clone(),
            locale: spec.locale.clone(),
            time_zone: spec.time_zone.clone(),
            colour: brand.color,
            retention_days: spec.retention_days,
            allow: serde_json::from_str(&spec.allow_list).unwrap_or_default(),
        }
    }

    fn spec(&self, former: &TenantSpec, from: Option<IpAddr>, faults: &mut Faults) -> TenantSpec {
        let retention = self.retention_days;
        let retention =
            retention.map(|days| rules::whole(days, &(1..=rules::LONGEST_RETENTION_DAYS)));
        let mut brand: Brand = serde_json::from_str(&former.brand).unwrap_or_default();
        let colour = self.colour.as_deref().filter(|colour| !colour.is_empty());
        brand.color = colour.map(|colour| faults.take("/colour", readable(colour)));
        let allow_list = self.allow_list(from, faults);
        TenantSpec {
            slug: former.slug.clone(),
            name: faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME)),
            locale: faults.take("/locale", rules::locale(&self.locale)),
            time_zone: faults.take("/time_zone", rules::time_zone(&self.time_zone)),
            brand: serde_json::to_string(&brand).unwrap_or_default(),
            retention_days: retention.map(|days| faults.take("/retention_days", days)),
            quota: former.quota.clone(),
            allow_list: Value::from(allow_list).to_string(),
        }
    }

    fn allow_list(&self, from: Option<IpAddr>, faults: &mut Faults) -> Vec<String> {
        if self.allow.len() > MOST_NETWORKS {
            faults.push(
                "/allow",
                Reason::TooMany {
                    most: MOST_NETWORKS,
                },
            );
            return Vec::new();
        }
        let mut networks = Vec::with_capacity(self.allow.len());
        for (index, text) in self.allow.iter().enumerate() {
            match Network::parse(text) {
                Ok(network) => networks.push(network),
                Err(reason) => faults.push(format!("/allow/{index}"), reason),
            }
        }
        if networks.len() == self.allow.len() && !admits(&networks, from) {
            let address = from.map_or("unknown".to_owned(), |address| address.to_string());
            faults.push("/allow", Reason::LocksOut { address });
        }
        networks.iter().map(ToString::to_string).collect()
    }
}

fn readable(colour: &str) -> Result<String, Reason> {
    let colour = rules::colour(colour)?;
    let (readable, best) = writing_on(parse_colour(&colour).unwrap_or_default());
    match readable {
        Some(_) => Ok(colour),
        None => Err(Reason::Contrast {
            ratio: format!("{best:.1}"),
        }),
    }
}

/// How a wish for the client is meant.
#[derive(Debug, Clone)]
pub enum ClientAct {
    /// Everything becomes this.
    Replace(Value),
    /// What is given changes.
    Patch(Value),
}

/// The client as it is.
pub async fn look_at_client(office: &Office<'_>) -> Result<Looked, Refused> {
    let slug = &office.scope.tenant().slug;
    let row = tenants::find_by_slug(&office.directory.control, slug).await?;
    let spec = row.ok_or(Refused::Gone { wish: 0 })?.spec;
    Ok(Looked {
        key: slug.clone(),
        wish: serde_json::to_value(ClientWish::of(&spec)).unwrap_or_default(),
        version: version(&spec),
    })
}

/// Changes the client; `from` is where the wish comes from, which an allow-list must not lock out.
///
/// Once it returns, the change is durable, recorded in both logs, and known to the directory.
pub async fn change_client(
    office: &Office<'_>,
    act: &ClientAct,
    seen: Option<&Version>,
    from: Option<IpAddr>,
) -> Result<(), Refused> {
    let (directory, id) = (office.directory, office.scope.tenant().id);
    let mut tx = directory.control.begin().await?;
    let former = tenants::lock(&mut tx, id).await?;
    if seen.is_some_and(|seen| *seen != version(&former)) {
        return Err(Refused::Changed { wish: 0 });
    }
    let spec = wished(act, &former, from)?;
    let fields = changes(&former.fields(), &spec.fields());
    if fields.is_empty() {
        return Ok(());
    }
    tenants::update(&mut tx, id, &spec).await?;
    let (mut before, mut after) = (Told::new(), Told::new());
    for change in fields {
        before = before.with(&change.field, change.from);
        after = after.with(&change.field, change.to);
    }
    let deed = Deed::new(Action::CHANGED, Subject::new("client", &spec.slug));
    let deed = deed.before(before).after(after);
    let at = directory.clock.now();
    audit::record(&mut tx, at, office.actor, &deed);
    let mut own = office.scope.db().begin().await?;
    audit::record(&mut own, at, office.actor, &deed);
    tx.commit().await?;
    own.commit().await?;
    directory.reload().await?;
    Ok(())
}

fn wished(
    act: &ClientAct,
    former: &TenantSpec,
    from: Option<IpAddr>,
) -> Result<TenantSpec, Refused> {
    let mut faults = Faults::of(0);
    let body = match act {
        ClientAct::Replace(body) => body.clone(),
        ClientAct::Patch(patch) => {
            let mut whole = serde_json::to_value(ClientWish::of(former)).unwrap_or_default();
            merge(&mut whole, patch);
            whole
        }
    };
    let wish: ClientWish = read(body, ClientWish::READ_ONLY, &mut faults)?;
    let spec = wish.spec(former, from, &mut faults);
    if faults.is_empty() {
        return Ok(spec);
    }
    Err(Refused::Faults(faults.into_found()))
}

fn version(spec: &TenantSpec) -> Version {
    Version::of(&spec.slug, spec)
}
