//! The pages of the portal: one file per page, its struct beside its handler, its
//! template under `templates/pages`.
//!
//! A page struct is plain text, ready to show: what depends on language, clock or
//! model is decided before. Every page has `sample()`, and one test renders all.

mod audit;
mod audit_lines;
pub mod brand;
mod cells;
mod chart_choice;
mod chart_range;
mod charts;
mod compare;
mod connections;
mod dashboards;
mod docs;
mod enrol;
mod equipment;
mod equipment_list;
mod equipment_table;
mod factor_app;
mod forgot;
mod install;
mod landing;
mod link;
mod list_choices;
mod list_filter;
mod list_order;
mod maintenance;
mod map;
mod me;
mod new_password;
mod notes;
mod overview;
mod overview_changes;
mod overview_sites;
mod overview_sparks;
mod overview_totals;
mod people;
mod people_invite;
mod point;
mod point_table;
pub mod preferences;
mod privacy;
mod provider_sign_in;
mod providers;
mod register;
mod reset;
#[cfg(test)]
mod sample_client;
#[cfg(test)]
mod sample_people;
#[cfg(test)]
pub(super) mod samples;
mod saved_filters;
mod search;
mod second_factor;
mod settings;
mod sign_in;
mod sign_in_policy;
mod sign_in_step;
mod site;
mod start;
mod support;
mod tree;
mod tree_parts;
mod verify;
mod welcome;

pub use landing::landing;
pub use overview_sparks::Sparks;
pub use sign_in::next_page;

use super::AppState;
use super::error::WebError;
use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use std::fmt::Write as _;

/// Where a text leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Path and query.
    pub href: String,
    /// What people read.
    pub label: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// All pages of a portal.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(overview::show))
        .route("/equipment", get(equipment_list::show))
        .route("/equipment/{id}", get(equipment::show))
        .route("/sites/{id}", get(site::show))
        .route("/points/{id}", get(point::show))
        .route("/map", get(map::show))
        .route("/compare", get(compare::show))
        .route("/notes", get(notes::show).post(notes::add))
        .route("/notes/{id}", post(notes::change))
        .route("/notes/{id}/remove", post(notes::remove))
        .route("/search", get(search::show))
        .route("/search/hits", get(search::suggest))
        .route("/filters", post(saved_filters::save))
        .route("/filters/{id}/forget", post(saved_filters::forget))
        .route("/tree", get(tree_parts::find))
        .route("/tree/sites/{id}", get(tree_parts::branch))
        .route("/connections", get(connections::show))
        .route(
            "/maintenance",
            get(maintenance::list).post(maintenance::create),
        )
        .route("/maintenance/new", get(maintenance::add))
        .route(
            "/maintenance/{id}",
            get(maintenance::show).post(maintenance::save),
        )
        .route("/maintenance/{id}/done", post(maintenance::done))
        .route("/maintenance/{id}/files/{file}", get(maintenance::file))
        .route(
            "/maintenance/{id}/files/{file}/remove",
            post(maintenance::remove_file),
        )
        .route(
            "/equipment/{id}/service",
            get(maintenance::show_service).post(maintenance::save_service),
        )
        .route("/maintenance/{id}/remove", post(maintenance::remove))
        .route("/docs", get(docs::show))
        .route("/me/data", get(privacy::show))
        .route("/me/data.json", get(privacy::download))
        .route("/me/erase", post(privacy::forget))
        .route("/admin/people/{id}/data", get(privacy::show_of))
        .route("/admin/people/{id}/data.json", get(privacy::download_of))
        .route("/admin/people/{id}/erase", post(privacy::forget_of))
        .route("/admin/audit", get(audit::show))
        .route("/admin/audit.csv", get(audit::csv))
        .route("/admin/audit.jsonl", get(audit::json_lines))
        .route(
            "/dashboards",
            get(dashboards::list).post(dashboards::create),
        )
        .route("/dashboards/{id}", get(dashboards::show))
        .route("/dashboards/{id}/edit", get(dashboards::edit))
        .route("/dashboards/{id}/remove", post(dashboards::remove))
        .route("/dashboards/{id}/links", post(dashboards::make_link))
        .route(
            "/dashboards/{id}/links/{link}/end",
            post(dashboards::end_link),
        )
        .route("/shared", get(dashboards::show_shared))
        .route("/shared/{token}", get(dashboards::enter_shared))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route(
            "/sign-in/new-password",
            get(new_password::show).post(new_password::submit),
        )
        .route(
            "/sign-in/second-factor",
            get(second_factor::show).post(second_factor::submit),
        )
        .route("/sign-in/passkey/start", post(second_factor::begin_passkey))
        .route("/sign-in/passkey", post(second_factor::submit_passkey))
        .route("/sign-in/enrol", get(enrol::show).post(enrol::submit_app))
        .route("/sign-in/enrol/passkey/start", post(enrol::begin_passkey))
        .route("/sign-in/enrol/passkey", post(enrol::submit_passkey))
        .route("/me/factors", get(me::factors::show))
        .route("/me/factors/app", post(me::factors::begin_app))
        .route("/me/factors/app/confirm", post(me::factors::confirm_app))
        .route(
            "/me/factors/passkey/start",
            post(me::factors::begin_passkey),
        )
        .route("/me/factors/passkey", post(me::factors::add_passkey))
        .route("/me/factors/remove", post(me::factors::remove))
        .route("/me/factors/codes", post(me::factors::renew_codes))
        .route("/admin/people/{id}/factors", post(people::remove_factors))
        .route("/sign-in/with/{key}", get(provider_sign_in::away))
        .route("/sign-in/back", get(provider_sign_in::back))
        .route(
            "/admin/providers",
            get(providers::show).post(providers::submit),
        )
        .route("/admin/providers/remove", post(providers::remove))
        .route("/sign-in/forgot", get(forgot::show).post(forgot::submit))
        .route("/sign-in/reset", get(reset::show).post(reset::submit))
        .route(
            "/sign-in/register",
            get(register::show).post(register::submit),
        )
        .route("/sign-in/welcome", get(welcome::show).post(welcome::submit))
        .route("/sign-in/verify", get(verify::show).post(verify::submit))
        .route("/me/verify", post(verify::ask))
        .route(
            "/admin/people",
            get(people::show).post(people_invite::submit),
        )
        .route("/admin/people/{id}/invite", post(people_invite::again))
        .route("/admin/people/{id}/disable", post(people::disable))
        .route("/admin/people/{id}/enable", post(people::enable))
        .route(
            "/admin/sign-in",
            get(sign_in_policy::show).post(sign_in_policy::submit),
        )
        .route("/sign-out", post(sign_in::leave))
        .route("/me", get(me::profile::show).post(me::profile::submit))
        .route(
            "/me/password",
            get(me::password::show).post(me::password::submit),
        )
        .route("/me/sessions", get(me::sessions::show))
        .route("/me/sessions/end", post(me::sessions::end))
        .route("/me/sessions/end-others", post(me::sessions::end_others))
        .route("/me/programs/end", post(me::sessions::end_program))
        .route("/preferences", post(preferences::set))
        .route("/support/{token}", get(support::show).post(support::enter))
        .route("/support/leave", post(support::leave))
        .route("/admin/support", get(support::list))
        .route("/admin/support/{id}/revoke", post(support::revoke))
        .route("/start", get(start::show))
        .route("/start/site", post(start::add_site))
        .route("/start/device", post(start::add_device))
        .merge(settings::routes())
        .route("/brand.css", get(brand::style))
        .route("/favicon.svg", get(brand::icon))
        .route("/manifest.webmanifest", get(install::manifest))
        .route("/worker.js", get(install::worker))
        .route("/offline", get(install::offline))
}

/// A page of somebody's own: never kept by anybody.
pub fn page(template: &impl Template) -> Result<Response, WebError> {
    let html = template
        .render()
        .map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}

/// Percent-encoding of a query value (RFC 3986, 2.1).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(byte.into());
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
