//! Manifests: planned against what is there, applied as a whole, exported to what plans to nothing.

use super::home::{NOON, apply_text, at_home, plan, plan_with, read};
use super::minimal;
use secrecy::ExposeSecret;
use vigie::domain::Role;
use vigie::store::audit;
use vigie::store::tenant::{
    User, connections, devices, equipment, latest, points, secrets, settings, sites, users,
};
use vigie::tenancy::manifest::{
    Action, Library, Noun, Plan, PlanError, Prune, apply, export, read_current, reveal,
};
use vigie::tenancy::{Directory, credentials};

/// A car park with a nested site, a type of its own and a broker with a password.
fn car_park() -> String {
    format!(
        r#"{}
[[sites]]
key = "level-1"
name = "Level 1"
parent = "centre"

[[sites]]
key = "centre"
name = "Centre"
time_zone = "Asia/Tokyo"
position = {{ lat = 48.857, lon = 2.352 }}

[[types]]
key = "lift"
name = "Lift"
points = [
  {{ key = "floor", name = "Floor", decimals = 0 }},
  {{ key = "door", name = "Door", kind = "state", states = {{ OPEN = 1, SHUT = 0 }} }},
]

[[equipment]]
keys = "A01..A03"
name = "Bay {{key}}"
site = "level-1"
type = "parking-space"

[[equipment]]
key = "lift-1"
name = "Lift"
site = "centre"
type = "lift"
points.floor = {{ valid = [-2.0, 3.0], period = "5 min" }}
points.load = {{ name = "Load", kind = "number", unit = "kg" }}

[[devices]]
name = "gateway"

[[users]]
email = "Ada@Example.org"
name = "Ada"
role = "admin"
"#,
        minimal("park")
    )
}

fn with_broker() -> String {
    let broker = r#"
[[connections]]
key = "field"
protocol = "mqtt"
url = "mqtts://broker.example:8883"
password = { env = "BROKER_PASSWORD" }

[[connections.routes]]
topic = "spots/{equipment}"
type = "parking-space"
site = "centre"
points.occupied = { at = "/status" }
"#;
    car_park() + broker
}

const PASSWORD: (&str, &str) = ("BROKER_PASSWORD", "open sesame");

async fn apply_with_broker(directory: &Directory, password: (&'static str, &'static str)) -> Plan {
    let plan = plan_with(directory, &read(&with_broker()), Prune::Keep, &[password])
        .await
        .unwrap();
    apply(directory, &plan).await.unwrap();
    plan
}

fn actions(plan: &Plan, action: Action) -> Vec<String> {
    let steps = plan.steps.iter().filter(|step| step.action == action);
    steps
        .map(|step| format!("{} {}", step.noun, step.key))
        .collect()
}

at_home! {
    async fn a_second_plan_after_apply_is_empty(home: Home) {
        let directory = home.open().await;
        let first = apply_with_broker(&directory, PASSWORD).await;
        assert!(first.new && !first.is_empty());
        for prune in [Prune::Keep, Prune::Remove] {
            let again = plan_with(&directory, &read(&with_broker()), prune, &[PASSWORD]).await.unwrap();
            assert!(again.is_empty(), "{again}");
        }
    }

    async fn what_is_applied_is_what_the_manifest_says(home: Home) {
        let directory = home.open().await;
        apply_with_broker(&directory, PASSWORD).await;
        let scope = directory.by_slug("park").unwrap();
        let level = sites::find_by_key(scope.db(), "level-1").await.unwrap().unwrap();
        let centre = sites::find_by_key(scope.db(), "centre").await.unwrap().unwrap();
        assert_eq!(level.site.parent_id, Some(centre.id));
        assert_eq!(level.site.time_zone, "Asia/Tokyo");
        assert_eq!(equipment::list(scope.db()).await.unwrap().len(), 4);
        let lift = equipment::find_by_key(scope.db(), "lift-1").await.unwrap().unwrap();
        let points = points::list_of(scope.db(), lift.id).await.unwrap();
        let keys: Vec<_> = points.iter().map(|point| point.spec.key.as_str()).collect();
        assert_eq!(keys, ["floor", "door", "load"]);
        assert_eq!((points[0].spec.valid_max, points[0].spec.period_s), (Some(3.0), Some(300)));
        assert_eq!(points[1].spec.states.code_of("open"), Some(1));
        let ada = users::find_by_email(scope.db(), "ada@example.org").await.unwrap().unwrap();
        assert_eq!(ada.password_hash, None);
        assert!(!audit::changes(scope.db(), 100).await.unwrap().is_empty());
    }

    async fn an_export_plans_to_nothing(home: Home) {
        let directory = home.open().await;
        apply_with_broker(&directory, PASSWORD).await;
        let current = read_current(&directory, "park").await.unwrap();
        let text = export(&current.model, Library::embedded().unwrap()).unwrap();
        assert!(!text.contains("open sesame"));
        for prune in [Prune::Keep, Prune::Remove] {
            let again = plan_with(&directory, &read(&text), prune, &[PASSWORD]).await.unwrap();
            assert!(again.is_empty(), "{again}\n{text}");
        }
    }

    async fn what_a_manifest_does_not_name_stays_unless_pruned(home: Home) {
        let directory = home.open().await;
        apply_with_broker(&directory, PASSWORD).await;
        let kept = plan(&directory, &minimal("park"), Prune::Keep).await;
        assert!(kept.is_empty(), "{kept}");
        assert_eq!(kept.kept[&Noun::Equipment], 4);
        apply_text(&directory, &minimal("park"), Prune::Remove).await;
        let scope = directory.by_slug("park").unwrap();
        assert!(sites::list(scope.db()).await.unwrap().is_empty());
        assert!(secrets::list(scope.db()).await.unwrap().is_empty());
        assert!(plan(&directory, &minimal("park"), Prune::Remove).await.is_empty());
    }

    async fn a_plan_says_which_points_to_remove_have_samples(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let scope = directory.by_slug("park").unwrap();
        let lift = equipment::find_by_key(scope.db(), "lift-1").await.unwrap().unwrap();
        let point = points::list_of(scope.db(), lift.id).await.unwrap().remove(0);
        let newest = latest::LatestRow {
            point_id: point.id,
            at: NOON.0,
            value: Some(2.0),
            bits: 2.0_f64.to_bits() as i64,
            quality: 0,
            merged_until: NOON.0,
        };
        let mut tx = scope.db().begin().await.unwrap();
        latest::upsert(&mut tx, &[newest]).await.unwrap();
        tx.commit().await.unwrap();
        let pruning = plan(&directory, &minimal("park"), Prune::Remove).await;
        assert_eq!(pruning.lost_histories(), 1);
        assert!(pruning.to_string().contains("- point floor (has samples)"), "{pruning}");
        assert_eq!(plan(&directory, &minimal("park"), Prune::Keep).await.lost_histories(), 0);
    }

    async fn a_rename_keeps_the_point_and_all_that_refers_to_it(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let scope = directory.by_slug("park").unwrap();
        let before = points::list(scope.db()).await.unwrap();
        let text = car_park()
            .replace("key = \"centre\"", "key = \"middle\"\nwas = \"centre\"")
            .replace("\"centre\"\ntype", "\"middle\"\ntype")
            .replace("parent = \"centre\"", "parent = \"middle\"")
            .replace("key = \"lift-1\"", "key = \"lift-a\"\nwas = \"lift-1\"")
            .replace("{ key = \"floor\",", "{ key = \"level\", was = \"floor\",")
            .replace("points.floor", "points.level");
        let moves = plan(&directory, &text, Prune::Remove).await;
        assert_eq!(actions(&moves, Action::Create), [""; 0], "{moves}");
        assert_eq!(actions(&moves, Action::Remove), [""; 0], "{moves}");
        apply(&directory, &moves).await.unwrap();
        let after = points::list(scope.db()).await.unwrap();
        assert_eq!(before.len(), after.len());
        let new_keys: Vec<_> = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| one.id == other.id && one.spec.key != other.spec.key)
            .map(|(one, other)| (one.spec.key.as_str(), other.spec.key.as_str()))
            .collect();
        assert_eq!(new_keys, [("floor", "level")]);
        assert!(plan(&directory, &text, Prune::Remove).await.is_empty());
    }

    async fn keys_that_pass_on_in_a_chain_are_renamed_from_its_end(home: Home) {
        let directory = home.open().await;
        let site = |key: &str, was: &str| format!("[[sites]]\nkey = \"{key}\"\nname = \"N\"\n{was}\n");
        let start = minimal("chain") + &site("a", "") + &site("b", "");
        apply_text(&directory, &start, Prune::Keep).await;
        let end = minimal("chain") + &site("b", "was = \"a\"") + &site("c", "was = \"b\"");
        apply_text(&directory, &end, Prune::Remove).await;
        let rows = sites::list(directory.by_slug("chain").unwrap().db()).await.unwrap();
        let keys: Vec<_> = rows.iter().map(|row| (row.id.0, row.site.key.as_str())).collect();
        assert_eq!(keys, [(1, "b"), (2, "c")]);
    }

    async fn points_follow_their_type_also_where_devices_made_the_equipment(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let scope = directory.by_slug("park").unwrap();
        grow(&scope, "lift-2", "lift-1").await;
        let text = car_park().replace("name = \"Floor\",", "name = \"Storey\", unit = \"1\",");
        apply_text(&directory, &text, Prune::Remove).await;
        let grown = equipment::find_by_key(scope.db(), "lift-2").await.unwrap().unwrap();
        let points = points::list_of(scope.db(), grown.id).await.unwrap();
        assert_eq!((points.len(), points[0].spec.name.as_str()), (2, "Storey"));
        assert!(plan(&directory, &text, Prune::Remove).await.is_empty());
    }

    async fn a_plan_that_is_overtaken_is_refused_and_changes_nothing(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let stale = plan(&directory, &car_park().replace("Lift\"", "Elevator\""), Prune::Keep).await;
        apply_text(&directory, &car_park().replace("Centre", "Middle"), Prune::Keep).await;
        let error = apply(&directory, &stale).await.unwrap_err().to_string();
        assert!(error.contains("plan again"), "{error}");
        let scope = directory.by_slug("park").unwrap();
        let lift = equipment::find_by_key(scope.db(), "lift-1").await.unwrap().unwrap();
        assert_eq!(lift.equipment.name, "Lift");
    }

    async fn a_secret_is_sealed_and_a_new_value_is_a_difference(home: Home) {
        let directory = home.open().await;
        apply_with_broker(&directory, PASSWORD).await;
        let scope = directory.by_slug("park").unwrap();
        let row = connections::find_by_key(scope.db(), "field").await.unwrap().unwrap();
        assert!(!row.connection.config.contains("sesame"));
        let sealed = secrets::list(scope.db()).await.unwrap().remove(0);
        assert_eq!(sealed.source, "env:BROKER_PASSWORD");
        assert!(!sealed.sealed.windows(6).any(|bytes| bytes == b"sesame"));
        let changed = apply_with_broker(&directory, ("BROKER_PASSWORD", "other")).await;
        assert_eq!(actions(&changed, Action::Change), ["connection field"]);
        assert!(!changed.to_string().contains("other\""));
        let id = scope.tenant().id;
        let config = reveal(scope.db(), directory.vault(), id, &row).await.unwrap();
        assert_eq!(config["password"], "other");
    }

    async fn a_secret_that_is_not_there_is_a_fault_in_its_place(home: Home) {
        let directory = home.open().await;
        let error = plan_with(&directory, &read(&with_broker()), Prune::Keep, &[]).await.unwrap_err();
        let PlanError::Faults(faults) = error else { panic!("{error}") };
        let text = faults.to_string();
        assert!(text.contains("client.toml:"), "{text}");
        assert!(text.contains("connections[0].password"), "{text}");
        assert!(text.contains("BROKER_PASSWORD is not set"), "{text}");
        assert!(directory.list().await.unwrap().is_empty());
    }

    async fn a_connector_s_complaint_stands_at_the_wrong_value(home: Home) {
        let directory = home.open().await;
        let text = minimal("acme") + "[[connections]]\nkey = \"c\"\nprotocol = \"mqtt\"\nwrong = 1\n";
        let error = plan_with(&directory, &read(&text), Prune::Keep, &[]).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("client.toml:9:9: connections[0].wrong: is wrong"), "{text}");
    }

    async fn a_host_is_that_of_one_client_only(home: Home) {
        let directory = home.open().await;
        let with_host = |slug: &str| minimal(slug) + "hosts = [\"portal.example\"]\n";
        apply_text(&directory, &with_host("one"), Prune::Keep).await;
        let error = plan_with(&directory, &read(&with_host("two")), Prune::Keep, &[]).await.unwrap_err();
        assert!(error.to_string().contains("portal.example"), "{error}");
        apply_text(&directory, &minimal("one"), Prune::Keep).await;
        assert!(directory.by_host("portal.example").is_none());
        apply_text(&directory, &with_host("two"), Prune::Keep).await;
        assert_eq!(directory.by_host("portal.example").unwrap().tenant().slug, "two");
    }

    async fn a_device_without_a_reference_gets_a_secret_that_is_shown_once(home: Home) {
        let directory = home.open().await;
        let applied = apply_text(&directory, &car_park(), Prune::Keep).await;
        let (name, secret) = &applied.generated[0];
        let scope = directory.by_slug("park").unwrap();
        let row = devices::find_by_name(scope.db(), name).await.unwrap().unwrap();
        assert!(credentials::verify(secret, Some(&row.secret_hash)).await.unwrap());
        assert!(!row.secret_hash.contains(secret.expose_secret()));
        assert!(apply_text(&directory, &car_park(), Prune::Keep).await.generated.is_empty());
    }

    async fn a_first_password_is_set_once_and_then_belongs_to_the_user(home: Home) {
        let directory = home.open().await;
        let text = car_park() + "password = { env = \"FIRST\" }\n";
        let manifest = read(&text);
        let first = plan_with(&directory, &manifest, Prune::Keep, &[("FIRST", "one")]).await.unwrap();
        apply(&directory, &first).await.unwrap();
        let scope = directory.by_slug("park").unwrap();
        let ada = users::find_by_email(scope.db(), "ada@example.org").await.unwrap().unwrap();
        assert!(credentials::verify(&"one".into(), ada.password_hash.as_deref()).await.unwrap());
        let again = plan_with(&directory, &manifest, Prune::Keep, &[("FIRST", "two")]).await.unwrap();
        assert!(again.is_empty(), "{again}");
    }
}

/// Equipment as ingest makes it when an unknown device speaks.
async fn grow(scope: &vigie::tenancy::TenantScope, key: &str, like: &str) {
    let template = equipment::find_by_key(scope.db(), like)
        .await
        .unwrap()
        .unwrap();
    let mut wanted = template.equipment;
    key.clone_into(&mut wanted.key);
    let mut tx = scope.db().begin().await.unwrap();
    let at = NOON;
    let by = equipment::BY_DEVICES;
    let id = equipment::insert(&mut tx, &wanted, by, at).await.unwrap();
    points::insert_from_type(&mut tx, id, at).await.unwrap();
    vigie::store::tenant::settings::bump_model_version(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

at_home! {
    async fn pruning_leaves_alone_who_was_added_by_hand(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let db = directory.by_slug("park").unwrap().db().clone();
        let mut tx = db.begin().await.unwrap();
        let guest = User {
            email: "guest@example.org".to_owned(),
            name: "Guest".to_owned(),
            role: Role::Viewer,
        };
        users::insert(&mut tx, &guest, NOON).await.unwrap();
        devices::insert(&mut tx, "by-hand", "hash", None, NOON).await.unwrap();
        settings::bump_model_version(&mut tx).await.unwrap();
        tx.commit().await.unwrap();

        apply_text(&directory, &minimal("park"), Prune::Remove).await;
        let people: Vec<_> = users::list(&db).await.unwrap();
        assert_eq!(people.len(), 1, "Ada was made by the manifest");
        assert_eq!(people[0].user.email, "guest@example.org");
        let devices: Vec<_> = devices::list(&db).await.unwrap();
        assert_eq!(devices.len(), 1);
        assert_eq!(devices[0].name, "by-hand");
    }

    async fn a_client_gets_another_slug_and_keeps_everything(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &car_park(), Prune::Keep).await;
        let id = directory.by_slug("park").unwrap().tenant().id;
        let renamed = car_park().replacen("slug = \"park\"", "slug = \"garage\"\nwas = \"park\"", 1);
        let renaming = plan(&directory, &renamed, Prune::Keep).await;
        assert_eq!(renaming.steps.len(), 1, "{:?}", renaming.steps);
        assert_eq!(renaming.steps[0].was.as_deref(), Some("park"));
        apply_text(&directory, &renamed, Prune::Keep).await;
        assert!(directory.by_slug("park").is_none());
        let scope = directory.by_slug("garage").unwrap();
        assert_eq!(scope.tenant().id, id);
        assert_eq!(equipment::list(scope.db()).await.unwrap().len(), 4);
        assert!(plan(&directory, &renamed, Prune::Keep).await.is_empty(), "`was` may stay");
        assert!(directory.by_host("garage.vigie.example").is_some());
        assert!(directory.by_host("park.vigie.example").is_none());
    }
}
