//! The desk where a dashboard is arranged; the script `dashboard-desk.ts` does it and saves through the API.

use super::tiles::full_name;
use crate::domain::DashboardId;
use crate::domain::Permission;
use crate::domain::dashboard::{Layout, TileKind};
use crate::store::tenant::{DashboardRow, ShareLinkRow, share_links};
use crate::tenancy::dashboards::{layout, may_change, seen};
use crate::web::WebError;
use crate::web::extract::{Path, Visit, Visitor};
use crate::web::format;
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use askama::Template;
use axum::response::Response;
use serde_json::{Map, Value, json};

/// Equipment offered in the list; more is found by its page.
const OFFERED: usize = 500;

/// The desk.
#[derive(Template)]
#[template(path = "pages/dashboard_edit.html")]
pub struct EditPage {
    pub(super) shell: Shell,
    pub(super) id: DashboardId,
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) shared: bool,
    pub(super) may_share: bool,
    /// The tiles the reader may see, as JSON.
    pub(super) layout: String,
    /// Names of their points, as JSON.
    pub(super) names: String,
    /// Phrases of the script, as JSON.
    pub(super) phrases: String,
    pub(super) kinds: Vec<Kind>,
    pub(super) equipment: Vec<(i64, String)>,
    /// Links to it that are let in: number, until when.
    pub(super) links: Vec<(i64, String)>,
    /// A link that was just made; it is shown once.
    pub(super) fresh: Option<String>,
}

/// A kind of tile to add.
pub struct Kind {
    pub(super) value: &'static str,
    pub(super) label: String,
    /// How many points it takes at most.
    pub(super) points: usize,
}

/// `GET /dashboards/{id}/edit`
pub async fn edit(visit: Visit, Path(id): Path<DashboardId>) -> Result<Response, WebError> {
    let row = seen(visit.client.scope().db(), visit.access(), id).await?;
    if !may_change(visit.access(), &row) {
        return Err(WebError::Forbidden("share-dashboards"));
    }
    let links = share_links::list_of(visit.client.scope().db(), id.0).await?;
    page(&EditPage::of(
        &visit.visitor,
        &visit.present(),
        &row,
        &links,
    ))
}

impl EditPage {
    /// The desk for one dashboard.
    pub fn of(
        visitor: &Visitor,
        present: &Present,
        row: &DashboardRow,
        links: &[ShareLinkRow],
    ) -> Self {
        let layout = layout(row);
        let words = visitor.words();
        let kind = |kind: TileKind| Kind {
            value: kind.as_str(),
            label: words.get(&format!("tile-{}", kind.as_str())),
            points: kind.points().1,
        };
        Self {
            shell: Shell::of(visitor, Section::Dashboards, present),
            id: row.id,
            version: row.version,
            name: row.dashboard.name.clone(),
            shared: row.dashboard.shared,
            may_share: visitor.permissions.holds(Permission::ShareDashboards),
            names: names(&layout, present, visitor).to_string(),
            layout: json!(layout).to_string(),
            phrases: phrases(visitor).to_string(),
            kinds: TileKind::ALL.map(kind).into(),
            equipment: present
                .model
                .equipment
                .iter()
                .take(OFFERED)
                .map(|row| (row.id.0, row.equipment.name.clone()))
                .collect(),
            links: open_links(links, visitor),
            fresh: None,
        }
    }
}

/// Links that are neither over nor ended, with their last moment.
fn open_links(links: &[ShareLinkRow], visitor: &Visitor) -> Vec<(i64, String)> {
    let reader = &visitor.reader;
    links
        .iter()
        .filter(|link| link.revoked_at.is_none() && link.expires_at > reader.now)
        .map(|link| {
            let day = format::date(link.expires_at, &reader.zone, reader.words);
            let time = format::clock(link.expires_at, &reader.zone);
            (link.id.0, format!("{day} {time}"))
        })
        .collect()
}

/// Point id -> name, for those the reader may see.
fn names(layout: &Layout, present: &Present, visitor: &Visitor) -> Value {
    let named = layout.points().into_iter().filter_map(|id| {
        let row = present.model.point(id)?;
        Some((
            id.to_string(),
            Value::String(full_name(row, present, &visitor.reader)),
        ))
    });
    Value::Object(named.collect::<Map<_, _>>())
}

/// What the script says; `{…}` in them is its to fill.
fn phrases(visitor: &Visitor) -> Value {
    const PLAIN: [&str; 10] = [
        "dashboard-move",
        "dashboard-resize",
        "dashboard-drop",
        "dashboard-stale",
        "dashboard-failed",
        "dashboard-full",
        "dashboard-no-point",
        "dashboard-too-many",
        "dashboard-no-text",
        "dashboard-unseen",
    ];
    let words = visitor.words();
    let mut phrases: Map<_, _> = PLAIN
        .iter()
        .map(|key| ((*key).to_owned(), json!(words.get(key))))
        .collect();
    let place = [("x", "{x}"), ("y", "{y}"), ("w", "{w}"), ("h", "{h}")];
    let text = words.with("dashboard-place", &place);
    phrases.insert("dashboard-place".to_owned(), json!(text));
    for kind in TileKind::ALL {
        let key = format!("tile-{}", kind.as_str());
        phrases.insert(key.clone(), json!(words.get(&key)));
    }
    Value::Object(phrases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dashboard::Tile;

    #[test]
    fn a_tile_goes_to_the_script_and_back_unchanged() {
        let tile = Tile {
            kind: TileKind::Text,
            title: "</script>".to_owned(),
            points: Vec::new(),
            text: "a\nb".to_owned(),
            x: 1,
            y: 2,
            w: 3,
            h: 4,
        };
        let layout = Layout { tiles: vec![tile] };
        let text = json!(layout).to_string();
        assert_eq!(serde_json::from_str::<Layout>(&text).unwrap(), layout);
    }
}
