//! Marks on what is derived from hours and behind them: days, months, and the packed hours of a day.

use super::rollups::CalendarUnit;
use crate::domain::PointId;
use crate::store::batch::{Placeholders, batches, id_list, values};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// What a mark says is missing or out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Derived {
    /// The row of a UTC day in `hours_packed`.
    PackedHours,
    /// The row of a day or month.
    Calendar(CalendarUnit),
}

impl Derived {
    /// All there are.
    pub const ALL: [Self; 3] = [
        Self::PackedHours,
        Self::Calendar(CalendarUnit::Day),
        Self::Calendar(CalendarUnit::Month),
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::PackedHours => "hours",
            Self::Calendar(unit) => unit.word(),
        }
    }
}

/// A span whose own row is missing or out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::FromRow)]
pub struct OpenSpanRow {
    /// Whose.
    pub point_id: PointId,
    /// First instant of the span.
    pub start_at: i64,
    /// First instant after it.
    pub end_at: i64,
}

/// The open spans of several points that overlap `from_at..until_at`, by point and time.
pub async fn of_points(
    db: &Db,
    what: Derived,
    points: &[PointId],
    from_at: i64,
    until_at: i64,
) -> Result<Vec<OpenSpanRow>, StoreError> {
    let postgres = db.is_postgres();
    let sql = if postgres {
        "select point_id, start_at, end_at from rollups_open \
         where point_id = any($1::text::bigint[]) \
         and unit = $2 and end_at > $3 and start_at < $4 order by point_id, start_at"
    } else {
        "select point_id, start_at, end_at from rollups_open \
         where point_id in (select value from json_each($1)) \
         and unit = $2 and end_at > $3 and start_at < $4 order by point_id, start_at"
    };
    let points = id_list(points.iter().map(|point| point.0), postgres);
    on_db!(db.read, pool => sqlx::query_as(sql)
        .bind(points).bind(what.word()).bind(from_at).bind(until_at).fetch_all(pool))
}

/// The next `limit` open spans that end by `now`, in the order of time.
pub async fn due(
    db: &Db,
    what: Derived,
    now: i64,
    limit: i64,
) -> Result<Vec<OpenSpanRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select point_id, start_at, end_at from rollups_open \
         where unit = $1 and end_at <= $2 order by end_at, point_id limit $3"
    ).bind(what.word()).bind(now).bind(limit).fetch_all(pool))
}

/// Marks spans whose hours changed.
pub async fn insert(tx: &mut Tx, what: Derived, spans: &[OpenSpanRow]) -> Result<(), StoreError> {
    for batch in batches(spans) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into rollups_open (unit, point_id, start_at, end_at) values",
            batch.len(),
            4,
            "on conflict (unit, point_id, start_at) do update set end_at = excluded.end_at",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for span in batch {
                query = query.bind(what.word()).bind(span.point_id).bind(span.start_at).bind(span.end_at);
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}

/// Marks every stored day or month that begins before an instant.
pub async fn insert_before(tx: &mut Tx, unit: CalendarUnit, at: i64) -> Result<(), StoreError> {
    macro_rules! sql {
        ($table:literal) => {
            concat!(
                "insert into rollups_open (unit, point_id, start_at, end_at) \
                 select $1, point_id, start_at, end_at from ",
                $table,
                " where start_at < $2 on conflict (unit, point_id, start_at) do nothing"
            )
        };
    }
    let sql = match unit {
        CalendarUnit::Day => sql!("rollups_day"),
        CalendarUnit::Month => sql!("rollups_month"),
    };
    exec_tx!(tx, conn => sqlx::query(sql).bind(unit.word()).bind(at).execute(conn))?;
    Ok(())
}

/// Takes the marks of these spans away.
pub async fn delete(tx: &mut Tx, what: Derived, spans: &[OpenSpanRow]) -> Result<(), StoreError> {
    let postgres = tx.is_postgres();
    let sql = if postgres {
        "delete from rollups_open \
         where unit = $1 and start_at = $2 and point_id = any($3::text::bigint[])"
    } else {
        "delete from rollups_open \
         where unit = $1 and start_at = $2 and point_id in (select value from json_each($3))"
    };
    for alike in spans.chunk_by(|a, b| a.start_at == b.start_at) {
        let points = id_list(alike.iter().map(|span| span.point_id.0), postgres);
        exec_tx!(tx, conn => sqlx::query(sql)
            .bind(what.word()).bind(alike[0].start_at).bind(points).execute(conn))?;
    }
    Ok(())
}
