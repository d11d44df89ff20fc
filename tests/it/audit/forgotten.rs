//! A person can be forgotten, and the chain still holds.

use super::{NOON, migrated, moved, record};
use crate::support::on_each_backend;
use vigie::domain::UserId;
use vigie::domain::audit::{Action, Actor, Deed, Fields, Hand, Origin, Subject};
use vigie::store::audit::{self, Filter, persons};
use vigie::tenancy::audit::{Broken, verify};

const ADA: UserId = UserId(7);

on_each_backend! {
    async fn who_is_forgotten_leaves_a_number_and_a_chain_that_holds(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let ada = Actor::user(ADA, "Ada Byron", "ada@example.org")
            .from_where(&Origin::new("192.0.2.1".parse().ok(), Some("Firefox")));
        let renamed = Deed::new(Action::CHANGED, Subject::person(ADA, "Ada Byron"))
            .before(Fields::new().with("name", "Ada"))
            .after(Fields::new().with("name", "Ada Byron"));
        let wrong = Deed::new(Action::SIGN_IN_FAILED, Subject::person(ADA, "Ada Byron"));
        let stranger = Actor::of(Hand::Nobody).from_where(&Origin::new("198.51.100.7".parse().ok(), None));
        record(db, &ada, &[moved("lyon", 2)]).await;
        record(db, &Actor::COMMAND, &[renamed]).await;
        record(db, &stranger, &[wrong]).await;
        assert_eq!(persons::told_of(db, "user:7").await.unwrap().len(), 4);

        let mut tx = db.begin().await.unwrap();
        assert_eq!(persons::forget(&mut tx, "user:7").await.unwrap(), 4);
        let erased = Deed::new(Action::ERASED, Subject::new(Subject::PERSON, ADA));
        audit::record(&mut tx, NOON, &Actor::of(Hand::User(ADA)), &erased);
        tx.commit().await.unwrap();

        assert_eq!(verify(db, &[]).await.unwrap().unwrap().entries, 4);
        let all = format!("{:?}", audit::list(db, &Filter::default(), 10).await.unwrap());
        for trace in ["Ada", "ada@", "192.0.2.1", "Firefox", "198.51"] {
            assert!(!all.contains(trace), "{trace} is still told: {all}");
        }
        assert!(all.contains("user:7") && all.contains("lyon"));
    }

    async fn forgetting_without_a_record_of_it_breaks_the_proof(database: TestDatabase) {
        let db = &database.db;
        migrated(db).await;
        let ada = Actor::user(ADA, "Ada", "ada@example.org");
        let erased = Deed::new(Action::ERASED, Subject::new(Subject::PERSON, ADA));
        record(db, &Actor::COMMAND, &[erased]).await;
        record(db, &ada, &[moved("lyon", 2)]).await;
        let mut tx = db.begin().await.unwrap();
        persons::forget(&mut tx, "user:7").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(verify(db, &[]).await.unwrap(), Err(Broken::Untold(2)));
    }
}
