//! Programs that sign in: what their tokens open, and every way to forge or reuse one.

use super::{ADA, Browser, PASSWORD, portal};
use crate::support::{Vigie, on_each_backend};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn ask(vigie: &Vigie, client: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = vigie.request(Method::POST, client, path).json(&body);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn sign_in(vigie: &Vigie) -> Value {
    let body = json!({ "grant_type": "password", "email": ADA, "password": PASSWORD });
    let (status, tokens) = ask(vigie, "alpha", "/api/v1/auth/token", body).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

async fn opens(vigie: &Vigie, client: &str, token: &str) -> StatusCode {
    let request = vigie
        .request(Method::GET, client, "/api/v1/sites")
        .bearer_auth(token);
    request.send().await.unwrap().status()
}

async fn refresh(vigie: &Vigie, token: &Value) -> (StatusCode, Value) {
    ask(
        vigie,
        "alpha",
        "/api/v1/auth/refresh",
        json!({ "refresh_token": token }),
    )
    .await
}

/// The token with its header and claims changed, its signature as it was.
fn forged(token: &str, change: impl Fn(&mut Value, &mut Value)) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let read =
        |part: &str| -> Value { serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap() };
    let (mut header, mut claims) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut claims);
    format!(
        "{}.{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(claims.to_string()),
        parts[2]
    )
}

on_each_backend! {
    async fn a_token_opens_the_api_of_its_client_and_nothing_else(database: TestDatabase) {
        let vigie = portal(&database).await;
        vigie.apply("[client]\nslug = \"beta\"\nname = \"Beta\"\nlocale = \"en\"\ntime_zone = \"UTC\"\n");
        let tokens = sign_in(&vigie).await;
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(1_800)));
        let token = tokens["access_token"].as_str().unwrap();
        assert_eq!(opens(&vigie, "alpha", token).await, StatusCode::OK);
        crate::support::wait::until("beta is served", std::time::Duration::from_secs(10), async || {
            (opens(&vigie, "beta", token).await == StatusCode::UNAUTHORIZED).then_some(())
        }).await;
        let page = vigie.request(Method::GET, "alpha", "/equipment").bearer_auth(token).header("accept", "text/html");
        let policy = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let page = policy.execute(page.build().unwrap()).await.unwrap();
        assert_eq!(page.status(), StatusCode::SEE_OTHER, "pages are for browsers");
    }

    async fn a_forged_token_opens_nothing(database: TestDatabase) {
        let vigie = portal(&database).await;
        let tokens = sign_in(&vigie).await;
        let token = tokens["access_token"].as_str().unwrap();
        let header: Value = serde_json::from_slice(&BASE64.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header["alg"], "EdDSA");
        let mut forgeries = vec![
            forged(token, |header, _| header["alg"] = json!("none")),
            forged(token, |header, _| header["alg"] = json!("HS256")),
            forged(token, |header, _| header["kid"] = json!("0000000000000000")),
            forged(token, |header, _| { header.as_object_mut().unwrap().remove("kid"); }),
            forged(token, |_, claims| claims["sub"] = json!("2")),
            forged(token, |_, claims| claims["exp"] = json!(4_000_000_000_i64)),
            forged(token, |_, claims| claims["aud"] = json!("client:2")),
            format!("{token}x"),
        ];
        let unsigned = forged(token, |header, _| header["alg"] = json!("none"));
        forgeries.push(format!("{}.", unsigned.rsplit_once('.').unwrap().0));
        for forgery in forgeries {
            assert_eq!(opens(&vigie, "alpha", &forgery).await, StatusCode::UNAUTHORIZED, "{forgery}");
        }
        assert_eq!(opens(&vigie, "alpha", token).await, StatusCode::OK);
    }

    async fn a_refresh_token_that_comes_twice_ends_its_whole_family(database: TestDatabase) {
        let vigie = portal(&database).await;
        let first = sign_in(&vigie).await;
        let apart = sign_in(&vigie).await;
        let (status, second) = refresh(&vigie, &first["refresh_token"]).await;
        assert_eq!(status, StatusCode::OK);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        let access = second["access_token"].as_str().unwrap();
        assert_eq!(opens(&vigie, "alpha", access).await, StatusCode::OK);

        let (status, problem) = refresh(&vigie, &first["refresh_token"]).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("wrong-credentials")));
        assert_eq!(refresh(&vigie, &second["refresh_token"]).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(opens(&vigie, "alpha", access).await, StatusCode::UNAUTHORIZED, "access tokens end with it");
        assert_eq!(refresh(&vigie, &apart["refresh_token"]).await.0, StatusCode::OK, "another sign-in lives on");
    }

    async fn what_a_program_holds_ends_with_revocation_password_and_account(database: TestDatabase) {
        let vigie = portal(&database).await;
        let tokens = sign_in(&vigie).await;
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        for _ in 0..2 {
            let (status, _) = ask(&vigie, "alpha", "/api/v1/auth/revoke", body.clone()).await;
            assert_eq!(status, StatusCode::NO_CONTENT);
        }
        assert_eq!(opens(&vigie, "alpha", tokens["access_token"].as_str().unwrap()).await, StatusCode::UNAUTHORIZED);

        let tokens = sign_in(&vigie).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        assert!(browser.get("/me/sessions").await.text.contains("action=\"/me/programs/end\""));
        browser.post("/me/sessions/end-others", &[]).await;
        assert_eq!(opens(&vigie, "alpha", tokens["access_token"].as_str().unwrap()).await, StatusCode::UNAUTHORIZED);
    }

    async fn wrong_passwords_are_refused_alike_and_slowed(database: TestDatabase) {
        let vigie = portal(&database).await;
        let wrong = |email| json!({ "grant_type": "password", "email": email, "password": "wrong wrong wrong" });
        let (status, known) = ask(&vigie, "alpha", "/api/v1/auth/token", wrong(ADA)).await;
        let (_, unknown) = ask(&vigie, "alpha", "/api/v1/auth/token", wrong("nobody@alpha.example")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!((&known["code"], &known["detail"]), (&unknown["code"], &unknown["detail"]));
        for _ in 0..4 {
            ask(&vigie, "alpha", "/api/v1/auth/token", wrong(ADA)).await;
        }
        let (status, _) = ask(&vigie, "alpha", "/api/v1/auth/token", wrong(ADA)).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        let (status, problem) = ask(&vigie, "alpha", "/api/v1/auth/token", json!({ "grant_type": "magic" })).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("body")));
    }
}
