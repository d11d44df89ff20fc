//! The peer: one row per sample in a plain table with a key.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};
use vigie::domain::PointSample;
use vigie::store::Db;

/// Rows per statement on SQLite, which has no arrays.
const ROWS: usize = 512;

/// Makes the table.
pub async fn create(db: &Db) -> Result<()> {
    match db {
        Db::Postgres(pool) => {
            let sql = "create table plain (point_id bigint, at bigint, value double precision, \
                       quality smallint, primary key (point_id, at))";
            sqlx::query(sql).execute(pool).await?;
        }
        Db::Sqlite { write, .. } => {
            let sql = "create table plain (point_id integer, at integer, value real, \
                       quality integer, primary key (point_id, at)) without rowid";
            sqlx::query(sql).execute(write).await?;
        }
    }
    Ok(())
}

/// Stores a batch in one transaction, the fastest way the database has.
pub async fn insert(db: &Db, samples: &[PointSample]) -> Result<()> {
    match db {
        Db::Postgres(pool) => {
            let points: Vec<i64> = samples.iter().map(|s| s.point.0).collect();
            let times: Vec<i64> = samples.iter().map(|s| s.sample.at.0).collect();
            let values: Vec<f64> = samples.iter().map(|s| s.sample.value).collect();
            let sql = "insert into plain (point_id, at, value, quality) \
                       select p, t, v, 0 from unnest($1, $2, $3) as u (p, t, v)";
            sqlx::query(sql)
                .bind(points)
                .bind(times)
                .bind(values)
                .execute(pool)
                .await?;
        }
        Db::Sqlite { write, .. } => {
            let mut tx = write.begin().await?;
            for rows in samples.chunks(ROWS) {
                insert_rows(&mut tx, rows).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn insert_rows(tx: &mut Transaction<'static, Sqlite>, rows: &[PointSample]) -> Result<()> {
    let values = vec!["(?, ?, ?, 0)"; rows.len()].join(", ");
    let sql = format!("insert into plain (point_id, at, value, quality) values {values}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query
            .bind(row.point.0)
            .bind(row.sample.at.0)
            .bind(row.sample.value);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// The samples of one point in a range; how many.
pub async fn raw(db: &Db, point: i64, from: i64, until: i64) -> Result<usize> {
    macro_rules! rows {
        ($pool:expr) => {
            sqlx::query_as::<_, (i64, f64)>(
                "select at, value from plain where point_id = $1 and at >= $2 and at < $3 order by at",
            )
            .bind(point)
            .bind(from)
            .bind(until)
            .fetch_all($pool)
            .await?
            .len()
        };
    }
    Ok(match db {
        Db::Postgres(pool) => rows!(pool),
        Db::Sqlite { read, .. } => rows!(read),
    })
}

/// Hourly sums of the points `1..=points`; how many rows.
pub async fn hourly(db: &Db, points: i64, from: i64, until: i64) -> Result<usize> {
    macro_rules! rows {
        ($pool:expr) => {
            sqlx::query_as::<_, (i64, i64, i64, f64, f64, f64)>(
                "select point_id, at / 3600000000 as hour, count(*), min(value), max(value), sum(value) \
                 from plain where point_id <= $1 and at >= $2 and at < $3 group by 1, 2 order by 1, 2",
            )
            .bind(points)
            .bind(from)
            .bind(until)
            .fetch_all($pool)
            .await?
            .len()
        };
    }
    Ok(match db {
        Db::Postgres(pool) => rows!(pool),
        Db::Sqlite { read, .. } => rows!(read),
    })
}
