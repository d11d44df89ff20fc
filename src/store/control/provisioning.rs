//! Databases and login roles of clients on PostgreSQL: data definition, which takes no parameters.
//!
//! Names are `vigie_t_<id>`, made from the number alone; the password is hexadecimal.
//! Nothing that people or devices write ever reaches these statements.

use crate::domain::TenantId;
use crate::store::StoreError;
use sqlx::{AssertSqlSafe, PgPool};

/// Name of the database of a client and of its login role.
pub fn database_name(tenant: TenantId) -> String {
    format!("vigie_t_{}", tenant.0)
}

/// Keeps everybody but its owner and superusers out of the database of `pool`.
pub async fn close_to_public(pool: &PgPool) -> Result<(), StoreError> {
    execute(
        pool,
        "do $$ begin execute format('revoke connect, temporary on database %I from public', \
         current_database()); end $$"
            .to_owned(),
    )
    .await
}

/// Whether the login role of a client is there.
pub async fn role_exists(pool: &PgPool, tenant: TenantId) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from pg_roles where rolname = $1")
        .bind(database_name(tenant))
        .fetch_optional(pool)
        .await?;
    Ok(found.is_some())
}

/// Makes the login role of a client, which may do nothing yet.
pub async fn create_role(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    execute(pool, format!("create role {}", database_name(tenant))).await
}

/// Sets what the login role of a client may be, and its password.
pub async fn alter_role(
    pool: &PgPool,
    tenant: TenantId,
    password: &HexPassword,
) -> Result<(), StoreError> {
    execute(
        pool,
        format!(
            "alter role {} with login nosuperuser nocreatedb nocreaterole noinherit \
             noreplication connection limit 40 password '{}'",
            database_name(tenant),
            password.0
        ),
    )
    .await
}

/// Whether the database of a client is there.
pub async fn database_exists(pool: &PgPool, tenant: TenantId) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = $1")
        .bind(database_name(tenant))
        .fetch_optional(pool)
        .await?;
    Ok(found.is_some())
}

/// Makes the database of a client, in UTF-8.
pub async fn create_database(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    let name = database_name(tenant);
    execute(
        pool,
        format!("create database {name} encoding 'UTF8' template template0"),
    )
    .await
}

/// Lets the login role of a client, and nobody else, connect to its database.
pub async fn admit_role(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    let name = database_name(tenant);
    execute(pool, format!("revoke all on database {name} from public")).await?;
    execute(pool, format!("grant connect on database {name} to {name}")).await
}

/// Inside the database of a client: its role may make tables, the public may not.
pub async fn open_schema(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    let name = database_name(tenant);
    execute(pool, "revoke all on schema public from public".to_owned()).await?;
    execute(
        pool,
        format!("grant usage, create on schema public to {name}"),
    )
    .await
}

/// Drops the database of a client, disconnecting whoever is in it; repeating it is harmless.
pub async fn drop_database(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    let name = database_name(tenant);
    execute(pool, format!("drop database if exists {name} with (force)")).await
}

/// Drops the login role of a client; repeating it is harmless.
pub async fn drop_role(pool: &PgPool, tenant: TenantId) -> Result<(), StoreError> {
    execute(
        pool,
        format!("drop role if exists {}", database_name(tenant)),
    )
    .await
}

/// A password made of hexadecimal digits, so that it needs no quoting.
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

async fn execute(pool: &PgPool, statement: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(statement)).execute(pool).await?;
    Ok(())
}
