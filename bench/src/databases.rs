//! Fresh databases for one run, and what they cost.

use crate::machine;
use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::path::PathBuf;
use std::str::FromStr;
use vigie::store::Db;

/// A database of this run; removed when the run ends in order.
pub struct Database {
    /// `SQLite` or `PostgreSQL` with its version.
    pub name: String,
    /// The open database.
    pub db: Db,
    place: Place,
}

enum Place {
    File(PathBuf),
    Server {
        admin: Box<PgConnectOptions>,
        name: String,
        postmaster: Option<u32>,
    },
}

impl Database {
    /// SQLite in the folder for temporary files, and PostgreSQL when a server was named.
    pub async fn create_all(postgres: Option<&str>, purpose: &str) -> Result<Vec<Self>> {
        let mut all = vec![Self::sqlite(purpose).await?];
        if let Some(url) = postgres {
            all.push(Self::postgres(url, purpose).await?);
        }
        Ok(all)
    }

    async fn sqlite(purpose: &str) -> Result<Self> {
        let folder =
            std::env::temp_dir().join(format!("vigie-bench-{}-{purpose}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let db = Db::open_sqlite(&folder.join("bench.db")).await?;
        Ok(Self {
            name: "SQLite".to_owned(),
            db,
            place: Place::File(folder),
        })
    }

    async fn postgres(url: &str, purpose: &str) -> Result<Self> {
        let admin = PgConnectOptions::from_str(url).context("the URL of the PostgreSQL server")?;
        let mut connection = PgConnection::connect_with(&admin)
            .await
            .context("the PostgreSQL server answers")?;
        let name = format!("vigie_bench_{}_{purpose}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await?;
        let version: String = sqlx::query_scalar("show server_version")
            .fetch_one(&mut connection)
            .await?;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut connection)
            .await?;
        let postmaster = machine::parent_of(backend.unsigned_abs());
        let version = version.split_whitespace().next().unwrap_or_default();
        Ok(Self {
            name: format!("PostgreSQL {version}"),
            db: Db::open_postgres(admin.clone().database(&name), 4),
            place: Place::Server {
                admin: Box::new(admin),
                name,
                postmaster,
            },
        })
    }

    /// Processor seconds of this process and of the server so far.
    pub fn cpu(&self) -> f64 {
        let server = match &self.place {
            Place::Server {
                postmaster: Some(pid),
                ..
            } => machine::tree_cpu(*pid),
            _ => 0.0,
        };
        machine::own_cpu() + server
    }

    /// Bytes a table takes with its indexes and what is stored beside it.
    pub async fn table_bytes(&self, table: &str) -> Result<f64> {
        let bytes: i64 = match &self.db {
            Db::Postgres(pool) => {
                sqlx::query_scalar("select pg_total_relation_size($1::text::regclass)")
                    .bind(table)
                    .fetch_one(pool)
                    .await?
            }
            Db::Sqlite { write, .. } => {
                sqlx::query_scalar(
                    "select sum(pgsize) from dbstat where name in \
                     (select name from sqlite_schema where tbl_name = $1)",
                )
                .bind(table)
                .fetch_one(write)
                .await?
            }
        };
        Ok(bytes as f64)
    }

    /// Gives dead space back, as autovacuum does when a day does not pass in seconds.
    pub async fn compact(&self, table: &str) -> Result<()> {
        if let Db::Postgres(pool) = &self.db {
            sqlx::query(AssertSqlSafe(format!("vacuum full {table}")))
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Brings statistics and visibility up to date, as autovacuum does in time.
    pub async fn settle(&self) -> Result<()> {
        match &self.db {
            Db::Postgres(pool) => sqlx::query("vacuum analyze")
                .execute(pool)
                .await
                .map(|_| ())?,
            Db::Sqlite { write, .. } => sqlx::query("analyze").execute(write).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Removes it.
    pub async fn remove(self) -> Result<()> {
        self.db.close().await;
        match self.place {
            Place::File(folder) => std::fs::remove_dir_all(folder)?,
            Place::Server { admin, name, .. } => {
                let mut connection = PgConnection::connect_with(&admin).await?;
                sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
                    .execute(&mut connection)
                    .await?;
            }
        }
        Ok(())
    }
}
