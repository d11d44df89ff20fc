//! The pages of the portal: one file per page, its struct beside its handler, its
//! template under `templates/pages`.
//!
//! A page struct is plain text, ready to show: what depends on language, clock or
//! model is decided before. Every page has `sample()`, and one test renders all.

mod audit;
mod audit_lines;
pub mod brand;
mod bulk;
mod cells;
mod chart_choice;
mod chart_range;
mod charts;
mod commands;
mod compare;
mod connection;
mod connection_words;
mod connections;
mod dashboards;
mod device_browser;
mod discovered;
mod docs;
mod enrol;
mod equipment;
mod equipment_list;
mod equipment_table;
mod factor_app;
mod flags;
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
mod routes;
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

pub use factor_app::{AppForm, code_field};
pub use landing::landing;
pub use me::profile::Given as GivenProfile;
pub use overview_sparks::Sparks;
pub use routes::routes;
pub use sign_in::{next_page, refused};

use super::error::WebError;
use askama::Template;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
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
