//! The OpenAPI document: made from the handlers, served beside them.
//!
//! Invariant: a route of `/api/v1` is added here and nowhere else, so that none is missing.

use super::alike::{finished, open_shared_parts};
use super::json_body::LONGEST_CHANGE;
use super::{
    annotations, audit, auth, bacnet, chart, dashboards, deletion, logo, maintenance,
    maintenance_files, map, me, me_filters, me_sessions, people as about_people, points, providers,
    resources, search, service, share_links, sign_in_rules, support, write,
};
use crate::web::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::OpenApi as Document;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the API lies.
pub const BASE: &str = "/api/v1";

/// A refusal or a failure, RFC 9457.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of what `faces::as_problem` writes")]
struct Problem {
    /// Always `about:blank`: `code` says more.
    r#type: String,
    /// A stable word: `faults`, `changed`, `not-found`, `too-many`, …
    code: String,
    title: String,
    status: u16,
    /// One sentence, in English.
    detail: String,
    /// The number under which this request is in the log.
    instance: String,
    /// The parameter or header that is wrong, for status 400.
    field: Option<String>,
    /// Every field that is wrong, for status 422; every value that is refused, for samples.
    #[schema(value_type = Option<Vec<Object>>)]
    errors: Option<Vec<FieldProblem>>,
}

/// One field that is wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of what `faces::as_problem` writes")]
struct FieldProblem {
    /// In a batch: which of its items, from 0.
    item: usize,
    /// Where in the body: a JSON pointer.
    pointer: String,
    /// A stable word: `missing`, `taken`, `unknown`, `circle`, …
    code: String,
    /// One sentence, in English.
    detail: String,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vigie",
        version = "1",
        description = "Everything the portal of a client can do. Words, rules and refusals are those of manifests. \
            Instants are RFC 3339 in UTC. A change says with `If-Match` which version it changes."
    ),
    components(schemas(Problem, FieldProblem)),
    tags(
        (name = "auth", description = "Tokens of programs that sign in as a person"),
        (name = "samples", description = "Samples in and out"),
        (name = "sites", description = "Places, nested"),
        (name = "types", description = "Templates of equipment"),
        (name = "equipment", description = "Things that are measured"),
        (name = "points", description = "Measured quantities"),
        (name = "commands", description = "What points are told to become"),
        (name = "fields", description = "Custom fields of sites and equipment"),
        (name = "connections", description = "Protocol sessions and their routes"),
        (name = "bacnet", description = "The client as a BACnet device"),
        (name = "devices", description = "Credentials of the built-in MQTT endpoint"),
        (name = "users", description = "People who sign in"),
        (name = "api-keys", description = "Bearer keys of programs"),
        (name = "discovered", description = "What devices sent that is not in the model"),
        (name = "client", description = "The client itself: settings and usage"),
        (name = "dashboards", description = "What people arrange to look at"),
        (name = "maintenance", description = "Work on equipment, planned and done"),
        (name = "me", description = "What is one's own"),
        (name = "audit", description = "Who did what"),
    )
)]
struct Frame;

/// The routes, and what is written of them.
fn parts() -> (Router<AppState>, Document) {
    let (router, document) = OpenApiRouter::with_openapi(Frame::openapi())
        .merge(tokens())
        .merge(samples())
        .merge(model())
        .merge(people())
        .merge(shown())
        .merge(own())
        .merge(client())
        .split_for_parts();
    (router, finished(document))
}

fn tokens() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::token))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::revoke))
}

fn samples() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(write::telemetry))
        .routes(routes!(write::line_protocol))
        .routes(routes!(write::message))
        .routes(routes!(points::samples, deletion::delete))
        .routes(routes!(points::rollups))
        .routes(routes!(chart::show))
        .routes(routes!(map::map))
        .routes(routes!(search::search))
        .routes(routes!(annotations::list, annotations::add))
        .routes(routes!(annotations::change, annotations::remove))
}

/// The handlers of one noun that is listed, made, changed and removed.
macro_rules! noun {
    ($router:expr, $noun:ident) => {
        $router
            .routes(routes!(resources::$noun::list, resources::$noun::create))
            .routes(routes!(
                resources::$noun::one,
                resources::$noun::replace,
                resources::$noun::patch,
                resources::$noun::remove
            ))
    };
}

fn model() -> OpenApiRouter<AppState> {
    let router = OpenApiRouter::new();
    let router = noun!(router, sites);
    let router = noun!(router, types);
    let router = noun!(router, equipment)
        .routes(routes!(resources::equipment::batch))
        .routes(routes!(service::one, service::replace));
    let router = noun!(router, points)
        .routes(routes!(resources::commands::ask))
        .routes(routes!(resources::commands::list))
        .routes(routes!(
            resources::commands::one,
            resources::commands::cancel
        ));
    let router = noun!(router, fields);
    noun!(router, connections)
        .routes(routes!(resources::connections::test))
        .routes(routes!(
            resources::found::list,
            resources::found::look,
            resources::found::stop
        ))
        .routes(routes!(resources::found::adopt))
}

fn shown() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(dashboards::list, dashboards::create))
        .routes(routes!(
            dashboards::one,
            dashboards::replace,
            dashboards::remove
        ))
        .routes(routes!(share_links::list, share_links::create))
        .routes(routes!(share_links::end))
        .routes(routes!(maintenance::list, maintenance::create))
        .routes(routes!(
            maintenance::one,
            maintenance::replace,
            maintenance::remove
        ))
        .routes(routes!(maintenance_files::list, maintenance_files::add))
        .routes(routes!(maintenance_files::one, maintenance_files::remove))
}

fn own() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me::show, me::change))
        .routes(routes!(me_sessions::list))
        .routes(routes!(me_sessions::end_session))
        .routes(routes!(me_sessions::end_program))
        .routes(routes!(me_filters::list, me_filters::keep))
        .routes(routes!(me_filters::forget))
}

fn people() -> OpenApiRouter<AppState> {
    let router = OpenApiRouter::new();
    let router = noun!(router, devices).routes(routes!(resources::devices::rotate));
    noun!(router, users)
        .routes(routes!(resources::users::data, about_people::forget))
        .routes(routes!(about_people::invite))
        .routes(routes!(about_people::invite_again))
        .routes(routes!(about_people::remove_factors))
        .routes(routes!(
            resources::api_keys::list,
            resources::api_keys::create
        ))
        .routes(routes!(
            resources::api_keys::one,
            resources::api_keys::revoke
        ))
        .routes(routes!(resources::api_keys::rotate))
}

fn client() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(logo::set, logo::remove))
        .routes(routes!(
            resources::settings::show,
            resources::settings::replace,
            resources::settings::patch
        ))
        .routes(routes!(resources::settings::usage))
        .routes(routes!(sign_in_rules::show, sign_in_rules::replace))
        .routes(routes!(providers::list))
        .routes(routes!(providers::put, providers::remove))
        .routes(routes!(bacnet::show))
        .routes(routes!(bacnet::ede))
        .routes(routes!(bacnet::points))
        .routes(routes!(bacnet::state_texts))
        .routes(routes!(support::list))
        .routes(routes!(support::revoke))
        .routes(routes!(resources::field_reports::strangers))
        .routes(routes!(resources::field_reports::adopt))
        .routes(routes!(resources::field_reports::ignore))
        .routes(routes!(resources::field_reports::refusals))
}

/// All of the API, below [`BASE`].
pub fn routes() -> Router<AppState> {
    parts()
        .0
        .route("/openapi.json", get(serve))
        .layer(DefaultBodyLimit::max(LONGEST_CHANGE))
}

/// The document.
pub fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| parts().1);
    &DOCUMENT
}

/// `GET /api/v1/openapi.json`: for everybody; it tells of no client.
async fn serve() -> impl IntoResponse {
    static JSON: LazyLock<Arc<str>> = LazyLock::new(|| {
        let mut written = serde_json::to_value(document()).unwrap_or_default();
        open_shared_parts(&mut written);
        written.to_string().into()
    });
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, JSON.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::alike::operations;
    use crate::web::permissions::PORTAL;
    use std::collections::BTreeSet;

    /// Method and path of everything that is written down.
    fn written() -> BTreeSet<(String, String)> {
        let mut paths = document().paths.paths.clone();
        let mut all = BTreeSet::new();
        for (path, item) in &mut paths {
            for (method, _) in operations(item) {
                all.insert((method.to_uppercase(), path.clone()));
            }
        }
        all
    }

    #[test]
    fn every_route_of_the_table_is_written_down_and_no_other() {
        let api = PORTAL.iter().filter(|rule| {
            let below = rule.path.strip_prefix(BASE);
            below.is_some_and(|path| path != "/openapi.json")
        });
        let table: BTreeSet<_> = api
            .map(|rule| (rule.method.to_owned(), rule.path.to_owned()))
            .collect();
        assert_eq!(written(), table);
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_how_it_is_refused() {
        let mut names = BTreeSet::new();
        let mut paths = document().paths.paths.clone();
        for (path, item) in &mut paths {
            for (method, operation) in operations(item) {
                let name = operation.operation_id.clone().unwrap();
                assert!(names.insert(name), "{method} {path}");
                assert!(operation.responses.responses.contains_key("429"), "{path}");
            }
        }
        assert!(names.len() > 40, "{}", names.len());
    }
}
