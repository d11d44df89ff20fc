//! Changes by hand: they hold to the rules of manifests, all or nothing, and a plan shows them.

use crate::tenancy::home::{Lenient, apply_text, at_home, plan};
use crate::tenancy::minimal;
use serde_json::{Value, json};
use vigie::domain::UserId;
use vigie::domain::audit::Actor;
use vigie::store::audit::{self, Filter};
use vigie::store::tenant::{
    connections, devices, equipment, grants, points, secrets, sites, users,
};
use vigie::tenancy::change::{Act, FieldFault, Made, Office, Refused, Thing, Wish, make};
use vigie::tenancy::manifest::Prune;
use vigie::tenancy::{Directory, TenantScope};

/// A site in a site, a type of two points, one equipment of it.
fn plant() -> String {
    format!(
        r#"{}
[[sites]]
key = "works"
name = "Works"

[[sites]]
key = "hall"
name = "Hall"
parent = "works"

[[types]]
key = "lift"
name = "Lift"
points = [
  {{ key = "floor", name = "Floor", decimals = 0 }},
  {{ key = "load", name = "Load", unit = "kg" }},
]

[[equipment]]
key = "lift-1"
name = "Lift 1"
site = "hall"
type = "lift"
"#,
        minimal("plant")
    )
}

fn scope(directory: &Directory) -> TenantScope {
    directory.by_slug("plant").unwrap()
}

async fn try_make(directory: &Directory, wishes: &[Wish]) -> Result<Vec<Made>, Refused> {
    let scope = scope(directory);
    let actor = Actor::user(UserId(7), "Eve", "eve@example.org");
    let office = Office {
        directory,
        scope: &scope,
        checker: &Lenient,
        actor: &actor,
    };
    make(&office, wishes).await
}

async fn made(directory: &Directory, wishes: &[Wish]) -> Vec<Made> {
    let made = try_make(directory, wishes).await;
    made.unwrap_or_else(|refused| panic!("{refused:?}"))
}

fn create(thing: Thing, body: Value) -> Wish {
    let act = Act::Create(body);
    Wish { thing, act }
}

fn patch(thing: Thing, id: i64, with: Value) -> Wish {
    Wish::patch(thing, id, with, None)
}

/// Pointer and code of every fault.
async fn faults(directory: &Directory, wishes: &[Wish]) -> Vec<(String, &'static str)> {
    match try_make(directory, wishes).await {
        Err(Refused::Faults(faults)) => faults
            .into_iter()
            .map(
                |FieldFault {
                     pointer, reason, ..
                 }| (pointer, reason.code()),
            )
            .collect(),
        other => panic!("expected faults, got {other:?}"),
    }
}

async fn site_id(directory: &Directory, key: &str) -> i64 {
    let row = sites::find_by_key(scope(directory).db(), key)
        .await
        .unwrap();
    row.unwrap().id.0
}

async fn thing_id(directory: &Directory, key: &str) -> i64 {
    let row = equipment::find_by_key(scope(directory).db(), key).await;
    row.unwrap().unwrap().id.0
}

at_home! {
    async fn what_is_made_by_hand_is_seen_by_a_plan(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let body = json!({ "key": "roof", "name": "Roof", "parent": "works",
            "latitude": 48.85, "longitude": 2.35, "time_zone": "asia/tokyo" });
        let site = made(&directory, &[create(Thing::Site, body)]).await.remove(0);
        let works = site_id(&directory, "works").await;
        made(&directory, &[patch(Thing::Site, works, json!({ "name": "The works" }))]).await;
        let row = sites::find_by_key(scope(&directory).db(), "roof").await.unwrap().unwrap();
        assert_eq!((row.id.0, row.site.position), (site.id, 2));
        assert_eq!(row.site.time_zone, "Asia/Tokyo");
        let drift = plan(&directory, &plant(), Prune::Keep).await;
        assert_eq!(drift.steps.len(), 1, "{drift}");
        let shown = drift.to_string();
        assert!(shown.contains("name: The works -> Works"), "{shown}");
        assert!(shown.contains("kept although not in the manifest: 1 site"), "{shown}");
        let log = audit::changes(scope(&directory).db(), 1).await.unwrap();
        assert_eq!((log[0].actor.as_str(), log[0].key.as_str()), ("user:7", "works"));
    }

    async fn every_wrong_field_is_named_and_nothing_is_changed(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let good = create(Thing::Site, json!({ "key": "roof", "name": "Roof" }));
        let bad = create(Thing::Site, json!({ "key": "a/b", "name": " ", "parent": "nowhere",
            "latitude": 91, "time_zone": "Europe/Pari" }));
        let found = faults(&directory, &[good, bad]).await;
        let expected = [
            ("/key", "key"), ("/parent", "unknown"), ("/name", "empty"),
            ("/longitude", "half-position"), ("/time_zone", "time-zone"),
        ];
        assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
        assert_eq!(sites::list(scope(&directory).db()).await.unwrap().len(), 2);
        let typo = create(Thing::Site, json!({ "key": "x", "name": 7 }));
        assert_eq!(faults(&directory, &[typo]).await, [("/name".to_owned(), "shape")]);
    }

    async fn a_circle_and_a_taken_key_are_refused(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let works = site_id(&directory, "works").await;
        let circle = patch(Thing::Site, works, json!({ "parent": "hall" }));
        assert_eq!(faults(&directory, &[circle]).await, [("/parent".to_owned(), "circle")]);
        let taken = patch(Thing::Site, works, json!({ "key": "hall" }));
        assert_eq!(faults(&directory, &[taken]).await, [("/key".to_owned(), "taken")]);
        let itself = create(Thing::Equipment, json!({ "key": "p", "name": "P", "site": "hall",
            "type": "lift", "parent": "p" }));
        assert_eq!(faults(&directory, &[itself]).await, [("/parent".to_owned(), "unknown")]);
    }

    async fn two_who_edit_the_same_thing_do_not_undo_each_other(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let id = site_id(&directory, "works").await;
        let seen = vigie::tenancy::change::Version::known("0123456789abcdef01234567");
        let stale = Wish::patch(Thing::Site, id, json!({ "name": "X" }), Some(seen));
        let outcome = try_make(&directory, &[stale]).await;
        assert!(matches!(outcome, Err(Refused::Changed { wish: 0 })), "{outcome:?}");
        let gone = Wish::remove(Thing::Site, 4711, None);
        let outcome = try_make(&directory, &[gone]).await;
        assert!(matches!(outcome, Err(Refused::Gone { wish: 0 })), "{outcome:?}");
    }

    async fn many_who_change_at_once_all_get_their_turn(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let wishes: Vec<Vec<Wish>> = (0..4)
            .map(|n| vec![create(Thing::Site, json!({ "key": format!("s{n}"), "name": "S" }))])
            .collect();
        let all = wishes.iter().map(|wishes| try_make(&directory, wishes));
        for outcome in futures_util::future::join_all(all).await {
            assert!(outcome.is_ok(), "{outcome:?}");
        }
        assert_eq!(sites::list(scope(&directory).db()).await.unwrap().len(), 6);
    }

    async fn what_others_stand_on_does_not_go_alone_but_goes_with_them(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let (works, hall) = (site_id(&directory, "works").await, site_id(&directory, "hall").await);
        let lift = thing_id(&directory, "lift-1").await;
        let alone = Wish::remove(Thing::Site, hall, None);
        let outcome = try_make(&directory, &[alone]).await;
        assert!(matches!(outcome, Err(Refused::InUse)), "{outcome:?}");
        made(&directory, &[
            Wish::remove(Thing::Site, works, None),
            Wish::remove(Thing::Equipment, lift, None),
            Wish::remove(Thing::Site, hall, None),
        ]).await;
        assert_eq!(sites::list(scope(&directory).db()).await.unwrap(), []);
    }

    async fn equipment_has_the_points_of_its_type_and_follows_it(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let scope = scope(&directory);
        let body = json!({ "key": "lift-2", "name": "Lift 2", "site": "works", "type": "lift",
            "note": "north\r\nside" });
        made(&directory, &[create(Thing::Equipment, body)]).await;
        let kind = vigie::store::tenant::equipment_types::find_by_key(scope.db(), "lift");
        let kind = kind.await.unwrap().unwrap().id.0;
        let before = points::list(scope.db()).await.unwrap();
        assert_eq!(before.len(), 4);
        let wish = json!({ "points": [
            { "key": "level", "was": "floor", "name": "Level", "decimals": 0 },
            { "key": "door", "name": "Door", "kind": "state", "states": { "0": "SHUT", "1": "OPEN" } },
        ] });
        made(&directory, &[patch(Thing::Type, kind, wish)]).await;
        let after = points::list(scope.db()).await.unwrap();
        let keys: Vec<_> = after.iter().map(|row| row.spec.key.as_str()).collect();
        assert_eq!(keys, ["level", "door", "level", "door"]);
        assert_eq!(after[0].id, before[0].id, "a renamed point keeps its samples");
        let row = equipment::find_by_key(scope.db(), "lift-2").await.unwrap().unwrap();
        assert_eq!(row.equipment.note.as_deref(), Some("north\nside"));
        assert_eq!(row.created_by, "user:7");
    }

    async fn a_point_beyond_the_type_comes_and_goes_and_one_of_the_type_stays(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let scope = scope(&directory);
        let own = json!({ "equipment": "lift-1", "key": "speed", "name": "Speed", "unit": "m/s" });
        let own = made(&directory, &[create(Thing::Point, own)]).await.remove(0).id;
        made(&directory, &[patch(Thing::Point, own, json!({ "key": "pace", "valid_max": 9 }))]).await;
        let rows = points::list(scope.db()).await.unwrap();
        assert_eq!((rows[2].id.0, rows[2].spec.key.as_str()), (own, "pace"));
        assert_eq!(rows[2].spec.valid_max, Some(9.0));
        let of_type = Wish::remove(Thing::Point, rows[0].id.0, None);
        assert_eq!(faults(&directory, &[of_type]).await, [(String::new(), "of-type")]);
        made(&directory, &[Wish::remove(Thing::Point, own, None)]).await;
        assert_eq!(points::list(scope.db()).await.unwrap().len(), 2);
        let wrong = json!({ "equipment": "lift-1", "key": "t", "name": "T", "unit": "degrees" });
        assert_eq!(
            faults(&directory, &[create(Thing::Point, wrong)]).await,
            [("/unit".to_owned(), "unit")]
        );
    }

    async fn a_secret_is_kept_renamed_with_its_connection_and_never_read_from_the_server(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let scope = scope(&directory);
        let body = json!({ "key": "field", "protocol": "mqtt",
            "config": { "url": "mqtts://b.example", "password": "open sesame" } });
        let id = made(&directory, &[create(Thing::Connection, body)]).await.remove(0).id;
        let stored = connections::list(scope.db()).await.unwrap().remove(0).connection.config;
        assert!(!stored.contains("sesame"), "{stored}");
        made(&directory, &[patch(Thing::Connection, id, json!({ "key": "broker" }))]).await;
        let names: Vec<_> = secrets::list(scope.db()).await.unwrap();
        assert_eq!(names.len(), 1);
        assert_eq!(names[0].name, "connection/broker/password");
        let row = connections::list(scope.db()).await.unwrap().remove(0);
        let tenant = scope.tenant().id;
        let clear = vigie::tenancy::manifest::reveal(scope.db(), directory.vault(), tenant, &row);
        assert_eq!(clear.await.unwrap()["password"], "open sesame");
        let elsewhere = json!({ "config": { "url": "mqtts://thief.example" } });
        assert_eq!(
            faults(&directory, &[patch(Thing::Connection, id, elsewhere)]).await,
            [("/config/password".to_owned(), "secret-again")]
        );
        let by_reference = json!({ "config": { "password": { "file": "/etc/shadow" } } });
        assert_eq!(
            faults(&directory, &[patch(Thing::Connection, id, by_reference)]).await[0],
            ("/config/password".to_owned(), "secret-by-reference")
        );
    }

    async fn the_last_administrator_stays(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let ada = json!({ "email": "Ada@Example.org", "name": "Ada", "role": "admin" });
        let ada = made(&directory, &[create(Thing::User, ada)]).await.remove(0).id;
        for wish in [
            patch(Thing::User, ada, json!({ "role": "viewer" })),
            patch(Thing::User, ada, json!({ "disabled": true })),
            Wish::remove(Thing::User, ada, None),
        ] {
            assert_eq!(faults(&directory, &[wish]).await, [("/role".to_owned(), "last-admin")]);
        }
        let bob = json!({ "email": "bob@example.org", "name": "Bob", "role": "admin",
            "password": "correct horse" });
        made(&directory, &[create(Thing::User, bob)]).await;
        made(&directory, &[patch(Thing::User, ada, json!({ "disabled": true }))]).await;
        let rows = users::list(scope(&directory).db()).await.unwrap();
        assert_eq!((rows[0].user.email.as_str(), rows[0].disabled), ("ada@example.org", true));
        assert!(rows[1].must_change_password && rows[1].password_hash.is_some());
        let log = audit::list(scope(&directory).db(), &Filter::default(), 100).await.unwrap();
        assert!(!format!("{log:?}").contains("horse"), "{log:?}");
    }

    async fn a_patch_of_a_person_leaves_what_they_are_granted(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let root = json!({ "email": "root@example.org", "name": "Root", "role": "admin" });
        made(&directory, &[create(Thing::User, root)]).await;
        let works = site_id(&directory, "works").await;
        let ada = json!({ "email": "ada@example.org", "name": "Ada", "role": "viewer",
            "sites": [works], "types": ["lift"] });
        let ada = made(&directory, &[create(Thing::User, ada)]).await.remove(0).id;
        made(&directory, &[patch(Thing::User, ada, json!({ "name": "Ada M." }))]).await;
        let granted = async || grants::of(scope(&directory).db(), UserId(ada)).await.unwrap();
        let now = granted().await;
        assert_eq!((now.sites[0].0, now.sites.len(), now.types.len()), (works, 1, 1));
        let unknown = json!({ "sites": ["hall", "nowhere"] });
        assert_eq!(
            faults(&directory, &[patch(Thing::User, ada, unknown)]).await,
            [("/sites/1".to_owned(), "unknown")]
        );
        made(&directory, &[patch(Thing::User, ada, json!({ "sites": [] }))]).await;
        let now = granted().await;
        assert_eq!((now.sites.len(), now.types.len()), (0, 1));
    }

    async fn the_secret_of_a_device_is_told_once_and_can_be_made_anew(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &plant(), Prune::Keep).await;
        let made_one = made(&directory, &[create(Thing::Device, json!({ "name": "gate" }))]).await;
        assert!(made_one[0].secret.is_some());
        let first = devices::list(scope(&directory).db()).await.unwrap().remove(0);
        let rotate = Wish { thing: Thing::Device, act: Act::Rotate { id: first.id.0, seen: None } };
        assert!(made(&directory, &[rotate]).await[0].secret.is_some());
        let second = devices::list(scope(&directory).db()).await.unwrap().remove(0);
        assert_ne!(first.secret_hash, second.secret_hash);
        made(&directory, &[Wish::remove(Thing::Device, first.id.0, None)]).await;
        assert_eq!(devices::list(scope(&directory).db()).await.unwrap(), []);
    }

    async fn a_quota_is_kept(home: Home) {
        let directory = home.open().await;
        let manifest = plant().replacen("locale =", "quota = { devices = 1 }\nlocale =", 1);
        apply_text(&directory, &manifest, Prune::Keep).await;
        made(&directory, &[create(Thing::Device, json!({ "name": "one" }))]).await;
        let outcome = try_make(&directory, &[create(Thing::Device, json!({ "name": "two" }))]).await;
        assert!(
            matches!(outcome, Err(Refused::Quota { what: "devices", most: 1 })),
            "{outcome:?}"
        );
        assert_eq!(devices::list(scope(&directory).db()).await.unwrap().len(), 1);
    }
}
