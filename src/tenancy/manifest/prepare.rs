//! From manifests to plans, against what is there now.

use super::config::ConnectionChecker;
use super::current::{self, Current};
use super::custom;
use super::noun::Noun;
use super::parse::Manifest;
use super::plan::{Plan, plan};
use super::secrets::{self, Environment};
use super::source::{Fault, Faults};
use super::target::Prune;
use crate::domain::{TenantId, TenantStatus};
use crate::store::StoreError;
use crate::store::control::{TenantRow, tenants};
use crate::tenancy::{Directory, TenancyError};

/// What a plan depends on besides manifests and databases.
#[derive(Clone, Copy)]
pub struct Conditions<'a> {
    /// Knows the protocols.
    pub checker: &'a dyn ConnectionChecker,
    /// Where `{ env = … }` is looked up.
    pub environment: Environment<'a>,
    /// Whether what the manifests do not name goes.
    pub prune: Prune,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The manifests are wrong; all faults of all of them.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// The client cannot be read.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// The database of a client, or the control database, cannot be read.
    #[error("cannot read what is there: {0}")]
    Store(#[from] StoreError),
}

/// Plans every manifest. Reads databases, environment and files; changes nothing.
pub async fn prepare(
    directory: &Directory,
    manifests: &[Manifest],
    conditions: Conditions<'_>,
) -> Result<Vec<Plan>, PlanError> {
    let hosts = tenants::list_hosts(&directory.control).await?;
    let mut plans = Vec::new();
    let mut faults = Vec::new();
    for manifest in manifests {
        let row = find(directory, manifest).await?;
        refuse_hosts_of_base(directory, manifest, &mut faults);
        refuse_taken_hosts(manifest, row.as_ref(), &hosts, &mut faults);
        let current = read(directory, row.as_ref()).await?;
        let manifest = &custom::settle(manifest, current.as_ref(), conditions.prune, &mut faults);
        match secrets::follow(manifest, current.as_ref(), conditions.environment) {
            Err(found) => faults.extend(found),
            Ok(secrets) => {
                let fill = |key: &str, config: &_| secrets::fill(&secrets, key, config);
                faults.extend(manifest.check_connections(conditions.checker, fill));
                plans.push(plan(manifest, current.as_ref(), secrets, conditions.prune));
            }
        }
    }
    if faults.is_empty() {
        Ok(plans)
    } else {
        Err(Faults(faults).into())
    }
}

/// The client under its slug; else under the one it had.
async fn find(
    directory: &Directory,
    manifest: &Manifest,
) -> Result<Option<TenantRow>, TenancyError> {
    let row = directory.find_row(&manifest.model.client.slug).await?;
    match manifest.renames.former_slug().filter(|_| row.is_none()) {
        Some(former) => directory.find_row(former).await,
        None => Ok(row),
    }
}

/// The model of a client that is there; none while it is still being provisioned.
pub async fn read_current(directory: &Directory, slug: &str) -> Result<Current, PlanError> {
    let row = directory.get_row(slug).await?;
    read(directory, Some(&row))
        .await?
        .ok_or_else(|| TenancyError::Unknown(slug.to_owned()).into())
}

async fn read(
    directory: &Directory,
    row: Option<&TenantRow>,
) -> Result<Option<Current>, PlanError> {
    let Some(row) = row.filter(|row| row.status != TenantStatus::Provisioning) else {
        return Ok(None);
    };
    let slug = &row.spec.slug;
    let scope = directory
        .by_slug(slug)
        .ok_or_else(|| TenancyError::Status {
            slug: slug.clone(),
            status: row.status,
        })?;
    Ok(Some(current::load(&scope, row, directory.vault()).await?))
}

/// Below the base domain, portals are named by slug: a host there would be another client's.
fn refuse_hosts_of_base(directory: &Directory, manifest: &Manifest, faults: &mut Vec<Fault>) {
    for host in &manifest.model.hosts {
        if directory.is_of_base(host) {
            let message = format!(
                "host `{host}` belongs to the base domain of this platform, where each client \
                 has <slug>.<base domain>; give a host of your own, or none"
            );
            let slug = &manifest.model.client.slug;
            faults.push(manifest.fault_at(Noun::Client, slug, message));
        }
    }
}

fn refuse_taken_hosts(
    manifest: &Manifest,
    row: Option<&TenantRow>,
    hosts: &[(TenantId, String)],
    faults: &mut Vec<Fault>,
) {
    let own = row.map(|row| row.id);
    for (owner, host) in hosts {
        if Some(*owner) != own && manifest.model.hosts.contains(host) {
            let message = format!("host `{host}` is that of another client of this platform");
            let slug = &manifest.model.client.slug;
            faults.push(manifest.fault_at(Noun::Client, slug, message));
        }
    }
}
