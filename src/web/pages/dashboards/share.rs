//! Links that show one dashboard to whoever holds them, until they end.

use super::edit::EditPage;
use super::show::{Board, KioskPage};
use crate::domain::{DashboardId, PointId, ShareLinkId};
use crate::store::tenant::{dashboards, share_links};
use crate::tenancy::credentials::{self, sha256};
use crate::tenancy::dashboards::{self as service, By, layout, seen};
use crate::web::arrival::Proof;
use crate::web::extract::{Form, Origin, Path, Portal, Query, Visit};
use crate::web::pages::charts::RangeQuery;
use crate::web::pages::page;
use crate::web::session::HostCookie;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

/// How long a new link lasts.
#[derive(Debug, Deserialize)]
pub struct Lasting {
    hours: i64,
}

/// `GET /shared/{token}`: takes the secret out of the address; a cookie stands for it from now on.
pub async fn enter(
    State(state): State<AppState>,
    Portal(client): Portal,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let (now, https) = (state.clock.now(), state.config.https);
    let found = share_links::find_by_hash(client.scope().db(), &sha256(&token), now).await?;
    let link = found.ok_or(WebError::NotFound)?;
    let cookie = HostCookie::Share.carrying(token, link.expires_at.since(now), https);
    Ok((jar.add(cookie), Redirect::to("/shared")).into_response())
}

/// `GET /shared`: the dashboard of the link, and nothing else of the portal.
pub async fn show(visit: Visit, Query(range): Query<RangeQuery>) -> Result<Response, WebError> {
    let Proof::Share(link) = &visit.identity.proof else {
        return Err(WebError::NotFound);
    };
    let id = DashboardId(link.dashboard_id);
    let row = dashboards::find(visit.client.scope().db(), id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let present = visit.present();
    page(&KioskPage {
        shell: Shell::of(&visit.visitor, Section::Dashboards, &present),
        board: Board::of(&row, &present, &range, &visit.visitor).by_link(),
        leads_back: false,
    })
}

/// `POST /dashboards/{id}/links`: makes a link and shows it once.
pub async fn make(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    headers: HeaderMap,
    Path(id): Path<DashboardId>,
    Form(lasting): Form<Lasting>,
) -> Result<Response, WebError> {
    let db = visit.client.scope().db();
    let row = seen(db, visit.access(), id).await?;
    let points: Vec<PointId> = layout(&row).points();
    let shown = points
        .into_iter()
        .filter(|point| visit.model.point(*point).is_some())
        .collect();
    let actor = origin.actor(&visit.identity);
    let by = By {
        access: visit.access(),
        actor: &actor,
        at: state.clock.now(),
    };
    let token = credentials::token();
    service::share(db, by, id, (sha256(&token).to_vec(), shown), lasting.hours).await?;
    let links = share_links::list_of(db, id.0).await?;
    let mut desk = EditPage::of(&visit.visitor, &visit.present(), &row, &links);
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if state.config.https { "https" } else { "http" };
    desk.fresh = Some(format!("{scheme}://{host}/shared/{token}"));
    page(&desk)
}

/// `POST /dashboards/{id}/links/{link}/end`
pub async fn end(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path((id, link)): Path<(DashboardId, ShareLinkId)>,
) -> Result<Response, WebError> {
    let actor = origin.actor(&visit.identity);
    let by = By {
        access: visit.access(),
        actor: &actor,
        at: state.clock.now(),
    };
    service::unshare(visit.client.scope().db(), by, id, link).await?;
    Ok(Redirect::to(&format!("/dashboards/{id}/edit")).into_response())
}
