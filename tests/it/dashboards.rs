//! Dashboards: whose they are, who changes them, and that two who change one notice each other.

use crate::support::on_each_backend;
use vigie::domain::audit::Actor;
use vigie::domain::dashboard::{Layout, Tile, TileKind};
use vigie::domain::{Access, ApiKeyId, Grants, PointId, Role, Timestamp, UserId};
use vigie::store::Db;
use vigie::store::audit::{self, Filter};
use vigie::store::tenant::{self, User, dashboards as stored, users};
use vigie::tenancy::dashboards::{By, DashboardError, Wish, create, remove, seen, update};
use vigie::tenancy::erasure::{ErasureError, erase};

static COMMAND: Actor = Actor::COMMAND;
const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

async fn person(db: &Db, email: &str, role: Role) -> UserId {
    let user = User {
        email: email.to_owned(),
        name: "Somebody".to_owned(),
        role,
    };
    let mut tx = db.begin().await.unwrap();
    let id = users::insert(&mut tx, &user, NOON).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn access(user: UserId, role: Role) -> Access {
    Access::of_user(user, role, Grants::default())
}

fn by(access: &Access) -> By<'_> {
    By {
        access,
        actor: &COMMAND,
        at: NOON,
    }
}

fn wish(name: &str, shared: bool) -> Wish {
    let tile = Tile {
        kind: TileKind::Value,
        title: String::new(),
        points: vec![PointId(1)],
        text: String::new(),
        x: 0,
        y: 0,
        w: 3,
        h: 2,
    };
    Wish {
        name: name.to_owned(),
        shared,
        layout: Layout { tiles: vec![tile] },
        shown: vec![PointId(1)],
    }
}

on_each_backend! {
    async fn one_s_own_dashboard_is_for_nobody_else_until_it_is_shared(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let ada = access(person(db, "ada@example.org", Role::Operator).await, Role::Operator);
        let eve = access(person(db, "eve@example.org", Role::Viewer).await, Role::Viewer);
        let admin = access(person(db, "admin@example.org", Role::Admin).await, Role::Admin);
        let id = create(db, by(&ada), wish("Mine", false)).await.unwrap();
        for other in [&eve, &admin] {
            assert!(matches!(seen(db, other, id).await, Err(DashboardError::Unknown)));
            let refused = update(db, by(other), id, 1, wish("Theirs", false)).await;
            assert!(matches!(refused, Err(DashboardError::Unknown)));
        }
        update(db, by(&ada), id, 1, wish("Ours", true)).await.unwrap();
        assert_eq!(seen(db, &eve, id).await.unwrap().dashboard.name, "Ours");
        let refused = update(db, by(&eve), id, 2, wish("Theirs", true)).await;
        assert!(matches!(refused, Err(DashboardError::NotTheirs)));
        assert!(matches!(remove(db, by(&eve), id, 2).await, Err(DashboardError::NotTheirs)));
        // Whoever manages the client tidies up what is shared.
        remove(db, by(&admin), id, 2).await.unwrap();
        assert!(stored::list_seen(db, None).await.unwrap().is_empty());
    }

    async fn who_may_not_share_keeps_their_dashboards(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let eve = access(person(db, "eve@example.org", Role::Viewer).await, Role::Viewer);
        let refused = create(db, by(&eve), wish("Ours", true)).await;
        assert!(matches!(refused, Err(DashboardError::MayNotShare)));
        let id = create(db, by(&eve), wish("Mine", false)).await.unwrap();
        let refused = update(db, by(&eve), id, 1, wish("Ours", true)).await;
        assert!(matches!(refused, Err(DashboardError::MayNotShare)));
        let reader = Access::of_key(ApiKeyId(1), "read");
        assert!(matches!(create(db, by(&reader), wish("x", false)).await, Err(DashboardError::MayNotShare)));
    }

    async fn two_who_change_one_dashboard_notice_each_other(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let ada = access(person(db, "ada@example.org", Role::Operator).await, Role::Operator);
        let id = create(db, by(&ada), wish("One", false)).await.unwrap();
        assert_eq!(update(db, by(&ada), id, 1, wish("Two", false)).await.unwrap(), 2);
        let late = update(db, by(&ada), id, 1, wish("Three", false)).await;
        assert!(matches!(late, Err(DashboardError::Stale)));
        assert!(matches!(remove(db, by(&ada), id, 1).await, Err(DashboardError::Stale)));
        let filter = Filter { noun: Some("dashboard".to_owned()), ..Filter::default() };
        let entries = audit::list(db, &filter, 10).await.unwrap();
        let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["changed", "created"], "what was refused is not recorded");
    }

    async fn names_and_tiles_that_make_no_sense_are_refused(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let ada = access(person(db, "ada@example.org", Role::Operator).await, Role::Operator);
        for name in ["", "  ", "a\u{202e}b", &"x".repeat(81)] {
            let refused = create(db, by(&ada), wish(name, false)).await;
            assert!(matches!(refused, Err(DashboardError::Name)), "{name:?}");
        }
        let mut twice = wish("Twice", false);
        twice.layout.tiles.extend(twice.layout.tiles.clone());
        assert!(matches!(create(db, by(&ada), twice).await, Err(DashboardError::Layout(_))));
    }

    async fn who_is_erased_takes_their_dashboards_along_and_the_last_admin_stays(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let (one, two) = (
            person(db, "one@example.org", Role::Admin).await,
            person(db, "two@example.org", Role::Admin).await,
        );
        let theirs = access(one, Role::Admin);
        create(db, by(&theirs), wish("Mine", true)).await.unwrap();
        let itself = Actor::user(one, "One", "one@example.org");
        erase(db, one, &itself, NOON).await.unwrap();
        assert!(stored::list_seen(db, None).await.unwrap().is_empty());
        assert!(users::find(db, one).await.unwrap().is_none());
        assert!(matches!(erase(db, one, &itself, NOON).await, Err(ErasureError::Unknown)));
        let last = erase(db, two, &COMMAND, NOON).await;
        assert!(matches!(last, Err(ErasureError::LastAdmin)));
        let all = format!("{:?}", audit::list(db, &Filter::default(), 10).await.unwrap());
        assert!(!all.contains("one@example.org"), "{all}");
    }

    async fn two_admins_who_erase_each_other_at_once_leave_one(database: TestDatabase) {
        let db = &database.db;
        tenant::migrate(db).await.unwrap();
        let (one, two) = (
            person(db, "one@example.org", Role::Admin).await,
            person(db, "two@example.org", Role::Admin).await,
        );
        let other = database.reopen().await;
        let (first, second) = tokio::join!(
            erase(db, one, &COMMAND, NOON),
            erase(&other, two, &COMMAND, NOON),
        );
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
        assert_eq!(users::list(db).await.unwrap().len(), 1);
    }
}
