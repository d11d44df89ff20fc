//! Makes a plan so.
//!
//! Order: a new client is provisioned (control database, then its own); everything of the
//! model happens in one transaction of the client's database; then the control database
//! takes name, hosts and status. A crash before the last step leaves a difference that the
//! next plan shows; nothing is ever half a model.

use super::current::Ids;
use super::noun::Noun;
use super::plan::{Plan, Step};
use super::write::Writer;
use crate::domain::TenantStatus;
use crate::domain::audit::Actor;
use crate::store::control::tenants;
use crate::store::tenant::settings;
use crate::store::{StoreError, Tx, audit};
use crate::tenancy::credentials::CredentialError;
use crate::tenancy::secrets::VaultError;
use crate::tenancy::{Directory, TenancyError, TenantScope};
use secrecy::SecretString;

/// What an apply made up, to be shown once.
#[derive(Debug, Default)]
pub struct Applied {
    /// Secrets of devices for which the manifest names none, by device.
    pub generated: Vec<(String, SecretString)>,
}

/// Why a plan could not be made so; nothing of the model was changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The client changed since the plan was made.
    #[error("client `{0}` changed since the plan was made; plan again")]
    Stale(String),
    /// A statement failed.
    #[error("{what}: {source}")]
    Store {
        /// What was attempted.
        what: String,
        /// Why it failed.
        source: StoreError,
    },
    /// The client could not be made or found.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
    /// A secret could not be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A password could not be hashed.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

/// Makes a plan so.
pub async fn apply(directory: &Directory, plan: &Plan) -> Result<Applied, ApplyError> {
    let scope = if plan.new {
        directory.provision(&plan.target.client).await?
    } else {
        let known = directory.by_slug(&plan.former_slug);
        known.ok_or_else(|| TenancyError::Unknown(plan.former_slug.clone()))?
    };
    let applied = apply_model(directory, &scope, plan).await?;
    apply_client(directory, &scope, plan)
        .await
        .map_err(attempted(format!("change client {}", plan.client)))?;
    directory.reload().await?;
    Ok(applied)
}

async fn apply_model(
    directory: &Directory,
    scope: &TenantScope,
    plan: &Plan,
) -> Result<Applied, ApplyError> {
    if !plan.steps.iter().any(of_model) {
        return Ok(Applied::default());
    }
    let staged = stage(directory, scope, plan, &Actor::MANIFEST).await?;
    let commit = attempted(format!("change the model of {}", plan.client));
    staged.tx.commit().await.map_err(commit)?;
    Ok(staged.applied)
}

/// What a plan wrote and did not commit yet.
pub(super) struct Staged {
    pub(super) tx: Tx,
    pub(super) applied: Applied,
    /// Identities under the keys from now on.
    pub(super) ids: Ids,
}

/// Writes and records everything of the model, in a transaction that the caller commits.
pub(super) async fn stage(
    directory: &Directory,
    scope: &TenantScope,
    plan: &Plan,
    actor: &Actor,
) -> Result<Staged, ApplyError> {
    let of_model: Vec<&Step> = plan.steps.iter().filter(|step| of_model(step)).collect();
    let begin = attempted(format!("change the model of {}", plan.client));
    let mut tx = scope.db().begin().await.map_err(&begin)?;
    let version = settings::bump_model_version(&mut tx)
        .await
        .map_err(&begin)?;
    if version != plan.version + 1 {
        return Err(ApplyError::Stale(plan.client.clone()));
    }
    let author = actor.hand.to_string();
    let mut writer = Writer {
        tx: &mut tx,
        plan,
        tenant: scope.tenant().id,
        vault: directory.vault(),
        at: directory.clock.now(),
        author: &author,
        ids: Ids::clone(&plan.ids),
        applied: Applied::default(),
    };
    writer.write(&of_model).await?;
    let Writer {
        at, ids, applied, ..
    } = writer;
    for step in of_model {
        let deed = step.deed(ids.users.get(&step.key).copied());
        audit::record(&mut tx, at, actor, &deed);
    }
    Ok(Staged { tx, applied, ids })
}

fn of_model(step: &Step) -> bool {
    step.noun != Noun::Client
}

/// Name, hosts and status, in the control database.
async fn apply_client(
    directory: &Directory,
    scope: &TenantScope,
    plan: &Plan,
) -> Result<(), StoreError> {
    let id = scope.tenant().id;
    let step = plan.steps.iter().find(|step| step.noun == Noun::Client);
    let provisioning = scope.tenant().status == TenantStatus::Provisioning;
    if step.is_none() && !provisioning {
        return Ok(());
    }
    let mut tx = directory.control.begin().await?;
    tenants::update(&mut tx, id, &plan.target.client).await?;
    for host in plan.former_hosts.difference(&plan.target.hosts) {
        tenants::delete_host(&mut tx, id, host).await?;
    }
    for host in plan.target.hosts.difference(&plan.former_hosts) {
        tenants::insert_host(&mut tx, id, host).await?;
    }
    if provisioning {
        tenants::set_status(&mut tx, id, TenantStatus::Active).await?;
    }
    if let Some(step) = step {
        let at = directory.clock.now();
        audit::record(&mut tx, at, &Actor::MANIFEST, &step.deed(None));
    }
    tx.commit().await
}

pub(super) fn attempted(what: impl Into<String>) -> impl Fn(StoreError) -> ApplyError {
    let what = what.into();
    move |source| ApplyError::Store {
        what: what.clone(),
        source,
    }
}
