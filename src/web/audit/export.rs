//! Entries as a file, streamed newest first: the log may be longer than memory.

use super::record::{COLUMNS, of_entry};
use crate::store::audit::{self, Entry, Filter};
use crate::store::{Db, StoreError};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

/// Entries that are read at once.
const CHUNK: i64 = 500;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table (RFC 4180), UTF-8, whose cells no spreadsheet takes for a formula.
    Csv,
    /// One JSON object on a line.
    JsonLines,
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }

    const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"audit.csv\"",
            Self::JsonLines => "attachment; filename=\"audit.jsonl\"",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => row(COLUMNS.map(str::to_owned)),
            Self::JsonLines => String::new(),
        }
    }

    fn line(self, entry: &Entry) -> String {
        let record = of_entry(entry);
        match self {
            Self::Csv => row(record.cells()),
            Self::JsonLines => {
                let mut line = serde_json::to_string(&record).unwrap_or_default();
                line.push('\n');
                line
            }
        }
    }
}

/// The file of all entries that pass.
pub fn export(db: Db, filter: Filter, format: Format) -> Response {
    let file = stream::try_unfold(Some((filter, format.head())), move |next| {
        let db = db.clone();
        async move {
            match next {
                Some((filter, text)) => piece(&db, filter, text, format).await.map(Some),
                None => Ok::<_, StoreError>(None),
            }
        }
    });
    let headers = [
        (CONTENT_TYPE, format.media_type()),
        (CONTENT_DISPOSITION, format.file_name()),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(file)).into_response()
}

type Rest = Option<(Filter, String)>;

async fn piece(
    db: &Db,
    mut filter: Filter,
    mut text: String,
    format: Format,
) -> Result<(Bytes, Rest), StoreError> {
    let entries = audit::list(db, &filter, CHUNK).await?;
    for entry in &entries {
        text.push_str(&format.line(entry));
    }
    filter.before = entries.last().map(|entry| entry.id);
    let is_full = entries.len() as i64 == CHUNK;
    Ok((text.into(), is_full.then(|| (filter, String::new()))))
}

fn row<const N: usize>(cells: [String; N]) -> String {
    format!("{}\r\n", cells.map(|text| cell(&text)).join(","))
}

/// Quoted where it must be; what a spreadsheet would compute begins with an apostrophe.
fn cell(text: &str) -> String {
    let computes = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if computes {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_the_row() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("-2,5"), "\"'-2,5\"");
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
        assert_eq!(cell("plain"), "plain");
        assert_eq!(row(["a".to_owned(), "b\nc".to_owned()]), "a,\"b\nc\"\r\n");
    }
}
