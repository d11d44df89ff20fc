//! Maintenance that is due is told by mail, once for each date.

use super::{ADA, MANIFEST, installation};
use crate::support::{Postbox, Vigie, on_each_backend};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const EQUIPMENT: &str = r#"
[[types]]
key = "fan"
name = "Fan"
points = [{ key = "speed", name = "Speed", unit = "%" }]

[[equipment]]
key = "fan-1"
name = "Fan of the hall"
site = "hall"
type = "fan"
"#;

async fn send(vigie: &Vigie, key: &str, (method, path): (Method, &str), body: Value) -> Value {
    let request = vigie.request(method, "alpha", path).bearer_auth(key);
    let answer = request.header("if-match", "*").json(&body).send();
    let answer = answer.await.expect("an answer");
    let status = answer.status();
    let body = answer.json().await.expect("JSON");
    assert!(
        status == StatusCode::OK || status == StatusCode::CREATED,
        "{body}"
    );
    body
}

on_each_backend! {
    async fn maintenance_that_is_due_is_told_once_for_each_date(database: TestDatabase) {
        let postbox = Postbox::start(0).await;
        let mut vigie = installation(&database)
            .with("VIGIE_SMTP_URL", &postbox.url())
            .with("VIGIE_SMTP_FROM", "Vigie <vigie@vigie.example>");
        vigie.apply(&format!("{MANIFEST}{EQUIPMENT}"));
        let key = ["api-keys", "create", "alpha", "tests", "--quiet", "--scope", "configure", "--scope", "read"];
        let key = vigie.must_run(&key).trim().to_owned();
        vigie.start().await;
        let fans = vigie.get("alpha", &key, "/api/v1/equipment").await;
        let work = |due: &str| json!({ "equipment": fans["items"][0]["id"], "title": "Clean the blades", "due_on": due });
        let planned = send(&vigie, &key, (Method::POST, "/api/v1/maintenance"), work("2020-01-01")).await;
        send(&vigie, &key, (Method::POST, "/api/v1/maintenance"), work("2999-01-01")).await;

        // It looks when it starts, and every quarter of an hour.
        vigie.kill();
        vigie.start().await;
        let mail = postbox.nth(1).await;
        assert_eq!(mail.to, [ADA], "a program planned it");
        assert!(mail.text.contains("Clean the blades (Fan of the hall)"), "{}", mail.text);
        assert_eq!(mail.path(), "/maintenance");

        let path = format!("/api/v1/maintenance/{}", planned["id"]);
        send(&vigie, &key, (Method::PUT, &path), work("2020-02-02")).await;
        vigie.kill();
        vigie.start().await;
        postbox.nth(2).await;
        assert_eq!(postbox.mails().len(), 2, "not again of the first date, nor of what is not due");
    }
}
