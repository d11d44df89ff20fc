//! The web: pages for people, an API for programs, a feed for both.
//!
//! Start at [`router`]. A request passes the layers of `routes`, then an
//! extractor of [`extract`] decides whose portal it is and who asks, then one
//! handler answers: a page (`pages`), the API (`api`), the feed.
//!
//! Invariant: nothing here speaks SQL or reads a client's data without a
//! `TenantScope` that came from the host of the request.

mod age;
mod api;
mod assets;
mod condition;
mod error;
pub mod extract;
mod faces;
mod format;
mod health;
mod icon;
mod model;
mod pages;
mod park;
mod present;
mod request_log;
mod routes;
mod session;
mod shell;
mod state;
mod throttle;
mod value;
mod words;
pub mod ws;

pub use error::WebError;
pub use routes::router;
pub use state::AppState;
