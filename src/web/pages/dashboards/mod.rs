//! Dashboards: the list, one of them (also without anything around it), and the desk to arrange it.

mod edit;
mod list;
mod share;
mod show;
mod tiles;

pub use edit::edit;
pub use list::{create, list, remove};
pub use share::{end as end_link, enter as enter_shared, make as make_link, show as show_shared};
pub use show::show;
#[cfg(test)]
pub use {
    edit::EditPage,
    list::ListPage,
    show::{DashboardPage, KioskPage},
};

use crate::domain::dashboard::LayoutFault;
use crate::tenancy::Reason;
use crate::tenancy::dashboards::DashboardError;
use crate::web::WebError;

/// A dashboard with a tile of each kind, and one of a point nobody sees.
#[cfg(test)]
pub(in crate::web::pages) fn sample_row() -> crate::store::tenant::DashboardRow {
    use crate::domain::Timestamp;
    let at = Timestamp::from_seconds(1_795_181_000);
    let layout = r#"{"tiles":[
        {"kind":"value","points":[1],"x":0,"y":0,"w":3,"h":2},
        {"kind":"range","points":[2],"x":3,"y":0,"w":3,"h":2},
        {"kind":"chart","points":[1,99],"x":0,"y":2,"w":6,"h":4},
        {"kind":"states","points":[4],"x":6,"y":2,"w":6,"h":2},
        {"kind":"table","points":[1,2,3],"title":"All of it","x":6,"y":4,"w":4,"h":4},
        {"kind":"map","x":6,"y":0,"w":3,"h":2},
        {"kind":"text","text":"<b>Look</b>\n\nhere","x":9,"y":0,"w":3,"h":2},
        {"kind":"value","points":[98],"x":10,"y":4,"w":2,"h":2}
    ]}"#;
    crate::store::tenant::DashboardRow {
        id: crate::domain::DashboardId(1),
        dashboard: crate::store::tenant::Dashboard {
            name: "Control <room>".to_owned(),
            shared: true,
            layout: layout.to_owned(),
        },
        owner_id: None,
        version: 3,
        created_at: at,
        changed_at: at,
    }
}

impl From<DashboardError> for WebError {
    fn from(error: DashboardError) -> Self {
        let fault = |pointer: &str, error: &dyn std::error::Error| {
            let detail = error.to_string();
            Self::fault(pointer, Reason::Shape { detail })
        };
        match error {
            DashboardError::Unknown => Self::NotFound,
            DashboardError::NotTheirs | DashboardError::MayNotShare => {
                Self::Forbidden("share-dashboards")
            }
            DashboardError::Stale => Self::Changed,
            DashboardError::Name => fault("/name", &error),
            DashboardError::Hours => fault("/hours", &error),
            DashboardError::Layout(wrong) => fault(&place_of(&wrong), &wrong),
            DashboardError::TooMany => Self::Quota {
                what: "dashboards",
                most: crate::tenancy::dashboards::MOST,
            },
            DashboardError::Store(error) => error.into(),
        }
    }
}

/// Where in the body a layout is wrong.
fn place_of(wrong: &LayoutFault) -> String {
    match wrong.tile {
        Some(tile) => format!("/layout/tiles/{tile}/{}", wrong.field),
        None => "/layout/tiles".to_owned(),
    }
}
