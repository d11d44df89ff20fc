//! The nouns of a client's database that no manifest writes: every statement, on both databases.

use super::home::NOON;
use crate::support::{TestDatabase, on_each_backend};
use vigie::domain::audit::{Action, Actor, Deed, Subject};
use vigie::domain::{Role, Timestamp, UserId};
use vigie::store::tenant::{
    self, ApiKey, Reject, Session, Sighting, User, api_keys, devices, discovered, rejects, secrets,
    sessions, settings, users,
};
use vigie::store::{Db, StoreError, audit, control};

const MINUTE: i64 = 60 * Timestamp::SECOND;

async fn add_user(db: &Db, email: &str) -> UserId {
    let user = User {
        email: email.to_owned(),
        name: "Ada".to_owned(),
        role: Role::Operator,
    };
    let mut tx = db.begin().await.unwrap();
    let id = users::insert(&mut tx, &user, NOON).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn session(user_id: UserId, token: u8) -> Session {
    Session {
        token_hash: vec![token; 32],
        user_id,
        signed_in_at: NOON,
        last_seen_at: NOON,
        expires_at: NOON.plus(MINUTE),
        address: Some("192.0.2.1".to_owned()),
        user_agent: None,
        step: None,
        second_factor: false,
    }
}

fn reject(n: i64) -> Reject {
    Reject {
        at: NOON.plus(n),
        connection_key: "field".to_owned(),
        reason: "bad_json".to_owned(),
        source: format!("topic/{n}"),
        detail: "not JSON".to_owned(),
        excerpt: vec![0, 255],
    }
}

on_each_backend! {
    async fn schemas_migrate_twice(database: TestDatabase) {
        for _ in 0..2 {
            tenant::migrate(&database.db).await.unwrap();
        }
        let control = TestDatabase::create(if database.db.is_postgres() {
            crate::support::Backend::Postgres
        } else {
            crate::support::Backend::Sqlite
        }).await;
        for _ in 0..2 {
            control::migrate(&control.db).await.unwrap();
        }
    }

    async fn a_session_brings_its_user_until_it_ends(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let user = add_user(db, "Ada@Example.org").await;
        for token in [1, 2, 3] {
            sessions::insert(db, &session(user, token)).await.unwrap();
        }
        let found = sessions::find_with_user(db, &[1; 32], NOON).await.unwrap().unwrap();
        assert_eq!(found.session, session(user, 1));
        assert_eq!(found.user.user.email, "ada@example.org");
        assert_eq!(found.user.user.role, Role::Operator);
        let later = NOON.plus(2 * MINUTE);
        assert!(sessions::find_with_user(db, &[1; 32], later).await.unwrap().is_none());
        sessions::touch(db, &[1; 32], NOON, NOON.plus(3 * MINUTE)).await.unwrap();
        assert!(sessions::find_with_user(db, &[1; 32], later).await.unwrap().is_some());
        assert!(sessions::revoke(db, &[2; 32]).await.unwrap());
        assert!(!sessions::revoke(db, &[2; 32]).await.unwrap());
        assert_eq!(sessions::prune(db, later).await.unwrap(), 1);
        assert_eq!(sessions::list_of(db, user, NOON).await.unwrap().len(), 1);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(sessions::revoke_all_of(&mut tx, user).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    async fn a_disabled_user_has_no_session(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let user = add_user(db, "ada@example.org").await;
        sessions::insert(db, &session(user, 1)).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(users::set_disabled(&mut tx, user, true).await.unwrap());
        assert!(users::set_password(&mut tx, user, "hash", true).await.unwrap());
        tx.commit().await.unwrap();
        assert!(sessions::find_with_user(db, &[1; 32], NOON).await.unwrap().is_none());
        assert!(users::set_preferences(db, user, Some("fr"), Some("dark")).await.unwrap());
        let row = users::find(db, user).await.unwrap().unwrap();
        assert_eq!(row, users::find_by_email(db, "ADA@example.org").await.unwrap().unwrap());
        assert!(row.disabled && row.must_change_password);
        assert_eq!((row.locale.as_deref(), row.theme.as_deref()), (Some("fr"), Some("dark")));
    }

    async fn an_email_address_is_taken_once(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        add_user(&database.db, "ada@example.org").await;
        let mut tx = database.db.begin().await.unwrap();
        let user = User {
            email: "ADA@example.org".to_owned(),
            name: "Eve".to_owned(),
            role: Role::Admin,
        };
        let error = users::insert(&mut tx, &user, NOON).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    }

    async fn an_api_key_is_found_until_it_is_revoked_or_over(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let key = |name: &str, hash: u8, expires_at| ApiKey {
            name: name.to_owned(),
            prefix: "vigie_ab".to_owned(),
            secret_hash: vec![hash; 32],
            scopes: "read write".to_owned(),
            expires_at,
        };
        let mut tx = db.begin().await.unwrap();
        let id = api_keys::insert(&mut tx, &key("gateway", 1, None), NOON).await.unwrap();
        let guest = key("guest", 2, Some(NOON.plus(MINUTE)));
        api_keys::insert(&mut tx, &guest, NOON).await.unwrap();
        tx.commit().await.unwrap();
        api_keys::touch(db, id, NOON).await.unwrap();
        let found = api_keys::find_by_hash(db, &[1; 32], NOON).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(NOON));
        assert!(found.allows("write") && !found.allows("admin"));
        assert!(api_keys::find_by_hash(db, &[2; 32], NOON).await.unwrap().is_some());
        assert!(api_keys::find_by_hash(db, &[2; 32], NOON.plus(MINUTE)).await.unwrap().is_none());
        let mut tx = db.begin().await.unwrap();
        assert!(api_keys::revoke(&mut tx, "gateway", NOON).await.unwrap());
        assert!(!api_keys::revoke(&mut tx, "gateway", NOON).await.unwrap());
        tx.commit().await.unwrap();
        assert!(api_keys::find_by_hash(db, &[1; 32], NOON).await.unwrap().is_none());
        assert_eq!(api_keys::list(db).await.unwrap().len(), 2);
    }

    async fn a_device_is_revoked_and_let_in_again_with_a_new_secret(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let id = devices::insert(&mut tx, "gw", "one", None, NOON).await.unwrap();
        tx.commit().await.unwrap();
        devices::touch(db, id, NOON).await.unwrap();
        assert!(devices::revoke(db, "gw", NOON).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        assert!(devices::set_secret(&mut tx, "gw", "two", Some("env:GW")).await.unwrap());
        assert!(!devices::set_secret(&mut tx, "other", "two", None).await.unwrap());
        tx.commit().await.unwrap();
        let row = devices::find_by_name(db, "gw").await.unwrap().unwrap();
        assert_eq!((row.secret_hash.as_str(), row.revoked_at), ("two", None));
        assert_eq!(row.last_seen_at, Some(NOON));
    }

    async fn only_the_newest_rejects_are_kept_and_all_are_counted(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for n in 0..rejects::KEPT + 20 {
            rejects::insert(&mut tx, &reject(n)).await.unwrap();
            rejects::add_count(&mut tx, "field", "bad_json", 1, NOON.plus(n)).await.unwrap();
        }
        assert_eq!(rejects::prune(&mut tx).await.unwrap(), 20);
        assert_eq!(rejects::prune(&mut tx).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let newest = rejects::list(db, 1000).await.unwrap();
        assert_eq!(newest.len() as i64, rejects::KEPT);
        assert_eq!(newest[0].reject, reject(rejects::KEPT + 19));
        let counts = rejects::counts(db).await.unwrap();
        assert_eq!((counts.len(), counts[0].n), (1, rejects::KEPT + 20));
    }

    async fn sightings_of_unknown_equipment_add_up(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let mut sighting = Sighting {
            equipment_key: "B7".to_owned(),
            connection_key: "field".to_owned(),
            at: NOON,
            n: 2,
            point_keys: "[\"occupied\"]".to_owned(),
            excerpt: "{}".to_owned(),
        };
        discovered::record(db, &sighting).await.unwrap();
        sighting.at = NOON.plus(MINUTE);
        discovered::record(db, &sighting).await.unwrap();
        let known = discovered::list(db).await.unwrap();
        assert_eq!((known.len(), known[0].n), (1, 4));
        assert_eq!((known[0].first_seen_at, known[0].last_seen_at), (NOON, NOON.plus(MINUTE)));
        assert_eq!(discovered::forget(db, "B7").await.unwrap(), 1);
    }

    async fn the_model_version_moves_with_every_bump(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        assert_eq!(settings::model_version(db).await.unwrap(), 0);
        for expected in 1..=11 {
            let mut tx = db.begin().await.unwrap();
            assert_eq!(settings::bump_model_version(&mut tx).await.unwrap(), expected);
            tx.commit().await.unwrap();
        }
        let mut tx = db.begin().await.unwrap();
        settings::bump_model_version(&mut tx).await.unwrap();
        settings::put(&mut tx, "theme", "dark").await.unwrap();
        let deed = Deed::new(Action::CHANGED, Subject::new("site", "a"));
        audit::record(&mut tx, NOON, &Actor::COMMAND, &deed);
        tx.rollback().await.unwrap();
        assert_eq!(settings::model_version(db).await.unwrap(), 11);
        assert_eq!(settings::find(db, "theme").await.unwrap(), None);
        assert!(audit::changes(db, 10).await.unwrap().is_empty());
        assert!(secrets::find(db, "none").await.unwrap().is_none());
    }
}
