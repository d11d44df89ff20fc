//! Whatever ends or changes a right moves the access version of its client, in the same
//! transaction and whoever does it: what a process remembers of rights is never older.

use crate::support::on_each_backend;
use vigie::domain::{Grants, PointId, Role, StaffId, Timestamp, UserId};
use vigie::store::tenant::{
    self, ApiKey, Session, ShareLink, SupportGrant, User, api_keys, grants, sessions, settings,
    share_links, support_grants, users,
};
use vigie::store::{Db, Tx};

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
const EVENING: Timestamp = Timestamp::from_seconds(1_800_030_000);

async fn version(db: &Db) -> i64 {
    settings::versions(db).await.unwrap().access
}

async fn ada(db: &Db) -> UserId {
    tenant::migrate(db).await.unwrap();
    let user = User {
        email: "ada@example.org".to_owned(),
        name: "Ada".to_owned(),
        role: Role::Operator,
    };
    let mut tx = db.begin().await.unwrap();
    let id = users::insert(&mut tx, &user, NOON).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Does something in a transaction, and says whether the version moved.
async fn moves<T>(db: &Db, act: impl AsyncFnOnce(&mut Tx) -> T) -> (bool, T) {
    let before = version(db).await;
    let mut tx = db.begin().await.unwrap();
    let made = act(&mut tx).await;
    tx.commit().await.unwrap();
    (version(db).await > before, made)
}

fn key() -> ApiKey {
    ApiKey {
        name: "key".to_owned(),
        prefix: "vigie_k".to_owned(),
        secret_hash: vec![1; 32],
        scopes: "read".to_owned(),
        expires_at: None,
    }
}

on_each_backend! {
    async fn people_grants_and_sessions_move_the_version(database: TestDatabase) {
        let db = &database.db;
        let user = ada(db).await;
        let session = Session {
            token_hash: vec![1; 32],
            user_id: user,
            signed_in_at: NOON,
            last_seen_at: NOON,
            expires_at: EVENING,
            address: None,
            user_agent: None,
            step: None,
            second_factor: false,
        };
        sessions::insert(db, &session).await.unwrap();
        let before = version(db).await;
        sessions::touch(db, &[1; 32], NOON, EVENING).await.unwrap();
        assert_eq!(version(db).await, before, "use alone moves nothing");
        sessions::revoke(db, &[1; 32]).await.unwrap();
        assert!(version(db).await > before, "a session that ends");
        let disabled = async |tx: &mut Tx| users::set_disabled(tx, user, true).await.unwrap();
        assert!(moves(db, disabled).await.0, "a person who is disabled");
        let granted = Grants { sites: Vec::new(), types: Vec::new() };
        let replaced = async |tx: &mut Tx| grants::replace(tx, user, &granted).await.unwrap();
        moves(db, replaced).await;
        assert_eq!(grants::of(db, user).await.unwrap(), granted);
        let removed = async |tx: &mut Tx| users::delete(tx, user).await.unwrap();
        assert!(moves(db, removed).await.0, "a person who is removed");
    }

    async fn a_key_that_is_revoked_moves_the_version_and_one_that_is_used_does_not(database: TestDatabase) {
        let db = &database.db;
        ada(db).await;
        let made = async |tx: &mut Tx| api_keys::insert(tx, &key(), NOON).await.unwrap();
        let (_, id) = moves(db, made).await;
        let before = version(db).await;
        api_keys::touch(db, id, NOON).await.unwrap();
        assert_eq!(version(db).await, before);
        let revoked = async |tx: &mut Tx| api_keys::revoke(tx, "key", NOON).await.unwrap();
        assert!(moves(db, revoked).await.0);
    }

    async fn a_link_shows_its_points_until_it_ends_or_is_revoked(database: TestDatabase) {
        let db = &database.db;
        ada(db).await;
        let link = ShareLink {
            token_hash: vec![7; 32],
            dashboard_id: 3,
            points: vec![PointId(4), PointId(2)],
            created_by: "user:1".to_owned(),
            expires_at: EVENING,
        };
        let (_, id) = moves(db, async |tx: &mut Tx| share_links::insert(tx, &link, NOON).await.unwrap()).await;
        let find = async |at| share_links::find_by_hash(db, &[7; 32], at).await.unwrap();
        assert_eq!(find(NOON).await.unwrap().points(), link.points);
        assert!(find(EVENING).await.is_none(), "it is over");
        let fewer = async |tx: &mut Tx| share_links::set_points(tx, id, &[PointId(2)]).await.unwrap();
        assert!(moves(db, fewer).await.0, "it shows less");
        assert_eq!(find(NOON).await.unwrap().points(), [PointId(2)]);
        let revoked = async |tx: &mut Tx| share_links::revoke(tx, id, NOON).await.unwrap();
        assert_eq!(moves(db, revoked).await, (true, true));
        assert!(find(NOON).await.is_none());
        assert_eq!(share_links::list_of(db, 3).await.unwrap().len(), 1);
        let gone = async |tx: &mut Tx| share_links::delete_of(tx, 3).await.unwrap();
        assert_eq!(moves(db, gone).await, (true, 1));
    }

    async fn the_link_of_support_works_once_and_its_cookie_until_it_is_ended(database: TestDatabase) {
        let db = &database.db;
        ada(db).await;
        let given = SupportGrant {
            staff_id: StaffId(1),
            staff_name: "Sam".to_owned(),
            staff_email: "sam@platform.example".to_owned(),
            reason: "values are late".to_owned(),
            expires_at: EVENING,
        };
        let made = async |tx: &mut Tx| support_grants::insert(tx, &given, &[1; 32], NOON).await.unwrap();
        let (told, id) = moves(db, made).await;
        assert!(told, "the client is told at once");
        assert!(support_grants::find_unused(db, &[1; 32], NOON).await.unwrap().is_some());
        let enter = async |tx: &mut Tx| support_grants::enter(tx, id, &[2; 32], NOON).await.unwrap();
        assert!(moves(db, enter).await.1);
        assert!(!moves(db, enter).await.1, "once");
        assert!(support_grants::find_unused(db, &[1; 32], NOON).await.unwrap().is_none());
        assert!(support_grants::find_entered(db, &[1; 32], NOON).await.unwrap().is_none());
        let cookie = async |at| support_grants::find_entered(db, &[2; 32], at).await.unwrap();
        assert_eq!(cookie(NOON).await.unwrap().grant, given);
        assert!(cookie(EVENING).await.is_none(), "it is over");
        assert_eq!(support_grants::list_open(db, NOON).await.unwrap().len(), 1);
        let end = async |tx: &mut Tx| support_grants::revoke(tx, id, "user:1", NOON).await.unwrap();
        assert_eq!(moves(db, end).await, (true, true));
        assert!(cookie(NOON).await.is_none());
        assert_eq!(support_grants::list_open(db, NOON).await.unwrap(), []);
        let rows = support_grants::list(db, 9).await.unwrap();
        assert_eq!(rows[0].revoked_by.as_deref(), Some("user:1"));
    }
}
