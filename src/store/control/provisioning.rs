//! Databases and login roles of clients on PostgreSQL: data definition, which takes no parameters.
//!
//! Names come from [`DatabaseName`], passwords from [`HexPassword`]; both need no
//! escaping by construction. Nothing that people or devices write reaches these statements.

use crate::domain::TenantId;
use crate::store::StoreError;
use sqlx::{AssertSqlSafe, PgPool};

/// Name of the database of a client and, alike, of its login role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseName(String);

impl DatabaseName {
    /// `<control database>_t_<id>`, so that two platforms can share a server; none when
    /// the name of the control database has other characters than `a-z0-9_` or is too
    /// long for a suffix (PostgreSQL cuts names at 63 bytes).
    pub fn of(control_database: &str, tenant: TenantId) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let starts = control_database.starts_with(|first: char| first.is_ascii_lowercase());
        (starts && control_database.len() <= 40 && control_database.bytes().all(plain))
            .then(|| Self(format!("{control_database}_t_{}", tenant.0)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DatabaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password made of hexadecimal digits.
pub struct HexPassword(String);

impl HexPassword {
    /// From random bytes.
    pub fn from_bytes(random: &[u8; 24]) -> Self {
        Self(hex::encode(random))
    }

    /// From what [`Self::as_str`] gave; none for anything but hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether everybody may connect to a database of this server.
pub async fn is_open_to_public(pool: &PgPool, database: &str) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("select has_database_privilege('public', $1, 'connect')")
            .bind(database)
            .fetch_one(pool)
            .await?,
    )
}

/// Databases of this server that everybody may connect to.
pub async fn list_open_to_public(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "select datname::text from pg_database \
         where datallowconn and has_database_privilege('public', oid, 'connect') order by 1",
    )
    .fetch_all(pool)
    .await?)
}

/// Name of the database this pool is connected to.
pub async fn current_database(pool: &PgPool) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("select current_database()::text")
        .fetch_one(pool)
        .await?)
}

/// Keeps everybody but its owner and superusers out of a database.
pub async fn close_to_public(pool: &PgPool, database: &str) -> Result<(), StoreError> {
    let quoted = database.replace('"', "\"\"");
    execute(
        pool,
        format!("revoke connect, temporary on database \"{quoted}\" from public"),
    )
    .await
}

/// Whether the login role of a client is there.
pub async fn role_exists(pool: &PgPool, name: &DatabaseName) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from pg_roles where rolname = $1")
        .bind(name.as_str())
        .fetch_optional(pool)
        .await?;
    Ok(found.is_some())
}

/// Makes the login role of a client, which may do nothing yet.
pub async fn create_role(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(pool, format!("create role {name}")).await
}

/// Sets what the login role of a client may be, and its password.
pub async fn alter_role(
    pool: &PgPool,
    name: &DatabaseName,
    password: &HexPassword,
) -> Result<(), StoreError> {
    execute(
        pool,
        format!(
            "alter role {name} with login nocreatedb nocreaterole noinherit password '{}'",
            password.0
        ),
    )
    .await
}

/// Whether the database of a client is there.
pub async fn database_exists(pool: &PgPool, name: &DatabaseName) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = $1")
        .bind(name.as_str())
        .fetch_optional(pool)
        .await?;
    Ok(found.is_some())
}

/// Makes the database of a client, in UTF-8.
pub async fn create_database(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(
        pool,
        format!("create database {name} encoding 'UTF8' template template0"),
    )
    .await
}

/// Lets the login role of a client connect to its database.
pub async fn admit_role(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(pool, format!("grant connect on database {name} to {name}")).await
}

/// In the database of a client: the public may not even look into its schema.
pub async fn close_schema(pool: &PgPool) -> Result<(), StoreError> {
    execute(pool, "revoke all on schema public from public".to_owned()).await
}

/// In the database of a client: its role may make tables.
pub async fn open_schema(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(
        pool,
        format!("grant usage, create on schema public to {name}"),
    )
    .await
}

/// Drops the database of a client, disconnecting whoever is in it; repeating it is harmless.
pub async fn drop_database(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(pool, format!("drop database if exists {name} with (force)")).await
}

/// Drops the login role of a client; repeating it is harmless.
pub async fn drop_role(pool: &PgPool, name: &DatabaseName) -> Result<(), StoreError> {
    execute(pool, format!("drop role if exists {name}")).await
}

async fn execute(pool: &PgPool, statement: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(statement)).execute(pool).await?;
    Ok(())
}
