//! The OpenAPI document: made from the handlers, served beside them.
//!
//! Invariant: a route of `/api/v1` is added here and nowhere else, so that none is missing.

use super::json_body::LONGEST_CHANGE;
use super::{
    annotations, audit, auth, chart, dashboards, maintenance, maintenance_files, map, points,
    resources, search, write,
};
use crate::web::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::{Arc, LazyLock};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr};
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
            Instants are RFC 3339 in UTC. A change says with `If-Match` which version it changes.",
        license(name = "See LICENSE", identifier = "LicenseRef-Vigie")
    ),
    components(schemas(Problem, FieldProblem)),
    tags(
        (name = "auth", description = "Tokens of programs that sign in as a person"),
        (name = "samples", description = "Samples in and out"),
        (name = "sites", description = "Places, nested"),
        (name = "types", description = "Templates of equipment"),
        (name = "equipment", description = "Things that are measured"),
        (name = "points", description = "Measured quantities"),
        (name = "fields", description = "Custom fields of sites and equipment"),
        (name = "connections", description = "Protocol sessions and their routes"),
        (name = "devices", description = "Credentials of the built-in MQTT endpoint"),
        (name = "users", description = "People who sign in"),
        (name = "api-keys", description = "Bearer keys of programs"),
        (name = "discovered", description = "What devices sent that is not in the model"),
        (name = "client", description = "The client itself: settings and usage"),
        (name = "dashboards", description = "What people arrange to look at"),
        (name = "maintenance", description = "Work on equipment, planned and done"),
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
        .routes(routes!(points::samples))
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
    let router = noun!(router, equipment).routes(routes!(resources::equipment::batch));
    let router = noun!(router, points);
    let router = noun!(router, fields);
    noun!(router, connections).routes(routes!(resources::connections::test))
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
        .routes(routes!(maintenance::list, maintenance::create))
        .routes(routes!(
            maintenance::one,
            maintenance::replace,
            maintenance::remove
        ))
        .routes(routes!(maintenance_files::list, maintenance_files::add))
        .routes(routes!(maintenance_files::remove))
}

fn people() -> OpenApiRouter<AppState> {
    let router = OpenApiRouter::new();
    let router = noun!(router, devices).routes(routes!(resources::devices::rotate));
    noun!(router, users)
        .routes(routes!(
            resources::api_keys::list,
            resources::api_keys::create
        ))
        .routes(routes!(
            resources::api_keys::one,
            resources::api_keys::revoke
        ))
}

fn client() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            resources::settings::show,
            resources::settings::replace,
            resources::settings::patch
        ))
        .routes(routes!(resources::settings::usage))
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
    static JSON: LazyLock<Arc<str>> =
        LazyLock::new(|| document().to_json().unwrap_or_default().into());
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, JSON.to_string())
}

/// What every operation has alike: how one signs in, and how it is refused.
fn finished(mut document: Document) -> Document {
    let components = document.components.get_or_insert_default();
    let key = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key or an access token"))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(key));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-vigie")));
    components.add_security_scheme("session", cookie);
    document.security = Some(vec![
        SecurityRequirement::new::<_, [&str; 0], &str>("key", []),
        SecurityRequirement::new::<_, [&str; 0], &str>("session", []),
    ]);
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths
        .into_iter()
        .map(|(path, mut item)| {
            for (method, operation) in operations(&mut item) {
                finish(&path, method, operation);
            }
            (format!("{BASE}{path}"), item)
        })
        .collect();
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

/// Refusals that any operation may meet, and those of changes.
const REFUSALS: [(&str, &str); 8] = [
    ("400", "A parameter or the body cannot be read"),
    ("401", "Nobody known asks"),
    ("403", "Who asks may not do this"),
    ("404", "There is no such thing, or not for who asks"),
    ("405", "Not with this method"),
    ("413", "The body is too large"),
    (
        "429",
        "Too many requests; Retry-After says when to come back",
    ),
    (
        "503",
        "Not available now; Retry-After says when to come back",
    ),
];
const REFUSED_CHANGES: [(&str, &str); 5] = [
    (
        "409",
        "Something stands on it, a quota is used up, or the first request is not answered yet",
    ),
    ("412", "Somebody else changed it meanwhile"),
    ("415", "The body is not JSON"),
    (
        "422",
        "Fields are wrong, each named in `errors`; nothing was changed",
    ),
    ("428", "If-Match is missing"),
];

fn finish(path: &str, method: &'static str, operation: &mut Operation) {
    operation.operation_id = Some(name_of(path, method));
    let changes: &[_] = if method == "get" {
        &[]
    } else {
        &REFUSED_CHANGES
    };
    for (status, description) in REFUSALS.iter().chain(changes) {
        let problem = Ref::from_schema_name("Problem");
        let response = Response::builder()
            .description(*description)
            .content(
                "application/problem+json",
                Content::new(Some(RefOr::Ref(problem))),
            )
            .build();
        operation
            .responses
            .responses
            .entry((*status).to_owned())
            .or_insert(RefOr::T(response));
    }
}

/// `get_equipment_id`
fn name_of(path: &str, method: &str) -> String {
    let words = path.split(['/', '{', '}', '-']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;
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
