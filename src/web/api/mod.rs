//! `/api/v1`: samples in, samples and model out, and every change a manifest can say.
//! Errors are problem+json (RFC 9457).
//!
//! What each route asks of its caller stands in the table of `web::permissions`; the routes
//! themselves, with what is written of them, in [`document`].

mod alike;
mod annotations;
mod audit;
mod auth;
mod bacnet;
mod body;
mod chart;
mod chart_columns;
mod conditions;
mod dashboards;
mod deletion;
mod desk;
mod document;
mod idempotency;
mod json_body;
mod logo;
mod maintenance;
mod maintenance_files;
mod map;
mod me;
mod me_filters;
mod me_sessions;
mod pages;
mod people;
mod points;
mod providers;
mod query;
mod resources;
mod room;
mod search;
mod service;
mod share_links;
mod sign_in_rules;
mod support;
mod write;

pub use auth::{of_factor, of_keyring, safe, tokens_of};
pub use desk::Desk;
pub use document::routes;
pub use idempotency::repeat;
pub use resources::connections::try_stored;
pub use resources::field_reports::{take_in, turn_away};
pub use room::WriteRoom;
