//! One database: PostgreSQL or SQLite behind one type.
//!
//! Statements are written once, with `$1` placeholders, inside [`on_db!`] or
//! [`on_tx!`]; the macro compiles them for both backends.
//!
//! Durability: PostgreSQL commits with `synchronous_commit = on`, SQLite with
//! `journal_mode = wal` and `synchronous = full`: a commit that returned is on disk.

use super::StoreError;
use super::audit::{self, Pending};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Postgres, Sqlite, Transaction};
use std::path::Path;
use std::time::Duration;

/// Runs one statement on a pool: `on_db!(db.read, pool => sqlx::query_as::<_, Row>("…").fetch_all(pool))`.
/// `db.read` may use any reader, `db.write` uses the single writer of SQLite.
macro_rules! on_db {
    ($db:ident . $side:ident, $pool:ident => $statement:expr) => {
        match $db {
            $crate::store::Db::Postgres($pool) => $statement.await,
            $crate::store::Db::Sqlite { $side: $pool, .. } => $statement.await,
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Runs one statement in a transaction (`tx: &mut Tx`): `on_tx!(tx, conn => sqlx::query("…").execute(conn))`.
macro_rules! on_tx {
    ($tx:expr, $conn:ident => $statement:expr) => {
        match &mut (*$tx).link {
            $crate::store::Link::Postgres(inner) => {
                let $conn = &mut **inner;
                $statement.await
            }
            $crate::store::Link::Sqlite(inner) => {
                let $conn = &mut **inner;
                $statement.await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Like [`on_db!`] for `execute`: the number of rows it touched.
macro_rules! exec_db {
    ($db:ident . $side:ident, $pool:ident => $statement:expr) => {
        match $db {
            $crate::store::Db::Postgres($pool) => $statement.await.map(|done| done.rows_affected()),
            $crate::store::Db::Sqlite { $side: $pool, .. } => {
                $statement.await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Like [`on_tx!`] for `execute`: the number of rows it touched.
macro_rules! exec_tx {
    ($tx:expr, $conn:ident => $statement:expr) => {
        match &mut (*$tx).link {
            $crate::store::Link::Postgres(inner) => {
                let $conn = &mut **inner;
                $statement.await.map(|done| done.rows_affected())
            }
            $crate::store::Link::Sqlite(inner) => {
                let $conn = &mut **inner;
                $statement.await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

pub(crate) use {exec_db, exec_tx, on_db, on_tx};

/// How long a statement may wait for a connection or for SQLite's lock.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages that a SQLite connection may keep, in KiB with a minus: a group of a merge fits and goes to the log once.
const PAGE_CACHE: &str = "-8192";
/// Rows that SQLite may be ahead of who reads them; with few of them the two wait for each other in turns.
const ROWS_AHEAD: usize = 512;
const IDLE_TIMEOUT: Duration = Duration::from_secs(120);

/// One database. Cheap to clone; all clones share the pools.
#[derive(Debug, Clone)]
pub enum Db {
    /// A PostgreSQL database; the pool is lazy.
    Postgres(PgPool),
    /// A SQLite file: one connection writes, a few read.
    Sqlite {
        /// The only connection that writes, so that writers queue here and not on the lock.
        write: SqlitePool,
        /// Connections that read; WAL lets them read beside the writer.
        read: SqlitePool,
    },
}

/// A transaction that may write. Dropped without `commit`, it rolls back.
pub struct Tx {
    pub(super) link: Link,
    /// Entries of the audit log, written when it commits.
    pub(super) pending: Vec<Pending>,
}

/// The connection a transaction runs on.
pub(super) enum Link {
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
    /// On SQLite, begun with `BEGIN IMMEDIATE`.
    Sqlite(Transaction<'static, Sqlite>),
}

impl Db {
    /// Opens (and creates) a SQLite file that only we may read.
    pub async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        create_private(path)?;
        let write = sqlite_pool(1)
            .connect_with(sqlite_options(path).create_if_missing(true))
            .await?;
        Ok(Self::Sqlite {
            write,
            read: sqlite_pool(2).connect_lazy_with(sqlite_options(path).read_only(true)),
        })
    }

    /// Prepares pools on a SQLite file that must be there; opens it on first use.
    pub fn lazy_sqlite(path: &Path) -> Self {
        Self::Sqlite {
            write: sqlite_pool(1).connect_lazy_with(sqlite_options(path)),
            read: sqlite_pool(2).connect_lazy_with(sqlite_options(path).read_only(true)),
        }
    }

    /// Prepares a pool on a PostgreSQL database; connects on first use.
    pub fn open_postgres(options: PgConnectOptions, max_connections: u32) -> Self {
        Self::Postgres(
            PgPoolOptions::new()
                .max_connections(max_connections)
                .min_connections(0)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .idle_timeout(IDLE_TIMEOUT)
                .connect_lazy_with(options),
        )
    }

    /// Connects once, beside any pool: says why a PostgreSQL server does not let us in.
    pub async fn probe_postgres(options: &PgConnectOptions) -> Result<(), StoreError> {
        let connecting = PgConnection::connect_with(options);
        match tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await {
            Ok(connection) => Ok(connection?.close().await?),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let link = match self {
            Self::Postgres(pool) => Link::Postgres(begin_postgres(pool.clone()).await?),
            Self::Sqlite { write, .. } => Link::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
        };
        Ok(Tx {
            link,
            pending: Vec::new(),
        })
    }

    /// Whether this is PostgreSQL; for the few statements that differ.
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Proves that the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        exec_db!(self.read, pool => sqlx::query("select 1").execute(pool))?;
        Ok(())
    }

    /// Closes all connections and waits for them; on SQLite this also folds the WAL into the file.
    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// SQLite gives the WAL and its index the permissions of the file they belong to.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        // What a statement may have to undo: in a file it is read and written for nearly every page.
        .pragma("temp_store", "memory")
        .pragma("cache_size", PAGE_CACHE)
        .row_buffer_size(ROWS_AHEAD)
}

fn sqlite_pool(max_connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_TIMEOUT)
}

/// Begins in a task of its own, awaited at once, so that a caller who gives up does not cut it off.
///
/// sqlx 0.9 counts a transaction only once `BEGIN` is answered. Cut off before that, the connection
/// goes back to the pool inside a transaction nobody knows of, and the next statements on it are
/// answered as if committed and rolled back later.
async fn begin_postgres(pool: PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
    tokio::spawn(async move { pool.begin().await })
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?
        .map_err(StoreError::from)
}

impl Tx {
    /// Writes what was noted for the audit log and makes everything durable.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        audit::append(&mut self).await?;
        match self.link {
            Link::Postgres(tx) => tx.commit().await?,
            Link::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Takes everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.link {
            Link::Postgres(tx) => tx.rollback().await?,
            Link::Sqlite(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Whether this is PostgreSQL; for the few statements that differ.
    pub(super) const fn is_postgres(&self) -> bool {
        matches!(self.link, Link::Postgres(_))
    }
}
