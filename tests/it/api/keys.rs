//! The secret of a key, and who may make another.

use super::stage::{MANIFEST, Stage, answer, refusal, refused};
use crate::support::on_each_backend;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Makes a key; its id and its secret.
async fn key(stage: &Stage, name: &str, scope: &str) -> (i64, String) {
    let wish = json!({ "name": name, "scopes": [scope] });
    let made: Value = stage.post("/api-keys", wish).await.json().await.unwrap();
    (made["id"].as_i64().unwrap(), secret_of(&made))
}

fn secret_of(made: &Value) -> String {
    made["secret"].as_str().unwrap().to_owned()
}

on_each_backend! {
    async fn another_secret_ends_the_former_one(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let (id, first) = key(&stage, "reader", "read").await;
        let reads = async |key: &str| answer(stage.ask_as(key, Method::GET, "/sites")).await.status();
        assert_eq!(reads(&first).await, StatusCode::OK);
        let path = format!("/api-keys/{id}/secret");
        let again: Value = answer(stage.ask(Method::POST, &path)).await.json().await.unwrap();
        let second = secret_of(&again);
        assert_eq!(reads(&first).await, StatusCode::UNAUTHORIZED);
        assert_eq!(reads(&second).await, StatusCode::OK);
        assert_eq!(again["id"], id);
        let gone = answer(stage.ask(Method::DELETE, &format!("/api-keys/{id}"))).await;
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        let revoked = answer(stage.ask(Method::POST, &path)).await;
        assert_eq!(revoked.status(), StatusCode::NOT_FOUND, "a revoked key stays refused");
    }

    async fn nobody_learns_the_secret_of_a_key_that_may_do_more(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let (_, manager) = key(&stage, "manager", "manage").await;
        let (more, _) = key(&stage, "configures", "configure").await;
        let asked = stage.ask_as(&manager, Method::POST, &format!("/api-keys/{more}/secret"));
        assert_eq!(refusal(answer(asked).await).await, refused(422, "faults"));
    }
}
