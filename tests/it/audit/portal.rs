//! The log in the portal and in the API: who may read it, how it is found, how it is taken out.

use crate::support::{Browser, Vigie};
use reqwest::StatusCode;
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

async fn get(browser: &mut Browser<'_>, path: &str) -> (StatusCode, String) {
    let page = browser.get(path).await;
    (page.status, page.text)
}

#[tokio::test]
async fn an_admin_finds_what_happened_and_nobody_else_reads_it() {
    let vigie = portal().await;
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let (status, page) = get(&mut ada, "/admin/audit?noun=site").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("=HYPERLINK(1)") && page.contains("by the manifest"),
        "{page}"
    );
    assert!(
        !page.contains("ines@alpha.example"),
        "the filter is not heeded"
    );
    let (_, empty) = get(&mut ada, "/admin/audit?until=2001-01-01").await;
    assert!(empty.contains("No entry matches"), "{empty}");
    let (status, fault) = get(&mut ada, "/admin/audit?from=soon").await;
    assert!(
        status == StatusCode::OK && fault.contains("Give a date such as"),
        "{fault}"
    );

    let mut viewer = Browser::signed_in(&vigie, "ines@alpha.example", PASSWORD).await;
    for path in [
        "/admin/audit",
        "/admin/audit.csv",
        "/admin/audit.jsonl",
        "/api/v1/audit",
    ] {
        assert_eq!(
            get(&mut viewer, path).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        let stranger = Browser::new(&vigie).get(path).await;
        assert!(!stranger.status.is_success(), "{path}");
    }
}

#[tokio::test]
async fn the_log_is_taken_out_whole_and_that_is_in_the_log() {
    let vigie = portal().await;
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let (_, csv) = get(&mut ada, "/admin/audit.csv?noun=site").await;
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with("id,at,actor,"));
    assert!(!lines[1].contains(",=HYPERLINK"), "{csv}");
    let (_, text) = get(&mut ada, "/admin/audit.jsonl").await;
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
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let mut ids = Vec::new();
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let (status, text) = get(&mut ada, &path).await;
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
        let (status, text) = get(&mut ada, &format!("/api/v1/audit?{wrong}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {text}");
    }
}

#[tokio::test]
async fn a_person_takes_their_data_and_is_forgotten_and_the_last_admin_is_not() {
    let vigie = portal().await;
    let mut ines = Browser::signed_in(&vigie, "ines@alpha.example", PASSWORD).await;
    let (status, text) = get(&mut ines, "/me/data.json").await;
    assert_eq!(status, StatusCode::OK);
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["account"]["email"], "ines@alpha.example");
    assert!(
        !text.contains("argon2") && !text.contains("ada@alpha.example"),
        "{text}"
    );
    let document: Value = serde_json::from_str(&text).unwrap();
    for part in [
        "sessions",
        "programs",
        "second_factors",
        "providers",
        "filters",
    ] {
        assert!(!document[part].is_null(), "{part}");
    }
    let wrong = ines.post("/me/erase", &[("proof", "not it")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"proof-fault\""), "{}", wrong.text);
    let page = ines.post("/me/erase", &[("proof", PASSWORD)]).await;
    assert_eq!(page.location, "/sign-in");
    let again = ines.sign_in("ines@alpha.example", PASSWORD).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let page = ada.post("/me/erase", &[("proof", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let (_, log) = get(&mut ada, "/admin/audit.jsonl").await;
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
        Browser::new(&vigie).sign_in(email, "wrong horse").await;
    }
    let mut ines = Browser::signed_in(&vigie, "ines@alpha.example", PASSWORD).await;
    ines.post("/sign-out", &[]).await;
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let (_, text) = get(&mut ada, "/admin/audit.jsonl").await;
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
    let mut ada = Browser::signed_in(&vigie, "ada@alpha.example", PASSWORD).await;
    let (_, text) = get(&mut ada, "/api/v1/audit?action=key-seen").await;
    let page: Value = serde_json::from_str(&text).unwrap();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{text}");
    assert!(items[0]["actor"].as_str().unwrap().starts_with("key:"));
}
