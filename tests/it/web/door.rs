//! Who tries to come in another way: all at once, through a proxy, with forged numbers.

use super::{header, portal, send, sign_in};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn guessing_many_passwords_at_once_is_no_way_around() {
    let vigie = portal().await;
    let tries = (0..40).map(|_| sign_in(&vigie, "wrong"));
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers
        .iter()
        .filter(|answer| answer.status() == StatusCode::UNPROCESSABLE_ENTITY);
    assert!(looked_at.count() <= 7, "five are free, then a second each");
    let slowed = answers
        .iter()
        .filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS);
    assert!(slowed.count() >= 33);
}

#[tokio::test]
async fn a_proxy_on_the_same_machine_does_not_show_the_metrics() {
    let vigie = portal().await;
    let ask = || vigie.request(Method::GET, "alpha", "/metrics");
    assert_eq!(send(ask()).await.status(), StatusCode::OK);
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
    ] {
        let answer = send(ask().header(name, value)).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_read_gets_a_page_of_ours() {
    let vigie = portal().await;
    for body in ["email=only", "%ff=%", ""] {
        let request = vigie
            .request(Method::POST, "alpha", "/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let answer = send(request).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        assert!(header(&answer, "content-type").starts_with("text/html"));
    }
}

#[tokio::test]
async fn a_request_keeps_its_number_and_a_forged_one_is_replaced() {
    let vigie = portal().await;
    let ask = |id: &str| {
        let request = vigie.request(Method::GET, "alpha", "/health/live");
        send(request.header("x-request-id", id))
    };
    let own = "018f4a1e-7c3b-7d2a-9f00-0123456789ab";
    assert_eq!(header(&ask(own).await, "x-request-id"), own);
    let forged = ask("level=ERROR all is lost").await;
    assert_eq!(header(&forged, "x-request-id").len(), 36);
}
