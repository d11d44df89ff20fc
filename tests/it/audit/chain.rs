//! Writing: in the order of commits, without gaps, whoever writes at once.

use super::{NOON, migrated, moved, record};
use crate::support::on_each_backend;
use vigie::domain::UserId;
use vigie::domain::audit::{Action, Actor, Deed, Origin, Subject};
use vigie::store::audit::{self, Filter};
use vigie::store::tenant::settings;
use vigie::tenancy::audit::verify;

const WRITERS: usize = 8;
const TURNS: i64 = 25;

on_each_backend! {
    async fn many_writers_make_one_chain_without_gaps(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let other = database.reopen().await;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let db = if writer % 2 == 0 { db.clone() } else { other.clone() };
                tokio::spawn(async move {
                    for turn in 0..TURNS {
                        let deeds = [moved(&format!("w{writer}"), turn), moved("shared", turn)];
                        record(&db, &Actor::COMMAND, &deeds).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let head = verify(db, &[]).await.unwrap().unwrap();
        assert_eq!(head.entries, WRITERS as i64 * TURNS * 2);
        // What one transaction did stands together.
        let entries = audit::list(db, &Filter::default(), 1_000).await.unwrap();
        for pair in entries.chunks(2) {
            assert_eq!((pair[0].key.as_str(), pair[1].key.starts_with('w')), ("shared", true));
        }
    }

    async fn a_transaction_that_locks_something_after_it_recorded_waits_for_nobody_in_a_circle(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for turn in 0..10 {
                        let mut tx = db.begin().await.unwrap();
                        if writer % 2 == 0 {
                            audit::record(&mut tx, NOON, &Actor::COMMAND, &moved("a", turn));
                            settings::bump_model_version(&mut tx).await.unwrap();
                        } else {
                            settings::bump_model_version(&mut tx).await.unwrap();
                            audit::record(&mut tx, NOON, &Actor::COMMAND, &moved("b", turn));
                        }
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(verify(db, &[]).await.unwrap().unwrap().entries, 40);
    }

    async fn what_is_rolled_back_was_never_recorded_and_leaves_no_gap(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let mut tx = db.begin().await.unwrap();
        audit::record(&mut tx, NOON, &Actor::COMMAND, &moved("a", 1));
        tx.rollback().await.unwrap();
        record(db, &Actor::COMMAND, &[moved("b", 1)]).await;
        let entries = audit::list(db, &Filter::default(), 10).await.unwrap();
        assert_eq!((entries.len(), entries[0].id, entries[0].key.as_str()), (1, 1, "b"));
    }

    async fn entries_are_found_by_who_what_subject_time_and_text(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let ada = Actor::user(UserId(7), "Ada 100%", "ada@example.org")
            .from_where(&Origin::new("192.0.2.1".parse().ok(), Some("Firefox")));
        let invited = Deed::new(Action::INVITED, Subject::person(UserId(8), "Grace"));
        record(db, &ada, &[moved("lyon", 2), invited]).await;
        record(db, &Actor::MANIFEST, &[moved("nantes", 3)]).await;
        let found = async |filter: Filter| {
            let entries = audit::list(db, &filter, 10).await.unwrap();
            entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
        };
        let by = |text: &str| Some(text.to_owned());
        assert_eq!(found(Filter::default()).await, [3, 2, 1]);
        assert_eq!(found(Filter { before: Some(3), ..Filter::default() }).await, [2, 1]);
        assert_eq!(found(Filter { who: by("user:7"), ..Filter::default() }).await, [2, 1]);
        assert_eq!(found(Filter { who: by("100%"), ..Filter::default() }).await, [2, 1]);
        assert_eq!(found(Filter { who: by("1001"), ..Filter::default() }).await, [0; 0]);
        assert_eq!(found(Filter { action: by("invited"), ..Filter::default() }).await, [2]);
        assert_eq!(found(Filter { noun: by("site"), key: by("lyon"), ..Filter::default() }).await, [1]);
        assert_eq!(found(Filter { text: by("GRACE"), ..Filter::default() }).await, [2]);
        assert_eq!(found(Filter { start: Some(NOON), end: Some(NOON), ..Filter::default() }).await, [0; 0]);
        assert_eq!(found(Filter { start: Some(NOON), end: Some(NOON.plus(1)), ..Filter::default() }).await, [3, 2, 1]);
        let entries = audit::list(db, &Filter::default(), 10).await.unwrap();
        assert!(!entries[1].detail.contains("Grace"), "a name stands in the chain");
        assert!(entries[1].what.as_ref().unwrap().contains("Grace"));
    }
}
