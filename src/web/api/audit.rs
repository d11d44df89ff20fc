//! `GET /api/v1/audit`: who did what, newest first.

use super::pages::{Page, PageQuery};
use super::query::{MaybeInstant, range};
use crate::domain::TimeRange;
use crate::store::audit::{self, Filter};
use crate::web::WebError;
use crate::web::audit::{Record, of_entry};
use crate::web::extract::{Caller, Query};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which entries; what is left out does not filter.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A hand (`user:7`), or a part of a name, an address or a program.
    who: Option<String>,
    /// The verb: `changed`.
    action: Option<String>,
    /// What it was done to: `site`.
    noun: Option<String>,
    /// Which one.
    key: Option<String>,
    /// A part of anything that is told.
    text: Option<String>,
    /// From this instant, RFC 3339 or ms since 1970.
    #[param(value_type = Option<MaybeInstant>, inline)]
    start: Option<String>,
    /// Before this instant.
    #[param(value_type = Option<MaybeInstant>, inline)]
    end: Option<String>,
}

/// Who did what, newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Asked, PageQuery),
    responses((status = 200, description = "A part of the entries", body = Page<Record>))
)]
pub async fn list(
    caller: Caller,
    Query(asked): Query<Asked>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Record>>, WebError> {
    let slice = page.slice()?;
    let filter = Filter {
        before: slice.after,
        ..asked.filter()?
    };
    let db = caller.client.scope().db();
    let entries = audit::list(db, &filter, slice.limit as i64 + 1).await?;
    Ok(Json(slice.of_newest(
        entries,
        |entry| entry.id,
        |entry| of_entry(&entry),
    )))
}

impl Asked {
    fn filter(self) -> Result<Filter, WebError> {
        let range = range(self.start.as_deref(), self.end.as_deref())?;
        Ok(Filter {
            before: None,
            who: self.who,
            action: self.action,
            noun: self.noun,
            key: self.key,
            start: Some(range.start).filter(|start| *start != TimeRange::ALL.start),
            end: Some(range.end).filter(|end| *end != TimeRange::ALL.end),
            text: self.text,
        })
    }
}
