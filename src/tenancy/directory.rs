//! Every client of this platform, by slug and by host name.
//!
//! Start here: [`Directory::open`], then [`Directory::migrate_all`].

use super::databases::Databases;
use super::error::Attempt;
use super::secrets::Vault;
use super::{TenancyError, Tenant, TenantScope};
use crate::domain::{Clock, TenantId, TenantStatus};
use crate::store::control::{self, TenantRow};
use crate::store::{Db, tenant};
use futures_util::StreamExt;
use secrecy::SecretString;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// First label of the host of the platform's staff; no slug of a client.
pub const CONSOLE: &str = "console";
/// Databases that are migrated at the same time.
const MIGRATIONS_AT_ONCE: usize = 4;

/// Where data lie and how clients are named.
#[derive(Debug, Clone)]
pub struct DirectoryConfig {
    /// Folder of the SQLite files and of the generated key.
    pub data_dir: PathBuf,
    /// PostgreSQL URL of the control database; none means SQLite.
    pub database_url: Option<SecretString>,
    /// The master key in hex; none means the one in the data folder.
    pub key: Option<SecretString>,
    /// Connections to the database of each client (PostgreSQL).
    pub connections_per_client: u32,
    /// Portals are `<slug>.<base_domain>`.
    pub base_domain: String,
}

/// Every client of this platform. Cheap lookups; [`Self::reload`] follows the control database.
#[derive(Debug)]
pub struct Directory {
    pub(super) control: Db,
    pub(super) databases: Databases,
    pub(super) vault: Vault,
    pub(super) clock: Arc<dyn Clock>,
    base_domain: String,
    index: RwLock<Arc<Index>>,
}

/// What became of the migration of one client's database.
#[derive(Debug)]
pub struct Migrated {
    /// Which client.
    pub slug: String,
    /// Nothing, or why that client cannot be served; the others can.
    pub outcome: Result<(), TenancyError>,
}

/// What lookups read; replaced as a whole.
#[derive(Debug, Default)]
struct Index {
    by_slug: HashMap<String, TenantScope>,
    by_host: HashMap<String, String>,
}

impl Directory {
    /// Opens (and migrates) the control database and reads which clients there are.
    /// Databases of clients are opened on first use.
    pub async fn open(
        config: DirectoryConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, TenancyError> {
        let databases = Databases::new(
            &config.data_dir,
            config.database_url.as_ref(),
            config.connections_per_client,
        )?;
        let vault = Vault::open_or_create(&config.data_dir, config.key.as_ref())?;
        let control = databases.open_control().await?;
        control::migrate(&control)
            .await
            .attempting("migrate the control database")?;
        let directory = Self {
            control,
            databases,
            vault,
            clock,
            base_domain: config.base_domain.to_lowercase(),
            index: RwLock::default(),
        };
        directory.reload().await?;
        Ok(Arc::new(directory))
    }

    /// The client whose portal has this host name; a port, letter case and a last dot do not matter.
    /// `<slug>.<base domain>` is always that client's, whatever hosts others were given.
    pub fn by_host(&self, host: &str) -> Option<TenantScope> {
        let host = normal_host(host);
        if self.is_console(&host) {
            return None;
        }
        let index = self.index();
        let own = self
            .label_below_base(&host)
            .and_then(|slug| index.by_slug.get(slug));
        let scope = own.or_else(|| index.by_slug.get(index.by_host.get(&host)?));
        scope.cloned()
    }

    /// Whether a host is that of the platform's staff, which no client can take.
    pub fn is_console(&self, host: &str) -> bool {
        self.label_below_base(&normal_host(host)) == Some(CONSOLE)
    }

    /// The platform's own database: its staff and what they did. Nothing of a client is in it
    /// but where their data lie.
    pub fn control(&self) -> &Db {
        &self.control
    }

    /// Whether a host is the base domain or below it, where only slugs name portals.
    pub(super) fn is_of_base(&self, host: &str) -> bool {
        host == self.base_domain || self.label_below_base(host).is_some()
    }

    /// The client with this slug, suspended ones included.
    pub fn by_slug(&self, slug: &str) -> Option<TenantScope> {
        self.index().by_slug.get(slug).cloned()
    }

    /// All clients that are to be served, by slug.
    pub fn active(&self) -> Vec<TenantScope> {
        let mut active = self.all();
        active.retain(|scope| scope.tenant().is_active());
        active
    }

    /// All clients that have a database, by slug; suspended ones included.
    pub fn all(&self) -> Vec<TenantScope> {
        let mut all: Vec<_> = self.index().by_slug.values().cloned().collect();
        all.sort_by(|a, b| a.tenant().slug.cmp(&b.tenant().slug));
        all
    }

    /// All clients as the control database has them now, whatever their status.
    pub async fn list(&self) -> Result<Vec<TenantRow>, TenancyError> {
        control::tenants::list(&self.control)
            .await
            .attempting("list the clients")
    }

    /// Reads the control database again; pools of clients that stay are kept.
    pub async fn reload(&self) -> Result<(), TenancyError> {
        let rows = self.list().await?;
        let hosts = control::tenants::list_hosts(&self.control)
            .await
            .attempting("list the host names")?;
        let former = self.index();
        let mut index = Index::default();
        for row in rows {
            if row.status == TenantStatus::Removing || row.database_url.is_empty() {
                continue;
            }
            let Some(db) = self.pools_of(&row, &former) else {
                continue;
            };
            let own = hosts_of(&hosts, row.id);
            for host in &own {
                index.by_host.insert(host.clone(), row.spec.slug.clone());
            }
            let scope = TenantScope::new(Tenant::from_row(&row, own), db);
            index.by_slug.insert(row.spec.slug.clone(), scope);
        }
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
        Ok(())
    }

    /// Brings the databases of all clients up to date, a few at a time. A client that
    /// fails is in the answer with the reason; the others are done all the same.
    pub async fn migrate_all(&self) -> Result<Vec<Migrated>, TenancyError> {
        let rows = self.list().await?;
        let served = rows
            .into_iter()
            .filter(|row| matches!(row.status, TenantStatus::Active | TenantStatus::Suspended));
        let mut done: Vec<_> = futures_util::stream::iter(served)
            .map(|row| async move {
                let outcome = self.migrate(&row).await;
                Migrated {
                    slug: row.spec.slug,
                    outcome,
                }
            })
            .buffer_unordered(MIGRATIONS_AT_ONCE)
            .collect()
            .await;
        done.sort_by(|a, b| a.slug.cmp(&b.slug));
        Ok(done)
    }

    /// The vault that seals secrets of clients.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Proves that the control database answers.
    pub async fn ping(&self) -> Result<(), TenancyError> {
        self.control
            .ping()
            .await
            .attempting("ask the control database")
    }

    /// Closes all connections and waits for them.
    pub async fn close(&self) {
        for scope in self.index().by_slug.values() {
            scope.db().close().await;
        }
        self.control.close().await;
    }

    async fn migrate(&self, row: &TenantRow) -> Result<(), TenancyError> {
        let db = match self.by_slug(&row.spec.slug) {
            Some(scope) => scope.db().clone(),
            None => self.databases.open(row, &self.vault)?,
        };
        tenant::migrate(&db)
            .await
            .attempting(format!("migrate the database of {}", row.spec.slug))
    }

    /// The pools a client had, if it lies where it lay; else new ones.
    fn pools_of(&self, row: &TenantRow, former: &Index) -> Option<Db> {
        let known = former
            .by_slug
            .values()
            .find(|scope| scope.tenant().id == row.id);
        if let Some(scope) = known {
            return Some(scope.db().clone());
        }
        match self.databases.open(row, &self.vault) {
            Ok(db) => Some(db),
            Err(error) => {
                tracing::error!(tenant.slug = row.spec.slug, %error, "this client cannot be served");
                None
            }
        }
    }

    fn label_below_base<'a>(&self, host: &'a str) -> Option<&'a str> {
        host.strip_suffix(&self.base_domain)?.strip_suffix('.')
    }

    fn index(&self) -> Arc<Index> {
        self.index
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn hosts_of(hosts: &[(TenantId, String)], tenant: TenantId) -> Vec<String> {
    hosts
        .iter()
        .filter(|(owner, _)| *owner == tenant)
        .map(|(_, host)| host.clone())
        .collect()
}

/// Lower case, without port and without the dot that ends a fully qualified name.
fn normal_host(host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    name.trim_end_matches('.').to_lowercase()
}
