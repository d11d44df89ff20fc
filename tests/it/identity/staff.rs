//! Staff of the platform on the console: passwords, second factors, and the platform's own log.

use super::factors::{code, recovery_codes};
use super::{Browser, PASSWORD, directory, portal};
use crate::support::on_each_backend;
use reqwest::StatusCode;
use vigie::store::audit::{self, Filter};

const GRACE: &str = "grace@platform.example";

on_each_backend! {
    async fn an_app_that_was_set_up_is_asked_for_on_the_console(database: TestDatabase) {
        let vigie = portal(&database).await;
        let told = vigie.must_run(&["staff", "add", GRACE, "--name", "Grace", "--role", "admin"]);
        let password = told.split_whitespace().find(|word| word.len() == 32).unwrap();
        let mut browser = Browser::at_console(&vigie);
        assert_eq!(browser.sign_in(GRACE, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.sign_in(GRACE, password).await.location, "/");

        let wrong = browser.post("/account/app", &[("current", PASSWORD)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let scan = browser.post("/account/app", &[("current", password)]).await;
        let wrong = browser.post("/account/app/confirm", &[("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let first = code(&scan, 0);
        let codes = recovery_codes(&browser.post("/account/app/confirm", &[("code", &first)]).await);
        assert_eq!(codes.len(), 10);

        let mut other = Browser::at_console(&vigie);
        assert_eq!(other.sign_in(GRACE, password).await.location, "/sign-in/second-factor");
        assert!(!other.is_in().await, "a password alone opens nothing");
        let replayed = other.post("/sign-in/second-factor", &[("code", &first)]).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
        let page = other.post("/sign-in/second-factor", &[("code", &code(&scan, 1))]).await;
        assert_eq!(page.location, "/");
        assert!(other.is_in().await);
        let mut third = Browser::at_console(&vigie);
        third.sign_in(GRACE, password).await;
        assert_eq!(third.post("/sign-in/second-factor", &[("code", &codes[0])]).await.location, "/");

        vigie.must_run(&["staff", "reset-factor", GRACE]);
        assert!(!third.is_in().await && !other.is_in().await);
        assert_eq!(third.sign_in(GRACE, password).await.location, "/");
        third.post("/sign-out", &[]).await;

        let directory = directory(&vigie, &database).await;
        let log = audit::list(directory.control(), &Filter::default(), 100).await.unwrap();
        let count = |action: &str| log.iter().filter(|entry| entry.action == action).count();
        let counts = ["sign-in-failed", "signed-in", "factor-added", "factor-removed", "signed-out"].map(count);
        assert_eq!(counts, [4, 4, 1, 1, 1], "{log:?}");
        let failed = log.iter().find(|entry| entry.action == "sign-in-failed").unwrap();
        assert!(failed.who.as_deref().is_some_and(|who| who.contains("127.0.0.1")), "{failed:?}");
    }

    async fn who_guesses_on_the_console_has_to_wait(database: TestDatabase) {
        let vigie = portal(&database).await;
        vigie.must_run(&["staff", "add", GRACE, "--name", "Grace"]);
        let mut browser = Browser::at_console(&vigie);
        for _ in 0..5 {
            assert_eq!(browser.sign_in(GRACE, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(browser.sign_in(GRACE, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        let portal = Browser::new(&vigie).sign_in(GRACE, PASSWORD).await;
        assert_eq!(portal.status, StatusCode::UNPROCESSABLE_ENTITY, "portals count for themselves");
    }
}
