//! Which address shows which page of a portal.

use super::{
    audit, brand, bulk, commands, compare, connection, connections, dashboards, device_browser,
    discovered, docs, enrol, equipment, equipment_list, forgot, install, maintenance, map, me,
    new_password, notes, overview, people, people_invite, point, preferences, privacy,
    provider_sign_in, providers, register, reset, saved_filters, search, second_factor, settings,
    sign_in, sign_in_policy, site, start, support, tree_parts, verify, welcome,
};
use crate::web::AppState;
use axum::Router;
use axum::routing::{get, post};

/// All pages of a portal.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(looking())
        .merge(dashboard_pages())
        .merge(maintenance_pages())
        .merge(door())
        .merge(own())
        .merge(people_pages())
        .merge(administration())
        .merge(browser())
}

/// What a client has, to look at, search and remark on.
fn looking() -> Router<AppState> {
    Router::new()
        .route("/", get(overview::show))
        .route("/equipment", get(equipment_list::show))
        .route("/equipment/{id}", get(equipment::show))
        .route("/equipment/bulk", post(bulk::submit))
        .route("/equipment/bulk/undo", post(bulk::undo))
        .route("/sites/{id}", get(site::show))
        .route("/points/{id}", get(point::show))
        .route("/points/{id}/command", post(commands::ask))
        .route("/commands/{id}/cancel", post(commands::cancel))
        .route("/equipment/{id}/commands", get(commands::show))
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
        .route("/discovered", get(discovered::show))
        .route("/discovered/adopt", post(discovered::adopt))
        .route("/discovered/ignore", post(discovered::ignore))
        .route("/connections/{id}", get(connection::show))
        .route("/connections/{id}/trace", get(connection::trace))
        .route("/connections/{id}/test", post(connection::test))
        .route("/connections/{id}/run", post(connection::run))
        .route(
            "/connections/{id}/devices",
            get(device_browser::show).post(device_browser::look),
        )
        .route(
            "/connections/{id}/devices/adopt",
            post(device_browser::adopt),
        )
        .route("/docs", get(docs::show))
}

/// Dashboards, and the links that show one.
fn dashboard_pages() -> Router<AppState> {
    Router::new()
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
}

/// Work on equipment, its contact and warranty.
fn maintenance_pages() -> Router<AppState> {
    Router::new()
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
}

/// The way in and out.
fn door() -> Router<AppState> {
    Router::new()
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
        .route("/sign-in/with/{key}", get(provider_sign_in::away))
        .route("/sign-in/back", get(provider_sign_in::back))
        .route("/sign-in/forgot", get(forgot::show).post(forgot::submit))
        .route("/sign-in/reset", get(reset::show).post(reset::submit))
        .route(
            "/sign-in/register",
            get(register::show).post(register::submit),
        )
        .route("/sign-in/welcome", get(welcome::show).post(welcome::submit))
        .route("/sign-in/verify", get(verify::show).post(verify::submit))
        .route("/sign-out", post(sign_in::leave))
}

/// What is one's own.
fn own() -> Router<AppState> {
    Router::new()
        .route("/me/data", get(privacy::show))
        .route("/me/data.json", get(privacy::download))
        .route("/me/erase", post(privacy::forget))
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
        .route("/me/verify", post(verify::ask))
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
}

/// The people of a client.
fn people_pages() -> Router<AppState> {
    Router::new()
        .route("/admin/people/{id}/data", get(privacy::show_of))
        .route("/admin/people/{id}/data.json", get(privacy::download_of))
        .route("/admin/people/{id}/erase", post(privacy::forget_of))
        .route("/admin/people/{id}/factors", post(people::remove_factors))
        .route(
            "/admin/people",
            get(people::show).post(people_invite::submit),
        )
        .route("/admin/people/{id}/invite", post(people_invite::again))
        .route("/admin/people/{id}/disable", post(people::disable))
        .route("/admin/people/{id}/enable", post(people::enable))
}

/// How a client is run: audit, support, ways in, first steps, settings.
fn administration() -> Router<AppState> {
    Router::new()
        .route("/admin/audit", get(audit::show))
        .route("/admin/audit.csv", get(audit::csv))
        .route("/admin/audit.jsonl", get(audit::json_lines))
        .route(
            "/admin/providers",
            get(providers::show).post(providers::submit),
        )
        .route("/admin/providers/remove", post(providers::remove))
        .route(
            "/admin/sign-in",
            get(sign_in_policy::show).post(sign_in_policy::submit),
        )
        .route("/support/{token}", get(support::show).post(support::enter))
        .route("/support/leave", post(support::leave))
        .route("/admin/support", get(support::list))
        .route("/admin/support/{id}/revoke", post(support::revoke))
        .route("/start", get(start::show))
        .route("/start/site", post(start::add_site))
        .route("/start/device", post(start::add_device))
        .merge(settings::routes())
}

/// What a browser asks for by itself.
fn browser() -> Router<AppState> {
    Router::new()
        .route("/brand.css", get(brand::style))
        .route("/brand/logo", get(brand::logo))
        .route("/favicon.svg", get(brand::icon))
        .route("/favicon.ico", get(brand::icon))
        .route("/manifest.webmanifest", get(install::manifest))
        .route("/worker.js", get(install::worker))
        .route("/offline", get(install::offline))
}
