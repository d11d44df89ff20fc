//! What becomes of a reading.

use super::workshop::{DEADLINE, PLANT, Workshop, reading, reading_of};
use crate::tenancy::home::{NOON, at_home};
use std::sync::Arc;
use vigie::domain::{Quality, Timestamp};
use vigie::ingest::IngestLimits;
use vigie::runtime::PlatformConfig;
use vigie::store::tenant::{discovered, equipment, rejects};
use vigie_contract::{Delivery, ReadingQuality, ReadingValue, Refusal};

const NUMBER: fn(f64) -> ReadingValue = ReadingValue::Number;

fn word(word: &str) -> ReadingValue {
    ReadingValue::State(word.into())
}

at_home! {
    async fn a_settled_delivery_can_be_read(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let readings = vec![reading("voltage", NUMBER(52.5)), reading("state", word("charging")), reading("alarm", word("off"))];
        assert_eq!(shop.deliver(readings).await, (3, 0));
        assert_eq!(shop.values("pack-1", "voltage").await, [52.5]);
        assert_eq!(shop.values("pack-1", "state").await, [1.0]);
        assert_eq!(shop.values("pack-1", "alarm").await, [0.0]);
        shop.close().await;
    }

    async fn delivering_again_stores_nothing_twice(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        for _ in 0..3 {
            shop.deliver(vec![reading("voltage", NUMBER(50.0))]).await;
        }
        assert_eq!(shop.values("pack-1", "voltage").await, [50.0]);
        shop.close().await;
    }

    async fn what_is_refused_is_counted_by_reason_and_kept_to_look_at(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let at = |micros: i64| {
            let mut one = reading("voltage", NUMBER(1.0));
            one.observed_at_us = Some(micros);
            one
        };
        let mut amperes = reading("voltage", NUMBER(1.0));
        amperes.unit = Some("A".into());
        let readings = vec![
            reading("voltage", NUMBER(f64::NAN)),
            reading("voltage", NUMBER(f64::INFINITY)),
            reading("voltage", word("high")),
            reading("state", word("BURNING")),
            reading("state", NUMBER(7.0)),
            amperes,
            at(NOON.plus(11 * 60 * Timestamp::SECOND).0),
            at(0),
            at(i64::MIN),
            at(i64::MAX),
            reading("voltage", NUMBER(3.0)),
        ];
        assert_eq!(shop.deliver(readings).await, (1, 10));
        let expected = [("ancient", 2), ("bad_unit", 1), ("future", 2), ("not_a_number", 1), ("not_finite", 2), ("unknown_state", 2)];
        assert_eq!(shop.refused().await, expected.map(|(reason, n)| (reason.to_owned(), n)));
        let kept = rejects::list(shop.client.scope().db(), 100).await.unwrap();
        assert_eq!(kept.len(), 10);
        assert!(kept.iter().all(|row| row.reject.source.starts_with("pack-1/") && row.reject.connection_key == "test"));
        shop.close().await;
    }

    async fn a_value_outside_its_limits_is_kept_as_uncertain(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let mut millivolts = reading("voltage", NUMBER(500_000.0));
        millivolts.unit = Some("mV".into());
        shop.deliver(vec![millivolts]).await;
        let sample = shop.samples("pack-1", "voltage").await[0];
        assert_eq!((sample.value, sample.quality), (500.0, Quality::Uncertain));
        assert_eq!(shop.client.ingest().stats().uncertain, 1);
        shop.close().await;
    }

    async fn the_word_of_the_device_about_quality_is_kept(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let mut bad = reading("voltage", NUMBER(1.0));
        bad.quality = ReadingQuality::Bad;
        shop.deliver(vec![bad]).await;
        assert_eq!(shop.samples("pack-1", "voltage").await[0].quality, Quality::Bad);
        shop.close().await;
    }

    async fn a_reading_older_than_what_is_kept_is_refused(home: Home) {
        let manifest = PLANT.replace("time_zone", "retention_days = 30\ntime_zone");
        let shop = Workshop::open(&home, &manifest).await;
        let mut old = reading("voltage", NUMBER(1.0));
        old.observed_at_us = Some(NOON.plus(-31 * Timestamp::DAY).0);
        assert_eq!(shop.deliver(vec![old]).await, (0, 1));
        shop.close().await;
    }

    async fn unknown_equipment_grows_from_its_type_once(home: Home) {
        let shop = Arc::new(Workshop::open(&home, PLANT).await);
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..8 {
            let shop = shop.clone();
            tasks.spawn(async move {
                for n in 0..10 {
                    let mut one = reading_of(&format!("pack-{}", 100 + n), "voltage", NUMBER(f64::from(n)), Some("pack"));
                    one.observed_at_us = one.observed_at_us.map(|at| at + task);
                    assert_eq!(shop.deliver(vec![one]).await, (1, 0));
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let all = equipment::list(shop.client.scope().db()).await.unwrap();
        assert_eq!(all.len(), 11);
        assert_eq!(all.iter().filter(|row| row.created_by == "ingest").count(), 10);
        assert_eq!(shop.values("pack-105", "voltage").await, [5.0; 8]);
        shop.platform.close().await;
    }

    async fn routes_create_no_more_than_a_client_may_have(home: Home) {
        let config = PlatformConfig { ingest: IngestLimits { max_equipment: 3, ..IngestLimits::default() }, ..PlatformConfig::default() };
        let shop = Workshop::open_with(&home, PLANT, config).await;
        let many = (0..5).map(|n| reading_of(&format!("new-{n}"), "voltage", NUMBER(1.0), Some("pack"))).collect();
        assert_eq!(shop.deliver(many).await, (2, 3));
        assert_eq!(shop.refused().await, [("unknown_equipment".to_owned(), 3)]);
        shop.close().await;
    }

    async fn equipment_without_a_type_is_discovered(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let stranger = |point: &str| reading_of("stranger", point, NUMBER(4.0), None);
        assert_eq!(shop.deliver(vec![stranger("a"), stranger("b")]).await, (0, 2));
        shop.client.ingest().flush().await.unwrap();
        shop.deliver(vec![stranger("a"), reading("humidity", NUMBER(1.0))]).await;
        assert_eq!(shop.refused().await, [("unknown_equipment".to_owned(), 3), ("unknown_point".to_owned(), 1)]);
        let rows = discovered::list(shop.client.scope().db()).await.unwrap();
        let row = rows.iter().find(|row| row.equipment_key == "stranger").unwrap();
        assert_eq!((row.n, row.point_keys.as_str(), row.connection_key.as_str()), (3, r#"["a","b"]"#, "test"));
        shop.close().await;
    }

    async fn a_changed_model_is_noticed(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        assert_eq!(shop.deliver(vec![reading("current", NUMBER(1.0))]).await, (0, 1));
        let manifest = PLANT.replace("points = [", "points = [\n  { key = \"current\", name = \"Current\", kind = \"number\", unit = \"A\" },");
        shop.change(&manifest).await;
        let stored = async || (shop.deliver(vec![reading("current", NUMBER(1.0))]).await == (1, 0)).then_some(());
        crate::support::wait::until("the point is known", DEADLINE, stored).await;
        shop.close().await;
    }

    async fn what_a_connector_refused_is_counted_with_its_number(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let mut refusal = Refusal::new("too_many", "t/x", "more than one message may bring", b"[1,2");
        refusal.count = 40;
        let delivery = Delivery { readings: Vec::new(), refusals: vec![refusal] };
        let settled = shop.client.ingest().deliver(&Arc::from("field"), &delivery).await.unwrap();
        assert_eq!((settled.stored, settled.refused), (0, 40));
        assert_eq!(shop.refused().await, [("too_many".to_owned(), 40)]);
        shop.close().await;
    }
}
