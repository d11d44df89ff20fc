//! The hours of one point and UTC day in one blob, beside their rows in `rollups_hour`.

use super::open_spans::OpenSpanRow;
use crate::domain::{PointId, Timestamp};
use crate::store::batch::{Placeholders, batches, id_list, values};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// The hours of one UTC day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PackedHoursRow {
    /// Whose.
    pub point_id: PointId,
    /// UTC days since 1970.
    pub day: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// The days `first_day..=last_day` of several points, by point and day.
pub async fn of_points(
    db: &Db,
    points: &[PointId],
    first_day: i64,
    last_day: i64,
) -> Result<Vec<PackedHoursRow>, StoreError> {
    let postgres = db.is_postgres();
    let sql = if postgres {
        "select point_id, day, data from hours_packed \
         where point_id = any($1::text::bigint[]) and day between $2 and $3 order by point_id, day"
    } else {
        "select point_id, day, data from hours_packed \
         where point_id in (select value from json_each($1)) and day between $2 and $3 \
         order by point_id, day"
    };
    let points = id_list(points.iter().map(|point| point.0), postgres);
    on_db!(db.read, pool => sqlx::query_as(sql).bind(points).bind(first_day).bind(last_day).fetch_all(pool))
}

/// Adds or replaces.
pub async fn upsert(tx: &mut Tx, rows: &[PackedHoursRow]) -> Result<(), StoreError> {
    for batch in batches(rows) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into hours_packed (point_id, day, data) values",
            batch.len(),
            3,
            "on conflict (point_id, day) do update set data = excluded.data",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for row in batch {
                query = query.bind(row.point_id).bind(row.day).bind(row.data.as_slice());
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}

/// Removes these days.
pub async fn delete(tx: &mut Tx, days: &[OpenSpanRow]) -> Result<(), StoreError> {
    let postgres = tx.is_postgres();
    let sql = if postgres {
        "delete from hours_packed where day = $1 and point_id = any($2::text::bigint[])"
    } else {
        "delete from hours_packed where day = $1 and point_id in (select value from json_each($2))"
    };
    for alike in days.chunk_by(|a, b| a.start_at == b.start_at) {
        let points = id_list(alike.iter().map(|day| day.point_id.0), postgres);
        exec_tx!(tx, conn => sqlx::query(sql)
            .bind(alike[0].start_at.div_euclid(Timestamp::DAY)).bind(points).execute(conn))?;
    }
    Ok(())
}

/// Removes all days before one.
pub async fn delete_before(tx: &mut Tx, day: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from hours_packed where day < $1").bind(day).execute(conn))?;
    Ok(())
}
