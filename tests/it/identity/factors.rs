//! Second factors: an authenticator app, recovery codes, and roles that need one.

use super::{ADA, Browser, PASSWORD, Page, portal};
use crate::support::{now_ms, on_each_backend};
use reqwest::{Method, StatusCode};
use serde_json::json;
use totp_rs::{Builder, Secret};

/// What an app would show for the secret on a page; `steps` thirty seconds later.
pub(super) fn code(page: &Page, steps: i64) -> String {
    let secret = page
        .text
        .split("class=\"mono secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let secret = secret
        .unwrap_or_else(|| panic!("no secret in {}", page.text))
        .replace(' ', "");
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate((now_ms() / 1_000 + 30 * steps) as u64)
        .to_string()
}

pub(super) fn recovery_codes(page: &Page) -> Vec<String> {
    page.text
        .split("<li>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect()
}

on_each_backend! {
    async fn an_app_is_set_up_with_its_first_code_and_asked_for_from_then_on(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let page = browser.post("/me/factors/app", &[("current", "wrong wrong wrong")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let scan = browser.post("/me/factors/app", &[("current", PASSWORD)]).await;
        assert!(scan.text.contains("<path class=\"qr-fg\""));
        let wrong = browser.post("/me/factors/app/confirm", &[("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let first = code(&scan, 0);
        let codes = recovery_codes(&browser.post("/me/factors/app/confirm", &[("code", &first)]).await);
        assert_eq!(codes.len(), 10);

        let mut other = Browser::new(&vigie);
        assert_eq!(other.sign_in(ADA, PASSWORD).await.location, "/sign-in/second-factor?next=%2F");
        assert!(!other.is_in().await);
        let replayed = other.post("/sign-in/second-factor", &[("code", &first)]).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
        let next = code(&scan, 1);
        let page = other.post("/sign-in/second-factor", &[("code", &next), ("next", "/equipment")]).await;
        assert_eq!(page.location, "/equipment");
        assert!(other.is_in().await);

        let mut third = Browser::new(&vigie);
        third.sign_in(ADA, PASSWORD).await;
        assert_eq!(third.post("/sign-in/second-factor", &[("code", &codes[0].to_uppercase())]).await.location, "/");
        third = Browser::new(&vigie);
        third.sign_in(ADA, PASSWORD).await;
        let spent = third.post("/sign-in/second-factor", &[("code", &codes[0])]).await;
        assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY, "a recovery code is used once");
    }

    async fn a_program_needs_the_code_too(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let scan = browser.post("/me/factors/app", &[("current", PASSWORD)]).await;
        let codes = recovery_codes(&browser.post("/me/factors/app/confirm", &[("code", &code(&scan, 0))]).await);
        let mut body = json!({ "grant_type": "password", "email": ADA, "password": PASSWORD });
        let ask = async |body: &serde_json::Value| {
            let request = vigie.request(Method::POST, "alpha", "/api/v1/auth/token").json(body);
            request.send().await.unwrap().status()
        };
        assert_eq!(ask(&body).await, StatusCode::UNAUTHORIZED);
        body["code"] = json!(codes[3]);
        assert_eq!(ask(&body).await, StatusCode::OK);
        assert_eq!(ask(&body).await, StatusCode::UNAUTHORIZED, "once");
    }

    async fn guessing_codes_gets_slower(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let scan = browser.post("/me/factors/app", &[("current", PASSWORD)]).await;
        browser.post("/me/factors/app/confirm", &[("code", &code(&scan, 0))]).await;
        let mut thief = Browser::new(&vigie);
        thief.sign_in(ADA, PASSWORD).await;
        for _ in 0..5 {
            thief.post("/sign-in/second-factor", &[("code", "000000")]).await;
        }
        let slowed = thief.post("/sign-in/second-factor", &[("code", &code(&scan, 1))]).await;
        assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn a_role_that_needs_a_factor_sets_one_up_at_the_next_sign_in(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let policy = [("domains", ""), ("register_role", "viewer"), ("employees", ""), ("factor", "viewer")];
        assert_eq!(admin.post("/admin/sign-in", &policy).await.location, "/admin/sign-in?done=policy");
        assert!(Browser::signed_in(&vigie, ADA, PASSWORD).await.is_in().await, "not this role");

        let mut vic = Browser::new(&vigie);
        let page = vic.sign_in("vic@alpha.example", PASSWORD).await;
        assert_eq!(page.location, "/sign-in/enrol?next=%2F");
        let scan = vic.get(&page.location).await;
        assert!(!vic.is_in().await);
        let wrong = vic.post("/sign-in/enrol", &[("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = vic.post("/sign-in/enrol", &[("code", &code(&scan, 0))]).await;
        assert_eq!(recovery_codes(&shown).len(), 10);
        assert!(vic.is_in().await);

        let people = admin.get("/admin/people").await;
        let id = people.text.split("action=\"/admin/people/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        admin.post(&format!("/admin/people/{id}/factors"), &[]).await;
        assert!(!vic.is_in().await);
        assert_eq!(vic.sign_in("vic@alpha.example", PASSWORD).await.location, "/sign-in/enrol?next=%2F");
    }
}
