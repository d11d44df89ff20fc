//! Sign-in through another provider: npm's oidc-provider, with discovery, PKCE and signed tokens.

use super::{ADA, Browser, PASSWORD, portal};
use crate::support::{Process, free_port, on_each_backend, scratch, wait};
use reqwest::StatusCode;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A running provider with one person in one group.
struct Provider {
    // First, so that it ends before its folder goes.
    _server: Process,
    _folder: TempDir,
    issuer: String,
}

impl Provider {
    async fn start(back: &str, email: &str, group: &str) -> Self {
        let (folder, port) = (scratch(), free_port());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/provider.mjs");
        let mut command = Command::new("node");
        command
            .arg(script)
            .args([&port.to_string(), back, email, group]);
        let server = Process::start("oidc-provider", &mut command, &folder.path().join("log"));
        wait::until_listening("oidc-provider", port, Duration::from_secs(30)).await;
        Self {
            _server: server,
            _folder: folder,
            issuer: format!("http://127.0.0.1:{port}"),
        }
    }

    fn form<'a>(&'a self, domains: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("key", "corp"),
            ("name", "Corp login"),
            ("issuer", &self.issuer),
            ("client_id", "vigie"),
            ("secret", "a secret of this test"),
            ("domains", domains),
            ("role_claim", "groups"),
            ("roles", "ops = operator"),
            ("enabled", "on"),
        ]
    }
}

on_each_backend! {
    async fn people_of_a_provider_come_in_with_the_role_its_claim_says(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let back = admin.address("/sign-in/back");
        let provider = Provider::start(&back, "olga@alpha.example", "ops").await;
        let page = admin.post("/admin/providers", &provider.form("alpha.example")).await;
        assert_eq!(page.location, "/admin/providers?done=provider", "{}", page.text);
        assert!(!admin.get("/admin/providers?edit=corp").await.text.contains("a secret of this test"));

        let mut olga = Browser::new(&vigie);
        assert!(olga.get("/sign-in").await.text.contains("Corp login"));
        let away = olga.get("/sign-in/with/corp?next=/equipment").await;
        for part in ["code_challenge=", "nonce=", "state=", "response_type=code"] {
            assert!(away.location.contains(part), "{part} in {}", away.location);
        }
        let answer = olga.elsewhere(&away.location).await;

        let mut thief = Browser::new(&vigie);
        assert_eq!(thief.get(&answer).await.location, "/sign-in?done=no-provider", "another browser");
        let arrived = olga.get(&answer).await;
        assert_eq!(arrived.location, "/equipment");
        assert!(olga.get("/connections").await.status.is_success(), "an operator");
        assert_eq!(olga.get("/admin/people").await.status, StatusCode::FORBIDDEN);
        assert_eq!(olga.get(&answer).await.location, "/sign-in?done=no-provider", "a second time");

        let away = olga.get("/sign-in/with/corp").await;
        let answer = olga.elsewhere(&away.location).await;
        assert_eq!(olga.get(&answer).await.location, "/", "the same person again");
        let people = admin.get("/admin/people").await;
        assert_eq!(people.text.matches("olga@alpha.example").count(), 1);
    }

    async fn the_last_administrator_stays_one_whatever_a_claim_says(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let back = admin.address("/sign-in/back");
        let provider = Provider::start(&back, ADA, "ops").await;
        admin.post("/admin/providers", &provider.form("alpha.example")).await;
        let come = async || {
            let mut ada = Browser::new(&vigie);
            let away = ada.get("/sign-in/with/corp").await;
            let answer = ada.elsewhere(&away.location).await;
            assert_eq!(ada.get(&answer).await.location, "/");
            ada.get("/admin/people").await.status
        };
        assert_eq!(come().await, StatusCode::OK);
        vigie.must_run(&["users", "add", "alpha", "root@alpha.example", "--name", "Root", "--role", "admin"]);
        assert_eq!(come().await, StatusCode::FORBIDDEN, "an operator, once there is another");
    }

    async fn who_is_of_another_domain_or_without_a_role_stays_out(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let back = admin.address("/sign-in/back");
        let provider = Provider::start(&back, "olga@alpha.example", "cooks").await;
        for domains in ["other.example", "alpha.example"] {
            admin.post("/admin/providers", &provider.form(domains)).await;
            let mut olga = Browser::new(&vigie);
            let away = olga.get("/sign-in/with/corp").await;
            let answer = olga.elsewhere(&away.location).await;
            assert_eq!(olga.get(&answer).await.location, "/sign-in?done=not-admitted", "{domains}");
            assert!(!olga.is_in().await);
        }
    }

    async fn a_provider_that_may_not_be_asked_or_does_not_answer_is_not_kept(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        for issuer in ["http://169.254.169.254", "https://10.0.0.1", "http://127.0.0.1:1", "nonsense"] {
            let form = [("key", "corp"), ("name", "Corp"), ("issuer", issuer), ("client_id", "vigie")];
            let page = admin.post("/admin/providers", &form).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{issuer}");
            assert!(page.text.contains("id=\"issuer-fault\"") && page.text.contains(issuer));
        }
    }
}
