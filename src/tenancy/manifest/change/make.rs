//! Makes wishes true, or says why not.

use super::after::{self, After};
use super::bench::Bench;
use super::fault::Refused;
use super::gather::Gathered;
use super::rank;
use super::settle::{Settlement, settle_all};
use super::wish::{Thing, Wish};
use crate::domain::audit::Actor;
use crate::store::control::TenantSpec;
use crate::store::tenant::settings;
use crate::store::{StoreError, audit};
use crate::tenancy::manifest::apply::{Staged, stage};
use crate::tenancy::manifest::config::ConnectionChecker;
use crate::tenancy::manifest::current::Ids;
use crate::tenancy::manifest::model::Model;
use crate::tenancy::manifest::plan::{self, Action, Plan};
use crate::tenancy::manifest::{ApplyError, Noun, parse};
use crate::tenancy::{Directory, Tenant, TenantScope};
use secrecy::SecretString;

/// How often a wish is worked in anew because somebody else changed the model meanwhile.
const ATTEMPTS: usize = 5;

/// Where wishes are made: for whom, by whom, with what.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// Holds the vault and the clock.
    pub directory: &'a Directory,
    /// Whose model.
    pub scope: &'a TenantScope,
    /// Knows the protocols.
    pub checker: &'a dyn ConnectionChecker,
    /// Who wishes, for the log.
    pub actor: &'a Actor,
}

/// What became of one wish.
#[derive(Debug)]
pub struct Made {
    /// What it was about.
    pub thing: Thing,
    /// Its identity; for what went, the one it had.
    pub id: i64,
    /// Its key now.
    pub key: String,
    /// The secret of a device, to be shown once.
    pub secret: Option<SecretString>,
}

/// Makes all wishes true in one transaction, in their order, or none.
///
/// Once it returns, the changes are durable and recorded, and the version of the model has moved.
/// Somebody who changes the model at the same time is waited for a few times.
pub async fn make(office: &Office<'_>, wishes: &[Wish]) -> Result<Vec<Made>, Refused> {
    for _ in 1..ATTEMPTS {
        match attempt(office, wishes).await {
            Err(refused) if refused.is_a_race() => {}
            outcome => return outcome,
        }
    }
    attempt(office, wishes).await
}

impl Refused {
    /// Whether somebody else was faster; the next attempt sees what they made.
    const fn is_a_race(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Apply(ApplyError::Store { source, .. }) => {
                matches!(source, StoreError::Duplicate(_) | StoreError::NotFound)
            }
            _ => false,
        }
    }
}

async fn attempt(office: &Office<'_>, wishes: &[Wish]) -> Result<Vec<Made>, Refused> {
    let (tenant, db) = (office.scope.tenant(), office.scope.db());
    // The version first: what changes while the rest is read makes the wishes stale, never wrong.
    let version = settings::model_version(db).await?;
    let gathered = Gathered::around(db, wishes).await?;
    let vault = office.directory.vault();
    let mut bench = Bench::of(gathered, tenant, spec_of(tenant), vault, version);
    let settled = settle_all(&mut bench, wishes, office.checker)?;
    rank::leave_admins_alone(office.actor.hand, &bench, wishes, &settled)?;
    let after = std::mem::take(&mut bench.after);
    let plan = plan_of(bench);
    if plan.is_empty() && after.is_empty() {
        return made(wishes, &settled, &plan.ids, &[]);
    }
    let Staged {
        mut tx,
        applied,
        ids,
    } = stage(office.directory, office.scope, &plan, office.actor).await?;
    let at = office.directory.clock.now();
    for each in &after {
        let deed = each.carry_out(&mut tx, &ids).await?;
        audit::record(&mut tx, at, office.actor, &deed);
    }
    if touches_users(&plan, &after) {
        after::keep_an_admin(&mut tx).await?;
    }
    after::keep_quota(&mut tx, &tenant.quota, &grown(&plan)).await?;
    let all = made(wishes, &settled, &ids, &applied.generated)?;
    tx.commit().await?;
    Ok(all)
}

fn plan_of(bench: Bench) -> Plan {
    let mut there = bench.there;
    for name in &bench.rotated {
        there.device_hashes.remove(name);
    }
    let plan = plan::between(
        &there,
        bench.ids,
        bench.target,
        bench.key_changes,
        bench.secrets,
        &bench.rotated,
    );
    Plan {
        stored_secrets: bench.stored_secrets,
        ..plan
    }
}

fn touches_users(plan: &Plan, after: &[After]) -> bool {
    let of_users = |after: &After| matches!(after, After::Disable { .. });
    let is_loss = |step: &plan::Step| step.noun == Noun::User && step.action != Action::Create;
    plan.steps.iter().any(is_loss) || after.iter().any(of_users)
}

/// Of what there is more than before.
fn grown(plan: &Plan) -> Vec<&'static str> {
    let creates = |noun: Noun| {
        let mut steps = plan.steps.iter();
        steps.any(|step| step.noun == noun && step.action == Action::Create)
    };
    let mut points = plan
        .steps
        .iter()
        .filter(|step| step.noun == Noun::Equipment)
        .flat_map(|step| &step.points);
    let mut grown = Vec::new();
    if creates(Noun::User) {
        grown.push("users");
    }
    if creates(Noun::Device) {
        grown.push("devices");
    }
    if points.any(|point| point.action == Action::Create) {
        grown.push("points");
    }
    grown
}

fn made(
    wishes: &[Wish],
    settled: &[Settlement],
    ids: &Ids,
    generated: &[(String, SecretString)],
) -> Result<Vec<Made>, Refused> {
    let pairs = wishes.iter().zip(settled);
    pairs
        .map(|(wish, settlement)| {
            let id = wish.act.id().or_else(|| id_of(wish.thing, settlement, ids));
            let secret = generated
                .iter()
                .find(|(name, _)| wish.thing == Thing::Device && *name == settlement.key);
            Ok(Made {
                thing: wish.thing,
                id: id.ok_or(Refused::Store(StoreError::NotFound))?,
                key: settlement.key.clone(),
                secret: secret.map(|(_, secret)| secret.clone()),
            })
        })
        .collect()
}

fn id_of(thing: Thing, settlement: &Settlement, ids: &Ids) -> Option<i64> {
    let key = &settlement.key;
    match thing {
        Thing::Site => ids.sites.get(key).map(|id| id.0),
        Thing::Type => ids.types.get(key).map(|id| id.0),
        Thing::Equipment => ids.equipment.get(key).map(|id| id.0),
        Thing::Point => {
            let owner = settlement.owner.clone()?;
            ids.points.get(&(owner, key.clone())).map(|id| id.0)
        }
        Thing::Connection => ids.connections.get(key).map(|id| id.0),
        Thing::Device => ids.devices.get(key).map(|id| id.0),
        Thing::User => ids.users.get(key).map(|id| id.0),
    }
}

pub(super) fn spec_of(tenant: &Tenant) -> TenantSpec {
    TenantSpec {
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        locale: tenant.locale.clone(),
        time_zone: tenant.time_zone.clone(),
        brand: serde_json::to_string(&tenant.brand).unwrap_or_default(),
        retention_days: tenant.retention_days,
        quota: serde_json::to_string(&tenant.quota).unwrap_or_default(),
        allow_list: "[]".to_owned(),
    }
}

/// A model with nothing in it.
pub(super) fn nothing() -> Model {
    parse::empty_model()
}
