//! The log in the portal and in the API: who may read it, how it is found, how it is taken out.

use crate::support::Vigie;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

const PASSWORD: &str = "correct horse battery staple";
const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "Europe/Paris"

[[users]]
email = "ada@alpha.example"
name = "Ada"
role = "admin"
password = { env = "ALPHA_PASSWORD" }

[[users]]
email = "ines@alpha.example"
name = "Inès"
role = "viewer"
password = { env = "ALPHA_PASSWORD" }

[[sites]]
key = "hall"
name = "=HYPERLINK(1)"
"#;

async fn portal() -> Vigie {
    let mut vigie = Vigie::on_sqlite().with("ALPHA_PASSWORD", PASSWORD);
    vigie.apply(MANIFEST);
    vigie.start().await;
    vigie
}

/// Sends without following redirects.
pub(super) async fn send(request: RequestBuilder) -> Response {
    let request = request.build().unwrap();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    client.execute(request).await.unwrap()
}

/// The cookie of somebody who signed in.
pub(super) async fn sign_in(vigie: &Vigie, email: &str, password: &str) -> Option<String> {
    let body = format!(
        "email={email}&password={}&next=/",
        password.replace(' ', "+")
    );
    let request = vigie
        .request(Method::POST, "alpha", "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let answer = send(request).await;
    let cookie = answer.headers().get("set-cookie")?.to_str().ok()?;
    Some(cookie.split(';').next()?.to_owned())
}

async fn get(vigie: &Vigie, cookie: &str, path: &str) -> (StatusCode, String) {
    let request = vigie
        .request(Method::GET, "alpha", path)
        .header("cookie", cookie);
    let answer = send(request).await;
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn an_admin_finds_what_happened_and_nobody_else_reads_it() {
    let vigie = portal().await;
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    let (status, page) = get(&vigie, &ada, "/admin/audit?noun=site").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("=HYPERLINK(1)") && page.contains("by the manifest"),
        "{page}"
    );
    assert!(
        !page.contains("ines@alpha.example"),
        "the filter is not heeded"
    );
    let (_, empty) = get(&vigie, &ada, "/admin/audit?until=2001-01-01").await;
    assert!(empty.contains("No entry matches"), "{empty}");
    let (status, fault) = get(&vigie, &ada, "/admin/audit?from=soon").await;
    assert!(
        status == StatusCode::OK && fault.contains("Give a date such as"),
        "{fault}"
    );

    let viewer = sign_in(&vigie, "ines@alpha.example", PASSWORD)
        .await
        .unwrap();
    for path in [
        "/admin/audit",
        "/admin/audit.csv",
        "/admin/audit.jsonl",
        "/api/v1/audit",
    ] {
        assert_eq!(
            get(&vigie, &viewer, path).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        let stranger = send(vigie.request(Method::GET, "alpha", path)).await;
        assert!(!stranger.status().is_success(), "{path}");
    }
}

#[tokio::test]
async fn the_log_is_taken_out_whole_and_that_is_in_the_log() {
    let vigie = portal().await;
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    let (_, csv) = get(&vigie, &ada, "/admin/audit.csv?noun=site").await;
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with("id,at,actor,"));
    assert!(!lines[1].contains(",=HYPERLINK"), "{csv}");
    let (_, text) = get(&vigie, &ada, "/admin/audit.jsonl").await;
    let newest: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (newest["action"].as_str(), newest["actor_name"].as_str()),
        (Some("exported"), Some("Ada"))
    );
    assert!(
        newest["address"]
            .as_str()
            .is_some_and(|address| address.starts_with("127."))
    );
}

#[tokio::test]
async fn the_api_gives_the_log_a_part_at_a_time() {
    let vigie = portal().await;
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    let mut ids = Vec::new();
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let (status, text) = get(&vigie, &ada, &path).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        let page: Value = serde_json::from_str(&text).unwrap();
        let items = page["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/audit?limit=2&cursor={next}"),
            None => break,
        }
    }
    let descending: Vec<_> = (1..=ids.len() as i64).rev().collect();
    assert!(ids.len() >= 3 && ids == descending, "{ids:?}");
    for wrong in ["limit=0", "cursor=x", "start=soon"] {
        let (status, text) = get(&vigie, &ada, &format!("/api/v1/audit?{wrong}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {text}");
    }
}

#[tokio::test]
async fn a_person_takes_their_data_and_is_forgotten_and_the_last_admin_is_not() {
    let vigie = portal().await;
    let ines = sign_in(&vigie, "ines@alpha.example", PASSWORD)
        .await
        .unwrap();
    let (status, text) = get(&vigie, &ines, "/me/data.json").await;
    assert_eq!(status, StatusCode::OK);
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["account"]["email"], "ines@alpha.example");
    assert!(
        !text.contains("argon2") && !text.contains("ada@alpha.example"),
        "{text}"
    );
    let erase = async |cookie: &str, proof: &str| {
        let request = vigie
            .request(Method::POST, "alpha", "/me/erase")
            .header("cookie", cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        send(request.body(format!("proof={}", proof.replace(' ', "+"))))
            .await
            .status()
    };
    // Whoever borrowed a browser guesses once.
    assert_eq!(erase(&ines, "not it").await, StatusCode::SEE_OTHER);
    assert!(!get(&vigie, &ines, "/me/data").await.0.is_success());
    let ines = sign_in(&vigie, "ines@alpha.example", PASSWORD)
        .await
        .unwrap();
    assert_eq!(erase(&ines, PASSWORD).await, StatusCode::SEE_OTHER);
    assert!(
        sign_in(&vigie, "ines@alpha.example", PASSWORD)
            .await
            .is_none()
    );
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    assert_eq!(erase(&ada, PASSWORD).await, StatusCode::CONFLICT);
    let (_, log) = get(&vigie, &ada, "/admin/audit.jsonl").await;
    assert!(
        log.contains("\"erased\"") && !log.contains("ines@alpha.example"),
        "{log}"
    );
    vigie.must_run(&["audit", "verify"]);
}

#[tokio::test]
async fn who_was_wrong_and_who_came_and_left_is_in_the_log_and_a_mistyped_account_is_not() {
    let vigie = portal().await;
    for email in ["ada@alpha.example", "hunter2-typed-here"] {
        sign_in(&vigie, email, "wrong horse").await;
    }
    let ines = sign_in(&vigie, "ines@alpha.example", PASSWORD)
        .await
        .unwrap();
    let out = vigie.request(Method::POST, "alpha", "/sign-out");
    send(out.header("cookie", &ines)).await;
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    let (_, text) = get(&vigie, &ada, "/admin/audit.jsonl").await;
    let count = |action: &str| text.matches(&format!("\"action\":\"{action}\"")).count();
    let counts = ["sign-in-failed", "signed-in", "signed-out"].map(count);
    assert_eq!(counts, [2, 2, 1], "{text}");
    assert!(
        !text.contains("hunter2") && !text.contains("wrong horse"),
        "{text}"
    );
}

#[tokio::test]
async fn the_first_use_of_a_key_from_an_address_is_in_the_log_once() {
    let vigie = portal().await;
    let key = vigie.api_key("alpha");
    for _ in 0..3 {
        vigie.get("alpha", &key, "/api/v1/sites").await;
    }
    let ada = sign_in(&vigie, "ada@alpha.example", PASSWORD)
        .await
        .unwrap();
    let (_, text) = get(&vigie, &ada, "/api/v1/audit?action=key-seen").await;
    let page: Value = serde_json::from_str(&text).unwrap();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{text}");
    assert!(items[0]["actor"].as_str().unwrap().starts_with("key:"));
}
