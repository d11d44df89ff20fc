//! A fresh, empty database on either backend.

use super::{required, scratch};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::path::PathBuf;
use std::str::FromStr;
use tempfile::TempDir;
use vigie::store::Db;

const CONNECTIONS: u32 = 4;

/// Where a database lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a scratch folder.
    Sqlite,
    /// A database of its own in the cluster `tests/run` started.
    Postgres,
}

/// A database of its own for one test. SQLite's file goes with it, PostgreSQL's with the cluster.
pub struct TestDatabase {
    /// The open database.
    pub db: Db,
    place: Place,
}

enum Place {
    File(TempDir),
    Server(Box<PgConnectOptions>),
}

impl TestDatabase {
    /// Creates an empty database.
    pub async fn create(backend: Backend) -> Self {
        let place = match backend {
            Backend::Sqlite => Place::File(scratch()),
            Backend::Postgres => Place::Server(Box::new(create_postgres().await)),
        };
        let db = open(&place).await;
        Self { db, place }
    }

    /// Opens it once more with pools of its own, as a second process would.
    pub async fn reopen(&self) -> Db {
        open(&self.place).await
    }

    /// The URL of it, if it is on PostgreSQL.
    pub fn url(&self) -> Option<String> {
        match &self.place {
            Place::File(_) => None,
            Place::Server(options) => Some(options.to_url_lossy().to_string()),
        }
    }

    /// The URL of a fresh PostgreSQL database, for `vigie --database-url`.
    pub async fn postgres_url() -> String {
        create_postgres().await.to_url_lossy().to_string()
    }
}

async fn open(place: &Place) -> Db {
    match place {
        Place::File(folder) => Db::open_sqlite(&file(folder))
            .await
            .expect("a new SQLite file"),
        Place::Server(options) => Db::open_postgres(options.as_ref().clone(), CONNECTIONS),
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("test.db")
}

async fn create_postgres() -> PgConnectOptions {
    let server =
        PgConnectOptions::from_str(&required("VIGIE_TEST_POSTGRES")).expect("a PostgreSQL URL");
    let mut connection = PgConnection::connect_with(&server)
        .await
        .expect("the PostgreSQL of VIGIE_TEST_POSTGRES answers; `tests/run NAME` starts one");
    let name = format!("test_{:016x}", rand::random::<u64>());
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await
        .expect("the user of VIGIE_TEST_POSTGRES may create databases");
    server.database(&name)
}

/// One promise, kept on both backends: makes the tests `NAME::on_sqlite` and `NAME::on_postgres`.
///
/// ```ignore
/// on_each_backend! {
///     async fn a_slug_is_taken_once(database: TestDatabase) { … }
/// }
/// ```
macro_rules! on_each_backend {
    ($(async fn $name:ident($database:ident: TestDatabase) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "what the promise speaks about, if anything")]
            use super::*;

            async fn promise($database: $crate::support::TestDatabase) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                promise($crate::support::TestDatabase::create($crate::support::Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                promise($crate::support::TestDatabase::create($crate::support::Backend::Postgres).await).await;
            }
        }
    )+};
}

pub(crate) use on_each_backend;
