//! The newest sample of each point as of the last merge, for people and for the next start.

use crate::domain::PointId;
use crate::store::batch::{Placeholders, batches, column, values};
use crate::store::{Db, Link, StoreError, Tx, exec_tx, on_db};
use sqlx::PgConnection;

/// The newest sample of a point.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct LatestRow {
    /// Whose.
    pub point_id: PointId,
    /// When.
    pub at: i64,
    /// The value; none when NaN.
    pub value: Option<f64>,
    /// The value bit for bit.
    pub bits: i64,
    /// The code of its quality.
    pub quality: i64,
    /// No earlier than the newest sample in the point's blocks.
    pub merged_until: i64,
}

/// All of them.
pub async fn list(db: &Db) -> Result<Vec<LatestRow>, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "select point_id, at, value, bits, quality, merged_until from latest"
    ).fetch_all(pool))
}

/// Adds or replaces.
pub async fn upsert(tx: &mut Tx, rows: &[LatestRow]) -> Result<(), StoreError> {
    if let Link::Postgres(connection) = &mut tx.link {
        return upsert_columns(connection, rows).await;
    }
    for batch in batches(rows) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into latest (point_id, at, value, bits, quality, merged_until) values",
            batch.len(),
            6,
            "on conflict (point_id) do update set at = excluded.at, value = excluded.value, \
             bits = excluded.bits, quality = excluded.quality, merged_until = excluded.merged_until",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for row in batch {
                query = query.bind(row.point_id).bind(row.at).bind(row.value).bind(row.bits)
                    .bind(row.quality).bind(row.merged_until);
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}

async fn upsert_columns(
    connection: &mut PgConnection,
    rows: &[LatestRow],
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into latest (point_id, at, value, bits, quality, merged_until) \
         select point_id, at, value, bits, quality, merged_until \
         from unnest($1, $2, $3, $4, $5, $6) as u (point_id, at, value, bits, quality, merged_until) \
         on conflict (point_id) do update set at = excluded.at, value = excluded.value, \
         bits = excluded.bits, quality = excluded.quality, merged_until = excluded.merged_until",
    )
    .bind(column(rows, |row| row.point_id.0))
    .bind(column(rows, |row| row.at))
    .bind(column(rows, |row| row.value))
    .bind(column(rows, |row| row.bits))
    .bind(column(rows, |row| row.quality))
    .bind(column(rows, |row| row.merged_until))
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the row of a point that has no sample left.
pub async fn delete(tx: &mut Tx, point: PointId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from latest where point_id = $1").bind(point).execute(conn))?;
    Ok(())
}

/// Removes the rows of points whose newest sample is before an instant.
pub async fn delete_before(tx: &mut Tx, at: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from latest where at < $1").bind(at).execute(conn))?;
    Ok(())
}
