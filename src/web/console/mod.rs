//! The console: where the platform's staff sees which clients there are and how they run.
//!
//! It has a host of its own, `console.<base domain>`, that no client can take, people of its
//! own and cookies of its own. What a client measures is not shown here: whoever must look
//! enters the portal of that client, for hours, with a reason, where the client sees it.

mod account;
mod client;
mod clients;
mod desk;
mod second_factor;
mod sign_in;

#[cfg(test)]
pub use samples::render_all;
#[cfg(test)]
mod samples;

pub use desk::{Desk, guard};

use super::AppState;
use super::assets;
use super::pages::{brand, preferences};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

/// Everything on the host of the console.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/", get(clients::show))
        .route("/clients/{slug}", get(client::show))
        .route("/clients/{slug}/suspend", post(client::suspend))
        .route("/clients/{slug}/resume", post(client::resume))
        .route("/clients/{slug}/support", post(client::support))
        .route(
            "/clients/{slug}/support/{id}/end",
            post(client::end_support),
        )
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route(
            "/sign-in/second-factor",
            get(second_factor::show).post(second_factor::submit),
        )
        .route("/account", get(account::show))
        .route("/account/app", post(account::begin))
        .route("/account/app/confirm", post(account::confirm))
        .route("/account/app/remove", post(account::remove))
        .route("/sign-out", post(sign_in::leave))
        .route("/preferences", post(preferences::set))
        .route("/favicon.svg", get(brand::icon))
        .route("/favicon.ico", get(brand::icon))
        .route("/assets/{name}", get(assets::serve))
        .route_layer(from_fn_with_state(state.clone(), guard))
}
