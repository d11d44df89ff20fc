//! The web: pages for people, an API for programs, a feed for both.
//!
//! Start at [`router`]. A request passes the layers of `routes`, then `guard` looks up in
//! the one table of `permissions` what its route asks, and finds out who comes (`arrival`);
//! one handler answers: a page (`pages`), the API (`api`), the feed.
//!
//! Invariant: nothing here speaks SQL or reads a client's data without a
//! `TenantScope` that came from the host of the request.

mod adoption;
mod age;
mod api;
mod arrival;
mod assets;
mod attachment;
mod audit;
mod ceremony;
mod condition;
mod console;
mod days;
mod deeds;
mod door;
mod entry;
mod error;
pub mod extract;
mod faces;
mod factors;
mod form;
mod format;
mod guard;
mod health;
mod icon;
mod limits;
mod link;
mod mails;
mod masked;
mod model;
mod notes;
mod own;
mod pages;
mod park;
mod people;
pub mod permissions;
mod plain;
mod present;
mod privacy;
mod providers;
mod qr;
pub mod reminders;
mod request_log;
mod routes;
mod search;
mod session;
mod shell;
mod sign_in_log;
mod sign_in_rules;
mod state;
mod support_line;
mod value;
mod words;
pub mod ws;

pub use error::WebError;
pub use routes::router;
pub use state::AppState;
