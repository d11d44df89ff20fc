//! The portal and the API as a browser and a program meet them: the real binary over HTTP.

mod door;

use crate::support::Vigie;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::io::Write;

const PASSWORD: &str = "correct horse battery staple";
const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha Énergies"
locale = "fr"
time_zone = "Europe/Paris"

[[users]]
email = "ines@alpha.example"
name = "Inès"
role = "viewer"
password = { env = "ALPHA_PASSWORD" }

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "gauge"
name = "Gauge"
[[types.points]]
key = "level"
name = "Level"
kind = "number"
unit = "V"
decimals = 2
period = "10s"

[[equipment]]
key = "g1"
name = "Gauge 1"
site = "hall"
type = "gauge"
"#;

/// One client with one gauge, served.
async fn portal() -> Vigie {
    let mut vigie = Vigie::on_sqlite().with("ALPHA_PASSWORD", PASSWORD);
    vigie.apply(MANIFEST);
    vigie.start().await;
    vigie
}

/// Sends without following redirects.
async fn send(request: RequestBuilder) -> Response {
    let request = request.build().expect("a request");
    let client = Client::builder().redirect(Policy::none()).build();
    client
        .expect("a client")
        .execute(request)
        .await
        .expect("an answer")
}

async fn sign_in(vigie: &Vigie, password: &str) -> Response {
    let form = [
        ("email", "ines@alpha.example"),
        ("password", password),
        ("next", "/equipment?q=g"),
    ];
    let body: Vec<_> = form
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                value
                    .replace(' ', "+")
                    .replace('?', "%3F")
                    .replace('=', "%3D")
            )
        })
        .collect();
    let request = vigie
        .request(Method::POST, "alpha", "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.join("&"));
    send(request).await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

#[tokio::test]
async fn an_unknown_host_gets_a_page_that_names_nobody() {
    let vigie = portal().await;
    for host in ["beta", "alpha.evil", ""] {
        let answer = send(vigie.request(Method::GET, host, "/equipment")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{host}");
        assert!(!answer.text().await.unwrap().contains("Alpha"), "{host}");
    }
}

#[tokio::test]
async fn a_suspended_portal_says_that_it_is_closed() {
    let vigie = portal().await;
    vigie.must_run(&["tenants", "suspend", "alpha"]);
    let closed = crate::support::wait::until(
        "the portal is closed",
        std::time::Duration::from_secs(10),
        async || {
            let answer = send(vigie.request(Method::GET, "alpha", "/")).await;
            (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(answer)
        },
    );
    assert!(!closed.await.text().await.unwrap().contains("Alpha"));
}

#[tokio::test]
async fn signing_in_opens_a_session_of_this_host_and_signing_out_ends_it() {
    let vigie = portal().await;
    let away = send(vigie.request(Method::GET, "alpha", "/equipment?q=g")).await;
    assert_eq!(
        header(&away, "location"),
        "/sign-in?next=%2Fequipment%3Fq%3Dg"
    );

    let welcome = sign_in(&vigie, PASSWORD).await;
    assert_eq!(
        (welcome.status(), header(&welcome, "location")),
        (StatusCode::SEE_OTHER, "/equipment?q=g")
    );
    let cookie = header(&welcome, "set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && !cookie.contains("Domain"),
        "{cookie}"
    );

    let cookie = cookie.split(';').next().unwrap().to_owned();
    let page = |method, path| {
        vigie
            .request(method, "alpha", path)
            .header("cookie", &cookie)
    };
    let list = send(page(Method::GET, "/equipment")).await;
    assert_eq!(
        (list.status(), header(&list, "cache-control")),
        (StatusCode::OK, "no-store")
    );
    assert!(list.text().await.unwrap().contains("Gauge 1"));

    send(page(Method::POST, "/sign-out")).await;
    assert_eq!(
        send(page(Method::GET, "/equipment")).await.status(),
        StatusCode::SEE_OTHER
    );
    let api = send(page(Method::GET, "/api/v1/sites")).await;
    assert_eq!(api.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_a_password_gets_slower() {
    let vigie = portal().await;
    for _ in 0..5 {
        assert_eq!(
            sign_in(&vigie, "wrong").await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let slowed = sign_in(&vigie, PASSWORD).await;
    assert_eq!(slowed.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(
        header(&slowed, "retry-after")
            .parse::<u64>()
            .is_ok_and(|seconds| seconds >= 1)
    );
}

#[tokio::test]
async fn a_form_sent_by_another_site_is_refused() {
    let vigie = portal().await;
    for path in ["/sign-in", "/sign-out", "/preferences"] {
        let forged = vigie
            .request(Method::POST, "alpha", path)
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        assert_eq!(send(forged).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn every_answer_forbids_inline_code_frames_and_guessed_types() {
    let vigie = portal().await;
    for path in ["/sign-in", "/api/v1/sites", "/nowhere", "/health/live"] {
        let answer = send(vigie.request(Method::GET, "alpha", path)).await;
        let policy = header(&answer, "content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(
            header(&answer, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert!(!header(&answer, "x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn what_204_acknowledged_comes_back_bit_for_bit() {
    let vigie = portal().await;
    let key = vigie.api_key("alpha");
    let value = 10.0_f64 / 3.0;
    let body = json!({ "equipment": "g1", "at": "2026-01-02T03:04:05.678901Z", "values": { "level": value } });
    let write = vigie
        .request(Method::POST, "alpha", "/api/v1/telemetry")
        .bearer_auth(&key)
        .json(&body);
    assert_eq!(send(write).await.status(), StatusCode::NO_CONTENT);

    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(b"gauge,equipment=g1 level=0.30000000000000004 1767323045679\n")
        .unwrap();
    let write = vigie
        .request(
            Method::POST,
            "alpha",
            "/api/v1/write?precision=ms&db=ignored",
        )
        .bearer_auth(&key)
        .header("content-encoding", "gzip")
        .body(packed.finish().unwrap());
    assert_eq!(send(write).await.status(), StatusCode::NO_CONTENT);

    let stored = vigie.samples("alpha", &key, "g1", "level").await;
    let bits: Vec<_> = stored
        .iter()
        .map(|(at, value)| (*at, value.to_bits()))
        .collect();
    assert_eq!(
        bits,
        [
            (1_767_323_045_678_901, value.to_bits()),
            (1_767_323_045_679_000, (0.1_f64 + 0.2).to_bits())
        ]
    );
}

#[tokio::test]
async fn a_bad_line_is_told_by_its_number_and_the_good_ones_are_stored() {
    let vigie = portal().await;
    let key = vigie.api_key("alpha");
    let lines = "gauge,equipment=g1 level=1 1767323045\ngauge level\ngauge,equipment=g1 level=2 1767323046\n";
    let write = vigie
        .request(Method::POST, "alpha", "/api/v1/write?precision=s")
        .bearer_auth(&key)
        .body(lines);
    let answer = send(write).await;
    assert_eq!(
        (answer.status(), header(&answer, "content-type")),
        (StatusCode::BAD_REQUEST, "application/problem+json")
    );
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        (&problem["stored"], &problem["errors"][0]["place"]),
        (&json!(2), &json!("line 2"))
    );
    assert_eq!(vigie.samples("alpha", &key, "g1", "level").await.len(), 2);
}

#[tokio::test]
async fn a_million_bad_lines_are_counted_and_the_first_are_told() {
    let vigie = portal().await;
    let key = vigie.api_key("alpha");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed
        .write_all("x\n".repeat(1_000_000).as_bytes())
        .unwrap();
    let write = vigie
        .request(Method::POST, "alpha", "/api/v1/write")
        .bearer_auth(&key)
        .header("content-encoding", "gzip")
        .body(packed.finish().unwrap());
    let answer = send(write).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["refused"], 1_000_000);
    assert_eq!(problem["reasons"], json!({ "bad_line": 1_000_000 }));
    let told = problem["errors"].as_array().unwrap();
    assert_eq!((told.len(), &problem["more"]), (100, &json!(999_900)));
    assert_eq!(told[99]["place"], "line 100");
}

#[tokio::test]
async fn a_body_that_is_packed_in_another_way_is_refused_in_words() {
    let vigie = portal().await;
    let write = vigie
        .request(Method::POST, "alpha", "/api/v1/write")
        .bearer_auth(vigie.api_key("alpha"))
        .header("content-encoding", "br")
        .body("x");
    let answer = send(write).await;
    assert_eq!(
        (answer.status(), header(&answer, "content-type")),
        (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "application/problem+json"
        )
    );
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        (&problem["type"], &problem["code"]),
        (&json!("about:blank"), &json!("unknown-encoding"))
    );
    assert!(
        problem["detail"].as_str().unwrap().contains("gzip"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_request_without_a_key_or_out_of_bounds_is_refused_in_words() {
    let vigie = portal().await;
    let key = vigie.api_key("alpha");
    let nobody = send(
        vigie
            .request(Method::POST, "alpha", "/api/v1/write")
            .body("x y=1"),
    )
    .await;
    assert_eq!(
        (nobody.status(), header(&nobody, "www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );

    let huge = vigie
        .request(Method::POST, "alpha", "/api/v1/write")
        .bearer_auth(&key)
        .body(vec![b'x'; 17 << 20]);
    assert_eq!(send(huge).await.status(), StatusCode::PAYLOAD_TOO_LARGE);

    for (query, field) in [
        ("limit=0", "limit"),
        ("start=noon", "start"),
        ("start=9223372036854775807", "start"),
        ("end=9223372036854775807", "end"),
        ("start=2000&end=1000", "end"),
    ] {
        let path = format!("/api/v1/points/1/samples?{query}");
        let answer = send(vigie.request(Method::GET, "alpha", &path).bearer_auth(&key)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["field"], field, "{problem}");
    }
    let missing = send(
        vigie
            .request(Method::GET, "alpha", "/api/v1/points/999/samples")
            .bearer_auth(&key),
    )
    .await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
