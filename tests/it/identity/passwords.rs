//! Passwords and sessions: changed, forced, listed, ended.

use super::{ADA, Browser, PASSWORD, portal};
use crate::support::on_each_backend;
use reqwest::StatusCode;

const ANOTHER: &str = "a rose is a rose is a rose";

on_each_backend! {
    async fn a_made_up_password_must_be_replaced_before_anything_opens(database: TestDatabase) {
        let vigie = portal(&database).await;
        let told = vigie.must_run(&["users", "reset", "alpha", ADA]);
        let made_up = told.split_whitespace().find(|word| word.len() == 32).unwrap();
        let mut browser = Browser::new(&vigie);
        let page = browser.sign_in(ADA, made_up).await;
        assert_eq!(page.location, "/sign-in/new-password?next=%2F");
        assert!(!browser.is_in().await);
        let api = browser.get("/api/v1/sites").await;
        assert_eq!(api.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.get("/sign-in").await.location, "/sign-in/new-password?next=%2F");

        for (password, again) in [("short", "short"), (ANOTHER, "a rose"), ("password1234", "password1234"), (made_up, made_up)] {
            let form = [("password", password), ("again", again)];
            let page = browser.post("/sign-in/new-password", &form).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
            assert!(page.text.contains("aria-invalid=\"true\""), "{password}");
        }
        let page = browser.post("/sign-in/new-password", &[("password", ANOTHER), ("again", ANOTHER)]).await;
        assert_eq!(page.location, "/");
        assert!(browser.is_in().await);
        assert!(Browser::signed_in(&vigie, ADA, ANOTHER).await.is_in().await);
    }

    async fn changing_the_password_wants_the_present_one_and_ends_the_others(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut here = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let mut elsewhere = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let form = |current| [("current", current), ("password", ANOTHER), ("again", ANOTHER)];
        let page = here.post("/me/password", &form("not this one")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(elsewhere.is_in().await);

        let page = here.post("/me/password", &form(PASSWORD)).await;
        assert_eq!(page.location, "/me/password?done=password");
        assert!(here.is_in().await && !elsewhere.is_in().await);
        let refused = elsewhere.sign_in(ADA, PASSWORD).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn sessions_are_listed_and_ended_one_by_one_or_all(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut here = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let mut elsewhere = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let mut stranger = Browser::signed_in(&vigie, "vic@alpha.example", PASSWORD).await;
        let list = here.get("/me/sessions").await;
        assert_eq!(list.text.matches("action=\"/me/sessions/end\"").count(), 1, "its own has no button");
        let id = list.input("id");

        let theft = stranger.post("/me/sessions/end", &[("id", &id)]).await;
        assert_eq!(theft.status, StatusCode::SEE_OTHER);
        assert!(elsewhere.is_in().await, "somebody else ends nothing");
        here.post("/me/sessions/end", &[("id", &id)]).await;
        assert!(!elsewhere.is_in().await && here.is_in().await);

        elsewhere = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        elsewhere.post("/me/sessions/end-others", &[]).await;
        assert!(!here.is_in().await && elsewhere.is_in().await && stranger.is_in().await);
    }

    async fn what_one_says_of_oneself_is_kept_and_what_is_wrong_is_said(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let page = browser.post("/me", &[("name", "Ada L."), ("time_zone", "Mars/Olympus")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("value=\"Ada L.\"") && page.text.contains("id=\"time_zone-fault\""));
        let form = [("name", "Ada L."), ("time_zone", "Asia/Tokyo"), ("locale", "fr"), ("number_format", "en")];
        let page = browser.post("/me", &form).await;
        assert_eq!(page.location, "/me?done=profile");
        let page = browser.get("/me").await;
        assert!(page.text.contains("<html lang=\"fr\"") && page.text.contains("value=\"Ada L.\""));
        assert!(page.text.contains("<option value=\"Asia/Tokyo\" selected>"));
    }
}
