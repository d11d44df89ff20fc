//! What people of the portal share and keep, done by programs that act for them.

use super::stage::{Stage, answer, header, refusal, refused};
use crate::support::{now_ms, on_each_backend};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "UTC"

[[sites]]
key = "hall"
name = "Hall"
position = { lat = 48.0, lon = 2.0 }

[[types]]
key = "gateway"
name = "Gateway"
points = [{ key = "online", name = "Online", kind = "boolean" }]
[[types]]
key = "gauge"
name = "Gauge"
points = [{ key = "level", name = "Level" }]

[[equipment]]
key = "gw"
name = "Gateway"
site = "hall"
type = "gateway"
[[equipment]]
key = "g1"
name = "Gauge 1"
site = "hall"
type = "gauge"
parent = "gw"

[[users]]
email = "ada@example.org"
name = "Ada"
role = "admin"
password = { env = "ADMIN_PASSWORD" }
"#;

async fn as_ada() -> (Stage, String) {
    let stage = Stage::with(MANIFEST).await;
    let ada = stage.token("ada@example.org").await;
    (stage, ada)
}

on_each_backend! {
    async fn a_link_is_made_shown_once_used_and_ended(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let ada = stage.token("ada@example.org").await;
        let ask = |method, path: &str| stage.ask_as(&ada, method, path);
        let made = answer(ask(Method::POST, "/dashboards").json(&json!({ "name": "Hall", "shared": true }))).await;
        let at = header(&made, "location").strip_prefix("/api/v1").unwrap().to_owned();
        let links = format!("{at}/links");
        let wrong = answer(ask(Method::POST, &links).json(&json!({ "hours": 0 }))).await;
        assert_eq!(refusal(wrong).await, refused(422, "faults"));
        let made: Value = answer(ask(Method::POST, &links).json(&json!({ "hours": 1 }))).await.json().await.unwrap();
        let url = made["url"].as_str().unwrap();
        let listed: Value = answer(ask(Method::GET, &links)).await.json().await.unwrap();
        assert_eq!(listed["items"][0]["url"], Value::Null, "shown once");

        let path = url.split_once(':').unwrap().1.split_once("/shared/").unwrap().1;
        let enter = || answer(stage.vigie.at_host(Method::GET, "alpha.localhost", &format!("/shared/{path}")));
        assert!(enter().await.status() != StatusCode::NOT_FOUND);
        let id = &made["id"];
        let ended = answer(ask(Method::DELETE, &format!("{links}/{id}"))).await;
        assert_eq!(ended.status(), StatusCode::NO_CONTENT);
        assert_eq!(enter().await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn contact_and_warranty_are_changed_by_who_saw_them_last() {
    let (stage, ada) = as_ada().await;
    let g1 = stage.id("equipment", "g1").await;
    let path = format!("/equipment/{g1}/service");
    let put = |tag: &str, body: Value| {
        answer(
            stage
                .ask_as(&ada, Method::PUT, &path)
                .header("if-match", tag.to_owned())
                .json(&body),
        )
    };
    let empty = answer(stage.ask_as(&ada, Method::GET, &path)).await;
    let tag = header(&empty, "etag").to_owned();
    let wish = json!({ "contact_name": "Ms. Roux", "contact_phone": "", "contact_email": "roux@example.org", "warranty_until": "2027-06-30" });
    let kept = put(&tag, wish.clone()).await;
    assert_eq!(kept.status(), StatusCode::OK);
    assert_eq!(kept.json::<Value>().await.unwrap(), wish);
    assert_eq!(
        refusal(put(&tag, wish).await).await,
        refused(412, "changed")
    );
    let wrong = put("*", json!({ "warranty_until": "soon" })).await;
    let problem: Value = wrong.json().await.unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/warranty_until");
}

#[tokio::test]
async fn a_person_changes_what_is_theirs_and_a_key_is_nobody() {
    let (stage, ada) = as_ada().await;
    let ask = |method, path: &str| stage.ask_as(&ada, method, path);
    let changed = answer(
        ask(Method::PATCH, "/me").json(&json!({ "locale": "fr", "time_zone": "Asia/Tokyo" })),
    )
    .await;
    let me: Value = changed.json().await.unwrap();
    assert_eq!(
        (&me["name"], &me["locale"], &me["time_zone"]),
        (&json!("Ada"), &json!("fr"), &json!("Asia/Tokyo"))
    );
    let wrong: Value = answer(ask(Method::PATCH, "/me").json(&json!({ "theme": "mauve" })))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(wrong["errors"][0]["pointer"], "/theme");

    let kept = answer(
        ask(Method::POST, "/me/filters").json(&json!({ "name": "Late", "query": "state=stale" })),
    )
    .await;
    let id = kept.json::<Value>().await.unwrap()["id"].clone();
    let forgotten = answer(ask(Method::DELETE, &format!("/me/filters/{id}"))).await;
    assert_eq!(forgotten.status(), StatusCode::NO_CONTENT);

    let key = answer(stage.ask(Method::GET, "/me")).await;
    assert_eq!(refusal(key).await, refused(401, "signed-out"));
    let sessions: Value = answer(ask(Method::GET, "/me/sessions"))
        .await
        .json()
        .await
        .unwrap();
    let program = sessions["programs"][0]["id"].as_str().unwrap().to_owned();
    answer(ask(Method::DELETE, &format!("/me/programs/{program}"))).await;
    let ended = answer(ask(Method::GET, "/me")).await;
    assert_eq!(refusal(ended).await, refused(401, "signed-out"));
}

#[tokio::test]
async fn what_a_dead_gateway_told_is_stale_in_lists_and_alone() {
    let (stage, _) = as_ada().await;
    let now = now_ms();
    let told = json!([{ "equipment": "g1", "at": now - 2_000, "values": { "level": 1 } },
        { "equipment": "gw", "at": now - 1_000, "values": { "online": false } }]);
    assert_eq!(
        stage.post("/telemetry", told).await.status(),
        StatusCode::NO_CONTENT
    );
    let g1 = stage.id("equipment", "g1").await;
    let listed = stage.get("/equipment?state=stale").await;
    assert_eq!(listed["items"][0]["id"], g1);
    let alone = stage.get(&format!("/equipment/{g1}")).await;
    assert_eq!(
        (&alone["state"], &alone["points"][0]["state"]),
        (&json!("stale"), &json!("stale"))
    );
    let point = stage
        .get(&format!("/points/{}", alone["points"][0]["id"]))
        .await;
    assert_eq!(point["state"], "stale");
    let map = stage.get("/map?limit=1").await;
    assert_eq!(
        (&map["items"][0]["state"], &map["items"][0]["equipment"]),
        (&json!("offline"), &json!(2))
    );
}

#[tokio::test]
async fn work_comes_in_parts_and_its_files_go_in_and_out() {
    let (stage, _) = as_ada().await;
    let g1 = stage.id("equipment", "g1").await;
    let mut made = Vec::new();
    for n in 0..5 {
        let body = json!({ "equipment": g1, "title": format!("Work {n}"), "done_on": if n % 2 == 0 { json!("2026-11-20") } else { Value::Null } });
        let work: Value = stage.post("/maintenance", body).await.json().await.unwrap();
        made.push(work["id"].as_i64().unwrap());
    }
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let part = stage
            .get(&format!("/maintenance?limit=2&cursor={cursor}"))
            .await;
        found.extend(
            part["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|work| work["id"].as_i64().unwrap()),
        );
        match part["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(found, made);
    let done = stage
        .get(&format!("/maintenance?done=true&equipment={g1}"))
        .await;
    assert_eq!(done["items"].as_array().unwrap().len(), 3);

    let files = format!("/maintenance/{}/files", made[0]);
    let bytes = vec![7_u8; 2_000_000];
    let keep = stage.ask(Method::POST, &format!("{files}?name=log.bin"));
    // A key of idempotency does not hold large bodies back.
    let kept = answer(keep.header("idempotency-key", "once").body(bytes.clone())).await;
    assert_eq!(kept.status(), StatusCode::CREATED);
    let id = kept.json::<Value>().await.unwrap()["id"].clone();
    let out = answer(stage.ask(Method::GET, &format!("{files}/{id}"))).await;
    assert_eq!(
        header(&out, "content-disposition"),
        "attachment; filename*=UTF-8''log.bin"
    );
    assert_eq!(out.bytes().await.unwrap(), bytes);
}
