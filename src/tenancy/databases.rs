//! Where databases lie: SQLite files in the data folder, or databases of a PostgreSQL server.
//!
//! On PostgreSQL every client has a database and a login role of its own. The role may
//! connect to that database only: the public loses its right to connect to the control
//! database, to the databases of clients and to the server's own `postgres` and `template1`.

use super::TenancyError;
use super::data_folder::{failed, make_private_folder};
use super::error::Attempt;
use super::secrets::Vault;
use crate::domain::TenantId;
use crate::store::control::provisioning::{self, DatabaseName, HexPassword};
use crate::store::control::{TenantRow, TenantSpec};
use crate::store::{Db, PgConnectOptions, PgPool, StoreError};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Name under which the vault seals the password of a client's login role.
const ROLE_PASSWORD: &str = "database";
const CONTROL_CONNECTIONS: u32 = 5;
/// Attempts at a statement on a shared catalogue row that another process changes as well.
const CATALOGUE_ATTEMPTS: u32 = 5;

/// The place where all databases of this platform lie.
#[derive(Debug, Clone)]
pub(super) enum Databases {
    /// `control.db` and `tenants/<id>.db` in a folder that only we may enter.
    Folder(PathBuf),
    /// Databases of one PostgreSQL server.
    Server {
        options: Box<PgConnectOptions>,
        connections_per_client: u32,
    },
}

/// What the control database remembers about where a client lies.
pub(super) struct Placement {
    pub(super) database_url: String,
    pub(super) sealed_password: Option<Vec<u8>>,
}

impl Databases {
    pub(super) fn new(
        data_dir: &Path,
        database_url: Option<&SecretString>,
        connections_per_client: u32,
    ) -> Result<Self, TenancyError> {
        make_private_folder(data_dir)?;
        let Some(url) = database_url else {
            make_private_folder(&data_dir.join("tenants"))?;
            return Ok(Self::Folder(data_dir.to_owned()));
        };
        let scheme = url
            .expose_secret()
            .split_once("://")
            .map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("postgres" | "postgresql")) {
            let wanted = "it begins with postgres://; without one, data lie in SQLite files";
            return Err(TenancyError::Url(wanted.to_owned()));
        }
        let options = PgConnectOptions::from_str(url.expose_secret())
            .map_err(|error| TenancyError::Url(error.to_string()))?;
        Ok(Self::Server {
            options: Box::new(options.application_name("vigie")),
            connections_per_client,
        })
    }

    /// Opens the control database; on PostgreSQL it must be there.
    pub(super) async fn open_control(&self) -> Result<Db, TenancyError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join("control.db");
                Db::open_sqlite(&path)
                    .await
                    .attempting(format!("open {}", path.display()))
            }
            Self::Server { options, .. } => {
                let db = Db::open_postgres((**options).clone(), CONTROL_CONNECTIONS);
                if let Err(error) = db.ping().await {
                    // The pool only says that it waited; one try of its own says why.
                    Db::probe_postgres(options)
                        .await
                        .and(Err(error))
                        .attempting("connect to the control database")?;
                }
                if let Db::Postgres(pool) = &db {
                    close_server(pool).await?;
                }
                Ok(db)
            }
        }
    }

    /// Decides where a new client will lie.
    pub(super) fn place(&self, id: TenantId, vault: &Vault) -> Result<Placement, TenancyError> {
        match self {
            Self::Folder(_) => Ok(Placement {
                database_url: format!("sqlite:tenants/{id}.db"),
                sealed_password: None,
            }),
            Self::Server { options, .. } => {
                let password = HexPassword::from_bytes(&rand::random());
                let clear = SecretString::from(password.as_str());
                Ok(Placement {
                    database_url: format!("postgres:{}", name_on_server(options, id)?),
                    sealed_password: Some(vault.seal(id, ROLE_PASSWORD, &clear)?),
                })
            }
        }
    }

    /// Makes the database of a client, or finishes making it; repeating it is harmless.
    pub(super) async fn create(
        &self,
        control: &Db,
        row: &TenantRow,
        vault: &Vault,
    ) -> Result<(), TenancyError> {
        let slug = &row.spec.slug;
        match (self, control) {
            (Self::Folder(folder), _) => {
                let db = Db::open_sqlite(&folder.join(file_of(row)?))
                    .await
                    .attempting(format!("create the database of {slug}"))?;
                db.close().await;
                Ok(())
            }
            (Self::Server { options, .. }, Db::Postgres(pool)) => {
                let name = name_on_server(options, row.id)?;
                let password = role_password(row, vault)?;
                let admin = (**options).clone().database(name.as_str());
                create_on_server(pool, admin, &name, &password)
                    .await
                    .attempting(format!("create the database of {slug}"))
            }
            (Self::Server { .. }, Db::Sqlite { .. }) => Err(misplaced(row)),
        }
    }

    /// Prepares lazy pools on the database of a client.
    pub(super) fn open(&self, row: &TenantRow, vault: &Vault) -> Result<Db, TenancyError> {
        match self {
            Self::Folder(folder) => Ok(Db::lazy_sqlite(&folder.join(file_of(row)?))),
            Self::Server {
                options,
                connections_per_client,
            } => {
                let name = row
                    .database_url
                    .strip_prefix("postgres:")
                    .ok_or_else(|| misplaced(row))?;
                let options = (**options)
                    .clone()
                    .database(name)
                    .username(name)
                    .password(role_password(row, vault)?.as_str());
                Ok(Db::open_postgres(options, *connections_per_client))
            }
        }
    }

    /// Destroys the database of a client and its login role; repeating it is harmless.
    pub(super) async fn destroy(&self, control: &Db, row: &TenantRow) -> Result<(), TenancyError> {
        match (self, control) {
            (Self::Folder(folder), _) => {
                let path = folder.join(file_of(row)?);
                for suffix in ["", "-wal", "-shm"] {
                    remove_file(&path.with_extension(format!("db{suffix}")))?;
                }
                Ok(())
            }
            (Self::Server { options, .. }, Db::Postgres(pool)) => {
                let name = name_on_server(options, row.id)?;
                let what = format!("drop the database of {}", row.spec.slug);
                provisioning::drop_database(pool, &name)
                    .await
                    .attempting(&*what)?;
                provisioning::drop_role(pool, &name).await.attempting(what)
            }
            (Self::Server { .. }, Db::Sqlite { .. }) => Err(misplaced(row)),
        }
    }
}

async fn create_on_server(
    control: &PgPool,
    admin: PgConnectOptions,
    name: &DatabaseName,
    password: &HexPassword,
) -> Result<(), StoreError> {
    if !provisioning::role_exists(control, name).await? {
        provisioning::create_role(control, name).await?;
    }
    provisioning::alter_role(control, name, password).await?;
    if !provisioning::database_exists(control, name).await? {
        provisioning::create_database(control, name).await?;
    }
    provisioning::close_to_public(control, name.as_str()).await?;
    provisioning::admit_role(control, name).await?;
    let inside = Db::open_postgres(admin, 1);
    if let Db::Postgres(pool) = &inside {
        provisioning::close_schema(pool).await?;
        provisioning::open_schema(pool, name).await?;
    }
    inside.close().await;
    warn_of_open_databases(control).await
}

/// Takes from the public the right to connect to the control database and to the two that
/// every server has; says so where that is not ours to do.
async fn close_server(pool: &PgPool) -> Result<(), TenancyError> {
    let control = provisioning::current_database(pool)
        .await
        .attempting("ask for the name of the control database")?;
    close_database(pool, &control)
        .await
        .attempting("keep the public out of the control database")?;
    for own in ["postgres", "template1"] {
        if let Err(error) = close_database(pool, own).await {
            tracing::warn!(database = own, %error, "the roles of clients can still connect here");
        }
    }
    Ok(())
}

/// Other databases of the server are not ours to close; whoever runs it should know.
async fn warn_of_open_databases(pool: &PgPool) -> Result<(), StoreError> {
    let open = provisioning::list_open_to_public(pool).await?;
    if !open.is_empty() {
        tracing::warn!(databases = ?open, "open to all roles of this server, those of clients included");
    }
    Ok(())
}

async fn close_database(pool: &PgPool, database: &str) -> Result<(), StoreError> {
    let mut attempt = 0;
    while provisioning::is_open_to_public(pool, database).await? {
        attempt += 1;
        match provisioning::close_to_public(pool, database).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt == CATALOGUE_ATTEMPTS => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Ok(())
}

fn name_on_server(options: &PgConnectOptions, id: TenantId) -> Result<DatabaseName, TenancyError> {
    let control = options.get_database().unwrap_or(options.get_username());
    DatabaseName::of(control, id).ok_or_else(|| {
        TenancyError::Url(format!(
            "the control database is called `{control}`; databases of clients are named after \
             it, so its name may have at most 40 characters of a-z, 0-9 and _, a letter first"
        ))
    })
}

fn role_password(row: &TenantRow, vault: &Vault) -> Result<HexPassword, TenancyError> {
    let sealed = row
        .database_secret
        .as_deref()
        .ok_or_else(|| misplaced(row))?;
    let clear = vault.unseal(row.id, ROLE_PASSWORD, sealed)?;
    HexPassword::parse(clear.expose_secret()).ok_or_else(|| misplaced(row))
}

fn file_of(row: &TenantRow) -> Result<&str, TenancyError> {
    row.database_url
        .strip_prefix("sqlite:")
        .ok_or_else(|| misplaced(row))
}

fn misplaced(row: &TenantRow) -> TenancyError {
    let TenantSpec { slug, .. } = &row.spec;
    TenancyError::Misplaced {
        slug: slug.clone(),
        database_url: row.database_url.clone(),
        hint: "start with the database url the client was made with",
    }
}

fn remove_file(path: &Path) -> Result<(), TenancyError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(failed("remove", path)(error))
        }
        _ => Ok(()),
    }
}
