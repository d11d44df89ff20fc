//! The API as a program meets it: conditions, repetitions, refusals, secrets, limits.

use super::stage::{Stage, answer, header, refusal, refused};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_made_is_read_changed_and_removed() {
    let stage = Stage::open().await;
    let site = json!({ "key": "roof", "name": "Roof", "parent": "hall" });
    let made = stage.post("/sites", site).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let (at, tag) = (
        header(&made, "location").to_owned(),
        header(&made, "etag").to_owned(),
    );
    let path = at.strip_prefix("/api/v1").unwrap().to_owned();
    let made: Value = made.json().await.unwrap();
    assert_eq!(made["time_zone"], "Europe/Paris", "that of its parent");

    let read = answer(stage.ask(Method::GET, &path)).await;
    assert_eq!(header(&read, "etag"), tag);
    let again = stage.ask(Method::GET, &path).header("if-none-match", &tag);
    assert_eq!(answer(again).await.status(), StatusCode::NOT_MODIFIED);

    let change = |tag: &str| {
        let request = stage.ask(Method::PATCH, &path).header("if-match", tag);
        request.json(&json!({ "address": "1, rue Haute" }))
    };
    let changed = answer(change(&tag)).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(header(&changed, "etag"), tag);
    let new_tag = header(&changed, "etag").to_owned();
    assert_eq!(
        refusal(answer(change(&tag)).await).await,
        refused(412, "changed")
    );

    let whole: Value = stage.get(&path).await;
    let put = stage.ask(Method::PUT, &path).header("if-match", &new_tag);
    let put = answer(put.json(&whole)).await;
    assert_eq!(
        header(&put, "etag"),
        new_tag,
        "what was read can be put back"
    );

    let blind = stage.ask(Method::DELETE, &path);
    assert_eq!(
        refusal(answer(blind).await).await,
        refused(428, "unconditional")
    );
    let remove = stage
        .ask(Method::DELETE, &path)
        .header("if-match", &new_tag);
    assert_eq!(answer(remove).await.status(), StatusCode::NO_CONTENT);
    let gone = answer(stage.ask(Method::GET, &path)).await;
    assert_eq!(refusal(gone).await, refused(404, "not-found"));
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_another_request_does_not() {
    let stage = Stage::open().await;
    let ask = |key: &str, name: &str| {
        let request = stage.ask(Method::POST, "/devices");
        request
            .header("idempotency-key", key)
            .json(&json!({ "name": name }))
    };
    let first = answer(ask("k1", "gate")).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    let again = answer(ask("k1", "gate")).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(header(&again, "idempotency-replayed"), "true");
    assert_eq!(
        again.json::<Value>().await.unwrap(),
        first,
        "its secret too"
    );
    let other = refusal(answer(ask("k1", "door")).await).await;
    assert_eq!(other, refused(422, "other-request"));
    assert_eq!(
        stage.get("/devices").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn every_wrong_field_is_named_with_a_pointer_and_a_code() {
    let stage = Stage::open().await;
    let wrong = json!({ "key": "hall", "name": "", "latitude": 91, "longitude": 2 });
    let refused = stage.post("/sites", wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = refused.json().await.unwrap();
    let named: Vec<_> = problem["errors"].as_array().unwrap().iter().collect();
    let named: Vec<_> = named
        .iter()
        .map(|error| {
            (
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        named,
        [
            ("/key", "taken"),
            ("/name", "empty"),
            ("/latitude", "degrees")
        ]
    );
}

#[tokio::test]
async fn secrets_are_shown_once_and_quotas_are_kept() {
    let stage = Stage::open().await;
    for name in ["one", "two"] {
        let made: Value = stage
            .post("/devices", json!({ "name": name }))
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(made["secret"].as_str().unwrap().len(), 32);
    }
    let third = stage.post("/devices", json!({ "name": "three" })).await;
    assert_eq!(refusal(third).await, refused(409, "quota"));
    let listed = stage.get("/devices").await;
    assert!(!listed.to_string().contains("secret"), "{listed}");
    let usage = stage.get("/usage").await;
    assert_eq!(usage["devices"], json!({ "used": 2, "most": 2 }));

    let broker = json!({ "key": "field", "protocol": "mqtt", "enabled": false,
        "config": { "url": "mqtts://broker.example", "username": "vigie", "password": "open sesame" } });
    let made = stage.post("/connections", broker).await;
    let status = made.status();
    let shown = made.text().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{shown}");
    assert!(
        !shown.contains("sesame") && shown.contains("sealed"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_key_makes_no_key_that_may_do_more() {
    let stage = Stage::open().await;
    let manager = json!({ "name": "manager", "scopes": ["manage"] });
    let made: Value = stage.post("/api-keys", manager).await.json().await.unwrap();
    let manager = made["secret"].as_str().unwrap().to_owned();
    let ask = |scope: &str| {
        let request = stage
            .vigie
            .request(Method::POST, "alpha", "/api/v1/api-keys");
        let request = request.header("authorization", format!("Bearer {manager}"));
        request.json(&json!({ "name": format!("of-{scope}"), "scopes": [scope] }))
    };
    assert_eq!(answer(ask("manage")).await.status(), StatusCode::CREATED);
    assert_eq!(
        refusal(answer(ask("configure")).await).await,
        refused(422, "faults")
    );
}

#[tokio::test]
async fn an_allow_list_keeps_others_out_and_its_writer_in() {
    let stage = Stage::open().await;
    let patch = |allow: Value| {
        let request = stage
            .ask(Method::PATCH, "/settings")
            .header("if-match", "*");
        request.json(&json!({ "allow": allow }))
    };
    let locked_out = answer(patch(json!(["192.0.2.0/24"]))).await;
    let problem: Value = locked_out.json().await.unwrap();
    assert_eq!(problem["errors"][0]["code"], "locks-out");
    let kept = answer(patch(json!(["127.0.0.0/8", "::1"]))).await;
    assert_eq!(kept.status(), StatusCode::OK);
    let wrong = answer(patch(json!(["127.0.0.0/8", "office"]))).await;
    let problem: Value = wrong.json().await.unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/allow/1");
}

#[tokio::test]
async fn lists_come_in_parts_and_many_are_changed_at_once_or_not_at_all() {
    let stage = Stage::open().await;
    for n in 2..=5 {
        let body = json!({ "key": format!("g{n}"), "name": "G", "site": "hall", "type": "gauge" });
        assert_eq!(
            stage.post("/equipment", body).await.status(),
            StatusCode::CREATED
        );
    }
    let first = stage.get("/equipment?limit=2").await;
    let next = first["next"].as_str().unwrap();
    let second = stage
        .get(&format!("/equipment?limit=2&cursor={next}"))
        .await;
    let id = |part: &Value, at: usize| part["items"][at]["id"].as_i64().unwrap();
    assert!(id(&first, 1) < id(&second, 0));
    let too_many = answer(stage.ask(Method::GET, "/equipment?limit=1001")).await;
    assert_eq!(refusal(too_many).await, refused(400, "invalid"));

    let batch = |last: Value| {
        let rename = json!({ "id": id(&first, 0), "patch": { "name": "Renamed" } });
        stage.post("/equipment/batch", json!({ "changes": [rename, last] }))
    };
    let wrong = batch(json!({ "id": id(&second, 0), "patch": { "site": "nowhere" } })).await;
    let problem: Value = wrong.json().await.unwrap();
    assert_eq!(
        (&problem["errors"][0]["item"], &problem["errors"][0]["code"]),
        (&json!(1), &json!("unknown"))
    );
    let one = stage.get(&format!("/equipment/{}", id(&first, 0))).await;
    assert_eq!(one["name"], "Gauge 1", "nothing was changed");
    let done = batch(json!({ "id": id(&second, 0), "remove": true })).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        stage.get("/equipment").await["items"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn custom_fields_hold_values_to_what_they_are() {
    let stage = Stage::open().await;
    let field = json!({ "noun": "site", "key": "use", "name": "Use", "kind": "select",
        "options": ["office", "workshop"], "required": true });
    let made = stage.post("/fields", field.clone()).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let at = header(&made, "location")
        .strip_prefix("/api/v1")
        .unwrap()
        .to_owned();
    assert_eq!(
        refusal(stage.post("/fields", field).await).await,
        refused(422, "faults")
    );

    let site = |custom: Value| json!({ "key": "roof", "name": "Roof", "custom": custom });
    for (custom, pointer, code) in [
        (json!({}), "/custom/use", "missing"),
        (json!({ "use": "garage" }), "/custom/use", "not-one-of"),
        (
            json!({ "use": "office", "floor": 2 }),
            "/custom/floor",
            "unknown",
        ),
    ] {
        let problem: Value = stage
            .post("/sites", site(custom))
            .await
            .json()
            .await
            .unwrap();
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    let made = stage.post("/sites", site(json!({ "use": "office" }))).await;
    let tag = header(&made, "etag").to_owned();
    let made: Value = made.json().await.unwrap();
    assert_eq!(made["custom"], json!({ "use": "office" }));
    let path = format!("/sites/{}", made["id"]);
    let change = stage.ask(Method::PATCH, &path).header("if-match", &tag);
    let patched = answer(change.json(&json!({ "custom": { "use": "workshop" } }))).await;
    assert_ne!(
        header(&patched, "etag"),
        tag,
        "a value is part of the version"
    );
    let gone = stage.ask(Method::DELETE, &at).header("if-match", "*");
    assert_eq!(answer(gone).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(stage.get(&path).await["custom"], json!({}));
}

#[tokio::test]
async fn the_document_is_served_and_budgets_are_told() {
    let stage = Stage::open().await;
    let plain = stage
        .vigie
        .request(Method::GET, "alpha", "/api/v1/openapi.json");
    let document: Value = answer(plain).await.json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/v1/sites/{id}"]["patch"].is_object());
    let told = answer(stage.ask(Method::GET, "/sites")).await;
    let number = |name: &str| header(&told, name).parse::<u64>().unwrap();
    assert!(number("ratelimit-remaining") < number("ratelimit-limit"));
    let text = stage.ask(Method::POST, "/sites").body("key=roof");
    assert_eq!(
        refusal(answer(text).await).await,
        refused(415, "unknown-type")
    );
}
