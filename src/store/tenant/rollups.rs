//! Sums per UTC hour and per day and month of the point's time zone.

use super::open_spans::OpenSpanRow;
use crate::domain::PointId;
use crate::store::batch::{Placeholders, batches, column, id_list, values};
use crate::store::{Db, Link, StoreError, Tx, exec_tx, on_db};
use sqlx::PgConnection;

/// One stored sum. Figures are none when they are NaN.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct RollupRow {
    /// Whose.
    pub point_id: PointId,
    /// First instant of the span.
    pub start_at: i64,
    /// First instant after it.
    pub end_at: i64,
    /// Samples, NaN included.
    pub n: i64,
    /// Samples that are NaN.
    pub nan_n: i64,
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
    /// All values added up.
    pub sum: Option<f64>,
    /// Mean weighted by time.
    pub mean: Option<f64>,
    /// Microseconds the mean speaks of.
    pub covered: i64,
    /// The oldest value.
    pub first: Option<f64>,
    /// The newest value.
    pub last: Option<f64>,
    /// When the oldest was.
    pub first_at: i64,
    /// When the newest was.
    pub last_at: i64,
}

/// Which calendar table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CalendarUnit {
    /// `rollups_day`.
    Day,
    /// `rollups_month`.
    Month,
}

impl CalendarUnit {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

macro_rules! columns {
    ($end:literal) => {
        concat!(
            "point_id, start_at, ",
            $end,
            " as end_at, n, nan_n, min, max, sum, mean, covered, \
             first, last, first_at, last_at"
        )
    };
}

/// The hours of several points that begin at these instants, by point and time.
pub async fn hours(
    db: &Db,
    points: &[PointId],
    starts: impl IntoIterator<Item = i64>,
) -> Result<Vec<RollupRow>, StoreError> {
    macro_rules! sql {
        ($starts:literal, $points:literal) => {
            concat!(
                "select point_id, start_at, start_at + 3600000000 as end_at, n, nan_n, min, max, \
                 sum, mean, covered, first, last, first_at, last_at from rollups_hour where start_at ",
                $starts,
                " and point_id ",
                $points
            )
        };
    }
    let postgres = db.is_postgres();
    let sql = if postgres {
        sql!("= any($1::text::bigint[])", "= any($2::text::bigint[])")
    } else {
        sql!(
            "in (select value from json_each($1))",
            "in (select value from json_each($2))"
        )
    };
    let starts = id_list(starts, postgres);
    let points = id_list(points.iter().map(|point| point.0), postgres);
    let found =
        on_db!(db.read, pool => sqlx::query_as(sql).bind(starts).bind(points).fetch_all(pool));
    let mut rows: Vec<RollupRow> = found?;
    rows.sort_unstable_by_key(|row| (row.point_id, row.start_at));
    Ok(rows)
}

/// The days or months of several points that overlap `from_at..until_at`, by point and time.
pub async fn calendar(
    db: &Db,
    unit: CalendarUnit,
    points: &[PointId],
    from_at: i64,
    until_at: i64,
) -> Result<Vec<RollupRow>, StoreError> {
    macro_rules! sql {
        ($postgres:expr, $table:literal) => {
            if $postgres {
                concat!(
                    "select ",
                    columns!("end_at"),
                    " from ",
                    $table,
                    " where point_id = any($1::text::bigint[]) \
                     and end_at > $2 and start_at < $3 order by point_id, start_at"
                )
            } else {
                concat!(
                    "select ",
                    columns!("end_at"),
                    " from ",
                    $table,
                    " where point_id in (select value from json_each($1)) \
                     and end_at > $2 and start_at < $3 order by point_id, start_at"
                )
            }
        };
    }
    let postgres = db.is_postgres();
    let sql = match unit {
        CalendarUnit::Day => sql!(postgres, "rollups_day"),
        CalendarUnit::Month => sql!(postgres, "rollups_month"),
    };
    let points = id_list(points.iter().map(|point| point.0), postgres);
    on_db!(db.read, pool => sqlx::query_as(sql).bind(points).bind(from_at).bind(until_at).fetch_all(pool))
}

/// Adds or replaces hours.
pub async fn upsert_hours(tx: &mut Tx, rows: &[RollupRow]) -> Result<(), StoreError> {
    if let Link::Postgres(connection) = &mut tx.link {
        return upsert_columns(connection, rows).await;
    }
    for batch in batches(rows) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into rollups_hour (point_id, start_at, n, nan_n, min, max, sum, mean, covered, \
             first, last, first_at, last_at) values",
            batch.len(),
            13,
            "on conflict (start_at, point_id) do update set n = excluded.n, nan_n = excluded.nan_n, \
             min = excluded.min, max = excluded.max, sum = excluded.sum, mean = excluded.mean, \
             covered = excluded.covered, first = excluded.first, last = excluded.last, \
             first_at = excluded.first_at, last_at = excluded.last_at",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for row in batch {
                query = query.bind(row.point_id).bind(row.start_at).bind(row.n).bind(row.nan_n)
                    .bind(row.min).bind(row.max).bind(row.sum).bind(row.mean).bind(row.covered)
                    .bind(row.first).bind(row.last).bind(row.first_at).bind(row.last_at);
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}

async fn upsert_columns(
    connection: &mut PgConnection,
    rows: &[RollupRow],
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into rollups_hour (point_id, start_at, n, nan_n, min, max, sum, mean, covered, \
         first, last, first_at, last_at) \
         select point_id, start_at, n, nan_n, min, max, sum, mean, covered, first, last, first_at, last_at \
         from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         as u (point_id, start_at, n, nan_n, min, max, sum, mean, covered, first, last, first_at, last_at) \
         on conflict (start_at, point_id) do update set n = excluded.n, nan_n = excluded.nan_n, \
         min = excluded.min, max = excluded.max, sum = excluded.sum, mean = excluded.mean, \
         covered = excluded.covered, first = excluded.first, last = excluded.last, \
         first_at = excluded.first_at, last_at = excluded.last_at",
    )
    .bind(column(rows, |row| row.point_id.0))
    .bind(column(rows, |row| row.start_at))
    .bind(column(rows, |row| row.n))
    .bind(column(rows, |row| row.nan_n))
    .bind(column(rows, |row| row.min))
    .bind(column(rows, |row| row.max))
    .bind(column(rows, |row| row.sum))
    .bind(column(rows, |row| row.mean))
    .bind(column(rows, |row| row.covered))
    .bind(column(rows, |row| row.first))
    .bind(column(rows, |row| row.last))
    .bind(column(rows, |row| row.first_at))
    .bind(column(rows, |row| row.last_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the hours of a point that begin at these instants.
pub async fn delete_hours(
    tx: &mut Tx,
    point: PointId,
    starts: impl IntoIterator<Item = i64>,
) -> Result<(), StoreError> {
    let postgres = tx.is_postgres();
    let sql = if postgres {
        "delete from rollups_hour where start_at = any($1::text::bigint[]) and point_id = $2"
    } else {
        "delete from rollups_hour where start_at in (select value from json_each($1)) and point_id = $2"
    };
    let starts = id_list(starts, postgres);
    exec_tx!(tx, conn => sqlx::query(sql).bind(starts).bind(point).execute(conn))?;
    Ok(())
}

/// Removes all hours before an instant.
pub async fn delete_hours_before(tx: &mut Tx, at: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from rollups_hour where start_at < $1").bind(at).execute(conn))?;
    Ok(())
}

/// Removes one day or month.
pub async fn delete_calendar(
    tx: &mut Tx,
    unit: CalendarUnit,
    span: &OpenSpanRow,
) -> Result<(), StoreError> {
    let sql = match unit {
        CalendarUnit::Day => "delete from rollups_day where point_id = $1 and start_at = $2",
        CalendarUnit::Month => "delete from rollups_month where point_id = $1 and start_at = $2",
    };
    exec_tx!(tx, conn => sqlx::query(sql).bind(span.point_id).bind(span.start_at).execute(conn))?;
    Ok(())
}

/// Adds or replaces days or months.
pub async fn upsert_calendar(
    tx: &mut Tx,
    unit: CalendarUnit,
    rows: &[RollupRow],
) -> Result<(), StoreError> {
    macro_rules! head {
        ($table:literal) => {
            concat!(
                "insert into ",
                $table,
                " (point_id, start_at, end_at, n, nan_n, min, max, sum, mean, \
                covered, first, last, first_at, last_at) values"
            )
        };
    }
    let head = match unit {
        CalendarUnit::Day => head!("rollups_day"),
        CalendarUnit::Month => head!("rollups_month"),
    };
    for batch in batches(rows) {
        let sql = values(
            Placeholders::of_tx(tx),
            head,
            batch.len(),
            14,
            "on conflict (point_id, start_at) do update set end_at = excluded.end_at, n = excluded.n, \
             nan_n = excluded.nan_n, min = excluded.min, max = excluded.max, sum = excluded.sum, \
             mean = excluded.mean, covered = excluded.covered, first = excluded.first, \
             last = excluded.last, first_at = excluded.first_at, last_at = excluded.last_at",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for row in batch {
                query = query.bind(row.point_id).bind(row.start_at).bind(row.end_at).bind(row.n)
                    .bind(row.nan_n).bind(row.min).bind(row.max).bind(row.sum).bind(row.mean)
                    .bind(row.covered).bind(row.first).bind(row.last).bind(row.first_at).bind(row.last_at);
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}
