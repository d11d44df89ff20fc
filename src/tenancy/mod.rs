//! Whose request this is, where their data lie, and tenancy as code.
//!
//! [`Directory`] knows every client and hands out [`TenantScope`]s; a scope is the
//! only way to a client's database. [`manifest`] turns files into a plan and a plan
//! into changes. [`secrets`] seals what must be read back (passwords of brokers),
//! [`credentials`] hashes what must only be recognised (passwords of people). [`audit`]
//! proves that the log of who did what is whole. [`change`] is the way of a single edit;
//! [`rules`] and [`Reason`] say what values may be.
//!
//! Invariant: nothing here hands out the database of one client for the name of another.

pub mod attachments;
pub mod audit;
pub mod bacnet;
pub mod commands;
pub mod credentials;
pub mod dashboards;
mod data_folder;
mod databases;
mod directory;
pub mod erasure;
mod error;
pub mod logo;
pub mod maintenance;
pub mod manifest;
mod network;
mod provision;
mod quota;
mod reason;
pub mod rules;
pub mod secrets;
pub mod sign_out;
pub mod support;
mod tenant;

pub use data_folder::DataFolderLock;
pub use directory::{CONSOLE, Directory, DirectoryConfig, Migrated};
pub use error::TenancyError;
pub use manifest::change;
pub use network::{Network, admits};
pub use quota::Quota;
pub use reason::Reason;
pub use tenant::{Brand, Tenant, TenantScope};
