//! All SQL of the platform, and nothing else does SQL.
//!
//! [`Db`] is one database, PostgreSQL or SQLite; `control` is the platform's own,
//! `tenant` is one client's, and each has an `audit` log and counts failed `attempts` to get in. One file per noun, one statement per function. The
//! SQL text is the same for both backends wherever both understand it.
//!
//! Invariant: nothing here decides anything. Rules are in the modules above.

pub mod app_codes;
pub mod attempts;
pub mod audit;
mod batch;
pub mod control;
mod db;
mod error;
pub mod tenant;
mod text;

use db::Link;
pub use db::{Db, Tx};
pub(crate) use db::{exec_db, exec_tx, on_db, on_tx};
pub use error::StoreError;
pub use sqlx::postgres::{PgConnectOptions, PgPool};
