//! One dashboard.

use super::tiles::{self, TileBody, TileView};
use crate::domain::DashboardId;
use crate::store::tenant::DashboardRow;
use crate::tenancy::dashboards::{layout, may_change, seen};
use crate::web::WebError;
use crate::web::extract::{Path, Query, Visit, Visitor};
use crate::web::pages::chart_choice::Shown;
use crate::web::pages::charts::{ChartBoard, RangeQuery};
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

/// A dashboard within the portal.
#[derive(Template)]
#[template(path = "pages/dashboard.html")]
pub struct DashboardPage {
    pub(super) shell: Shell,
    pub(super) board: Board,
    pub(super) may_change: bool,
}

/// A dashboard alone, for a screen on a wall.
#[derive(Template)]
#[template(path = "pages/dashboard_kiosk.html")]
pub struct KioskPage {
    pub(super) shell: Shell,
    pub(super) board: Board,
    /// Whether there is a portal around it to go back to.
    pub(super) leads_back: bool,
}

/// What both show.
pub struct Board {
    pub(super) id: DashboardId,
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) shared: bool,
    pub(super) tiles: Vec<TileView>,
    /// The ranges of its charts; empty when it has none.
    pub(super) ranges: ChartBoard,
    /// Whether its reader may ask for all sites: who only holds a link may not.
    pub(super) maps: bool,
}

/// What the address of a dashboard may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Manner {
    kiosk: Option<String>,
}

/// `GET /dashboards/{id}`
pub async fn show(
    visit: Visit,
    Path(id): Path<DashboardId>,
    Query(range): Query<RangeQuery>,
    Query(manner): Query<Manner>,
) -> Result<Response, WebError> {
    let row = seen(visit.client.scope().db(), visit.access(), id).await?;
    let present = visit.present();
    let board = Board::of(&row, &present, &range, &visit.visitor);
    let shell = Shell::of(&visit.visitor, Section::Dashboards, &present);
    if manner.kiosk.is_some() {
        return page(&KioskPage {
            shell,
            board,
            leads_back: true,
        });
    }
    page(&DashboardPage {
        may_change: may_change(visit.access(), &row),
        shell,
        board,
    })
}

#[cfg(test)]
impl DashboardPage {
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Dashboards, present),
            board: Board::of(
                &super::sample_row(),
                present,
                &RangeQuery::default(),
                visitor,
            ),
            may_change: true,
        }
    }
}

#[cfg(test)]
impl KioskPage {
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Dashboards, present),
            board: Board::of(
                &super::sample_row(),
                present,
                &RangeQuery::default(),
                visitor,
            ),
            leads_back: true,
        }
    }
}

impl Board {
    /// A dashboard as a visitor sees it.
    pub fn of(
        row: &DashboardRow,
        present: &Present,
        range: &RangeQuery,
        visitor: &Visitor,
    ) -> Self {
        let reader = &visitor.reader;
        let chosen = range.chosen(reader);
        Self {
            id: row.id,
            version: row.version,
            name: row.dashboard.name.clone(),
            shared: row.dashboard.shared,
            tiles: tiles::all(&layout(row), present, chosen, reader),
            ranges: ChartBoard::showing(&Shown::default(), chosen, reader),
            maps: true,
        }
    }

    /// The same without what a link does not open.
    pub fn by_link(self) -> Self {
        Self {
            maps: false,
            ..self
        }
    }

    /// Whether a range says anything here.
    pub fn has_charts(&self) -> bool {
        let charts = |tile: &TileView| matches!(tile.body, TileBody::Charts(_));
        self.tiles.iter().any(charts)
    }
}
