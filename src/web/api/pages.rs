//! Lists a part at a time: opaque cursors that stay true while others insert and remove.

use crate::web::WebError;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const USUAL: usize = 100;
const MOST: usize = 1_000;

/// Which part of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most so many; 100 if not given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// What `next` of the answer before said; nothing for the first part.
    #[param(pattern = "^([A-Za-z0-9_-]{10}[AEIMQUYcgkosw048])?$")]
    cursor: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// In the order they were made; what is newest first says so.
    pub items: Vec<T>,
    /// The `cursor` that continues here; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A whole list that is never long.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// All of them.
    pub items: Vec<T>,
}

/// A part that was asked for: after which id, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The id of the last item of the part before.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

impl PageQuery {
    /// What is asked for.
    pub fn slice(&self) -> Result<Slice, WebError> {
        let limit = super::query::limit(self.limit, USUAL, MOST)?;
        let cursor = self.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let after = cursor.map(read).transpose()?;
        Ok(Slice { after, limit })
    }
}

impl Slice {
    /// The part of rows that is asked for, ids ascending, each shown by `show`.
    pub fn of<R, T>(
        self,
        rows: impl IntoIterator<Item = R>,
        id: impl Fn(&R) -> i64,
        show: impl FnMut(R) -> T,
    ) -> Page<T> {
        let is_later = |row: &R| self.after.is_none_or(|after| id(row) > after);
        let mut rows: Vec<R> = rows.into_iter().filter(is_later).collect();
        rows.sort_by_key(&id);
        self.cut(rows, id, show)
    }

    /// The same for rows that are newest first.
    pub fn of_newest<R, T>(
        self,
        rows: impl IntoIterator<Item = R>,
        id: impl Fn(&R) -> i64,
        show: impl FnMut(R) -> T,
    ) -> Page<T> {
        let is_earlier = |row: &R| self.after.is_none_or(|after| id(row) < after);
        let rows = rows.into_iter().filter(is_earlier).collect();
        self.cut(rows, id, show)
    }

    fn cut<R, T>(
        self,
        mut rows: Vec<R>,
        id: impl Fn(&R) -> i64,
        show: impl FnMut(R) -> T,
    ) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| more);
        Page {
            next: last.map(|row| written(id(row))),
            items: rows.into_iter().map(show).collect(),
        }
    }
}

fn written(id: i64) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.to_le_bytes())
}

fn read(cursor: &str) -> Result<i64, WebError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    bytes
        .map(i64::from_le_bytes)
        .ok_or_else(|| WebError::invalid("cursor", "is none that an answer gave"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(rows: &[i64], limit: usize) -> Vec<i64> {
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let query = PageQuery {
                limit: Some(limit),
                cursor,
            };
            let page = query.slice().unwrap().of(rows.to_vec(), |id| *id, |id| id);
            found.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return found,
            }
        }
    }

    #[test]
    fn every_part_together_is_the_whole_in_the_order_of_ids() {
        for limit in 1..7 {
            assert_eq!(walk(&[5, 1, 4, 2, 3], limit), [1, 2, 3, 4, 5]);
        }
        assert_eq!(walk(&[], 3), [0; 0]);
    }

    #[test]
    fn a_row_that_comes_between_two_parts_moves_nothing() {
        let part = |rows: &[i64], after| {
            let slice = Slice { after, limit: 2 };
            slice.of(rows.to_vec(), |id| *id, |id| id)
        };
        let first = part(&[1, 3, 5], None);
        assert_eq!(first.items, [1, 3]);
        let after = read(&first.next.unwrap()).unwrap();
        assert_eq!(part(&[1, 2, 3, 5, 6], Some(after)).items, [5, 6]);
    }

    #[test]
    fn a_cursor_of_ones_own_is_refused_by_name() {
        let query = PageQuery {
            limit: None,
            cursor: Some("zzz".to_owned()),
        };
        let refused = query.slice();
        assert!(matches!(
            refused,
            Err(WebError::Invalid {
                field: "cursor",
                ..
            })
        ));
    }
}
