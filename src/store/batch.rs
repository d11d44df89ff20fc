//! Many rows in one statement, the same way on both databases.
//!
//! Statements come in sizes of powers of two, so that each text is prepared once.

use super::{Db, Tx};
use sqlx::AssertSqlSafe;
use std::fmt::Write as _;

/// The most rows one statement carries.
const ROWS: usize = 64;

/// Cuts rows into pieces of 64, 32, … 1.
pub(super) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = ROWS.min(1 << rows.len().checked_ilog2()?);
        let (batch, rest) = rows.split_at(size);
        rows = rest;
        Some(batch)
    })
}

/// How a statement of many rows names its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholders {
    /// `$1`, which PostgreSQL wants.
    Numbered,
    /// `?`: SQLite looks a name like `$1` up in a list for each parameter it binds, which is
    /// a fifth of the cost of a merge; what has no name is not looked up.
    Nameless,
}

impl Placeholders {
    /// Those of a pool.
    pub(super) const fn of(db: &Db) -> Self {
        if db.is_postgres() {
            Self::Numbered
        } else {
            Self::Nameless
        }
    }

    /// Those of a transaction.
    pub(super) const fn of_tx(tx: &Tx) -> Self {
        if tx.is_postgres() {
            Self::Numbered
        } else {
            Self::Nameless
        }
    }
}

/// `head ($1, $2), ($3, $4) tail` for so many rows of so many columns.
pub(super) fn values(
    placeholders: Placeholders,
    head: &str,
    rows: usize,
    columns: usize,
    tail: &str,
) -> AssertSqlSafe<String> {
    let mut sql = String::with_capacity(head.len() + tail.len() + rows * columns * 6);
    sql.push_str(head);
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        for column in 1..=columns {
            let comma = if column == 1 { "" } else { ", " };
            let _infallible = match placeholders {
                Placeholders::Numbered => write!(sql, "{comma}${}", row * columns + column),
                Placeholders::Nameless => write!(sql, "{comma}?"),
            };
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
    AssertSqlSafe(sql)
}

/// One column of many rows: an array, which PostgreSQL takes in a fraction of the time of as many parameters.
pub(super) fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Integers as the one parameter of `= any($1::text::bigint[])` on PostgreSQL and
/// of `in (select value from json_each($1))` on SQLite.
pub(super) fn id_list(ids: impl IntoIterator<Item = i64>, postgres: bool) -> String {
    let mut list = String::from(if postgres { "{" } else { "[" });
    for (index, id) in ids.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _infallible = write!(list, "{comma}{id}");
    }
    list.push(if postgres { '}' } else { ']' });
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_powers_of_two_and_lose_nothing() {
        let rows: Vec<_> = (0..203).collect();
        let sizes: Vec<_> = batches(&rows).map(<[i32]>::len).collect();
        assert_eq!(sizes, [64, 64, 64, 8, 2, 1]);
        assert_eq!(batches(&rows).flatten().copied().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn placeholders_count_on_over_the_rows() {
        assert_eq!(
            values(Placeholders::Numbered, "insert into t values", 2, 2, "").0,
            "insert into t values ($1, $2), ($3, $4) "
        );
        assert_eq!(
            values(Placeholders::Nameless, "insert into t values", 2, 2, "").0,
            "insert into t values (?, ?), (?, ?) "
        );
    }
}
