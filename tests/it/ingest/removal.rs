//! Points that are removed: never shown again, and their space is given back.

use super::workshop::{PLANT, Workshop, reading, reading_of};
use crate::tenancy::home::at_home;
use sqlx::AssertSqlSafe;
use vigie::domain::PointId;
use vigie::store::Db;
use vigie::store::tenant::{latest, removed_points};
use vigie_contract::ReadingValue;

const WITHOUT_VOLTAGE: &str = r#"  { key = "voltage", name = "Voltage", kind = "number", unit = "V", valid = [0.0, 100.0] },
"#;

async fn points_with_samples(db: &Db) -> usize {
    latest::list(db).await.unwrap().len()
}

/// Rows of a point in every table of the engine.
async fn rows_of(db: &Db, point: PointId) -> i64 {
    let tables = [
        "blocks",
        "rollups_hour",
        "rollups_day",
        "rollups_month",
        "rollups_open",
        "hours_packed",
        "latest",
    ];
    let counts = tables.map(|table| format!("(select count(*) from {table} where point_id = $1)"));
    let sql = format!("select {}", counts.join(" + "));
    match db {
        Db::Postgres(pool) => {
            sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(point)
                .fetch_one(pool)
                .await
        }
        Db::Sqlite { write, .. } => {
            sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(point)
                .fetch_one(write)
                .await
        }
    }
    .unwrap()
}

at_home! {
    async fn a_removed_point_leaves_no_sample_behind(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let stays = reading_of("pack-1", "alarm", ReadingValue::Bool(true), None);
        shop.deliver(vec![reading("voltage", ReadingValue::Number(50.0)), stays]).await;
        let (client, db) = (&shop.client, shop.client.scope().db());
        client.engine().merge().await.unwrap();
        let gone = shop.point("pack-1", "voltage").await.unwrap();
        // What is in the journal and in the head goes as well.
        shop.deliver(vec![reading("voltage", ReadingValue::Number(51.0))]).await;
        assert_eq!(points_with_samples(db).await, 2);
        assert!(rows_of(db, gone).await > 3, "a block, an hour, marks, the newest");

        shop.change(&PLANT.replace(WITHOUT_VOLTAGE, "")).await;
        assert_eq!(removed_points::list(db).await.unwrap(), [gone]);
        client.follow_removals().await.unwrap();
        assert_eq!(points_with_samples(db).await, 2, "it is met twice");
        client.follow_removals().await.unwrap();
        assert_eq!(points_with_samples(db).await, 1);
        assert!(removed_points::list(db).await.unwrap().is_empty());
        let range = vigie::domain::TimeRange::ALL;
        assert!(client.engine().samples(gone, range, 10).await.unwrap().is_empty());
        assert!(client.engine().latest(&[gone])[0].1.is_none());
        client.engine().merge().await.unwrap();
        assert_eq!(points_with_samples(db).await, 1, "nothing of it was left in the head");
        assert_eq!(rows_of(db, gone).await, 0);
        assert_eq!(shop.values("pack-1", "alarm").await, [1.0]);
        shop.close().await;
    }
}
