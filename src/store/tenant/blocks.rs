//! Blocks: the samples of one point within one UTC day, in parts ordered by time.

use crate::domain::PointId;
use crate::store::batch::{Placeholders, batches, column, id_list, values};
use crate::store::{Db, Link, StoreError, Tx, exec_tx, on_db};
use sqlx::PgConnection;

/// What is known of a block without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockEntry {
    /// Identity.
    pub id: i64,
    /// Whose samples.
    pub point_id: PointId,
    /// UTC days since 1970.
    pub day: i64,
    /// Its place in the day.
    pub part: i64,
    /// The commit up to which it heeds journal and tombstones.
    pub version: i64,
    /// The oldest sample.
    pub t0: i64,
    /// The newest sample.
    pub t1: i64,
    /// How many samples.
    pub n: i64,
}

/// A block with its data.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BlockRow {
    /// Whose samples.
    pub point_id: PointId,
    /// The commit up to which it heeds journal and tombstones.
    pub version: i64,
    /// The newest sample.
    pub t1: i64,
    /// How many samples.
    pub n: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// A block about to be stored.
#[derive(Debug, Clone)]
pub struct NewBlock {
    /// Whose samples.
    pub point_id: PointId,
    /// UTC days since 1970.
    pub day: i64,
    /// Its place in the day.
    pub part: i64,
    /// The commit up to which it heeds journal and tombstones.
    pub version: i64,
    /// The oldest sample.
    pub t0: i64,
    /// The newest sample.
    pub t1: i64,
    /// How many samples.
    pub n: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// The data of one block.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BlockData {
    /// Which block.
    pub id: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// A range of time of one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointSpan {
    /// Whose.
    pub point: PointId,
    /// First instant inside.
    pub from_at: i64,
    /// First instant after it.
    pub until_at: i64,
    /// The first UTC day.
    pub first_day: i64,
    /// The last UTC day.
    pub last_day: i64,
}

/// The entries of several points on the days `first_day..=last_day`, ordered by point, day and part.
pub async fn entries(
    db: &Db,
    points: impl IntoIterator<Item = PointId>,
    first_day: i64,
    last_day: i64,
) -> Result<Vec<BlockEntry>, StoreError> {
    macro_rules! sql {
        ($listed:literal) => {
            concat!(
                "select id, point_id, day, part, version, t0, t1, n from blocks where point_id ",
                $listed,
                " and day between $2 and $3 order by point_id, day, part"
            )
        };
    }
    let postgres = db.is_postgres();
    let sql = if postgres {
        sql!("= any($1::text::bigint[])")
    } else {
        sql!("in (select value from json_each($1))")
    };
    let points = id_list(points.into_iter().map(|point| point.0), postgres);
    on_db!(db.read, pool => sqlx::query_as(sql).bind(points).bind(first_day).bind(last_day).fetch_all(pool))
}

/// The data of these blocks, in any order.
pub async fn data_of(db: &Db, ids: &[i64]) -> Result<Vec<BlockData>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let postgres = db.is_postgres();
    let sql = if postgres {
        "select id, data from blocks where id = any($1::text::bigint[])"
    } else {
        "select id, data from blocks where id in (select value from json_each($1))"
    };
    let ids = id_list(ids.iter().copied(), postgres);
    on_db!(db.read, pool => sqlx::query_as(sql).bind(ids).fetch_all(pool))
}

/// The oldest `limit` blocks of a point that reach into a span, in the order of time.
pub async fn in_span(db: &Db, span: PointSpan, limit: i64) -> Result<Vec<BlockRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select point_id, version, t1, n, data from blocks \
         where point_id = $1 and day between $2 and $3 and t1 >= $4 and t0 < $5 \
         order by day, part limit $6"
    ).bind(span.point).bind(span.first_day).bind(span.last_day)
        .bind(span.from_at).bind(span.until_at).bind(limit).fetch_all(pool))
}

/// All blocks that reach into any of the spans, by point and time.
pub async fn in_spans(db: &Db, spans: &[PointSpan]) -> Result<Vec<BlockRow>, StoreError> {
    let mut found = Vec::new();
    for batch in batches(spans) {
        let sql = values(
            Placeholders::of(db),
            "with wanted (point_id, first_day, last_day, from_at, until_at) as (values",
            batch.len(),
            5,
            ") select b.point_id, b.version, b.t1, b.n, b.data from wanted w join blocks b \
             on b.point_id = w.point_id and b.day between w.first_day and w.last_day \
             and b.t1 >= w.from_at and b.t0 < w.until_at order by b.point_id, b.day, b.part",
        );
        let rows: Vec<BlockRow> = on_db!(db.read, pool => {
            let mut query = sqlx::query_as(sql);
            for span in batch {
                query = query.bind(span.point).bind(span.first_day).bind(span.last_day)
                    .bind(span.from_at).bind(span.until_at);
            }
            query.fetch_all(pool)
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// The newest `limit` blocks of a point that begin before `until_at`, the newest first.
pub async fn newest_before(
    db: &Db,
    point: PointId,
    until_at: i64,
    limit: i64,
) -> Result<Vec<BlockRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select point_id, version, t1, n, data from blocks where point_id = $1 and t0 < $2 \
         order by day desc, part desc limit $3"
    ).bind(point).bind(until_at).bind(limit).fetch_all(pool))
}

/// Adds blocks.
pub async fn insert(tx: &mut Tx, blocks: &[NewBlock]) -> Result<(), StoreError> {
    if let Link::Postgres(connection) = &mut tx.link {
        return insert_columns(connection, blocks).await;
    }
    for batch in batches(blocks) {
        let sql = values(
            Placeholders::of_tx(tx),
            "insert into blocks (point_id, day, part, version, t0, t1, n, data) values",
            batch.len(),
            8,
            "",
        );
        exec_tx!(tx, conn => {
            let mut query = sqlx::query(sql);
            for block in batch {
                query = query.bind(block.point_id).bind(block.day).bind(block.part).bind(block.version)
                    .bind(block.t0).bind(block.t1).bind(block.n).bind(&block.data);
            }
            query.execute(conn)
        })?;
    }
    Ok(())
}

async fn insert_columns(
    connection: &mut PgConnection,
    blocks: &[NewBlock],
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into blocks (point_id, day, part, version, t0, t1, n, data) \
         select point_id, day, part, version, t0, t1, n, data \
         from unnest($1, $2, $3, $4, $5, $6, $7, $8) \
         as u (point_id, day, part, version, t0, t1, n, data)",
    )
    .bind(column(blocks, |block| block.point_id.0))
    .bind(column(blocks, |block| block.day))
    .bind(column(blocks, |block| block.part))
    .bind(column(blocks, |block| block.version))
    .bind(column(blocks, |block| block.t0))
    .bind(column(blocks, |block| block.t1))
    .bind(column(blocks, |block| block.n))
    .bind(column(blocks, |block| block.data.as_slice()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes these blocks.
pub async fn delete(tx: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let postgres = tx.is_postgres();
    let sql = if postgres {
        "delete from blocks where id = any($1::text::bigint[])"
    } else {
        "delete from blocks where id in (select value from json_each($1))"
    };
    let ids = id_list(ids.iter().copied(), postgres);
    exec_tx!(tx, conn => sqlx::query(sql).bind(ids).execute(conn))?;
    Ok(())
}

/// The points that have blocks of days before `day`.
pub async fn points_before(db: &Db, day: i64) -> Result<Vec<PointId>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select distinct point_id from blocks where day < $1"
    ).bind(day).fetch_all(pool))
}

/// Removes the blocks of these points of days before `day`.
pub async fn delete_before(tx: &mut Tx, points: &[PointId], day: i64) -> Result<u64, StoreError> {
    let postgres = tx.is_postgres();
    let sql = if postgres {
        "delete from blocks where point_id = any($1::text::bigint[]) and day < $2"
    } else {
        "delete from blocks where point_id in (select value from json_each($1)) and day < $2"
    };
    let points = id_list(points.iter().map(|point| point.0), postgres);
    exec_tx!(tx, conn => sqlx::query(sql).bind(points).bind(day).execute(conn))
}
