//! What every operation of the document has alike: how one signs in, how it is refused, which
//! headers it takes.

use super::document::BASE;
use super::idempotency;
use crate::web::permissions::{PORTAL, Requirement};
use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr};

/// What every operation has alike: how one signs in, and how it is refused.
pub(super) fn finished(mut document: Document) -> Document {
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

pub(super) fn operations(
    item: &mut PathItem,
) -> impl Iterator<Item = (&'static str, &mut Operation)> {
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
    if idempotency::takes_key(&method.to_uppercase(), path) {
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(RefOr::T(idempotency::parameter()));
    }
    if is_open(path, method) {
        operation.security = Some(Vec::new());
    }
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

/// Whether nobody need be known.
fn is_open(path: &str, method: &str) -> bool {
    let path = format!("{BASE}{path}");
    let method = method.to_uppercase();
    let mut rules = PORTAL.iter();
    rules.any(|rule| {
        (rule.method, rule.path) == (&*method, &*path) && rule.requirement == Requirement::Public
    })
}

/// A thing is shown as it is wished for, and with more: what a wish may not have, it may.
pub(super) fn open_shared_parts(document: &mut Value) {
    match document {
        Value::Object(fields) => {
            let shared = fields.get_mut("allOf").and_then(Value::as_array_mut);
            for part in shared
                .into_iter()
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                part.remove("additionalProperties");
            }
            fields.values_mut().for_each(open_shared_parts);
        }
        Value::Array(items) => items.iter_mut().for_each(open_shared_parts),
        _ => {}
    }
}

/// `get_equipment_id`
fn name_of(path: &str, method: &str) -> String {
    let words = path.split(['/', '{', '}', '-']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}
