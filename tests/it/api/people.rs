//! People over the API: whom a program may look after.

use super::stage::{MANIFEST, Stage, answer, header, refusal, refused};
use crate::support::on_each_backend;
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
    let admins_only = async |answer: Response| {
        let status = answer.status();
        let problem: Value = answer.json().await.unwrap();
        let fault = problem["errors"][0].clone();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(
            (&fault["pointer"], &fault["code"]),
            (&json!("/role"), &json!("admins-only"))
        );
    };
    admins_only(stage.post("/users", person("admin")).await).await;
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
    admins_only(change(vic, json!({ "role": "admin" })).await).await;
    for taking in [
        json!({ "password": "mine from now on" }),
        json!({ "email": "mine@alpha.example" }),
        json!({ "role": "viewer" }),
        json!({ "disabled": true }),
    ] {
        admins_only(change(root, taking).await).await;
    }
    let gone = stage
        .ask(Method::DELETE, &format!("/users/{root}"))
        .header("if-match", "*");
    admins_only(answer(gone).await).await;
    assert_eq!(stage.get("/users").await["items"][0]["role"], "admin");
}

/// The pointer of the first fault of a refused change.
async fn wrong_field(answer: Response) -> String {
    let status = answer.status();
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
}

on_each_backend! {
    async fn a_program_invites_somebody_and_forgets_them(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let ada = json!({ "name": "Ada", "email": "Ada@alpha.example", "role": "operator" });
        let made = stage.post("/invitations", ada.clone()).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let at = header(&made, "location").to_owned();
        let invited: Value = made.json().await.unwrap();
        let id = invited["id"].as_i64().unwrap();
        assert_eq!(at, format!("/api/v1/users/{id}"));
        let link = |made: &Value| made["link"].as_str().unwrap().to_owned();
        assert!(link(&invited).contains("/sign-in/welcome?token="), "no mail is sent here");
        let user = stage.get(&format!("/users/{id}")).await;
        assert_eq!((&user["email"], &user["role"]), (&json!("ada@alpha.example"), &json!("operator")));

        assert_eq!(wrong_field(stage.post("/invitations", ada.clone()).await).await, "/email");
        for (field, value) in [("name", json!("")), ("email", json!("ada")), ("role", json!("admin"))] {
            let mut wrong = ada.clone();
            wrong["email"] = json!("bob@alpha.example");
            wrong[field] = value;
            assert_eq!(wrong_field(stage.post("/invitations", wrong).await).await, format!("/{field}"));
        }
        let again = stage.post(&format!("/users/{id}/invitation"), json!({})).await;
        assert_eq!(again.status(), StatusCode::OK);
        assert_ne!(link(&again.json().await.unwrap()), link(&invited), "each link once");

        for (path, left) in [("factors", StatusCode::OK), ("data", StatusCode::NOT_FOUND)] {
            let gone = answer(stage.ask(Method::DELETE, &format!("/users/{id}/{path}"))).await;
            assert_eq!(gone.status(), StatusCode::NO_CONTENT, "{path}");
            let now = answer(stage.ask(Method::GET, &format!("/users/{id}"))).await;
            assert_eq!(now.status(), left, "{path}");
        }
        let audit = stage.get("/audit?limit=100").await.to_string();
        assert!(!audit.contains("ada@alpha.example") && audit.contains("erased"), "{audit}");
    }

    async fn a_program_sets_the_rules_of_signing_in(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let rules = answer(stage.ask(Method::GET, "/sign-in-rules")).await;
        let version = header(&rules, "etag").to_owned();
        let put = async |version: &str, body: Value| {
            let request = stage.ask(Method::PUT, "/sign-in-rules").header("if-match", version);
            answer(request.json(&body)).await
        };
        let wanted = json!({
            "domains": ["@Alpha.example"], "register_role": "member", "factor": ["admin"],
            "employees_on": true, "employees": [{ "email": "Eve@beta.example", "role": "operator" }],
        });
        let changed = put(&version, wanted.clone()).await;
        assert_eq!(changed.status(), StatusCode::OK);
        let kept = stage.get("/sign-in-rules").await;
        assert_eq!(kept["domains"], json!(["alpha.example"]));
        assert_eq!(kept["employees"], json!([{ "email": "eve@beta.example", "role": "operator" }]));
        assert_eq!(refusal(put(&version, wanted).await).await, refused(412, "changed"));
        for (field, value) in [("domains", json!(["alpha"])), ("employees", json!([{ "email": "eve" }]))] {
            assert_eq!(wrong_field(put("*", json!({ field: value })).await).await, format!("/{field}"));
        }
        assert_eq!(stage.get("/sign-in-rules").await, kept, "nothing is half applied");
    }

    async fn a_provider_that_does_not_answer_is_not_added(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let wish = |issuer: &str| json!({ "name": "Corp", "issuer": issuer, "client_id": "vigie", "secret": "s3cret" });
        let put = async |key: &str, body: Value| {
            answer(stage.ask(Method::PUT, &format!("/providers/{key}")).json(&body)).await
        };
        assert_eq!(wrong_field(put("corp", wish("http://127.0.0.1:1")).await).await, "/issuer");
        assert_eq!(wrong_field(put("Corp", wish("http://127.0.0.1:1")).await).await, "/key");
        assert_eq!(stage.get("/providers").await["items"], json!([]));
        let gone = answer(stage.ask(Method::DELETE, "/providers/corp")).await;
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }
}
