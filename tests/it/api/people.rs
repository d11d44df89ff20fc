//! People over the API: whom a program may look after.

use super::stage::{Stage, answer};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_looks_after_people_and_neither_makes_nor_changes_an_administrator() {
    let stage = Stage::open().await;
    let add = [
        "users",
        "add",
        "alpha",
        "root@alpha.example",
        "--name",
        "Root",
        "--role",
        "admin",
    ];
    stage.vigie.must_run(&add);
    let users = stage.get("/users").await;
    let root = users["items"][0]["id"].as_i64().unwrap();
    let person = |role| json!({ "email": "vic@alpha.example", "name": "Vic", "role": role });
    let refused = async |answer: Response| {
        let status = answer.status();
        let problem: Value = answer.json().await.unwrap();
        let fault = problem["errors"][0].clone();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(
            (&fault["pointer"], &fault["code"]),
            (&json!("/role"), &json!("admins-only"))
        );
    };
    refused(stage.post("/users", person("admin")).await).await;
    let made = stage.post("/users", person("viewer")).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let vic = made.json::<Value>().await.unwrap()["id"].as_i64().unwrap();
    let change = async |id: i64, body: Value| {
        let request = stage
            .ask(Method::PATCH, &format!("/users/{id}"))
            .header("if-match", "*");
        answer(request.json(&body)).await
    };
    let raised = change(vic, json!({ "role": "operator" })).await;
    assert_eq!(raised.status(), StatusCode::OK);
    refused(change(vic, json!({ "role": "admin" })).await).await;
    for taking in [
        json!({ "password": "mine from now on" }),
        json!({ "email": "mine@alpha.example" }),
        json!({ "role": "viewer" }),
        json!({ "disabled": true }),
    ] {
        refused(change(root, taking).await).await;
    }
    let gone = stage
        .ask(Method::DELETE, &format!("/users/{root}"))
        .header("if-match", "*");
    refused(answer(gone).await).await;
    assert_eq!(stage.get("/users").await["items"][0]["role"], "admin");
}
