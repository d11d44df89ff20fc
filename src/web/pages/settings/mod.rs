//! The pages of administrators: everything a manifest can say, over the change service of the API.
//!
//! One list and one form serve every noun; [`noun`] says which fields each has. What a form may say
//! and why it is refused is decided by the change service alone.

mod bacnet;
mod client;
mod entry;
mod examples;
mod facts;
mod fault;
mod form;
mod form_page;
mod hand;
mod lines;
mod list;
mod noun;
mod points;
mod typed;

#[cfg(test)]
pub use bacnet::BacnetPage;
#[cfg(test)]
pub use client::ClientPage;
pub use fault::sentence;
pub use form::refusal;
#[cfg(test)]
pub use form_page::FormPage;
#[cfg(test)]
pub use list::ListPage;

use super::page;
use crate::web::api::Desk;
use crate::web::extract::{Form, Path, Query, Visit};
use crate::web::{AppState, WebError};
use axum::Router;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use examples::Begin;
use list::Asked;
use noun::Noun;
use typed::Typed;

type Pairs = Form<Vec<(String, String)>>;

/// The routes of one noun.
macro_rules! noun {
    ($router:expr, $name:literal, $noun:expr) => {
        $router
            .route(
                concat!("/settings/", $name),
                get(
                    async |visit: Visit, desk: Desk, Query(asked): Query<Asked>| {
                        show_list(&visit, &desk, $noun, asked).await
                    },
                )
                .post(async |visit: Visit, desk: Desk, Form(pairs): Pairs| {
                    form::save(&visit, &desk, $noun, None, Typed::of(pairs)).await
                }),
            )
            .route(
                concat!("/settings/", $name, "/new"),
                get(
                    async |visit: Visit, desk: Desk, Query(begin): Query<Begin>| {
                        form::empty(&visit, &desk, $noun, &begin).await
                    },
                ),
            )
            .route(
                concat!("/settings/", $name, "/again"),
                post(async |desk: Desk, Form(pairs): Pairs| {
                    form::undo(&desk, $noun, &Typed::of(pairs)).await
                }),
            )
            .route(
                concat!("/settings/", $name, "/{id}"),
                get(async |visit: Visit, desk: Desk, Path(id): Path<i64>| {
                    form::filled(&visit, &desk, $noun, id).await
                })
                .post(
                    async |visit: Visit, desk: Desk, Path(id): Path<i64>, Form(pairs): Pairs| {
                        form::save(&visit, &desk, $noun, Some(id), Typed::of(pairs)).await
                    },
                ),
            )
            .route(
                concat!("/settings/", $name, "/{id}/remove"),
                post(async |visit: Visit, desk: Desk, Path(id): Path<i64>| {
                    form::remove(&visit, &desk, $noun, id).await
                }),
            )
    };
}

/// All pages below `/settings`.
pub fn routes() -> Router<AppState> {
    let router = Router::new().route("/settings", get(first));
    let router = noun!(router, "sites", Noun::Sites);
    let router = noun!(router, "types", Noun::Types);
    let router = noun!(router, "equipment", Noun::Equipment);
    let router = noun!(router, "connections", Noun::Connections);
    let router = noun!(router, "devices", Noun::Devices);
    let router = noun!(router, "keys", Noun::Keys);
    let router = noun!(router, "fields", Noun::Fields);
    router
        .route("/settings/bacnet", get(bacnet::show))
        .route("/settings/client", get(client::show).post(client::save))
        .route("/settings/client/logo/remove", post(client::remove_logo))
        .route("/admin/people/{id}", get(show_person).post(save_person))
        .route("/admin/people/{id}/remove", post(remove_person))
        .route("/settings/devices/{id}/secret", post(rotate_device))
        .route("/settings/keys/{id}/secret", post(rotate_key))
        .route("/settings/connections/{id}/test", post(test_connection))
        .route(
            "/settings/types/{id}/points/{key}",
            get(show_point).post(save_point),
        )
        .route(
            "/settings/types/{id}/points/{key}/remove",
            post(remove_point),
        )
}

/// `GET /settings`: the first of its lists.
async fn first() -> Redirect {
    Redirect::to(&Noun::Equipment.path())
}

async fn show_list(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    asked: Asked,
) -> Result<Response, WebError> {
    let lines = lines::of(desk, noun, &visit.visitor.reader).await?;
    let present = visit.present();
    page(&list::ListPage::of(
        &visit.visitor,
        &present,
        noun,
        lines,
        asked,
        None,
    ))
}

async fn show_person(visit: Visit, desk: Desk, Path(id): Path<i64>) -> Result<Response, WebError> {
    form::filled(&visit, &desk, Noun::People, id).await
}

async fn save_person(
    visit: Visit,
    desk: Desk,
    Path(id): Path<i64>,
    Form(pairs): Pairs,
) -> Result<Response, WebError> {
    let typed = Typed::of(pairs);
    form::save(&visit, &desk, Noun::People, Some(id), typed).await
}

async fn remove_person(
    visit: Visit,
    desk: Desk,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    form::remove(&visit, &desk, Noun::People, id).await
}

async fn rotate_device(
    visit: Visit,
    desk: Desk,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    form::rotate(&visit, &desk, Noun::Devices, id).await
}

async fn rotate_key(visit: Visit, desk: Desk, Path(id): Path<i64>) -> Result<Response, WebError> {
    form::rotate(&visit, &desk, Noun::Keys, id).await
}

async fn test_connection(
    visit: Visit,
    desk: Desk,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    form::test(&visit, &desk, id).await
}

async fn show_point(
    visit: Visit,
    desk: Desk,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, WebError> {
    points::show(&visit, &desk, id, &key).await
}

async fn save_point(
    visit: Visit,
    desk: Desk,
    Path((id, key)): Path<(i64, String)>,
    Form(pairs): Pairs,
) -> Result<Response, WebError> {
    points::save(&visit, &desk, id, &key, Typed::of(pairs)).await
}

async fn remove_point(
    desk: Desk,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, WebError> {
    points::remove(&desk, id, &key).await
}

/// A sample of the lists.
#[cfg(test)]
pub fn sample_list(
    visitor: &crate::web::extract::Visitor,
    present: &crate::web::present::Present,
) -> ListPage {
    let asked = Asked {
        saved: "<Nantes>".to_owned(),
        ..Asked::default()
    };
    ListPage::of(visitor, present, Noun::Sites, lines::sample(), asked, None)
}
