//! The life of a client as a whole: made, suspended, resumed, removed.
//!
//! Each step is recorded in the control database before it begins and may be repeated,
//! so that whatever was interrupted is finished by asking for it again.

use super::error::Attempt;
use super::{Directory, TenancyError, TenantScope};
use crate::domain::TenantStatus;
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::store::control::{TenantRow, TenantSpec, tenants};
use crate::store::{StoreError, Tx, audit, tenant};

impl Directory {
    /// Makes a client with an empty, migrated database; it stays `provisioning` until
    /// [`Self::set_status`] lets it serve. Called again for a slug that is being
    /// provisioned, it finishes what was begun.
    pub async fn provision(&self, spec: &TenantSpec) -> Result<TenantScope, TenancyError> {
        let row = match self.find_row(&spec.slug).await? {
            None => self.enter(spec).await?,
            Some(row) if row.status == TenantStatus::Provisioning => row,
            Some(row) => return Err(status_of(&row)),
        };
        self.databases
            .create(&self.control, &row, &self.vault)
            .await?;
        self.reload().await?;
        let scope = self
            .by_slug(&spec.slug)
            .ok_or_else(|| TenancyError::Unknown(spec.slug.clone()))?;
        tenant::migrate(scope.db())
            .await
            .attempting(format!("migrate the database of {}", spec.slug))?;
        Ok(scope)
    }

    /// Lets a client serve, or stops that; the change is recorded.
    pub async fn set_status(
        &self,
        slug: &str,
        status: TenantStatus,
        actor: &Actor,
    ) -> Result<(), TenancyError> {
        let row = self.get_row(slug).await?;
        if row.status == TenantStatus::Removing {
            return Err(status_of(&row));
        }
        let what = format!("set client {slug} to {status}");
        let mut tx = self.control.begin().await.attempting(&*what)?;
        self.record_status(&mut tx, &row, status, actor)
            .await
            .attempting(&*what)?;
        tx.commit().await.attempting(what)?;
        self.reload().await
    }

    /// Destroys a client with all its data. What was interrupted is finished by calling it again.
    pub async fn remove(&self, slug: &str, actor: &Actor) -> Result<(), TenancyError> {
        let row = self.get_row(slug).await?;
        let what = format!("remove client {slug}");
        let open = self.by_slug(slug);
        let mut tx = self.control.begin().await.attempting(&*what)?;
        self.record_status(&mut tx, &row, TenantStatus::Removing, actor)
            .await
            .attempting(&*what)?;
        tx.commit().await.attempting(&*what)?;
        self.reload().await?;
        if let Some(scope) = open {
            scope.db().close().await;
        }
        self.databases.destroy(&self.control, &row).await?;
        let mut tx = self.control.begin().await.attempting(&*what)?;
        tenants::delete(&mut tx, row.id).await.attempting(&*what)?;
        tx.commit().await.attempting(what)
    }

    pub(super) async fn find_row(&self, slug: &str) -> Result<Option<TenantRow>, TenancyError> {
        tenants::find_by_slug(&self.control, slug)
            .await
            .attempting(format!("look for client {slug}"))
    }

    pub(super) async fn get_row(&self, slug: &str) -> Result<TenantRow, TenancyError> {
        self.find_row(slug)
            .await?
            .ok_or_else(|| TenancyError::Unknown(slug.to_owned()))
    }

    /// Enters a client into the control database with the place where it will lie.
    async fn enter(&self, spec: &TenantSpec) -> Result<TenantRow, TenancyError> {
        let what = format!("enter client {}", spec.slug);
        let mut tx = self.control.begin().await.attempting(&*what)?;
        let id = tenants::insert(&mut tx, spec, self.clock.now())
            .await
            .attempting(&*what)?;
        let placement = self.databases.place(id, &self.vault)?;
        tenants::set_database(
            &mut tx,
            id,
            &placement.database_url,
            placement.sealed_password.as_deref(),
        )
        .await
        .attempting(&*what)?;
        tx.commit().await.attempting(what)?;
        self.get_row(&spec.slug).await
    }

    async fn record_status(
        &self,
        tx: &mut Tx,
        row: &TenantRow,
        status: TenantStatus,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        tenants::set_status(tx, row.id, status).await?;
        let subject = Subject::new("client", &row.spec.slug).named(&row.spec.name);
        let action = Action::find(status.as_str()).unwrap_or(Action::CHANGED);
        let deed = Deed::new(action, subject)
            .before(Fields::new().with("status", row.status.as_str()))
            .after(Fields::new().with("status", status.as_str()));
        audit::record(tx, self.clock.now(), actor, &deed);
        Ok(())
    }
}

fn status_of(row: &TenantRow) -> TenancyError {
    TenancyError::Status {
        slug: row.spec.slug.clone(),
        status: row.status,
    }
}
